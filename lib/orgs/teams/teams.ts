import { appendEvent } from '#lib/audit/append-event.ts';
import { personName } from '#lib/auth/person-name.ts';
import { requireDisplayName, requireSlug } from '#lib/auth/slug.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { parsePolicy, requireReason } from '../allowlist/approve-version.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import { changeAndPublish } from '../change-and-publish.ts';
import { orgTransaction } from '../org-transaction.ts';

const MAX_TEAMS = 200;

type Target = { viewer: Viewer; orgSlug: string; teamSlug: string; now?: Date };

/** Makes a team with nothing on its list. Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE, NAME_TAKEN, CONFLICT. */
export async function createTeam({
  viewer,
  orgSlug,
  slug,
  displayName,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  slug: string;
  displayName: string;
  now?: Date;
}): Promise<{ serial: number }> {
  requireSlug(slug, 'a team');
  const name = requireDisplayName(displayName, 'a team');
  return change({ viewer, orgSlug, now }, async (tx, org) => {
    if (await tx.team.findUnique({ where: { orgId_slug: { orgId: org.id, slug } } }))
      throw new DomainError('NAME_TAKEN', `There is, or was, a team "${slug}". Choose another short name.`);
    if ((await tx.team.count({ where: { orgId: org.id, archivedAt: null } })) >= MAX_TEAMS)
      throw new DomainError('CONFLICT', `An organization has ${MAX_TEAMS} teams at most.`);
    await tx.team.create({ data: { orgId: org.id, slug, displayName: name, createdAt: now } });
    return { kind: 'team.created', subject: { team: slug }, reason: `team ${slug} created` };
  });
}

/** Ends a team: gateways that were started for it refuse everything from then on. Throws FORBIDDEN, NOT_FOUND. */
export async function archiveTeam({ teamSlug, ...target }: Target): Promise<{ serial: number }> {
  return change(target, async (tx, org) => {
    const team = await findTeam(tx, org.id, teamSlug);
    await tx.team.update({ where: { id: team.id }, data: { archivedAt: target.now ?? new Date() } });
    return { kind: 'team.archived', subject: { team: teamSlug }, reason: `team ${teamSlug} archived` };
  });
}

/** Adds a member of the organization to a team. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export async function addTeamMember({
  viewer,
  orgSlug,
  teamSlug,
  userId,
  now = new Date(),
}: Target & { userId: string }): Promise<void> {
  const org = requireOrg(viewer, orgSlug, 'team.manage');
  await orgTransaction(org.id, async (tx) => {
    const team = await findTeam(tx, org.id, teamSlug);
    const member = await tx.orgMember.findUnique({
      where: { orgId_userId: { orgId: org.id, userId } },
      include: { user: { select: { name: true, email: true } } },
    });
    if (!member) throw new DomainError('NOT_FOUND', `This person does not belong to ${org.displayName}.`);
    const key = { teamId_userId: { teamId: team.id, userId } };
    if (await tx.teamMember.findUnique({ where: key }))
      throw new DomainError('CONFLICT', 'This person is in the team already.');
    await tx.teamMember.create({ data: { teamId: team.id, userId, createdAt: now } });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'team.member-joined',
      actor: actorOf(viewer),
      subject: { member: personName(member.user), team: teamSlug },
      data: { userId, way: 'hand' },
      now,
    });
  });
}

/** Takes somebody out of a team. Throws FORBIDDEN, NOT_FOUND, CONFLICT when a group gives the membership. */
export async function removeTeamMember({
  viewer,
  orgSlug,
  teamSlug,
  userId,
  now = new Date(),
}: Target & { userId: string }): Promise<void> {
  const org = requireOrg(viewer, orgSlug, 'team.manage');
  await orgTransaction(org.id, async (tx) => {
    const team = await findTeam(tx, org.id, teamSlug);
    const member = await tx.teamMember.findUnique({
      where: { teamId_userId: { teamId: team.id, userId } },
      include: { user: { select: { name: true, email: true } } },
    });
    if (!member) throw new DomainError('NOT_FOUND', 'This person is not in the team any more.');
    if (member.source === 'group')
      throw new DomainError(
        'CONFLICT',
        'A group of the single sign-on puts this person into the team. Change it there.',
      );
    await tx.teamMember.delete({ where: { teamId_userId: { teamId: team.id, userId } } });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'team.member-left',
      actor: actorOf(viewer),
      subject: { member: personName(member.user), team: teamSlug },
      data: { userId },
      now,
    });
  });
}

/**
 * Puts a server of the organization's allowlist onto a team's list, or changes which of its tools the team uses. Throws FORBIDDEN,
 * NOT_FOUND when the organization does not list the server, UNPROCESSABLE.
 */
export async function setTeamServer({
  viewer,
  orgSlug,
  teamSlug,
  serverName,
  toolPolicy = null,
  reason,
  now = new Date(),
}: Target & {
  serverName: string;
  /** Null: all that the organization allows. */
  toolPolicy?: ToolPolicy | null;
  reason: string;
}): Promise<{ serial: number }> {
  const why = requireReason(reason);
  const policy = toolPolicy === null ? null : parsePolicy(toolPolicy);
  return change({ viewer, orgSlug, now }, async (tx, org) => {
    const team = await findTeam(tx, org.id, teamSlug);
    const entryId = await requireEntry(tx, { org, serverName });
    const own = policy === null ? Prisma.DbNull : (policy as unknown as Prisma.InputJsonValue);
    await tx.teamEntry.upsert({
      where: { teamId_entryId: { teamId: team.id, entryId } },
      create: { teamId: team.id, entryId, toolPolicy: own, reason: why, addedById: viewer.id, createdAt: now },
      update: { toolPolicy: own, reason: why },
    });
    return {
      kind: 'team.changed',
      subject: { team: teamSlug, server: serverName },
      data: {
        changes: `${serverName} with ${policy ? 'chosen tools' : 'all allowed tools'}`,
        reason: why,
        policy: policy as never,
      },
      reason: `team ${teamSlug}: ${serverName}`,
    };
  });
}

/** Takes a server off a team's list. Throws FORBIDDEN, NOT_FOUND. */
export async function removeTeamServer({
  teamSlug,
  serverName,
  ...target
}: Target & { serverName: string }): Promise<{ serial: number }> {
  return change(target, async (tx, org) => {
    const team = await findTeam(tx, org.id, teamSlug);
    const entryId = await requireEntry(tx, { org, serverName });
    const { count } = await tx.teamEntry.deleteMany({ where: { teamId: team.id, entryId } });
    if (count === 0) throw new DomainError('NOT_FOUND', `${serverName} is not on the list of the team.`);
    return {
      kind: 'team.changed',
      subject: { team: teamSlug, server: serverName },
      data: { changes: `without ${serverName}` },
      reason: `team ${teamSlug} without ${serverName}`,
    };
  });
}

const change = (
  { viewer, orgSlug, now }: { viewer: Viewer; orgSlug: string; now?: Date },
  work: Parameters<typeof changeAndPublish>[1],
) => changeAndPublish({ viewer, orgSlug, permission: 'team.manage', now }, work);

async function findTeam(tx: Tx, orgId: string, slug: string): Promise<{ id: string }> {
  const team = await tx.team.findFirst({ where: { orgId, slug, archivedAt: null }, select: { id: true } });
  if (!team) throw new DomainError('NOT_FOUND', `There is no team "${slug}".`);
  return team;
}

/** The organization's entry of a server, in whatever state: a list that is made beforehand takes effect with the approval. */
export async function requireEntry(
  tx: Tx,
  { org, serverName }: { org: { id: string; displayName: string }; serverName: string },
): Promise<string> {
  const entry = await tx.allowlistEntry.findFirst({
    where: { orgId: org.id, server: { name: serverName } },
    select: { id: true },
  });
  if (!entry)
    throw new DomainError(
      'NOT_FOUND',
      `${serverName} is not on the allowlist of ${org.displayName}. Approve it first.`,
    );
  return entry.id;
}
