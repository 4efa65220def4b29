/** How long a scan may take, how often it is tried, and how many a person may ask for. */
export const SCAN_LIMITS = {
  /** Tries of one scan; then it failed for good. */
  attempts: 3,
  /** Wait before the second try, in milliseconds; it doubles with each further one. */
  retryDelayMs: 30_000,
  /** A worker says this often that it is still at a scan. */
  heartbeatEveryMs: 15_000,
  /** A running scan that nobody spoke of for this long lost its worker. */
  heartbeatLostMs: 60_000,
  /** A running scan is lost when it runs longer than any scan may, whatever its worker says. */
  runningMs: 20 * 60_000,
  /** A remote server is asked again after this time; scans before it use what it said. */
  probeEveryMs: 60 * 60_000,
  /** Scans that one person may ask for in an hour. */
  requestsPerHour: 20,
} as const;

/** When a scan that failed for the `attempts`th time may be tried again. */
export function nextAttemptAfter(attempts: number, now: Date): Date {
  return new Date(now.getTime() + SCAN_LIMITS.retryDelayMs * 2 ** Math.max(0, attempts - 1));
}
