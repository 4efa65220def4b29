import type { FeedHead, FeedTrust } from '../documents.ts';
import { type VerifiedHead, verifyHead } from '../dsse.ts';
import { FeedError, type FeedWarning } from '../feed-error.ts';
import { parseJson } from '../parse-documents.ts';
import { readRoot } from '../tuf/root.ts';
import { FEED_PATHS } from '../tuf/tuf-format.ts';
import { applyRecovery, type EffectiveTrust, effectiveTrust, followRoot } from './effective-trust.ts';
import { type FeedStore, pinnedRoot, type StoredFeed } from './feed-store.ts';
import { type HttpSource, httpGet, httpGetRequired } from './http-get.ts';
import { FEED_LIMITS, FEED_MAX_ROOT_ROTATIONS } from './limits.ts';

/** One go at reading the feed. */
export type Attempt = {
  trust: FeedTrust;
  source: HttpSource;
  store: FeedStore;
  now: Date;
  useEtag: boolean;
  isArchive: boolean;
};
type ReadHead = { head: FeedHead; envelopeBytes: Buffer; etag: string | null; warnings: FeedWarning[] };

/** A head that was not modified is verified again: it may have expired, or its key may count no more. */
export async function readHead(attempt: Attempt & { state: StoredFeed | null }): Promise<ReadHead> {
  const { trust, source, store, now, useEtag, state, isArchive } = attempt;
  const request = { source, path: FEED_PATHS.head(), maxBytes: FEED_LIMITS.head, accept: 'application/vnd.dsse+json' };
  const answer = await httpGet({ ...request, etag: useEtag ? (state?.headEtag ?? null) : null });
  let fresh: { bytes: Buffer; etag: string | null };
  if (answer.status === 'not-modified' && state) {
    fresh = { bytes: await store.acceptedHead(state), etag: state.headEtag };
  } else if (answer.status === 'ok') {
    fresh = answer;
  } else {
    fresh = await httpGetRequired(request);
  }
  const envelope = parseJson(fresh.bytes, 'The feed head');
  const recoveries = await store.recoveries(trust);
  const known = effectiveTrust({ trust, newestRoot: await store.newestRoot(trust), recoveries, now });
  const verify = ({ trust, recoveryEpoch }: EffectiveTrust) =>
    verifyHead({ envelope, trust, state, now, recoveryEpoch, acceptsOffline: isArchive });
  let verified: VerifiedHead;
  try {
    verified = verify(known);
  } catch (error) {
    if (!(error instanceof FeedError) || !LEARNS_ON.has(error.code)) throw error;
    const learned = await learnKeys({ attempt, recoveries });
    if (!learned) throw error;
    verified = verify(learned);
  }
  const { head, warnings } = verified;
  // A recovery head that came as the head itself says which keys count from now on.
  if (verified.recovered && (head.revokedKeys ?? head.feedKeys ?? head.recoveryKeys)) {
    const { recoveryEpoch } = effectiveTrust({
      trust,
      newestRoot: await store.newestRoot(trust),
      recoveries: await store.recoveries(trust),
      now,
    });
    if (head.epoch > recoveryEpoch) {
      await store.keepRecoveries(trust, [...(await store.recoveries(trust)), fresh.bytes]);
    }
  }
  return { head, envelopeBytes: fresh.bytes, etag: fresh.etag, warnings };
}

/** What may be wrong with a head only because this client has not heard of a rotation or a recovery yet. */
const LEARNS_ON: ReadonlySet<string> = new Set(['FEED_SIGNATURE', 'FEED_EPOCH']);

/**
 * Follows the chain of TUF roots and asks for the recovery head, then says which keys count. What verifies is kept
 * whatever comes after. Null when nothing new was learned.
 */
async function learnKeys({
  attempt: { trust, source, store, now },
  recoveries,
}: {
  attempt: Attempt;
  recoveries: Buffer[];
}): Promise<EffectiveTrust | null> {
  let root = (await store.newestRoot(trust)) ?? pinnedRoot(trust);
  let hasLearned = false;
  for (let steps = 0; steps < FEED_MAX_ROOT_ROTATIONS; steps++) {
    const path = FEED_PATHS.root(readRoot(root).signed.version + 1);
    const answer = await httpGet({ source, path, maxBytes: FEED_LIMITS.tufRoot });
    const next = answer.status === 'ok' ? followRoot(root, answer.bytes) : null;
    if (!next) break;
    root = next;
    hasLearned = true;
  }
  if (hasLearned) await store.keepRoot(trust, root);
  const known = effectiveTrust({ trust, newestRoot: await store.newestRoot(trust), recoveries, now });
  const answer = await httpGet({ source, path: FEED_PATHS.recovery(), maxBytes: FEED_LIMITS.head });
  if (answer.status !== 'ok') return hasLearned ? known : null;
  try {
    const recovered = applyRecovery({ trust: known.trust, envelope: answer.bytes, now, above: known.recoveryEpoch });
    await store.keepRecoveries(trust, [...recoveries, answer.bytes]);
    return recovered;
  } catch (error) {
    if (error instanceof FeedError) return hasLearned ? known : null;
    throw error;
  }
}
