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
 * Takes one version, or with `version: null` all of a server, off the allowlist and publishes the feed, in one
 * transaction. What is revoked is also named in the revocations document, which wins over any allowlist that a gateway
 * still holds. Throws NOT_FOUND when nothing of it is approved or suspended.
 */
export async function revokeVersion({
  viewer,
  orgSlug,
  serverName,
  version,
  reason,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  serverName: string;
  version: string | null;
  reason: string;
  now?: Date;
}): Promise<{ serial: number; revoked: string[] }> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const why = requireReason(reason);
  return orgTransaction(org.id, async (tx) => {
    const actor = actorOf(viewer);
    const revoked = await revokeInTransaction(tx, { org, actor, serverName, version, reason: why, now });
    if (revoked.length === 0) {
      throw new DomainError(
        'NOT_FOUND',
        `${serverName}${version === null ? '' : ` ${version}`} is not approved in ${org.displayName}.`,
      );
    }
    const serial = await publishFeed(tx, {
      orgId: org.id,
      reason: `revoked ${serverName} ${revoked.join(', ')}`,
      actor,
      now,
    });
    return { serial, revoked };
  });
}

/** The same inside `orgTransaction` and without publishing. Returns the versions that it revoked, none when none was approved or suspended. */
export async function revokeInTransaction(
  tx: Tx,
  {
    org,
    actor,
    serverName,
    version,
    reason,
    now,
  }: { org: { id: string }; actor: Actor; serverName: string; version: string | null; reason: string; now: Date },
): Promise<string[]> {
  const rows = await tx.allowlistVersion.findMany({
    where: {
      state: { in: ['approved', 'suspended', 'expired'] },
      entry: { orgId: org.id, server: { name: serverName } },
      ...(version === null ? {} : { version: { version } }),
    },
    select: { id: true, entryId: true, version: { select: { version: true } } },
  });
  const [first] = rows;
  if (!first) return [];
  await tx.allowlistVersion.updateMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    data: { state: 'revoked', revokedAt: now, revokedReason: reason },
  });
  await settleEntry(tx, { entryId: first.entryId, reason, now });
  for (const row of rows) {
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'allowlist.revoked',
      actor,
      subject: { server: serverName, version: row.version.version },
      data: { reason },
      now,
    });
  }
  return rows.map((row) => row.version.version);
}
