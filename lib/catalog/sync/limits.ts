const MINUTE_MS = 60_000;

/** Limits and times of the sync with upstream registries. */
export const SYNC_LIMITS = {
  /** Time between two crawls, which the registry asks aggregators to keep to about an hour. */
  intervalMs: 60 * MINUTE_MS,
  /** Spread over which the next crawl is put, so that registries are not all asked at the same minute. */
  jitterMs: 5 * MINUTE_MS,
  /** What was changed this long before the last crawl began is asked for again: transactions end after their `updatedAt`. */
  overlapMs: 10 * MINUTE_MS,
  pageItems: 100,
  /** Decoded bytes of a page: every item at the limit of a manifest, with room for what the registry says about it. */
  pageBytes: 110 * 1024 * 1024,
  itemBytes: 2 * 1024 * 1024,
  pageTimeoutMs: 120_000,
  cursorCharacters: 4000,
  /** Pages of one crawl: twenty times the catalog that is expected. More is an upstream that never ends. */
  pages: 20_000,
  /** Pages without items that may follow each other. */
  emptyPages: 10,
  /** A worker that says nothing for this long is gone, and another one goes on. */
  leaseMs: 2 * MINUTE_MS,
  heartbeatMs: 30_000,
  /** Longest time of one job of a worker, below the quarter of an hour after which the queue gives it up. */
  runMs: 10 * MINUTE_MS,
  /** Longest pause that is waited for within a run; after a longer one the worker comes back. */
  inlinePauseMs: MINUTE_MS,
  firstPauseMs: 5_000,
  longestPauseMs: 60 * MINUTE_MS,
  /** Shortest pause after a fault that waiting does not mend, such as a page that is not JSON. */
  faultPauseMs: 10 * MINUTE_MS,
  /** `Retry-After` is honoured up to this. */
  retryAfterMs: 24 * 60 * MINUTE_MS,
  skippedExamples: 20,
  /** Bytes of manifests in one statement. */
  statementBytes: 8 * 1024 * 1024,
  storeAttempts: 4,
} as const;

export type SyncLimits = { -readonly [name in keyof typeof SYNC_LIMITS]: number };
