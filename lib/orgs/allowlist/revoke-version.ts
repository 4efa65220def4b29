import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '../org-transaction.ts';
import { requireReason } from './approve-version.ts';

/**
 * Takes one version, or with `version: null` all of a server, off the allowlist and publishes the feed, in one
 * transaction. What is revoked is also named in the revocations document, which wins over any allowlist that a gateway
 * still holds. Throws NOT_FOUND when nothing of it is approved.
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

/**
 * Takes what is approved of one version, or with `version: null` of all, off the allowlist. It does not publish. Returns the versions,
 * none when nothing of it was approved.
 */
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
  const approved = await tx.allowlistVersion.findMany({
    where: {
      state: 'approved',
      entry: { orgId: org.id, server: { name: serverName } },
      ...(version === null ? {} : { version: { version } }),
    },
    include: { version: { select: { version: true } } },
  });
  if (approved.length === 0) return [];
  for (const { id, version: row } of approved) {
    await tx.allowlistVersion.update({
      where: { id },
      data: { state: 'revoked', revokedAt: now, revokedReason: reason },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'allowlist.revoked',
      actor,
      subject: { server: serverName, version: row.version },
      data: { reason },
      now,
    });
  }
  const entryId = approved[0]!.entryId;
  const left = await tx.allowlistVersion.count({ where: { entryId, state: 'approved' } });
  if (left === 0)
    await tx.allowlistEntry.update({ where: { id: entryId }, data: { state: 'revoked', updatedAt: now } });
  return approved.map((row) => row.version.version);
}
