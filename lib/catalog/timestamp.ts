import { z } from 'zod';

/** RFC 3339 §5.6 asks for seconds and an offset; `z.iso.datetime` knows which days exist. */
const HAS_SECONDS = /^.{10}T\d{2}:\d{2}:\d{2}/;
const dateTime = z.iso.datetime({ offset: true });

/**
 * The moment of an RFC 3339 timestamp from the year 1 to 9999 in UTC, or null: other years have no RFC 3339 form, and the
 * year 0 does not exist for PostgreSQL. A leap second (`:60`) is null too, since a JavaScript date cannot hold it.
 */
export function parseTimestamp(text: string): Date | null {
  // RFC 3339 allows both cases of its two letters.
  const upper = text.toUpperCase();
  if (!HAS_SECONDS.test(upper) || !dateTime.safeParse(upper).success) return null;
  const date = new Date(upper);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date : null;
}
