import type { Viewer } from '#lib/auth/viewer.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { changeAndPublish } from '../change-and-publish.ts';
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
  return changeAndPublish({ viewer, orgSlug, permission: 'allowlist.decide', now }, async (tx, org) => {
    const why = requireReason(reason);
    const denial = await tx.denyEntry.findFirst({ where: { id: denialId, orgId: org.id, liftedAt: null } });
    if (!denial)
      throw new DomainError('NOT_FOUND', 'There is no such denial, or it was lifted before. Reload the page.');
    const label = targetOf(denial);
    await tx.denyEntry.update({
      where: { id: denial.id },
      data: { liftedAt: now, liftedById: viewer.id, liftedReason: why },
    });
    return {
      kind: 'deny.lifted',
      subject: {
        target: label,
        kind: denial.kind,
        denial: denial.id,
        ...(denial.kind === 'namespace' ? { namespace: denial.target } : { server: denial.target }),
        ...(denial.version === null ? {} : { version: denial.version }),
      },
      data: { reason: why },
      reason: `lifted the denial of ${label}`,
    };
  });
}
