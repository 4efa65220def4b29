import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '../org-transaction.ts';
import { requireReason } from './approve-version.ts';
import { settleEntry } from './settle-entry.ts';

/**
 * Takes an entry, or one version of it, off the list for a while and publishes the feed: gateways refuse it as if it were revoked,
 * and what was approved is kept. Ends by `reinstateEntry`, or for a version by approving it again. Throws NOT_FOUND when nothing
 * of it is approved.
 */
export async function suspendEntry({
  viewer,
  orgSlug,
  serverName,
  version = null,
  reason,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  serverName: string;
  version?: string | null;
  reason: string;
  now?: Date;
}): Promise<{ serial: number; suspended: string[] }> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const why = requireReason(reason);
  return orgTransaction(org.id, async (tx) => {
    const actor = actorOf(viewer);
    const suspended = await suspendInTransaction(tx, { orgId: org.id, actor, serverName, version, reason: why, now });
    if (suspended.length === 0) {
      const label = version === null ? serverName : `${serverName} ${version}`;
      throw new DomainError(
        'NOT_FOUND',
        `${label} is not approved in ${org.displayName}, so there is nothing to suspend.`,
      );
    }
    const serial = await publishFeed(tx, { orgId: org.id, reason: `suspended ${serverName}`, actor, now });
    return { serial, suspended };
  });
}

/** The same with the feed's row held and without publishing. Returns the versions that it suspended. */
export async function suspendInTransaction(
  tx: Tx,
  {
    orgId,
    actor,
    serverName,
    version,
    reason,
    now,
  }: { orgId: string; actor: Actor; serverName: string; version: string | null; reason: string; now: Date },
): Promise<string[]> {
  const rows = await tx.allowlistVersion.findMany({
    where: {
      state: 'approved',
      entry: { orgId, server: { name: serverName } },
      ...(version === null ? {} : { version: { version } }),
    },
    select: { id: true, entryId: true, version: { select: { version: true } } },
  });
  const [first] = rows;
  if (!first) return [];
  await tx.allowlistVersion.updateMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    data: { state: 'suspended', revokedAt: now, revokedReason: reason },
  });
  await settleEntry(tx, { entryId: first.entryId, reason, now });
  const versions = rows.map((row) => row.version.version);
  await appendEvent(tx, {
    orgId,
    kind: 'allowlist.suspended',
    actor,
    subject: { server: serverName, ...(version === null ? {} : { version }) },
    data: { reason, versions },
    now,
  });
  return versions;
}
