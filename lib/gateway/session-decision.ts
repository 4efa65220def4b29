import { type AcceptedFeed, staleDecision } from '#lib/feed/client/index.ts';
import { type Decision, decide } from './decide.ts';

/** Refusals that a fresh feed can lift within the same session; all others end it. */
const PASSING = new Set(['FEED_NONE', 'FEED_STALE_DENIED', 'FEED_STALE_NEW_BLOCKED', 'FEED_GRACE_OVER']);

/**
 * `decide` for one session, with the age of the accepted feed taken into account. `session` is `new` when a client
 * connects and `running` afterwards. What the last accepted list refuses stays refused however old it is. Pure.
 */
export function sessionDecision({
  feed,
  session,
  now,
  ...asked
}: {
  feed: AcceptedFeed | null;
  server: string;
  version: string;
  session: 'new' | 'running';
  now: Date;
  tool?: string;
  digest?: string | null;
}): Decision {
  const age = staleDecision({
    freshUntil: feed ? new Date(feed.head.expires) : null,
    onStale: feed?.allowlist.onStale ?? 'deny',
    graceSeconds: feed?.allowlist.graceSeconds ?? 0,
    session,
    now,
  });
  if (!feed) return { allow: false, code: age.code, message: age.message };
  const decision = decide({ allowlist: feed.allowlist, revocations: feed.revocations, ...asked });
  if (!decision.allow) return decision;
  if (!age.serve) return { allow: false, code: age.code, message: age.message };
  return age.isStale ? { ...decision, code: 'FEED_STALE_KEPT' } : decision;
}

/** Whether this refusal ends the session: revoked, locked down, or no longer on the list. */
export function isFinal(decision: Decision): boolean {
  return !decision.allow && !PASSING.has(decision.code);
}
