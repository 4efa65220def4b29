const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const WEBHOOK_LIMITS = {
  perOrg: 20,
  kinds: 50,
  urlLength: 2000,
  timeoutMs: 10_000,
  /** Bytes that are kept of what an endpoint answers. */
  keptResponse: 1024,
  /** A delivery that is under way is left alone this long; after that its worker is gone. */
  leaseMs: MINUTE,
  /** At once to one endpoint, from one process. */
  perWebhook: 2,
  /** Endpoints that one process sends to at once. */
  atOnce: 32,
  /** Deliveries after which an endpoint makes room for others that wait. */
  perTurn: 25,
  /** Both secrets sign this long after a rotation. */
  overlapMs: 24 * HOUR,
  /** Nothing got through for this long: the webhook is stopped. */
  stopAfterMs: 5 * 24 * HOUR,
  /** Failures in a row from which on one delivery at a time finds out whether the endpoint is back. */
  holdAfter: 3,
  replayed: 1000,
  /** Deliveries that are done are kept this long. */
  keptDays: 30,
} as const;

/** Waits between the eight tries of a delivery, about 24 hours in all. */
export const RETRY_WAITS_MS = [30_000, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 15 * HOUR] as const;

export const MAX_ATTEMPTS = RETRY_WAITS_MS.length + 1;

/**
 * Milliseconds until the next try after `attempts` failed ones, null after the last. A fifth more or less, so that
 * deliveries that failed together do not come back together. `random` is from 0 to 1.
 */
export function retryWait(attempts: number, random: number): number | null {
  const wait = RETRY_WAITS_MS[attempts - 1];
  return wait === undefined ? null : Math.round(wait * (0.8 + 0.4 * random));
}
