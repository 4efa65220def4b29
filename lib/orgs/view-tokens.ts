import { issueToken } from '#lib/auth/tokens.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/**
 * A token that reads the organization's registry view and exports, or no more than one team's. The secret is in this answer
 * only. Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE.
 */
export async function issueViewToken({
  viewer,
  orgSlug,
  name,
  expiresInDays,
  teamSlug = null,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  name: string;
  expiresInDays: number;
  teamSlug?: string | null;
  now?: Date;
}): Promise<{ token: string }> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const { secret } = await db().$transaction(async (tx) => {
    const team =
      teamSlug === null ? null : await tx.team.findUnique({ where: { orgId_slug: { orgId: org.id, slug: teamSlug } } });
    if (teamSlug !== null && (!team || team.archivedAt)) {
      throw new DomainError('NOT_FOUND', `There is no team "${teamSlug}" in ${org.displayName}.`);
    }
    return issueToken(tx, {
      kind: 'view',
      name,
      expiresInDays,
      createdById: viewer.id,
      orgId: org.id,
      ...(team ? { teamId: team.id } : {}),
      actor: actorOf(viewer),
      now,
    });
  });
  return { token: secret };
}
