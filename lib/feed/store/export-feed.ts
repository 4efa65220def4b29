import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from 'tar';
import { appendEvent } from '#lib/audit/append-event.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import { orgSettings } from '#lib/orgs/settings.ts';
import { refreshFreshness } from '../build-publication.ts';
import { writeAtomically } from '../client/state-files.ts';
import { FEED_PATHS, FEED_TTL_MS, TUF_TARGETS } from '../tuf/tuf-format.ts';
import type { KeyKeeper } from './change-keys.ts';
import { announceFeed } from './feed-changes.ts';
import { headLeaseMs } from './head-lease.ts';
import { keysInUse, openFeedKeys } from './keys.ts';
import { lockFeed, previousPublication, publishFeed } from './publish-feed.ts';
import { headOf } from './refresh-feeds.ts';

const DAY_MS = 86_400_000;

/**
 * The feed for a closed network: a tar of the documents under the paths they have over HTTP, with a lease of `days`
 * (at most what the organization allows) and a head that says so; clients refuse such a head over the network.
 * Publishes anew when the TUF documents would end before. Throws UNPROCESSABLE, KEYS_UNAVAILABLE.
 */
export async function exportFeed({
  keeper: { org, actor },
  days,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  days?: number | undefined;
  now?: Date;
}): Promise<{ bytes: Buffer; serial: number; until: Date }> {
  const { settings } = await db().org.findUniqueOrThrow({ where: { id: org.id }, select: { settings: true } });
  const { airgapDays } = orgSettings(settings);
  const lease = days ?? airgapDays;
  if (!Number.isInteger(lease) || lease < 1 || lease > airgapDays) {
    throw new DomainError(
      'UNPROCESSABLE',
      `An export is good for 1 to ${airgapDays} days; ${lease} is not that. Owners change the limit in the organization's settings.`,
    );
  }
  const ttlMs = lease * DAY_MS;
  const until = new Date(now.getTime() + ttlMs);
  const { documents, serial } = await orgTransaction(org.id, async (tx) => {
    let feed = await lockFeed(tx, org.id);
    const latest = () =>
      tx.feedPublication.findFirstOrThrow({
        where: { orgId: org.id },
        orderBy: [{ epoch: 'desc' }, { serial: 'desc' }],
      });
    let publication = await latest();
    const ends = JSON.parse(Buffer.from(publication.snapshotBytes).toString('utf8')).signed.expires as string;
    if (Date.parse(ends) < until.getTime()) {
      await publishFeed(tx, { orgId: org.id, reason: 'export for offline use', actor, now, minTtlMs: ttlMs + DAY_MS });
      feed = await lockFeed(tx, org.id);
      publication = await latest();
    }
    const roots = await tx.feedRoot.findMany({ where: { orgId: org.id }, orderBy: { version: 'asc' } });
    const rows = await keysInUse(tx, org.id);
    const keys = await openFeedKeys(rows, org.slug);
    const previous = previousPublication(feed, roots.at(-1)!);
    const snapshotBytes = Buffer.from(publication.snapshotBytes);
    const head = headOf(feed.headBytes!);
    const offline = await refreshFreshness({ head, snapshotBytes, previous, now, keys, offlineTtlMs: ttlMs });
    // Whoever imports it and reads the feed online later must not find an older timestamp there.
    const online = await refreshFreshness({
      head,
      snapshotBytes,
      previous: { ...previous, versions: offline.versions },
      now,
      keys,
      headTtlMs: headLeaseMs(rows),
    });
    await tx.feed.update({
      where: { orgId: org.id },
      data: {
        headBytes: new Uint8Array(online.headEnvelopeBytes),
        timestampBytes: new Uint8Array(online.timestamp),
        timestampVersion: online.versions.timestamp,
        freshUntil: new Date(now.getTime() + FEED_TTL_MS.timestamp),
      },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'feed.exported',
      actor,
      subject: { serial: publication.serial, until: until.toISOString() },
      data: { days: lease },
      now,
    });
    await announceFeed(tx, { orgId: org.id, epoch: feed.epoch, serial: feed.serial });
    const documents: Record<string, Uint8Array> = {
      [FEED_PATHS.head()]: offline.headEnvelopeBytes,
      ...(feed.recoveryBytes ? { [FEED_PATHS.recovery()]: feed.recoveryBytes } : {}),
      [FEED_PATHS.body(publication.allowlistSha256)]: publication.allowlistBytes,
      [FEED_PATHS.body(publication.revocationsSha256)]: publication.revocationsBytes,
      [FEED_PATHS.timestamp()]: offline.timestamp,
      [FEED_PATHS.snapshot(publication.snapshotVersion)]: publication.snapshotBytes,
      [FEED_PATHS.targets(publication.targetsVersion)]: publication.targetsBytes,
      [FEED_PATHS.target(publication.allowlistSha256, TUF_TARGETS.allowlist)]: publication.allowlistBytes,
      [FEED_PATHS.target(publication.revocationsSha256, TUF_TARGETS.revocations)]: publication.revocationsBytes,
    };
    for (const { version, bytes } of roots) documents[FEED_PATHS.root(version)] = bytes;
    return { documents, serial: publication.serial };
  });
  return { bytes: await tarOf(documents, now), serial, until };
}

async function tarOf(documents: Record<string, Uint8Array>, now: Date): Promise<Buffer> {
  const dir = await mkdtemp(path.join(tmpdir(), 'hallmark-export-'));
  try {
    const content = path.join(dir, 'feed');
    for (const [name, bytes] of Object.entries(documents)) await writeAtomically(path.join(content, name), bytes);
    const file = path.join(dir, 'feed.tar');
    // The same owner, mode and time whoever exports it.
    await create({ file, cwd: content, portable: true, mtime: now, noDirRecurse: true }, Object.keys(documents));
    return await readFile(file);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
