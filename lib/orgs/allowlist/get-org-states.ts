import { ORG_PERMISSIONS, type OrgRole, type Viewer } from '#lib/auth/viewer.ts';
import type { EntryState } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';

export type OrgState = {
  orgSlug: string;
  displayName: string;
  role: OrgRole;
  canDecide: boolean;
  state: EntryState | 'absent';
  /** Names, when approved. */
  allowedTools: string[] | null;
};

/** What each of the viewer's organizations says about one version. */
export async function getOrgStates({
  viewer,
  serverName,
  version,
}: {
  viewer: Viewer;
  serverName: string;
  version: string;
}): Promise<OrgState[]> {
  const rows = await db().allowlistVersion.findMany({
    where: { entry: { orgId: { in: viewer.orgs.map(({ id }) => id) } }, version: { serverName, version } },
    select: { state: true, feedEntry: true, entry: { select: { orgId: true } } },
  });
  const byOrg = new Map(rows.map((row) => [row.entry.orgId, row]));
  return viewer.orgs.map(({ id, slug, displayName, role }) => {
    const row = byOrg.get(id);
    return {
      orgSlug: slug,
      displayName,
      role,
      canDecide: (ORG_PERMISSIONS['allowlist.decide'] as readonly OrgRole[]).includes(role),
      state: row?.state ?? 'absent',
      allowedTools:
        row?.state === 'approved'
          ? (row.feedEntry as unknown as FeedServerVersion).tools.allow.map(({ name }) => name)
          : null,
    };
  });
}
