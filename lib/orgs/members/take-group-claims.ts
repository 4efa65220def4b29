import { db } from '#lib/db/db.ts';
import { applyGroups } from './apply-groups.ts';
import { MAX_GROUP } from './group-mappings.ts';

/** Groups of one person that are looked at; directories with more send a link instead of a list. */
const MAX_GROUPS = 1000;

/**
 * The groups in a claim: a list of texts, or one text. Anything else, such as a directory's link to a longer list, counts as no group,
 * and so does what is too long to be one.
 */
export function groupsOfClaim(claim: unknown): string[] {
  const items = typeof claim === 'string' ? [claim] : Array.isArray(claim) ? claim : [];
  const names = items.filter(
    (item): item is string =>
      typeof item === 'string' && item.length > 0 && item.length <= MAX_GROUP && !item.includes('\0'),
  );
  return [...new Set(names)].slice(0, MAX_GROUPS).sort();
}

/**
 * Takes over what a sign-in says about a person's groups, and makes their memberships so: what a group gave ends when the claim does
 * not name it any more.
 */
export async function takeGroupClaims({
  userId,
  claim,
  now = new Date(),
}: {
  userId: string;
  /** The claim of the ID token, as it is. */
  claim: unknown;
  now?: Date;
}): Promise<void> {
  const groups = groupsOfClaim(claim);
  await db().$transaction(async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`groups:${userId}`}, 0))`;
    await tx.userGroup.deleteMany({ where: { userId, provider: 'oidc', name: { notIn: groups } } });
    for (const name of groups) {
      await tx.userGroup.upsert({
        where: { userId_provider_name: { userId, provider: 'oidc', name } },
        create: { userId, provider: 'oidc', name, seenAt: now },
        update: { seenAt: now },
      });
    }
    const concerned = await tx.$queryRaw<{ orgId: string }[]>`
      select "orgId" from "GroupMapping" where provider = 'oidc' and "group" = any(${groups}::text[])
      union select "orgId" from "OrgMember" where "userId" = ${userId} and source = 'group'
      union select t."orgId" from "TeamMember" m join "Team" t on t.id = m."teamId" where m."userId" = ${userId} and m.source = 'group'
      order by 1`;
    await applyGroups(tx, { userId, orgIds: concerned.map(({ orgId }) => orgId), now });
  });
}
