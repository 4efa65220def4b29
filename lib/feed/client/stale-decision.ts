import type { AllowlistDocument } from '../documents.ts';

/** What follows from the age of the last accepted head. */
export const STALE_CODES = {
  FEED_FRESH: 'The head is within its lease.',
  FEED_NONE: 'No feed was ever accepted here.',
  FEED_STALE_KEPT: 'The head expired; within the grace time the last accepted list still applies.',
  FEED_STALE_NEW_BLOCKED: 'The head expired; running sessions go on, new ones are refused.',
  FEED_STALE_DENIED: 'The head expired and the organization wants nothing served without a fresh one.',
  FEED_GRACE_OVER: 'The head expired and the grace time is over.',
} as const;

export type StaleCode = keyof typeof STALE_CODES;

export type StaleDecision = {
  serve: boolean;
  isStale: boolean;
  code: StaleCode;
  /** A sentence for a person. */
  message: string;
};

/**
 * Whether a gateway may act on the last accepted list. `freshUntil` is that head's `expires`; null when nothing was
 * ever accepted. `session` is `running` for one that was admitted before and `new` for one that asks now.
 *
 * Until `freshUntil` everything is served. Then, for `graceSeconds`: `keep` serves running and new sessions,
 * `block_new` serves running ones, `deny` serves none (it has no grace). After the grace time nothing is served.
 */
export function staleDecision({
  freshUntil,
  onStale,
  graceSeconds,
  session,
  now,
}: {
  freshUntil: Date | null;
  onStale: AllowlistDocument['onStale'];
  graceSeconds: number;
  session: 'running' | 'new';
  now: Date;
}): StaleDecision {
  if (!freshUntil || Number.isNaN(freshUntil.getTime())) {
    return { serve: false, isStale: true, code: 'FEED_NONE', message: 'No signed allowlist was ever accepted here.' };
  }
  if (now.getTime() < freshUntil.getTime()) {
    return {
      serve: true,
      isStale: false,
      code: 'FEED_FRESH',
      message: `The allowlist is fresh until ${iso(freshUntil)}.`,
    };
  }
  const since = `The allowlist could not be refreshed since it expired at ${iso(freshUntil)}`;
  if (onStale === 'deny') {
    return stale(false, 'FEED_STALE_DENIED', `${since}; the organization wants nothing served without a fresh one.`);
  }
  const graceEnds = new Date(freshUntil.getTime() + graceSeconds * 1000);
  if (now.getTime() >= graceEnds.getTime()) {
    return stale(false, 'FEED_GRACE_OVER', `${since}, and the grace time ended at ${iso(graceEnds)}.`);
  }
  if (onStale === 'block_new' && session === 'new') {
    return stale(false, 'FEED_STALE_NEW_BLOCKED', `${since}; until it is refreshed no new session starts.`);
  }
  return stale(true, 'FEED_STALE_KEPT', `${since}; the last accepted list applies until ${iso(graceEnds)}.`);
}

function stale(serve: boolean, code: StaleCode, message: string): StaleDecision {
  return { serve, isStale: true, code, message };
}

/** A grace time may reach beyond what a Date can hold. */
function iso(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'a time that never comes' : date.toISOString();
}
