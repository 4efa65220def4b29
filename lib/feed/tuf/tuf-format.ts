/** TUF specification 1.0.31, https://theupdateframework.github.io/specification/v1.0.31/ */
export const TUF_SPEC_VERSION = '1.0.31';

/** The targets of every feed. */
export const TUF_TARGETS = { allowlist: 'allowlist.json', revocations: 'revocations.json' } as const;

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** How long each signed document is good for, in milliseconds. */
export const FEED_TTL_MS = {
  root: 365 * DAY_MS,
  targets: 30 * DAY_MS,
  snapshot: 30 * DAY_MS,
  timestamp: 15 * MINUTE_MS,
  head: 15 * MINUTE_MS,
} as const;

/** How often head and timestamp are signed anew: a reader that polls sees a head with at least ten minutes left. */
export const FRESHNESS_INTERVAL_MS = 5 * MINUTE_MS;

/** A feed without changes must still be published anew by then, or its targets and snapshot expire. */
export const REPUBLISH_AFTER_MS = 20 * DAY_MS;

/** `now + ms` in RFC 3339 with whole seconds, rounded up: TUF allows no fractions. */
export function expiresAt(now: Date, ms: number): string {
  return new Date(Math.ceil((now.getTime() + ms) / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** `now` in RFC 3339 with whole seconds, rounded down, so that nothing is issued in the future. */
export function wholeSeconds(now: Date): string {
  return new Date(Math.floor(now.getTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** The role names of TUF that each of our keys signs. */
export const TUF_ROLES_OF = { root: ['root'], feed: ['targets'], freshness: ['snapshot', 'timestamp'] } as const;

/** Paths below the feed's base URL (consistent snapshots, §6.2 of the specification). */
export const FEED_PATHS = {
  head: () => 'head',
  /** The head that a recovery key signed last, if there ever was one. */
  recovery: () => 'recovery',
  body: (sha256: string) => `bodies/${sha256}.json`,
  root: (version: number) => `tuf/metadata/${version}.root.json`,
  targets: (version: number) => `tuf/metadata/${version}.targets.json`,
  snapshot: (version: number) => `tuf/metadata/${version}.snapshot.json`,
  timestamp: () => 'tuf/metadata/timestamp.json',
  target: (sha256: string, name: string) => `tuf/targets/${sha256}.${name}`,
} as const;
