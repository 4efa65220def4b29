/** What intake accepts of one `server.json`. DESIGN §5.2 sets the first two. */
export const LIMITS = {
  /** Bytes of the document as uploaded. */
  maxBytes: 1_048_576,
  /** Nested arrays and objects; the outermost one is level 1. */
  maxDepth: 64,
  /** JSON values in one manifest (keys not counted): bounds the work of every later check. Real manifests have a few hundred. */
  maxValues: 20_000,
  /** Bytes of `_meta["io.modelcontextprotocol.registry/publisher-provided"]` as compact JSON. */
  maxPublisherMetaBytes: 4096,
  /** Issues listed for one document; the list then ends with `too-many-issues`. */
  maxIssues: 500,
} as const;
