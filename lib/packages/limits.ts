/** What one check of a manifest's packages may cost. */
export const PACKAGE_LIMITS = {
  /** Packages of one manifest that are checked; real manifests have one to six. */
  packages: 20,
  concurrency: 4,
  requestMs: 10_000,
  packageMs: 30_000,
  /** Bytes of a registry's document about one version. */
  documentBytes: 8 * 1024 * 1024,
  /** Bytes of npm's document about all versions of a package. */
  packumentBytes: 32 * 1024 * 1024,
  readmeBytes: 5 * 1024 * 1024,
  attestationBytes: 2 * 1024 * 1024,
  /** Attestations of one file that are looked at. */
  attestations: 20,
  /** Files of one PyPI release; the largest real ones have about a hundred. */
  files: 200,
  /** Characters of a text that somebody else wrote, in facts and messages. */
  text: 200,
} as const;

/** What an MCP bundle may be. All but the first are read from the archive's directory before anything is unpacked. */
export const BUNDLE_LIMITS = {
  downloadBytes: 512 * 1024 * 1024,
  entries: 50_000,
  unpackedBytes: 1024 * 1024 * 1024,
  /** Unpacked to packed, for archives that unpack to more than `ratioFreeBytes`. Program text packs to a tenth. */
  ratio: 50,
  ratioFreeBytes: 64 * 1024 * 1024,
  manifestBytes: 1024 * 1024,
} as const;
