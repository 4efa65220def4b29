import { randomBytes } from 'node:crypto';
import { appendEvent, lockChain } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { Feed, FeedKey, FeedRoot } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { allowedContent, NOTHING_ALLOWED } from '#lib/orgs/allowlist/feed-content.ts';
import { buildPublication, type PreviousPublication, type Publication } from '../build-publication.ts';
import type { AllowlistDocument, FeedHead } from '../documents.ts';
import { FEED_KEY_ROLES, type FeedKeyRole, type KeyProvider } from '../keys/key-provider.ts';
import { type PublicFeedKey, publicFeedKey } from '../keys/pinned-key.ts';
import { FEED_TTL_MS } from '../tuf/tuf-format.ts';
import { announceFeed } from './feed-changes.ts';
import { headLeaseMs } from './head-lease.ts';
import { noteHighWater } from './high-water.ts';
import { createFeedKeys, keysInUse, openFeedKeys } from './keys.ts';
import { passHighWater } from './pass-high-water.ts';

/** The path segment under which a feed is read without credentials. */
export const newPathKey = (): string => randomBytes(18).toString('base64url');

/** The feed of a new organization: its keys, the first root, and serial 1, which allows nothing. */
export async function createFeed(
  tx: Tx,
  { orgId, org, actor, now }: { orgId: string; org: string; actor: Actor; now: Date },
): Promise<void> {
  await tx.feed.create({ data: { orgId, pathKey: newPathKey() } });
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
  {
    orgId,
    reason,
    actor,
    now,
    rootSigners,
    recovery,
    minTtlMs,
  }: {
    orgId: string;
    reason: string;
    actor: Actor;
    now: Date;
    /** Makes the next root, with the keys in use and signed by these: for every change of keys. */
    rootSigners?: KeyProvider[];
    /** Begins a new epoch: what the root keys say about keys. */
    recovery?: Pick<FeedHead, 'revokedKeys' | 'feedKeys' | 'recoveryKeys'>;
    /** At least how long the TUF documents below the timestamp must be good for. */
    minTtlMs?: number;
  },
): Promise<number> {
  const committed = await lockFeed(tx, orgId);
  // Before anything is read: a scan that suspends writes its event without the feed's row, and must come before or after.
  await lockChain(tx, orgId);
  const audit = await tx.auditEvent.findFirst({
    where: { chain: orgId },
    orderBy: { seq: 'desc' },
    select: { seq: true, hash: true },
  });
  const { slug: org } = await tx.org.findUniqueOrThrow({ where: { id: orgId }, select: { slug: true } });
  const root = await tx.feedRoot.findFirst({ where: { orgId }, orderBy: { version: 'desc' } });
  // A restored backup must not give out serials again that gateways have seen.
  const feed = await passHighWater(tx, { feed: committed, actor, now });
  await noteHighWater(committed);
  const rows = await keysInUse(tx, orgId);
  const keys = await openFeedKeys(rows, org, root ? undefined : FEED_KEY_ROLES);
  const serial = feed.serial + 1;
  const epoch = feed.epoch + (recovery ? 1 : 0);
  const content = feed.mode === 'lockdown' ? NOTHING_ALLOWED : await allowedContent(tx, orgId, now);
  const publication = await buildPublication({
    org,
    epoch,
    serial,
    now,
    ...content,
    mode: feed.mode as AllowlistDocument['mode'],
    onStale: feed.onStale as AllowlistDocument['onStale'],
    graceSeconds: feed.graceSeconds,
    refreshSeconds: feed.refreshSeconds,
    audit,
    keys,
    previous: root && previousPublication(feed, root),
    headTtlMs: headLeaseMs(rows),
    ...(minTtlMs === undefined ? {} : { minTtlMs }),
    ...(rootSigners ? { newRoot: { oldRootKeys: rootSigners, listed: publicKeys(rows) } } : {}),
    ...(recovery ? { recovery: { ...recovery, signers: rootSigners ?? [] } } : {}),
  });
  const { tuf } = publication;
  if (tuf.root)
    await tx.feedRoot.create({
      data: { orgId, version: tuf.versions.root, bytes: new Uint8Array(tuf.root), createdAt: now },
    });
  await storePublication(tx, { orgId, epoch, serial, reason, now, publication });
  await tx.feed.update({
    where: { orgId },
    data: {
      epoch,
      serial,
      rootVersion: tuf.versions.root,
      targetsVersion: tuf.versions.targets,
      snapshotVersion: tuf.versions.snapshot,
      timestampVersion: tuf.versions.timestamp,
      headBytes: new Uint8Array(publication.headEnvelopeBytes),
      timestampBytes: new Uint8Array(tuf.timestamp),
      freshUntil: new Date(now.getTime() + FEED_TTL_MS.timestamp),
      ...(recovery ? { recoveryBytes: new Uint8Array(publication.headEnvelopeBytes) } : {}),
    },
  });
  await appendEvent(tx, {
    orgId,
    kind: 'feed.published',
    actor,
    subject: { serial },
    data: { epoch, reason, allowlistSha256: publication.head.body.sha256 },
    now,
  });
  await announceFeed(tx, { orgId, epoch, serial });
  return serial;
}

/**
 * Both bodies go as text, which they are: through the client's own handling of bytes, ten megabytes cost seconds.
 */
async function storePublication(
  tx: Tx,
  {
    orgId,
    epoch,
    serial,
    reason,
    now,
    publication: { allowlistBytes, revocationsBytes, head, tuf },
  }: { orgId: string; epoch: number; serial: number; reason: string; now: Date; publication: Publication },
): Promise<void> {
  const empty = new Uint8Array();
  const { id } = await tx.feedPublication.create({
    data: {
      orgId,
      epoch,
      serial,
      reason,
      allowlistBytes: empty,
      allowlistSha256: head.body.sha256,
      revocationsBytes: empty,
      revocationsSha256: head.revocations.sha256,
      targetsVersion: tuf.versions.targets,
      targetsBytes: new Uint8Array(tuf.targets),
      snapshotVersion: tuf.versions.snapshot,
      snapshotBytes: new Uint8Array(tuf.snapshot),
      publishedAt: now,
    },
    select: { id: true },
  });
  await tx.$executeRaw`
    update "FeedPublication"
    set "allowlistBytes" = convert_to(${allowlistBytes.toString('utf8')}::text, 'UTF8'),
      "revocationsBytes" = convert_to(${revocationsBytes.toString('utf8')}::text, 'UTF8')
    where id = ${id}`;
}

/** What a root names: the public halves, wherever the private ones are. */
export function publicKeys(rows: FeedKey[]): Record<FeedKeyRole, PublicFeedKey[]> {
  const keys: Record<FeedKeyRole, PublicFeedKey[]> = { root: [], feed: [], freshness: [] };
  for (const row of rows) keys[row.role].push(publicFeedKey(row));
  return keys;
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
