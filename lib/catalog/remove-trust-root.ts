import { appendEvent } from '#lib/audit/append-event.ts';
import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import { actorOf, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueueTrustRootWork } from '#lib/jobs/enqueue-trust-roots.ts';
import { FILE_SOURCE } from './trust-roots.ts';

/**
 * Stops trusting a root: what was signed under it is invalid once a worker has verified it again. Of the public-good
 * root only the stored one goes, the shipped one counts again. Throws FORBIDDEN, NOT_FOUND, CONFLICT.
 */
export async function removeTrustRoot({
  viewer,
  name,
  now = new Date(),
}: {
  viewer: Viewer;
  name: string;
  now?: Date;
}): Promise<void> {
  requireAdmin(viewer);
  await db().$transaction(async (tx) => {
    const row = await tx.trustRoot.findUnique({ where: { name }, select: { source: true, sha256: true } });
    if (!row) throw new DomainError('NOT_FOUND', `There is no stored trust root ${name}.`);
    if (row.source.startsWith(FILE_SOURCE)) {
      throw new DomainError(
        'CONFLICT',
        `The root ${name} comes from ${row.source}: take it out of HALLMARK_TRUST_ROOTS and start again.`,
      );
    }
    await tx.trustRoot.delete({ where: { name } });
    const event = { orgId: null, actor: actorOf(viewer), subject: { root: name }, data: { sha256: row.sha256 }, now };
    await appendEvent(tx, { ...event, kind: 'trust-root.removed' });
  });
  await enqueueTrustRootWork();
}
