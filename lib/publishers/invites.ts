import { appendEvent } from '#lib/audit/append-event.ts';
import { hashInvite, INVITE_ENDED, type InviteState, inviteState, newInviteSecret } from '#lib/auth/invite-secrets.ts';
import { actorOf, type PublisherRole, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { lockPublisher } from './members.ts';

const MAX_OPEN_INVITES = 50;

/** Makes an invitation for one person. The secret is in this answer only; its link is `/invites/{secret}`. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export async function createInvite({
  viewer,
  publisherSlug,
  role,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  role: PublisherRole;
  now?: Date;
}): Promise<{ id: string; secret: string; expiresAt: string }> {
  const publisher = await requirePublisher(viewer, publisherSlug, 'member.manage');
  const { secret, hash, expiresAt } = newInviteSecret(now);
  const id = await db().$transaction(async (tx) => {
    // With the members: somebody who stops being an owner at this moment leaves no invitation behind.
    await lockPublisher(tx, publisher.id);
    const membership = { publisherId: publisher.id, userId: viewer.id };
    const own = await tx.publisherMember.findUnique({ where: { publisherId_userId: membership } });
    if (own?.role !== 'owner' && !viewer.isInstanceAdmin)
      throw new DomainError('FORBIDDEN', `You are not an owner of ${publisher.displayName} any more.`);
    const open = await tx.publisherInvite.count({
      where: { publisherId: publisher.id, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    });
    if (open >= MAX_OPEN_INVITES)
      throw new DomainError('CONFLICT', `A publisher has ${MAX_OPEN_INVITES} open invitations at most. Revoke some.`);
    const invite = await tx.publisherInvite.create({
      data: {
        publisherId: publisher.id,
        role,
        hash,
        createdById: viewer.id,
        createdAt: now,
        expiresAt,
      },
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.invited',
      actor: actorOf(viewer),
      subject: { publisher: publisherSlug },
      data: { role, invite: invite.id },
      now,
    });
    return invite.id;
  });
  return { id, secret, expiresAt: expiresAt.toISOString() };
}

/** Ends an invitation that nobody has accepted; one that is over already stays as it is. Throws FORBIDDEN, NOT_FOUND. */
export async function revokeInvite({
  viewer,
  inviteId,
  now = new Date(),
}: {
  viewer: Viewer;
  inviteId: string;
  now?: Date;
}): Promise<void> {
  const invite = await db().publisherInvite.findUnique({ where: { id: inviteId }, include: { publisher: true } });
  if (!invite) throw new DomainError('NOT_FOUND', 'There is no such invitation.');
  await requirePublisher(viewer, invite.publisher.slug, 'member.manage');
  await db().$transaction(async (tx) => {
    const { count } = await tx.publisherInvite.updateMany({
      where: { id: inviteId, acceptedAt: null, revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) return;
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.invite-revoked',
      actor: actorOf(viewer),
      subject: { publisher: invite.publisher.slug },
      data: { role: invite.role, invite: inviteId },
      now,
    });
  });
}

export type InviteView = {
  id: string;
  role: PublisherRole;
  invitedBy: string;
  createdAt: string;
  expiresAt: string;
};

/** Invitations that can still be accepted. */
export async function listInvites(publisherId: string, now = new Date()): Promise<InviteView[]> {
  const rows = await db().publisherInvite.findMany({
    where: { publisherId, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    orderBy: { createdAt: 'desc' },
  });
  const users = await db().user.findMany({
    where: { id: { in: rows.map((row) => row.createdById) } },
    select: { id: true, name: true, email: true },
  });
  const names = new Map(users.map(({ id, name, email }) => [id, name ?? email]));
  return rows.map((row) => ({
    id: row.id,
    role: row.role,
    invitedBy: names.get(row.createdById) ?? 'somebody who left',
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }));
}

export type InvitePage = {
  state: InviteState;
  publisher: { slug: string; displayName: string };
  role: PublisherRole;
  expiresAt: string;
};

/** What the link of an invitation shows before anybody accepts it; null for a secret that was never made. */
export async function getInvite(secret: string, now = new Date()): Promise<InvitePage | null> {
  const invite = await db().publisherInvite.findUnique({
    where: { hash: hashInvite(secret) },
    include: { publisher: { select: { slug: true, displayName: true } } },
  });
  if (!invite) return null;
  const { publisher, role, expiresAt } = invite;
  return { state: inviteState(invite, now), publisher, role, expiresAt: expiresAt.toISOString() };
}

/** Makes the viewer a member, once. Throws NOT_FOUND, OFFER_EXPIRED, CONFLICT. */
export async function acceptInvite({
  viewer,
  secret,
  now = new Date(),
}: {
  viewer: Viewer;
  secret: string;
  now?: Date;
}): Promise<{ publisherSlug: string }> {
  return db().$transaction(async (tx) => {
    const found = await tx.publisherInvite.findUnique({ where: { hash: hashInvite(secret) } });
    if (!found) throw new DomainError('NOT_FOUND', 'There is no such invitation. Check that the link is whole.');
    await lockPublisher(tx, found.publisherId);
    // Read again under the lock: of two who open the link at once, one gets in.
    const invite = await tx.publisherInvite.findUniqueOrThrow({
      where: { id: found.id },
      include: { publisher: { include: { members: { where: { userId: viewer.id } } } } },
    });
    const state = inviteState(invite, now);
    if (state !== 'open') throw new DomainError('OFFER_EXPIRED', INVITE_ENDED[state]);
    const { publisher, role } = invite;
    if (publisher.members[0]) {
      throw new DomainError(
        'CONFLICT',
        `You belong to ${publisher.displayName} already, as ${publisher.members[0].role}. The invitation stays open.`,
      );
    }
    await tx.publisherInvite.update({ where: { id: invite.id }, data: { acceptedAt: now, acceptedById: viewer.id } });
    await tx.publisherMember.create({ data: { publisherId: publisher.id, userId: viewer.id, role } });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.member-joined',
      actor: actorOf(viewer),
      subject: { publisher: publisher.slug, member: viewer.name },
      data: { role, userId: viewer.id, invite: invite.id },
      now,
    });
    return { publisherSlug: publisher.slug };
  });
}
