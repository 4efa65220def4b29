/** The most a client reads of each document, in bytes, before it gives up. */
export const FEED_LIMITS = {
  head: 16 * 1024,
  allowlist: 32 * 1024 * 1024,
  revocations: 4 * 1024 * 1024,
  tufRoot: 512 * 1024,
  tufTimestamp: 16 * 1024,
  tufSnapshot: 64 * 1024,
  tufTargets: 64 * 1024,
} as const;

/** The longest one request may take, answer included, in milliseconds. */
export const FEED_REQUEST_TIMEOUT_MS = 15_000;

/** TUF roots that may lie between the pinned root and the newest. */
export const FEED_MAX_ROOT_ROTATIONS = 256;
