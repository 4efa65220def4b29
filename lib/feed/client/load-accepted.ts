import type { FeedTrust } from '../documents.ts';
import { verifySignatures } from '../dsse.ts';
import { FeedError } from '../feed-error.ts';
import { parseAllowlist, parseHead, parseJson, parseRevocations } from '../parse-documents.ts';
import { effectiveTrust } from './effective-trust.ts';
import { FeedStore } from './feed-store.ts';
import type { AcceptedFeed } from './pull-feed.ts';

/**
 * The feed accepted last, from the state directory alone; null when there is none. Signature and digests are checked
 * again, age is not: ask `staleDecision` with `freshUntil`.
 * Throws FEED_STATE_MALFORMED, or FEED_SIGNATURE when the keys that signed it count no more.
 */
export async function loadAcceptedFeed({
  trust,
  stateDir,
  now = new Date(),
}: {
  trust: FeedTrust;
  stateDir: string;
  now?: Date;
}): Promise<AcceptedFeed | null> {
  const store = new FeedStore(stateDir);
  const state = await store.load(trust);
  if (!state) return null;
  const headBytes = await store.acceptedHead(state);
  const [newestRoot, recoveries] = await Promise.all([store.newestRoot(trust), store.recoveries(trust)]);
  const current = effectiveTrust({ trust, newestRoot, recoveries, now });
  const envelope = parseJson(headBytes, 'The stored head');
  const head = parseHead(verifySignatures({ envelope, trust: current.trust, now }).payload);
  const allowlistBytes = await store.body(head.body.sha256);
  const revocationsBytes = await store.body(head.revocations.sha256);
  if (!allowlistBytes || !revocationsBytes || head.serial !== state.serial || head.epoch !== state.epoch) {
    throw new FeedError(
      'FEED_STATE_MALFORMED',
      `${store.dir} is incomplete: the accepted documents are not all there.`,
    );
  }
  return {
    head,
    headBytes,
    freshUntil: earlier(new Date(head.expires), await store.timestampExpires(state)),
    allowlist: parseAllowlist(allowlistBytes),
    revocations: parseRevocations(revocationsBytes),
    allowlistBytes,
    revocationsBytes,
  };
}

/** The head's lease or the TUF timestamp's, whichever ends first. */
export const earlier = (head: Date, timestamp: Date | null): Date =>
  timestamp && timestamp.getTime() < head.getTime() ? timestamp : head;
