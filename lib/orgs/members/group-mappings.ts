import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, type OrgRole, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { applyGroups } from './apply-groups.ts';
import { lockMembers } from './members.ts';

/** Longest name of a group, in characters. */
export const MAX_GROUP = 200;
const MAX_MAPPINGS = 200;

export type GroupMappingView = { id: string; group: string; role: OrgRole; team: string | null; people: number };

/** What each group of the single sign-on gives here. Throws FORBIDDEN, NOT_FOUND. */
export async function listGroupMappings({
  viewer,
  orgSlug,
}: {
  viewer: Viewer;
  orgSlug: string;
}): Promise<GroupMappingView[]> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const rows = await db().groupMapping.findMany({
    where: { orgId: org.id },
    include: { team: { select: { displayName: true } } },
    orderBy: [{ group: 'asc' }, { createdAt: 'asc' }],
  });
  const people = await db().userGroup.groupBy({
    by: ['name'],
    where: { provider: 'oidc', name: { in: rows.map(({ group }) => group) } },
    _count: true,
  });
  const peopleOf = new Map(people.map(({ name, _count }) => [name, _count]));
  return rows.map(({ id, group, role, team }) => ({
    id,
    group,
    role,
    team: team?.displayName ?? null,
    people: peopleOf.get(group) ?? 0,
  }));
}

/**
 * From now on whoever has the group belongs to the organization with this role, and to the team. Holds at once for everybody whose last
 * sign-in named the group. Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE, CONFLICT.
 */
export async function mapGroup({
  viewer,
  orgSlug,
  group,
  role,
  teamSlug = null,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  /** Exactly as the claim has it, case too. */
  group: string;
  role: OrgRole;
  teamSlug?: string | null;
  now?: Date;
}): Promise<void> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const name = group.trim();
  if (!name || name.length > MAX_GROUP)
    throw new DomainError('UNPROCESSABLE', `Give the group as the claim has it, in 1 to ${MAX_GROUP} characters.`);
  await db().$transaction(async (tx) => {
    await lockMembers(tx, org.id);
    const team = teamSlug
      ? await tx.team.findFirst({ where: { orgId: org.id, slug: teamSlug, archivedAt: null } })
      : null;
    if (teamSlug && !team) throw new DomainError('NOT_FOUND', `There is no team "${teamSlug}".`);
    const existing = await tx.groupMapping.findMany({ where: { orgId: org.id } });
    if (existing.length >= MAX_MAPPINGS)
      throw new DomainError('CONFLICT', `An organization maps ${MAX_MAPPINGS} groups at most.`);
    if (existing.some((one) => one.group === name && one.teamId === (team?.id ?? null)))
      throw new DomainError('CONFLICT', `Group "${name}" gives this already. Remove that first.`);
    await tx.groupMapping.create({
      data: { orgId: org.id, group: name, role, teamId: team?.id ?? null, createdById: viewer.id, createdAt: now },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.group-mapped',
      actor: actorOf(viewer),
      subject: { group: name },
      data: { role, team: team?.slug ?? null, gives: team ? `${role} and team ${team.slug}` : role },
      now,
    });
    const people = await tx.userGroup.findMany({ where: { provider: 'oidc', name }, select: { userId: true } });
    for (const { userId } of people) await applyGroups(tx, { userId, orgIds: [org.id], now });
  });
}

/** Ends what a group gives; memberships that no other group gives end with it. Throws FORBIDDEN, NOT_FOUND, LAST_OWNER. */
export async function unmapGroup({
  viewer,
  orgSlug,
  mappingId,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  mappingId: string;
  now?: Date;
}): Promise<void> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  await db().$transaction(async (tx) => {
    await lockMembers(tx, org.id);
    const mapping = await tx.groupMapping.findFirst({ where: { id: mappingId, orgId: org.id } });
    if (!mapping) throw new DomainError('NOT_FOUND', 'There is no such group any more.');
    await tx.groupMapping.delete({ where: { id: mappingId } });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.group-unmapped',
      actor: actorOf(viewer),
      subject: { group: mapping.group },
      data: { role: mapping.role },
      now,
    });
    const members = await tx.orgMember.findMany({
      where: { orgId: org.id, source: 'group' },
      select: { userId: true },
    });
    const inTeams = await tx.teamMember.findMany({
      where: { source: 'group', team: { orgId: org.id } },
      select: { userId: true },
    });
    for (const userId of new Set([...members, ...inTeams].map((one) => one.userId)))
      await applyGroups(tx, { userId, orgIds: [org.id], now });
    const owners = await tx.orgMember.count({ where: { orgId: org.id, role: 'owner' } });
    if (owners === 0)
      throw new DomainError(
        'LAST_OWNER',
        'Without this group nobody would own the organization. Make somebody an owner by hand first.',
      );
  });
}
