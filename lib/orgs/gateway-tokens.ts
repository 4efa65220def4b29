import { issueToken } from '#lib/auth/tokens.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';

/** A token with which a gateway reads the organization's feed. The secret is in this answer only. Throws FORBIDDEN, NOT_FOUND. */
export async function issueGatewayToken({
  viewer,
  orgSlug,
  name,
  expiresInDays,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  name: string;
  expiresInDays: number;
  now?: Date;
}): Promise<{ token: string }> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const { secret } = await db().$transaction((tx) =>
    issueToken(tx, {
      kind: 'gateway',
      name,
      expiresInDays,
      createdById: viewer.id,
      orgId: org.id,
      actor: actorOf(viewer),
      now,
    }),
  );
  return { token: secret };
}
