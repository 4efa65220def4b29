import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '../org-transaction.ts';
import { requireReason } from './approve-version.ts';
import { targetOf } from './denials.ts';

/** Ends a denial and publishes the feed; what is still approved is allowed again. Throws NOT_FOUND, also for one of another organization. */
export async function liftDenial({
  viewer,
  orgSlug,
  denialId,
  reason,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  denialId: string;
  reason: string;
  now?: Date;
}): Promise<{ serial: number }> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const why = requireReason(reason);
  return orgTransaction(org.id, async (tx) => {
    const denial = await tx.denyEntry.findFirst({ where: { id: denialId, orgId: org.id, liftedAt: null } });
    if (!denial)
      throw new DomainError('NOT_FOUND', 'There is no such denial, or it was lifted before. Reload the page.');
    const actor = actorOf(viewer);
    const label = targetOf(denial);
    await tx.denyEntry.update({
      where: { id: denial.id },
      data: { liftedAt: now, liftedById: viewer.id, liftedReason: why },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'deny.lifted',
      actor,
      subject: {
        target: label,
        kind: denial.kind,
        denial: denial.id,
        ...(denial.kind === 'namespace' ? { namespace: denial.target } : { server: denial.target }),
        ...(denial.version === null ? {} : { version: denial.version }),
      },
      data: { reason: why },
      now,
    });
    const serial = await publishFeed(tx, { orgId: org.id, reason: `lifted the denial of ${label}`, actor, now });
    return { serial };
  });
}
