import { appendEvent } from '#lib/audit/append-event.ts';
import { personName } from '#lib/auth/person-name.ts';
import { actorOf, type PublisherRole, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

export type MemberView = { userId: string; name: string; email: string | null; role: PublisherRole };

/** Everyone who belongs to a publisher, owners first. */
export async function listMembers(publisherId: string): Promise<MemberView[]> {
  const rows = await db().publisherMember.findMany({
    where: { publisherId },
    include: { user: { select: { name: true, email: true } } },
    orderBy: [{ role: 'asc' }, { user: { name: 'asc' } }],
  });
  return rows.map(({ userId, role, user }) => ({ userId, name: personName(user), email: user.email, role }));
}

/** Makes a member owner or maintainer. The last owner stays one. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export async function changeMemberRole({
  viewer,
  publisherSlug,
  userId,
  role,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  userId: string;
  role: PublisherRole;
  now?: Date;
}): Promise<void> {
  const publisher = await requirePublisher(viewer, publisherSlug, 'member.manage');
  await db().$transaction(async (tx) => {
    const member = await lockMember(tx, { publisherId: publisher.id, userId });
    if (member.role === role) return;
    if (role === 'maintainer') {
      await requireOtherOwner(tx, member, 'become a maintainer');
      await endInvitesOf(tx, { publisher, userId, viewer, now });
    }
    await tx.publisherMember.update({
      where: { publisherId_userId: { publisherId: publisher.id, userId } },
      data: { role },
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.member-changed',
      actor: actorOf(viewer),
      subject: { publisher: publisherSlug, member: member.name },
      data: { userId, from: member.role, role },
      now,
    });
  });
}

/**
 * Takes a member out; with their own id, the viewer leaves. Publish tokens and open invitations that the person made for
 * the publisher end with it, because they know those secrets. The last owner stays. Returns how many tokens ended.
 * Throws FORBIDDEN, NOT_FOUND, CONFLICT.
 */
export async function removeMember({
  viewer,
  publisherSlug,
  userId,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  userId: string;
  now?: Date;
}): Promise<{ endedTokens: number }> {
  const permission = userId === viewer.id ? 'publisher.read' : 'member.manage';
  const publisher = await requirePublisher(viewer, publisherSlug, permission);
  return db().$transaction(async (tx) => {
    const member = await lockMember(tx, { publisherId: publisher.id, userId });
    await requireOtherOwner(tx, member, 'leave');
    await tx.publisherMember.delete({ where: { publisherId_userId: { publisherId: publisher.id, userId } } });
    await endInvitesOf(tx, { publisher, userId, viewer, now });
    const endedTokens = await endTokensOf(tx, { publisher, userId, viewer, now });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.member-left',
      actor: actorOf(viewer),
      subject: { publisher: publisherSlug, member: member.name },
      data: { userId, role: member.role, endedTokens },
      now,
    });
    return { endedTokens };
  });
}

/** Holds the publisher and its members until the transaction ends: two owners who demote each other leave one. */
export async function lockPublisher(tx: Tx, publisherId: string): Promise<void> {
  await tx.$queryRaw`select 1 from "Publisher" where id = ${publisherId} for update`;
}

type Member = { publisherId: string; userId: string; role: PublisherRole; name: string };

async function lockMember(tx: Tx, { publisherId, userId }: { publisherId: string; userId: string }): Promise<Member> {
  await lockPublisher(tx, publisherId);
  const member = await tx.publisherMember.findUnique({
    where: { publisherId_userId: { publisherId, userId } },
    include: { user: { select: { name: true, email: true } } },
  });
  if (!member) throw new DomainError('NOT_FOUND', 'This person does not belong to the publisher any more.');
  return { publisherId, userId, role: member.role, name: personName(member.user) };
}

async function requireOtherOwner(tx: Tx, { publisherId, userId, role }: Member, what: string): Promise<void> {
  if (role !== 'owner') return;
  const others = await tx.publisherMember.count({ where: { publisherId, role: 'owner', userId: { not: userId } } });
  if (others === 0)
    throw new DomainError('CONFLICT', `The last owner cannot ${what}. Make somebody else an owner first.`);
}

type Ending = { publisher: { id: string; slug: string }; userId: string; viewer: Viewer; now: Date };

/** An owner's invitations would let them, or whoever has the link, back in. */
async function endInvitesOf(tx: Tx, { publisher, userId, viewer, now }: Ending): Promise<void> {
  const invites = await tx.publisherInvite.findMany({
    where: { publisherId: publisher.id, createdById: userId, acceptedAt: null, revokedAt: null },
  });
  for (const { id, role } of invites) {
    await tx.publisherInvite.update({ where: { id }, data: { revokedAt: now } });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.invite-revoked',
      actor: actorOf(viewer),
      subject: { publisher: publisher.slug },
      data: { role, invite: id },
      now,
    });
  }
}

async function endTokensOf(tx: Tx, { publisher, userId, viewer, now }: Ending): Promise<number> {
  const tokens = await tx.accessToken.findMany({
    where: { publisherId: publisher.id, createdById: userId, revokedAt: null, expiresAt: { gt: now } },
    select: { id: true, name: true, kind: true },
  });
  for (const token of tokens) {
    await tx.accessToken.update({ where: { id: token.id }, data: { revokedAt: now } });
    await appendEvent(tx, {
      orgId: null,
      kind: 'token.revoked',
      actor: actorOf(viewer),
      subject: { token: token.name, kind: token.kind },
      now,
    });
  }
  return tokens.length;
}
