import { describeEvent, type EventKind } from '#lib/audit/events.ts';
import type { AuditEvent, OrgRole } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { isMailAddress } from './mail-address.ts';
import { mailText } from './mail-text.ts';
import { MAILED_KINDS, type MailedPart } from './mailed-kinds.ts';

/**
 * Who belongs to an organization by a group is mailed for this long after a sign-in named their groups. Longer than they may do
 * anything without one, since mail is what calls them; not for ever, since who left the single sign-on never signs in again.
 */
const GROUP_MAIL_MS = 30 * 24 * 60 * 60 * 1000;

export type NewMail = { userId: string; to: string; subject: string; text: string };

/** The mails that an event makes: one for each member whom it concerns, who wants mail, and who did not do it. */
export async function mailsFor(
  tx: Tx,
  {
    org,
    event,
    publicUrl,
  }: { org: { id: string; slug: string; displayName: string }; event: AuditEvent; publicUrl: string },
): Promise<NewMail[]> {
  const mailed = MAILED_KINDS[event.kind as EventKind];
  if (!mailed) return [];
  const [subject, data] = [event.subject as JsonObject, event.data as JsonObject];
  const actor = event.actor as { type?: string; id?: string; name?: string };
  const roles: OrgRole[] = [];
  if (mailed.to.includes('owners')) roles.push('owner');
  if (mailed.to.includes('reviewers')) roles.push('reviewer');
  const named = [
    mailed.to.includes('requester') ? await requesterOf(tx, org.id, subject) : null,
    mailed.to.includes('entry-owner') ? await entryOwnerOf(tx, org.id, subject) : null,
  ].filter((id) => id !== null);
  const members = await tx.orgMember.findMany({
    where: {
      orgId: org.id,
      wantsMail: true,
      OR: [{ role: { in: roles } }, { userId: { in: named } }],
      AND: {
        OR: [
          { source: 'manual' },
          { user: { groups: { some: { seenAt: { gt: new Date(event.at.getTime() - GROUP_MAIL_MS) } } } } },
        ],
      },
    },
    select: { userId: true, user: { select: { email: true } } },
    orderBy: { userId: 'asc' },
  });
  const text = mailText({
    org: org.displayName,
    sentence: describeEvent(event.kind, { ...data, ...subject }),
    actor: actor.name ?? 'unknown',
    at: event.at,
    link: `${publicUrl}/orgs/${org.slug}${placeOf(mailed.part, subject)}`,
  });
  return members
    .filter(({ userId }) => !(actor.type === 'user' && actor.id === userId))
    .flatMap(({ userId, user }) =>
      user.email && isMailAddress(user.email) ? [{ userId, to: user.email, ...text }] : [],
    );
}

/** The request or entry itself, where the event names one. Names are catalog names: namespace, slash, name. */
function placeOf(part: MailedPart, { request, server }: JsonObject): string {
  if (part === 'requests' && typeof request === 'string') return `/requests/${encodeURIComponent(request)}`;
  if (part !== 'allowlist') return `/${part}`;
  return typeof server === 'string' ? `/servers/${server.split('/').map(encodeURIComponent).join('/')}` : '';
}

async function requesterOf(tx: Tx, orgId: string, { request }: JsonObject): Promise<string | null> {
  if (typeof request !== 'string') return null;
  const row = await tx.approvalRequest.findFirst({ where: { id: request, orgId }, select: { requesterId: true } });
  return row?.requesterId ?? null;
}

async function entryOwnerOf(tx: Tx, orgId: string, { server }: JsonObject): Promise<string | null> {
  if (typeof server !== 'string') return null;
  const row = await tx.allowlistEntry.findFirst({
    where: { orgId, server: { name: server } },
    select: { ownerId: true },
  });
  return row?.ownerId ?? null;
}
