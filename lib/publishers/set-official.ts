import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { reindexNamespaces } from '#lib/catalog/reevaluate-namespace.ts';
import type { PublisherLevel } from '#lib/catalog/views.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { noteNamespaceOverdue } from './hold-namespace.ts';
import { lockPublisher } from './members.ts';

/** What a publisher is without the word of an admin: verified where a proof of a namespace holds. */
export const levelWithoutOfficial = (namespaces: readonly { isProven: boolean }[]): PublisherLevel =>
  namespaces.some(({ isProven }) => isProven) ? 'verified' : 'unverified';

/**
 * An instance admin says that a publisher is the one that its name says, or takes that back. It needs a proven namespace,
 * and counts only for proven ones (`levelFor` of lib/catalog/marks.ts). Throws FORBIDDEN, NOT_FOUND, CONFLICT.
 */
export async function setOfficial({
  viewer,
  publisherSlug,
  isOfficial,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  isOfficial: boolean;
  now?: Date;
}): Promise<void> {
  const { id, displayName } = await requirePublisher(viewer, publisherSlug, 'publisher.set-official');
  const namespaces = await db().$transaction(async (tx) => {
    await lockPublisher(tx, id);
    const before = await tx.publisher.findUniqueOrThrow({ where: { id }, include: { namespaces: true } });
    const without = levelWithoutOfficial(before.namespaces);
    if (isOfficial && without === 'unverified') {
      throw new DomainError(
        'CONFLICT',
        `${displayName} has not proved a namespace. Official needs verified: let it prove one first.`,
      );
    }
    const level = isOfficial ? 'official' : without;
    if ((before.level === 'official') === isOfficial) return [];
    await tx.publisher.update({ where: { id }, data: { level } });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.level-changed',
      actor: actorOf(viewer),
      subject: { publisher: publisherSlug },
      data: { from: before.level === 'official' ? 'official' : without, to: level },
      now,
    });
    const names = before.namespaces.map((namespace) => namespace.name);
    await noteNamespaceOverdue(tx, names);
    return names;
  });
  await reindexNamespaces(namespaces);
}
