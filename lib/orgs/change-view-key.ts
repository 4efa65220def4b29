import { randomBytes } from 'node:crypto';
import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';

/** Gives the registry view and the exports new addresses for clients that send no credentials; the old ones end at once. Throws FORBIDDEN, NOT_FOUND. */
export async function changeViewKey({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  now?: Date;
}): Promise<{ viewKey: string }> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const viewKey = randomBytes(24).toString('base64url');
  await db().$transaction(async (tx) => {
    await tx.org.update({ where: { id: org.id }, data: { viewKey } });
    await appendEvent(tx, { orgId: org.id, kind: 'view.key-changed', actor: actorOf(viewer), subject: {}, now });
  });
  return { viewKey };
}
