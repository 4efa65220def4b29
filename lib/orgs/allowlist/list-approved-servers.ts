import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';

/** Names of the servers on the allowlist, approved or suspended, for choosing from. Throws NOT_FOUND for strangers. */
export async function listApprovedServers({ viewer, orgSlug }: { viewer: Viewer; orgSlug: string }): Promise<string[]> {
  const org = requireOrg(viewer, orgSlug, 'org.read');
  const entries = await db().allowlistEntry.findMany({
    where: { orgId: org.id, state: { in: ['approved', 'suspended'] } },
    orderBy: { server: { name: 'asc' } },
    select: { server: { select: { name: true } } },
  });
  return entries.map(({ server }) => server.name);
}
