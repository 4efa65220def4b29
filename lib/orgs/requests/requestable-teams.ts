import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';

/** Teams that the person may ask for, by organization: their own, and for owners and reviewers all. */
export async function requestableTeams(
  viewer: Viewer,
): Promise<ReadonlyMap<string, { slug: string; displayName: string }[]>> {
  const deciding = viewer.orgs.filter(({ role }) => role === 'owner' || role === 'reviewer').map(({ id }) => id);
  const teams = await db().team.findMany({
    where: {
      archivedAt: null,
      orgId: { in: viewer.orgs.map(({ id }) => id) },
      OR: [{ orgId: { in: deciding } }, { members: { some: { userId: viewer.id } } }],
    },
    orderBy: { slug: 'asc' },
    select: { slug: true, displayName: true, org: { select: { slug: true } } },
  });
  return Map.groupBy(teams, ({ org }) => org.slug);
}
