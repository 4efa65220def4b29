import { log } from '#lib/config/log.ts';
import type { Feed, FeedKey, FeedRoot } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import { nextTimestamp, refreshFreshness } from '../build-publication.ts';
import type { DsseEnvelope, FeedHead } from '../documents.ts';
import { FEED_TTL_MS, FRESHNESS_INTERVAL_MS, REPUBLISH_AFTER_MS } from '../tuf/tuf-format.ts';
import { announceFeed } from './feed-changes.ts';
import { headLeaseMs, isHeadDue } from './head-lease.ts';
import { isAbove, noteHighWater, readHighWater } from './high-water.ts';
import { keysInUse, openFeedKeys } from './keys.ts';
import { lockFeed, previousPublication, publishFeed } from './publish-feed.ts';

/**
 * Signs every feed anew whose timestamp has less than its time minus one interval left: same serial, same bodies, later
 * expiry. A feed that nobody changed for weeks is published anew, since its TUF targets expire too. One broken feed
 * does not keep the others waiting, and of several workers at once the first does the work. Returns how many were
 * refreshed and how many failed.
 */
export async function refreshFeeds({
  now = new Date(),
  dueWithinMs = FEED_TTL_MS.timestamp - FRESHNESS_INTERVAL_MS,
} = {}): Promise<{ refreshed: number; failed: number }> {
  const dueUntil = new Date(now.getTime() + dueWithinMs);
  const due = await db().feed.findMany({
    where: { OR: [{ freshUntil: null }, { freshUntil: { lte: dueUntil } }] },
    select: { orgId: true, org: { select: { slug: true } } },
  });
  let failed = 0;
  for (const { orgId, org } of due) {
    try {
      await refreshFeed({ orgId, org: org.slug, now, dueUntil });
      await noteHighWater(await db().feed.findUniqueOrThrow({ where: { orgId } }));
    } catch (error) {
      failed += 1;
      log.error(
        { org: org.slug, error: error instanceof Error ? error.message : String(error) },
        'a feed could not be signed anew',
      );
    }
  }
  return { refreshed: due.length - failed, failed };
}

async function refreshFeed({
  orgId,
  org,
  now,
  dueUntil,
}: {
  orgId: string;
  org: string;
  now: Date;
  dueUntil: Date;
}): Promise<void> {
  let broken: unknown = null;
  await db().$transaction(async (tx) => {
    const feed = await lockFeed(tx, orgId);
    // Another worker was here first.
    if (feed.freshUntil && feed.freshUntil > dueUntil) return;
    const publication = await tx.feedPublication.findFirstOrThrow({
      where: { orgId },
      orderBy: [{ epoch: 'desc' }, { serial: 'desc' }],
      select: { publishedAt: true, snapshotBytes: true },
    });
    const mark = await readHighWater(orgId);
    const isRestored = mark !== null && isAbove(mark, feed);
    if (isRestored || now.getTime() - publication.publishedAt.getTime() > REPUBLISH_AFTER_MS) {
      const reason = isRestored ? 'after a restored backup' : 'scheduled';
      await publishFeed(tx, { orgId, reason, actor: { type: 'system', name: 'Hallmark' }, now });
      return;
    }
    const root = await tx.feedRoot.findFirstOrThrow({ where: { orgId }, orderBy: { version: 'desc' } });
    const rows = await keysInUse(tx, orgId);
    const snapshotBytes = Buffer.from(publication.snapshotBytes);
    const lease = await signHeadIfDue({ feed, root, rows, org, snapshotBytes, now }).catch((error) => {
      broken = error;
      return null;
    });
    // A service that holds the feed key may be away for a while: the head keeps its lease, the timestamp gets a new one.
    const { timestamp, versions } = lease ?? {
      ...(await nextTimestamp({
        snapshotBytes,
        previous: previousPublication(feed, root),
        now,
        keys: await openFeedKeys(rows, org, ['freshness']),
      })),
    };
    await tx.feed.update({
      where: { orgId },
      data: {
        ...(lease ? { headBytes: new Uint8Array(lease.headEnvelopeBytes) } : {}),
        timestampBytes: new Uint8Array(timestamp),
        timestampVersion: versions.timestamp,
        freshUntil: new Date(now.getTime() + FEED_TTL_MS.timestamp),
      },
    });
    await announceFeed(tx, { orgId, epoch: feed.epoch, serial: feed.serial });
  });
  if (broken) throw broken;
}

/** Null while the head has most of its lease left: then no feed key is needed. */
async function signHeadIfDue({
  feed,
  root,
  rows,
  org,
  snapshotBytes,
  now,
}: {
  feed: Feed;
  root: FeedRoot;
  rows: FeedKey[];
  org: string;
  snapshotBytes: Buffer;
  now: Date;
}) {
  const head = headOf(feed.headBytes!);
  const leaseMs = headLeaseMs(rows);
  if (!isHeadDue({ expires: new Date(head.expires), leaseMs, now })) return null;
  const previous = previousPublication(feed, root);
  const keys = await openFeedKeys(rows, org);
  return refreshFreshness({ head, snapshotBytes, previous, now, keys, headTtlMs: leaseMs });
}

/** The head inside of an envelope that was signed here. */
export function headOf(envelopeBytes: Uint8Array): FeedHead {
  const envelope = JSON.parse(Buffer.from(envelopeBytes).toString('utf8')) as DsseEnvelope;
  return JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')) as FeedHead;
}
