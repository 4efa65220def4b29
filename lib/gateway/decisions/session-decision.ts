import { type AcceptedFeed, staleDecision } from '#lib/feed/client/index.ts';
import { type Decision, decide } from './decide.ts';
import { DRY_RUN_PASSES } from './reasons.ts';
import type { Scope } from './scope.ts';

/** Refusals that a fresh feed can lift within the same session; all others end it. */
const PASSING = new Set(['FEED_NONE', 'FEED_STALE_DENIED', 'FEED_STALE_NEW_BLOCKED', 'FEED_GRACE_OVER']);

/**
 * `decide` for one session, with the age of the accepted feed taken into account. `session` is `new` when a client
 * connects and `running` afterwards. What the last accepted list refuses stays refused however old it is. A dry run
 * turns the refusals of `DRY_RUN_PASSES` into permissions that say so. Pure.
 */
export function sessionDecision({
  feed,
  session,
  now,
  isDryRun = false,
  ...asked
}: {
  feed: AcceptedFeed | null;
  server: string;
  version: string;
  session: 'new' | 'running';
  now: Date;
  scope?: Scope;
  isDryRun?: boolean;
  tool?: string | undefined;
  digest?: string | null | undefined;
}): Decision {
  const decision = enforced({ feed, session, now, ...asked });
  return isDryRun ? dryRun(decision) : decision;
}

function enforced({ feed, session, now, ...asked }: Omit<Parameters<typeof sessionDecision>[0], 'isDryRun'>): Decision {
  const age = staleDecision({
    freshUntil: feed?.freshUntil ?? null,
    onStale: feed?.allowlist.onStale ?? 'deny',
    graceSeconds: feed?.allowlist.graceSeconds ?? 0,
    session,
    now,
  });
  if (!feed) return { allow: false, code: age.code, message: age.message };
  const decision = decide({ allowlist: feed.allowlist, revocations: feed.revocations, now, ...asked });
  if (!decision.allow) return decision;
  if (!age.serve) return { allow: false, code: age.code, message: age.message, entry: decision.entry };
  return age.isStale ? { ...decision, code: 'FEED_STALE_KEPT' } : decision;
}

/** The refusal as a permission that says so, where a dry run may let it pass. */
export function dryRun(decision: Decision): Decision {
  if (decision.allow || !decision.entry || !DRY_RUN_PASSES.has(decision.code)) return decision;
  const { code, message, entry } = decision;
  return { allow: true, code, message, entry, wouldDeny: true };
}

/** Whether this refusal ends the session: revoked, locked down, or no longer on the list. */
export function isFinal(decision: Decision): boolean {
  return !decision.allow && !PASSING.has(decision.code);
}
