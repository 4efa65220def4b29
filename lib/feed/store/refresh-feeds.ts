import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { refreshFreshness } from '../build-publication.ts';
import type { DsseEnvelope, FeedHead } from '../documents.ts';
import { FEED_TTL_MS, FRESHNESS_INTERVAL_MS, REPUBLISH_AFTER_MS } from '../tuf/tuf-format.ts';
import { openFeedKeys } from './keys.ts';
import { lockFeed, previousPublication, publishFeed } from './publish-feed.ts';

/**
 * Signs every feed anew whose head has less than its time minus one interval left: same serial, same bodies, later
 * expiry. A feed that nobody changed for weeks is published anew, since its TUF targets expire too. One broken feed
 * does not keep the others waiting. Returns how many were refreshed and how many failed.
 */
export async function refreshFeeds({
  now = new Date(),
  dueWithinMs = FEED_TTL_MS.head - FRESHNESS_INTERVAL_MS,
} = {}): Promise<{ refreshed: number; failed: number }> {
  const due = await db().feed.findMany({
    where: { OR: [{ freshUntil: null }, { freshUntil: { lte: new Date(now.getTime() + dueWithinMs) } }] },
    select: { orgId: true, org: { select: { slug: true } } },
  });
  let failed = 0;
  for (const { orgId, org } of due) {
    try {
      await refreshFeed(orgId, org.slug, now);
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

async function refreshFeed(orgId: string, org: string, now: Date): Promise<void> {
  await db().$transaction(async (tx) => {
    const feed = await lockFeed(tx, orgId);
    const [publication, root] = await Promise.all([
      tx.feedPublication.findFirstOrThrow({ where: { orgId }, orderBy: [{ epoch: 'desc' }, { serial: 'desc' }] }),
      tx.feedRoot.findFirstOrThrow({ where: { orgId }, orderBy: { version: 'desc' } }),
    ]);
    if (now.getTime() - publication.publishedAt.getTime() > REPUBLISH_AFTER_MS) {
      await publishFeed(tx, { orgId, reason: 'scheduled', actor: { type: 'system', name: 'Hallmark' }, now });
      return;
    }
    const keys = await openFeedKeys(await tx.feedKey.findMany({ where: { orgId, retiredAt: null } }), org);
    const envelope = JSON.parse(Buffer.from(feed.headBytes!).toString('utf8')) as DsseEnvelope;
    const fresh = await refreshFreshness({
      head: JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')) as FeedHead,
      snapshotBytes: Buffer.from(publication.snapshotBytes),
      previous: previousPublication(feed, root),
      now,
      keys,
    });
    await tx.feed.update({
      where: { orgId },
      data: {
        headBytes: new Uint8Array(fresh.headEnvelopeBytes),
        timestampBytes: new Uint8Array(fresh.timestamp),
        timestampVersion: fresh.versions.timestamp,
        freshUntil: new Date(now.getTime() + FEED_TTL_MS.head),
      },
    });
  });
}
