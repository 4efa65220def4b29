import { appendEvent } from '#lib/audit/append-event.ts';
import { requireDisplayName, requireSlug } from '#lib/auth/slug.ts';
import { actorOf, type Viewer } from '#lib/auth/viewer.ts';
import { db, isUniqueViolation } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** Makes a publisher with the viewer as its owner. It holds no namespace yet. Throws NAME_TAKEN, UNPROCESSABLE. */
export async function createPublisher({
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
  requireSlug(slug, 'a publisher');
  const name = requireDisplayName(displayName, 'a publisher');
  const taken = new DomainError('NAME_TAKEN', `There is already a publisher "${slug}". Choose another short name.`);
  const work = db().$transaction(async (tx) => {
    if (await tx.publisher.findUnique({ where: { slug } })) throw taken;
    const publisher = await tx.publisher.create({
      data: { slug, displayName: name, createdAt: now, members: { create: { userId: viewer.id, role: 'owner' } } },
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.created',
      actor: actorOf(viewer),
      subject: { publisher: slug },
      now,
    });
    return { id: publisher.id, slug };
  });
  return work.catch((error: unknown) => {
    throw isUniqueViolation(error) ? taken : error;
  });
}
