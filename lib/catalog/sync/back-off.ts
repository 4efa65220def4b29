import type { SyncLimits } from './limits.ts';

type PauseLimits = Pick<SyncLimits, 'firstPauseMs' | 'longestPauseMs' | 'faultPauseMs' | 'retryAfterMs'>;

/**
 * Milliseconds to wait after the nth failure in a row: they double up to a limit, and a random part of up to a half keeps
 * instances apart that failed together. Never less than the upstream asked for.
 */
export function pauseAfter({
  failures,
  isTransient,
  retryAfterMs,
  random,
  limits,
}: {
  failures: number;
  isTransient: boolean;
  retryAfterMs: number | null;
  /** From 0 to 1. */
  random: number;
  limits: PauseLimits;
}): number {
  const doubled = Math.min(limits.firstPauseMs * 2 ** Math.min(failures - 1, 30), limits.longestPauseMs);
  const grown = isTransient ? doubled : Math.max(doubled, limits.faultPauseMs);
  const asked = Math.min(retryAfterMs ?? 0, limits.retryAfterMs);
  return Math.round(Math.max(grown * (0.5 + random / 2), asked + random * Math.min(asked / 10, 5000)));
}

/** Milliseconds of a `Retry-After` (RFC 9110 §10.2.3): seconds, or a date by the clock of whoever answered. */
export function parseRetryAfter(value: string | null, answeredAt: Date): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = parseHttpDate(text);
  return date ? Math.max(0, date.getTime() - answeredAt.getTime()) : null;
}

/** A date as HTTP writes it today (RFC 9110 §5.6.7, IMF-fixdate); null for anything else. */
export function parseHttpDate(value: string | null): Date | null {
  if (value === null || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}
