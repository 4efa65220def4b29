import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '../org-transaction.ts';
import { closeSuperseded } from '../requests/open-request.ts';
import { requireReason } from './approve-version.ts';
import { requireNotDenied } from './denials.ts';
import { settleEntry } from './settle-entry.ts';

/**
 * Puts what is suspended of an entry back on the list as it was approved: the same tools with the same digests, so that a gateway still
 * refuses what changed since. Answers the requests that its drift opened. Throws NOT_FOUND when nothing of it is suspended, DENIED,
 * and CONFLICT when its approval ended meanwhile or all that is suspended was deleted.
 */
export async function reinstateEntry({
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
}): Promise<{ serial: number; reinstated: string[] }> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const why = requireReason(reason);
  return orgTransaction(org.id, async (tx) => {
    const rows = await tx.allowlistVersion.findMany({
      where: {
        state: 'suspended',
        entry: { orgId: org.id, server: { name: serverName } },
        ...(version === null ? {} : { version: { version } }),
      },
      select: {
        id: true,
        entry: { select: { id: true, serverId: true, expiresAt: true } },
        version: { select: { version: true, status: true } },
      },
    });
    const [first] = rows;
    const label = version === null ? serverName : `${serverName} ${version}`;
    if (!first) throw new DomainError('NOT_FOUND', `${label} is not suspended in ${org.displayName}.`);
    const { entry } = first;
    if (entry.expiresAt !== null && entry.expiresAt <= now)
      throw new DomainError('CONFLICT', `The approval of ${serverName} has ended. Approve it again instead.`);
    const left = rows.filter((row) => row.version.status !== 'deleted');
    if (left.length === 0)
      throw new DomainError(
        'CONFLICT',
        `${label} was deleted by its publisher and cannot come back. Revoke it instead.`,
      );
    for (const row of left) await requireNotDenied(tx, { orgId: org.id, serverName, version: row.version.version });
    const actor = actorOf(viewer);
    const reinstated = left.map((row) => row.version.version);
    await tx.allowlistVersion.updateMany({
      where: { id: { in: left.map(({ id }) => id) } },
      data: { state: 'approved', revokedAt: null, revokedReason: null },
    });
    await settleEntry(tx, { entryId: entry.id, reason: why, now });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'allowlist.reinstated',
      actor,
      subject: { server: serverName, ...(version === null ? {} : { version }) },
      data: { reason: why, versions: reinstated },
      now,
    });
    const answered = await tx.approvalRequest.findMany({
      where: {
        orgId: org.id,
        serverId: entry.serverId,
        kind: 'drift',
        state: { in: ['open', 'asked'] },
        version: { in: reinstated },
      },
      select: { id: true, version: true },
    });
    for (const request of answered)
      await closeSuperseded(tx, {
        ...request,
        orgId: org.id,
        serverName,
        reason: `taken out of suspension: ${why}`,
        now,
      });
    const serial = await publishFeed(tx, { orgId: org.id, reason: `reinstated ${serverName}`, actor, now });
    return { serial, reinstated };
  });
}
