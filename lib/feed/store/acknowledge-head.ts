import type { Actor } from '#lib/audit/events.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import type { FeedHead, FeedTrust } from '../documents.ts';
import { CLOCK_SKEW_MS, verifySignatures } from '../dsse.ts';
import { FeedError } from '../feed-error.ts';
import { parseHead, parseJson } from '../parse-documents.ts';
import { jump } from './pass-high-water.ts';
import { lockFeed, publishFeed } from './publish-feed.ts';

/** More than any lost span of work; a head beyond it is not a lost backup but a burnt serial. */
const MAX_JUMP = 1_000_000;
const MARGIN = 100;

/**
 * Goes on past a head that a gateway holds and this database does not know, because it was restored from an older
 * backup. The head must be signed by a key of the organization, whoever shows it: a token alone moves nothing. Its
 * lease does not matter. Returns the serial that was published, or null when the head is not ahead.
 * Throws UNPROCESSABLE for a head that does not verify, CONFLICT for an epoch or a serial that only a recovery mends.
 */
export async function acknowledgeHead({
  orgId,
  envelopeBytes,
  now,
  actor = { type: 'system', name: 'Hallmark' },
}: {
  orgId: string;
  envelopeBytes: Uint8Array;
  now: Date;
  actor?: Actor;
}): Promise<number | null> {
  const head = await verifyOwnHead({ orgId, envelopeBytes, now });
  return orgTransaction(orgId, async (tx) => {
    const feed = await lockFeed(tx, orgId);
    if (head.epoch > feed.epoch) {
      throw new DomainError(
        'CONFLICT',
        `The head is of epoch ${head.epoch}, this database is at ${feed.epoch}: it is older than a recovery. Restore a newer backup, or declare the keys compromised again.`,
      );
    }
    if (head.epoch < feed.epoch || head.serial <= feed.serial) return null;
    const delta = head.serial - feed.serial;
    if (delta > MAX_JUMP) {
      throw new DomainError(
        'CONFLICT',
        `Serial ${head.serial} is ${delta} ahead: no lost backup explains that. Declare the feed key compromised.`,
      );
    }
    const last = await tx.feedPublication.findFirstOrThrow({
      where: { orgId },
      orderBy: [{ epoch: 'desc' }, { serial: 'desc' }],
      select: { publishedAt: true },
    });
    // Targets and snapshots are made with each serial, timestamps at most once a minute besides.
    const minutes = Math.ceil(Math.max(0, now.getTime() - last.publishedAt.getTime()) / 60_000);
    const mark = {
      epoch: head.epoch,
      serial: head.serial,
      targetsVersion: feed.targetsVersion + delta + MARGIN,
      snapshotVersion: feed.snapshotVersion + delta + MARGIN,
      timestampVersion: feed.timestampVersion + delta + minutes + MARGIN,
    };
    const reason = `a gateway holds serial ${head.serial}, which this database has never published`;
    await jump(tx, { feed, mark, reason, actor, now });
    return publishFeed(tx, { orgId, reason: 'after a restored backup', actor, now });
  });
}

/** A head of this organization, signed by a key that it has or had and did not declare compromised. */
async function verifyOwnHead({
  orgId,
  envelopeBytes,
  now,
}: {
  orgId: string;
  envelopeBytes: Uint8Array;
  now: Date;
}): Promise<FeedHead> {
  const [{ slug }, keys] = await Promise.all([
    db().org.findUniqueOrThrow({ where: { id: orgId }, select: { slug: true } }),
    db().feedKey.findMany({ where: { orgId, compromisedAt: null, role: { in: ['feed', 'root'] } } }),
  ]);
  const keysOf = (role: 'feed' | 'root') =>
    keys
      .filter((key) => key.role === role)
      .map(({ keyid, algorithm, publicPem }) => ({ keyid, algorithm: algorithm as 'ed25519', pem: publicPem }));
  const trust: FeedTrust = {
    v: 1,
    org: slug,
    baseUrl: 'https://localhost',
    feedKeys: keysOf('feed'),
    recoveryKeys: keysOf('root'),
    threshold: 1,
    tufRoot: {},
  };
  try {
    const head = parseHead(verifySignatures({ envelope: parseJson(envelopeBytes, 'The head'), trust, now }).payload);
    if (head.org !== slug) throw new FeedError('FEED_WRONG_ORG', `The head is for ${head.org}.`);
    if (Date.parse(head.issuedAt) - now.getTime() > CLOCK_SKEW_MS) {
      throw new FeedError('FEED_CLOCK', `The head was issued at ${head.issuedAt}, which lies ahead.`);
    }
    return head;
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    throw new DomainError('UNPROCESSABLE', `This head proves nothing (${error.code}): ${error.message}`);
  }
}
