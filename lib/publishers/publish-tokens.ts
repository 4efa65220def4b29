import { appendEvent } from '#lib/audit/append-event.ts';
import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import { issueToken } from '#lib/auth/tokens.ts';
import { actorOf, requireOrg, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** A token with which `hallmark publish` or a CI job publishes for the publisher. The secret is in this answer only. */
export async function issuePublishToken({
  viewer,
  publisherSlug,
  name,
  expiresInDays,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  name: string;
  expiresInDays: number;
  now?: Date;
}): Promise<{ token: string }> {
  const publisher = await requirePublisher(viewer, publisherSlug, 'token.issue');
  const { secret } = await db().$transaction((tx) =>
    issueToken(tx, {
      kind: 'publish',
      name,
      expiresInDays,
      createdById: viewer.id,
      publisherId: publisher.id,
      actor: actorOf(viewer),
      now,
    }),
  );
  return { token: secret };
}

/** Ends a token at once. Owners end those of their publisher or organization, everyone their own. */
export async function revokeToken({
  viewer,
  tokenId,
  now = new Date(),
}: {
  viewer: Viewer;
  tokenId: string;
  now?: Date;
}) {
  const token = await db().accessToken.findUnique({ where: { id: tokenId }, include: { publisher: true, org: true } });
  if (!token) throw new DomainError('NOT_FOUND', 'There is no such token.');
  if (token.publisher) {
    const isOwn = token.createdById === viewer.id;
    await requirePublisher(viewer, token.publisher.slug, isOwn ? 'token.revoke-own' : 'token.revoke-any');
  }
  if (token.org) requireOrg(viewer, token.org.slug, 'org.manage');
  if (token.kind === 'admin') requireAdmin(viewer);
  if (token.revokedAt) return;
  await db().$transaction(async (tx) => {
    await tx.accessToken.update({ where: { id: tokenId }, data: { revokedAt: now } });
    await appendEvent(tx, {
      orgId: token.orgId,
      kind: 'token.revoked',
      actor: actorOf(viewer),
      subject: { token: token.name, kind: token.kind },
      now,
    });
  });
}
