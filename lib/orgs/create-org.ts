import { appendEvent } from '#lib/audit/append-event.ts';
import { requireDisplayName, requireSlug } from '#lib/auth/slug.ts';
import { actorOf, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { createFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** Every organization is a feed that is signed anew every five minutes. */
const MAX_OWNED = 20;

/** Makes an organization with the viewer as its owner, its feed keys and the first, empty publication. Throws NAME_TAKEN, UNPROCESSABLE, KEYS_UNAVAILABLE. */
export async function createOrg({
  viewer,
  slug,
  displayName,
  now = new Date(),
}: {
  viewer: Viewer;
  slug: string;
  displayName: string;
  now?: Date;
}) {
  requireSlug(slug, 'an organization');
  const name = requireDisplayName(displayName, 'an organization');
  return db().$transaction(async (tx) => {
    const owned = await tx.orgMember.count({ where: { userId: viewer.id, role: 'owner' } });
    if (owned >= MAX_OWNED) throw new DomainError('CONFLICT', `A person owns ${MAX_OWNED} organizations at most.`);
    if (await tx.org.findUnique({ where: { slug } }))
      throw new DomainError('NAME_TAKEN', `There is already an organization "${slug}". Choose another short name.`);
    const actor = actorOf(viewer);
    const org = await tx.org.create({
      data: { slug, displayName: name, createdAt: now, members: { create: { userId: viewer.id, role: 'owner' } } },
    });
    await appendEvent(tx, { orgId: org.id, kind: 'org.created', actor, subject: { org: slug }, now });
    await createFeed(tx, { orgId: org.id, org: slug, actor, now });
    return { id: org.id, slug };
  });
}
