import { appendEvent } from '#lib/audit/append-event.ts';
import { personName } from '#lib/auth/person-name.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { lockMembers } from './members.ts';

/**
 * Makes somebody with an account the owner, by hand, of an organization that has no owner any more: the group that gave it its last one is
 * gone. For whoever runs the instance. Throws NOT_FOUND, CONFLICT while there is an owner.
 */
export async function appointOwner({
  orgSlug,
  email,
  now = new Date(),
}: {
  orgSlug: string;
  /** Of the account, in whatever case. */
  email: string;
  now?: Date;
}): Promise<{ org: string; owner: string }> {
  return db().$transaction(async (tx) => {
    const org = await tx.org.findUnique({ where: { slug: orgSlug } });
    if (!org) throw new DomainError('NOT_FOUND', `There is no organization "${orgSlug}".`);
    await lockMembers(tx, org.id);
    const owners = await tx.orgMember.count({ where: { orgId: org.id, role: 'owner' } });
    if (owners > 0)
      throw new DomainError('CONFLICT', `${org.displayName} has an owner, who manages its members in the console.`);
    const [user] = await tx.$queryRaw<{ id: string; name: string | null; email: string | null }[]>`
      select id, name, email from "User" where lower(email) = lower(${email})`;
    if (!user)
      throw new DomainError(
        'NOT_FOUND',
        `Nobody with the address ${email} has signed in here. Let them sign in first.`,
      );
    await tx.orgMember.upsert({
      where: { orgId_userId: { orgId: org.id, userId: user.id } },
      create: { orgId: org.id, userId: user.id, role: 'owner', createdAt: now },
      update: { role: 'owner', source: 'manual' },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.member-joined',
      actor: { type: 'system', name: 'Command line' },
      subject: { member: personName(user) },
      data: { userId: user.id, role: 'owner', way: 'the command line' },
      now,
    });
    return { org: org.displayName, owner: personName(user) };
  });
}
