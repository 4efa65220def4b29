import { personName } from '#lib/auth/person-name.ts';
import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { EntryState, MemberSource } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';

export type TeamView = {
  slug: string;
  displayName: string;
  createdAt: string;
  members: { userId: string; name: string; source: MemberSource }[];
  servers: { name: string; state: EntryState; toolPolicy: ToolPolicy | null; reason: string }[];
};

/** Teams with their members and lists. Throws NOT_FOUND for strangers. */
export async function listTeams({ viewer, orgSlug }: { viewer: Viewer; orgSlug: string }): Promise<TeamView[]> {
  const org = requireOrg(viewer, orgSlug, 'org.read');
  const rows = await db().team.findMany({
    where: { orgId: org.id, archivedAt: null },
    orderBy: { slug: 'asc' },
    include: {
      members: { include: { user: { select: { name: true, email: true } } }, orderBy: { user: { name: 'asc' } } },
      entries: {
        include: { entry: { select: { state: true, server: { select: { name: true } } } } },
        orderBy: { entry: { server: { name: 'asc' } } },
      },
    },
  });
  return rows.map(({ slug, displayName, createdAt, members, entries }) => ({
    slug,
    displayName,
    createdAt: createdAt.toISOString(),
    members: members.map(({ userId, source, user }) => ({
      userId,
      source,
      name: personName(user),
    })),
    servers: entries.map(({ entry, toolPolicy, reason }) => ({
      name: entry.server.name,
      state: entry.state,
      toolPolicy: toolPolicy as ToolPolicy | null,
      reason,
    })),
  }));
}
