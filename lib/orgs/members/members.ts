import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { personName } from '#lib/auth/person-name.ts';
import { actorOf, type OrgRole, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { MemberSource } from '#lib/db/client/client.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

export type OrgMemberView = {
  userId: string;
  name: string;
  email: string | null;
  role: OrgRole;
  source: MemberSource;
  teams: string[];
  /** Tokens of the organization that the person made and that still work: they know these secrets. */
  tokens: number;
  joinedAt: string;
};

/** Everyone who belongs to the organization, owners first. Throws NOT_FOUND for strangers. */
export async function listOrgMembers({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  now?: Date;
}): Promise<OrgMemberView[]> {
  const org = requireOrg(viewer, orgSlug, 'org.read');
  const [rows, tokens] = await Promise.all([
    db().orgMember.findMany({
      where: { orgId: org.id },
      include: {
        user: {
          select: {
            name: true,
            email: true,
            teamMembers: {
              where: { team: { orgId: org.id, archivedAt: null } },
              select: { team: { select: { displayName: true } } },
            },
          },
        },
      },
      orderBy: [{ role: 'asc' }, { user: { name: 'asc' } }],
    }),
    db().accessToken.groupBy({
      by: ['createdById'],
      where: { orgId: org.id, revokedAt: null, expiresAt: { gt: now } },
      _count: true,
    }),
  ]);
  const tokensOf = new Map(tokens.map(({ createdById, _count }) => [createdById, _count]));
  return rows.map(({ userId, role, source, createdAt, user }) => ({
    userId,
    name: personName(user),
    email: user.email,
    role,
    source,
    teams: user.teamMembers.map(({ team }) => team.displayName).sort(),
    tokens: tokensOf.get(userId) ?? 0,
    joinedAt: createdAt.toISOString(),
  }));
}

/** Gives a member another role. Throws FORBIDDEN, NOT_FOUND, LAST_OWNER, CONFLICT when the role comes from a group. */
export async function changeOrgRole({
  viewer,
  orgSlug,
  userId,
  role,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  userId: string;
  role: OrgRole;
  now?: Date;
}): Promise<void> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  await db().$transaction(async (tx) => {
    const member = await lockMember(tx, { orgId: org.id, userId });
    if (member.role === role) return;
    requireManual(member);
    if (member.role === 'owner') await requireOtherOwner(tx, member);
    await tx.orgMember.update({ where: { orgId_userId: { orgId: org.id, userId } }, data: { role } });
    if (member.role === 'owner') await endInvitesOf(tx, { orgId: org.id, userId, actor: actorOf(viewer), now });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.member-changed',
      actor: actorOf(viewer),
      subject: { member: member.name },
      data: { userId, from: member.role, role },
      now,
    });
  });
}

/**
 * Takes a member out, of the teams too; with their own id, the viewer leaves. Their open invitations end. Tokens of the organization
 * go on, because gateways run on them: the answer says how many the person knows. Throws FORBIDDEN, NOT_FOUND, LAST_OWNER, CONFLICT
 * when the membership comes from a group.
 */
export async function removeOrgMember({
  viewer,
  orgSlug,
  userId,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  userId: string;
  now?: Date;
}): Promise<{ knownTokens: number }> {
  const isLeaving = userId === viewer.id;
  const org = requireOrg(viewer, orgSlug, isLeaving ? 'org.read' : 'org.manage');
  return db().$transaction(async (tx) => {
    const member = await lockMember(tx, { orgId: org.id, userId });
    requireManual(member);
    if (member.role === 'owner') await requireOtherOwner(tx, member);
    await deleteMember(tx, { orgId: org.id, userId });
    await endInvitesOf(tx, { orgId: org.id, userId, actor: actorOf(viewer), now });
    const knownTokens = await tx.accessToken.count({
      where: { orgId: org.id, createdById: userId, revokedAt: null, expiresAt: { gt: now } },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.member-left',
      actor: actorOf(viewer),
      subject: { member: member.name },
      data: {
        userId,
        role: member.role,
        knownTokens,
        reason: isLeaving ? 'by themselves' : `taken out by ${viewer.name}`,
      },
      now,
    });
    return { knownTokens };
  });
}

/** The membership with those of its teams. */
export async function deleteMember(tx: Tx, { orgId, userId }: { orgId: string; userId: string }): Promise<void> {
  await tx.teamMember.deleteMany({ where: { userId, team: { orgId } } });
  await tx.orgMember.delete({ where: { orgId_userId: { orgId, userId } } });
}

/**
 * Holds the members of an organization until the transaction ends: two owners who demote each other leave one. Not `for update`, which
 * keeps out every row that refers to the organization: a scan adds such ones while it holds the chain that this one waits for.
 */
export async function lockMembers(tx: Tx, orgId: string): Promise<void> {
  await tx.$queryRaw`select 1 from "Org" where id = ${orgId} for no key update`;
}

type Member = { orgId: string; userId: string; role: OrgRole; source: MemberSource; name: string };

async function lockMember(tx: Tx, { orgId, userId }: { orgId: string; userId: string }): Promise<Member> {
  await lockMembers(tx, orgId);
  const row = await tx.orgMember.findUnique({
    where: { orgId_userId: { orgId, userId } },
    include: { user: { select: { name: true, email: true } } },
  });
  if (!row) throw new DomainError('NOT_FOUND', 'This person does not belong to the organization any more.');
  return { orgId, userId, role: row.role, source: row.source, name: personName(row.user) };
}

function requireManual({ source, name }: Member): void {
  if (source === 'manual') return;
  throw new DomainError(
    'CONFLICT',
    `The membership of ${name} comes from a group of the single sign-on. Change the group there, or what it gives here.`,
  );
}

async function requireOtherOwner(tx: Tx, { orgId, userId }: Member): Promise<void> {
  const others = await tx.orgMember.count({ where: { orgId, role: 'owner', userId: { not: userId } } });
  if (others === 0)
    throw new DomainError('LAST_OWNER', 'An organization keeps one owner. Make somebody else an owner first.');
}

/** An owner's invitations would let them, or whoever has the link, back in. */
export async function endInvitesOf(
  tx: Tx,
  { orgId, userId, actor, now }: { orgId: string; userId: string; actor: Actor; now: Date },
): Promise<void> {
  const invites = await tx.orgInvite.findMany({
    where: { orgId, createdById: userId, acceptedAt: null, revokedAt: null },
  });
  for (const { id, role } of invites) {
    await tx.orgInvite.update({ where: { id }, data: { revokedAt: now } });
    await appendEvent(tx, {
      orgId,
      kind: 'org.invite-revoked',
      actor,
      subject: { invite: id },
      data: { role },
      now,
    });
  }
}
