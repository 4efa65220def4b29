import { appendEvent } from '#lib/audit/append-event.ts';
import { hashInvite, INVITE_ENDED, type InviteState, inviteState, newInviteSecret } from '#lib/auth/invite-secrets.ts';
import { actorOf, loadViewer, type OrgRole, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { lockMembers } from './members.ts';

const MAX_OPEN_INVITES = 200;

/** Makes an invitation for one person. The secret is in this answer only; its link is `/invites/{secret}`. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export async function createOrgInvite({
  viewer,
  orgSlug,
  role,
  note = '',
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  role: OrgRole;
  /** For whom it is, so that the list of open ones can be read. */
  note?: string;
  now?: Date;
}): Promise<{ id: string; secret: string; expiresAt: string }> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const { secret, hash, expiresAt } = newInviteSecret(now);
  const id = await db().$transaction(async (tx) => {
    // With the members: somebody who stops being an owner at this moment leaves no invitation behind.
    await lockMembers(tx, org.id);
    const own = await tx.orgMember.findUnique({ where: { orgId_userId: { orgId: org.id, userId: viewer.id } } });
    if (own?.role !== 'owner')
      throw new DomainError('FORBIDDEN', `You are not an owner of ${org.displayName} any more.`);
    const open = await tx.orgInvite.count({
      where: { orgId: org.id, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    });
    if (open >= MAX_OPEN_INVITES)
      throw new DomainError(
        'CONFLICT',
        `An organization has ${MAX_OPEN_INVITES} open invitations at most. Take some back.`,
      );
    const invite = await tx.orgInvite.create({
      data: {
        orgId: org.id,
        role,
        note: note.trim().slice(0, 200),
        tokenHash: hash,
        createdById: viewer.id,
        createdAt: now,
        expiresAt,
      },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.invited',
      actor: actorOf(viewer),
      subject: { invite: invite.id },
      data: { role, note: invite.note },
      now,
    });
    return invite.id;
  });
  return { id, secret, expiresAt: expiresAt.toISOString() };
}

/** Ends an invitation that nobody has accepted. Throws FORBIDDEN, NOT_FOUND. */
export async function revokeOrgInvite({
  viewer,
  orgSlug,
  inviteId,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  inviteId: string;
  now?: Date;
}): Promise<void> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  await db().$transaction(async (tx) => {
    const invite = await tx.orgInvite.findFirst({ where: { id: inviteId, orgId: org.id } });
    if (!invite) throw new DomainError('NOT_FOUND', 'There is no such invitation.');
    const { count } = await tx.orgInvite.updateMany({
      where: { id: inviteId, acceptedAt: null, revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) return;
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.invite-revoked',
      actor: actorOf(viewer),
      subject: { invite: inviteId },
      data: { role: invite.role },
      now,
    });
  });
}

export type OrgInviteView = { id: string; role: OrgRole; note: string; createdAt: string; expiresAt: string };

/** Invitations that can still be accepted. Throws FORBIDDEN, NOT_FOUND. */
export async function listOrgInvites({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  now?: Date;
}): Promise<OrgInviteView[]> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const rows = await db().orgInvite.findMany({
    where: { orgId: org.id, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    orderBy: { createdAt: 'desc' },
  });
  return rows.map(({ id, role, note, createdAt, expiresAt }) => ({
    id,
    role,
    note,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }));
}

export type OrgInvitePage = {
  state: InviteState;
  org: { slug: string; displayName: string };
  role: OrgRole;
  expiresAt: string;
};

/** What the link of an invitation shows before anybody accepts it; null for a secret that was never made. */
export async function getOrgInvite(secret: string, now = new Date()): Promise<OrgInvitePage | null> {
  const invite = await db().orgInvite.findUnique({
    where: { tokenHash: hashInvite(secret) },
    include: { org: { select: { slug: true, displayName: true } } },
  });
  if (!invite) return null;
  const { org, role, expiresAt } = invite;
  return { state: inviteState(invite, now), org, role, expiresAt: expiresAt.toISOString() };
}

/** Makes the viewer a member, once. A membership that a group gave becomes one by hand. Throws INVITE_INVALID, CONFLICT. */
export async function acceptOrgInvite({
  viewer,
  secret,
  now = new Date(),
}: {
  viewer: Viewer;
  secret: string;
  now?: Date;
}): Promise<{ orgSlug: string }> {
  return db().$transaction(async (tx) => {
    const found = await tx.orgInvite.findUnique({ where: { tokenHash: hashInvite(secret) } });
    if (!found) throw new DomainError('INVITE_INVALID', 'There is no such invitation. Check that the link is whole.');
    await lockMembers(tx, found.orgId);
    // Read again under the lock: of two who open the link at once, one gets in.
    const invite = await tx.orgInvite.findUniqueOrThrow({
      where: { id: found.id },
      include: { org: { include: { members: { where: { userId: viewer.id } } } } },
    });
    const state = inviteState(invite, now);
    if (state !== 'open') throw new DomainError('INVITE_INVALID', INVITE_ENDED[state]);
    const { org, role } = invite;
    // Who left the single sign-on never signs in again, and their membership only lapses: nothing ended their invitations.
    const maker = await loadViewer(invite.createdById, now);
    if (!maker?.orgs.some((own) => own.id === org.id && own.role === 'owner'))
      throw new DomainError(
        'INVITE_INVALID',
        `Who made this invitation is no owner of ${org.displayName} now, or has not signed in for a while. Ask for another one.`,
      );
    if (org.members[0]?.source === 'manual') {
      throw new DomainError(
        'CONFLICT',
        `You belong to ${org.displayName} already, as ${org.members[0].role}. The invitation stays open.`,
      );
    }
    await tx.orgInvite.update({ where: { id: invite.id }, data: { acceptedAt: now, acceptedById: viewer.id } });
    await tx.orgMember.upsert({
      where: { orgId_userId: { orgId: org.id, userId: viewer.id } },
      create: { orgId: org.id, userId: viewer.id, role, createdAt: now },
      update: { role, source: 'manual' },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.member-joined',
      actor: actorOf(viewer),
      subject: { member: viewer.name },
      data: { role, userId: viewer.id, invite: invite.id, way: 'invitation' },
      now,
    });
    return { orgSlug: org.slug };
  });
}
