import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '../org-transaction.ts';
import { requireExceptionsKept } from '../policy/exceptions.ts';
import { closeSuperseded } from '../requests/open-request.ts';
import { orgSettings } from '../settings.ts';
import { writeApprovedVersion } from './approve-in-transaction.ts';
import { requireReason } from './approve-version.ts';
import { checkTerms, type EntryTerms, sayTerms, termColumns } from './entry-terms.ts';
import { type ResolvedRange, resolveRange } from './resolve-range.ts';
import type { ToolPolicy } from './tool-policy.ts';

/**
 * Changes what holds for an entry as a whole and publishes the feed: its end, environments, credentials, conditions, owner, versions.
 * The tools of a version change by approving it again. A new range brings the versions of it that were seen. Throws NOT_FOUND,
 * UNPROCESSABLE, and CONFLICT where the entry has expired or was revoked.
 */
export async function changeEntry({
  viewer,
  orgSlug,
  serverName,
  terms,
  reason,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  serverName: string;
  terms: Omit<EntryTerms, 'requestId'>;
  reason: string;
  now?: Date;
}): Promise<{ serial: number; changes: string[]; range: ResolvedRange }> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const why = requireReason(reason);
  return orgTransaction(org.id, async (tx) => {
    // As in an approval: versions before the chain of events.
    if (terms.versionRule?.kind === 'range')
      await tx.$queryRaw`select id from "Version" where "serverName" = ${serverName} order by id for share`;
    const entry = await tx.allowlistEntry.findFirst({
      where: { orgId: org.id, server: { name: serverName } },
      include: {
        org: { select: { settings: true } },
        versions: {
          where: { state: 'approved' },
          orderBy: { approvedAt: 'desc' },
          take: 1,
          select: { toolPolicy: true },
        },
      },
    });
    if (!entry) throw new DomainError('NOT_FOUND', `${serverName} is not on the allowlist of ${org.displayName}.`);
    if (entry.state === 'revoked' || entry.state === 'expired')
      throw new DomainError('CONFLICT', `The entry of ${serverName} is ${entry.state}. Approve a version of it again.`);
    const settings = orgSettings(entry.org.settings);
    const checked = await checkTerms(tx, { orgId: org.id, terms, version: null, settings, now });
    await requireExceptionsKept(tx, { entry, terms: checked, now });
    const changes = sayTerms(checked, entry);
    if (changes.length === 0) throw new DomainError('UNPROCESSABLE', 'Nothing is different from what holds now.');
    await tx.allowlistEntry.update({
      where: { id: entry.id },
      // Saying the same end again is no reason to remind of it again.
      data: {
        ...termColumns(checked),
        ...(checked.expiresAt?.getTime() === entry.expiresAt?.getTime() ? { remindedAt: entry.remindedAt } : {}),
        updatedAt: now,
      },
    });
    const actor = actorOf(viewer);
    if (checked.expiresAt !== undefined)
      await closeExpiry(tx, { orgId: org.id, serverId: entry.serverId, serverName, now });
    const toolPolicy = (checked.toolPolicy ?? entry.toolPolicy ?? entry.versions[0]?.toolPolicy) as
      | ToolPolicy
      | undefined;
    const range: ResolvedRange =
      checked.versionRule?.kind === 'range' && toolPolicy
        ? await resolveRange(tx, {
            orgId: org.id,
            serverId: entry.serverId,
            entryId: entry.id,
            rule: checked.versionRule,
            toolPolicy,
            now,
            approve: ({ id, version, pinned }) =>
              writeApprovedVersion(tx, {
                input: { org, actor, serverName, toolPolicy, source: 'manual', reason: why, now },
                entryId: entry.id,
                versionId: id,
                version,
                pinned,
              }),
          })
        : { also: [], left: [] };
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'allowlist.changed',
      actor,
      subject: { server: serverName },
      data: { changes: changes.join('. '), reason: why },
      now,
    });
    const serial = await publishFeed(tx, { orgId: org.id, reason: `changed the entry of ${serverName}`, actor, now });
    return { serial, changes, range };
  });
}

/** Whoever names a new end has looked at the entry. */
async function closeExpiry(
  tx: Tx,
  { orgId, serverId, serverName, now }: { orgId: string; serverId: string; serverName: string; now: Date },
): Promise<void> {
  const open = await tx.approvalRequest.findMany({
    where: { orgId, serverId, kind: 'expiry', state: { in: ['open', 'asked'] } },
    select: { id: true, version: true },
  });
  for (const request of open)
    await closeSuperseded(tx, { ...request, orgId, serverName, reason: 'the entry has another end now', now });
}
