import { randomBytes } from 'node:crypto';
import { appendEvent, lockChain } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { Feed, FeedRoot } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import { allowedContent, NOTHING_ALLOWED } from '#lib/orgs/allowlist/feed-content.ts';
import { buildPublication, type PreviousPublication } from '../build-publication.ts';
import type { AllowlistDocument } from '../documents.ts';
import { FEED_TTL_MS } from '../tuf/tuf-format.ts';
import { createFeedKeys, openFeedKeys } from './keys.ts';

/** The feed of a new organization: its keys, the first root, and serial 1, which allows nothing. */
export async function createFeed(
  tx: Tx,
  { orgId, org, actor, now }: { orgId: string; org: string; actor: Actor; now: Date },
): Promise<void> {
  await tx.feed.create({ data: { orgId, pathKey: randomBytes(18).toString('base64url') } });
  await createFeedKeys(tx, { orgId, org, now });
  await publishFeed(tx, { orgId, reason: 'organization created', actor, now });
}

/**
 * Signs what the organization allows now as its next serial, in the caller's transaction. The feed's row is locked
 * first: of several processes that publish at once, each gets a serial of its own, and each signs what is committed
 * before it. Returns the serial. Throws KEYS_UNAVAILABLE, and then nothing of the transaction stays.
 */
export async function publishFeed(
  tx: Tx,
  { orgId, reason, actor, now }: { orgId: string; reason: string; actor: Actor; now: Date },
): Promise<number> {
  const feed = await lockFeed(tx, orgId);
  // Before anything is read: a scan that suspends writes its event without the feed's row, and must come before or after.
  await lockChain(tx, orgId);
  const { slug: org } = await tx.org.findUniqueOrThrow({ where: { id: orgId }, select: { slug: true } });
  const keys = await openFeedKeys(
    await tx.feedKey.findMany({ where: { orgId, retiredAt: null }, orderBy: { createdAt: 'asc' } }),
    org,
  );
  const root = await tx.feedRoot.findFirst({ where: { orgId }, orderBy: { version: 'desc' } });
  const serial = feed.serial + 1;
  const content = feed.mode === 'lockdown' ? NOTHING_ALLOWED : await allowedContent(tx, orgId, now);
  const publication = await buildPublication({
    org,
    epoch: feed.epoch,
    serial,
    now,
    ...content,
    mode: feed.mode as AllowlistDocument['mode'],
    onStale: feed.onStale as AllowlistDocument['onStale'],
    graceSeconds: feed.graceSeconds,
    refreshSeconds: feed.refreshSeconds,
    keys,
    previous: root && previousPublication(feed, root),
  });
  const { tuf } = publication;
  if (tuf.root)
    await tx.feedRoot.create({
      data: { orgId, version: tuf.versions.root, bytes: new Uint8Array(tuf.root), createdAt: now },
    });
  await tx.feedPublication.create({
    data: {
      orgId,
      epoch: feed.epoch,
      serial,
      reason,
      allowlistBytes: new Uint8Array(publication.allowlistBytes),
      allowlistSha256: sha256Hex(publication.allowlistBytes),
      revocationsBytes: new Uint8Array(publication.revocationsBytes),
      revocationsSha256: sha256Hex(publication.revocationsBytes),
      targetsVersion: tuf.versions.targets,
      targetsBytes: new Uint8Array(tuf.targets),
      snapshotVersion: tuf.versions.snapshot,
      snapshotBytes: new Uint8Array(tuf.snapshot),
      publishedAt: now,
    },
  });
  await tx.feed.update({
    where: { orgId },
    data: {
      serial,
      rootVersion: tuf.versions.root,
      targetsVersion: tuf.versions.targets,
      snapshotVersion: tuf.versions.snapshot,
      timestampVersion: tuf.versions.timestamp,
      headBytes: new Uint8Array(publication.headEnvelopeBytes),
      timestampBytes: new Uint8Array(tuf.timestamp),
      freshUntil: new Date(now.getTime() + FEED_TTL_MS.head),
    },
  });
  await appendEvent(tx, {
    orgId,
    kind: 'feed.published',
    actor,
    subject: { serial },
    data: { epoch: feed.epoch, reason, allowlistSha256: sha256Hex(publication.allowlistBytes) },
    now,
  });
  return serial;
}

/** What the next publication or refresh builds on. */
export const previousPublication = (feed: Feed, root: FeedRoot): PreviousPublication => ({
  rootBytes: root.bytes,
  versions: {
    root: root.version,
    targets: feed.targetsVersion,
    snapshot: feed.snapshotVersion,
    timestamp: feed.timestampVersion,
  },
});

/** The feed's row, held until the transaction ends. */
export async function lockFeed(tx: Tx, orgId: string) {
  await tx.$queryRaw`select 1 from "Feed" where "orgId" = ${orgId} for update`;
  return tx.feed.findUniqueOrThrow({ where: { orgId } });
}
