import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type TokenView, tokenView } from './token-view.ts';
import { issueToken } from './tokens.ts';
import { actorOf, type Viewer } from './viewer.ts';

/** An admin's token for the registry API: it edits every server. It ends with its maker's being an admin. Throws FORBIDDEN. */
export async function issueAdminToken({
  viewer,
  name,
  expiresInDays,
  now = new Date(),
}: {
  viewer: Viewer;
  name: string;
  expiresInDays: number;
  now?: Date;
}): Promise<{ token: string }> {
  requireAdmin(viewer);
  const { secret } = await db().$transaction((tx) =>
    issueToken(tx, { kind: 'admin', name, expiresInDays, createdById: viewer.id, actor: actorOf(viewer), now }),
  );
  return { token: secret };
}

/** Every admin token of the instance, newest first. Throws FORBIDDEN. */
export async function listAdminTokens(viewer: Viewer): Promise<TokenView[]> {
  requireAdmin(viewer);
  const rows = await db().accessToken.findMany({ where: { kind: 'admin' }, orderBy: { createdAt: 'desc' }, take: 50 });
  return rows.map(tokenView);
}

/** Throws FORBIDDEN. */
export function requireAdmin(viewer: Viewer): void {
  if (!viewer.isInstanceAdmin) throw new DomainError('FORBIDDEN', 'Only an admin of this instance can do this.');
}
