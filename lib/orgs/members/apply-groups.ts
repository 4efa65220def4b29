import { appendEvent } from '#lib/audit/append-event.ts';
import { personName } from '#lib/auth/person-name.ts';
import type { OrgRole } from '#lib/auth/viewer.ts';
import type { Tx } from '#lib/db/db.ts';
import { deleteMember, endInvitesOf, lockMembers } from './members.ts';

const ACTOR = { type: 'system', name: 'Single sign-on' } as const;
/** Of several groups the one that may do most counts. */
const STRONGEST: readonly OrgRole[] = ['owner', 'reviewer', 'requester', 'auditor'];

/**
 * Makes a person's memberships what the groups of their last sign-in give. A membership made by hand keeps its role; one that came from
 * a group changes and ends with the groups, and so do those of teams. Call it with the organizations in ascending order of id, each is
 * locked until the transaction ends.
 */
export async function applyGroups(
  tx: Tx,
  { userId, orgIds, now }: { userId: string; orgIds: readonly string[]; now: Date },
): Promise<void> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { name: true, email: true } });
  const groups = await tx.userGroup.findMany({ where: { userId, provider: 'oidc' }, select: { name: true } });
  const names = groups.map(({ name }) => name);
  for (const orgId of orgIds) {
    await lockMembers(tx, orgId);
    const given = await tx.groupMapping.findMany({
      where: { orgId, provider: 'oidc', group: { in: names } },
      include: { team: { select: { id: true, slug: true, archivedAt: true } } },
    });
    const role = STRONGEST.find((one) => given.some((mapping) => mapping.role === one)) ?? null;
    await applyRole(tx, { orgId, userId, member: personName(user), role, now });
    const isMember = await tx.orgMember.findUnique({ where: { orgId_userId: { orgId, userId } } });
    if (!isMember) continue;
    const teams = new Map(given.flatMap(({ team }) => (team && !team.archivedAt ? [[team.id, team.slug]] : [])));
    await applyTeams(tx, { orgId, userId, member: personName(user), teams, now });
  }
}

async function applyRole(
  tx: Tx,
  {
    orgId,
    userId,
    member,
    role,
    now,
  }: { orgId: string; userId: string; member: string; role: OrgRole | null; now: Date },
): Promise<void> {
  const current = await tx.orgMember.findUnique({ where: { orgId_userId: { orgId, userId } } });
  const event = { orgId, actor: ACTOR, subject: { member }, now };
  if (current?.source === 'manual') return;
  if (current && role === null) {
    await deleteMember(tx, { orgId, userId });
    await endInvitesOf(tx, { orgId, userId, actor: ACTOR, now });
    const data = { userId, role: current.role, reason: 'no group gives the membership any more' };
    await appendEvent(tx, { ...event, kind: 'org.member-left', data });
  } else if (!current && role !== null) {
    await tx.orgMember.create({ data: { orgId, userId, role, source: 'group', createdAt: now } });
    await appendEvent(tx, { ...event, kind: 'org.member-joined', data: { userId, role, way: 'group' } });
  } else if (current && role !== null && current.role !== role) {
    await tx.orgMember.update({ where: { orgId_userId: { orgId, userId } }, data: { role } });
    if (current.role === 'owner') await endInvitesOf(tx, { orgId, userId, actor: ACTOR, now });
    await appendEvent(tx, { ...event, kind: 'org.member-changed', data: { userId, from: current.role, role } });
  }
}

async function applyTeams(
  tx: Tx,
  {
    orgId,
    userId,
    member,
    teams,
    now,
  }: { orgId: string; userId: string; member: string; teams: ReadonlyMap<string, string>; now: Date },
): Promise<void> {
  const current = await tx.teamMember.findMany({
    where: { userId, team: { orgId } },
    include: { team: { select: { slug: true } } },
  });
  for (const { teamId, source, team } of current) {
    if (source !== 'group' || teams.has(teamId)) continue;
    await tx.teamMember.delete({ where: { teamId_userId: { teamId, userId } } });
    const subject = { member, team: team.slug };
    await appendEvent(tx, { orgId, kind: 'team.member-left', actor: ACTOR, subject, data: { userId }, now });
  }
  for (const [teamId, slug] of teams) {
    if (current.some((one) => one.teamId === teamId)) continue;
    await tx.teamMember.create({ data: { teamId, userId, source: 'group', createdAt: now } });
    const subject = { member, team: slug };
    await appendEvent(tx, {
      orgId,
      kind: 'team.member-joined',
      actor: ACTOR,
      subject,
      data: { userId, way: 'group' },
      now,
    });
  }
}
