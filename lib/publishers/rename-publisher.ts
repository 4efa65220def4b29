import { appendEvent } from '#lib/audit/append-event.ts';
import { requireDisplayName } from '#lib/auth/slug.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { lockNamespaces } from '#lib/catalog/evaluate-signatures.ts';
import { reindexNamespaces } from '#lib/catalog/reevaluate-namespace.ts';
import { db } from '#lib/db/db.ts';
import { noteNamespaceOverdue } from './hold-namespace.ts';
import { lockPublisher } from './members.ts';
import { levelWithoutOfficial } from './set-official.ts';

/**
 * Changes the name that people see; the short name stays. `official` was said of the old name, so it falls, and every
 * proof is checked again soon. Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE.
 */
export async function renamePublisher({
  viewer,
  publisherSlug,
  displayName,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  displayName: string;
  now?: Date;
}): Promise<{ wasOfficial: boolean }> {
  const { id } = await requirePublisher(viewer, publisherSlug, 'publisher.rename');
  const name = requireDisplayName(displayName, 'a publisher');
  const actor = actorOf(viewer);
  const { wasOfficial, namespaces } = await db().$transaction(async (tx) => {
    // Namespaces first, as transfers take them.
    const held = await tx.namespace.findMany({ where: { publisherId: id }, select: { name: true } });
    await lockNamespaces(
      tx,
      held.map((namespace) => namespace.name),
    );
    await lockPublisher(tx, id);
    const before = await tx.publisher.findUniqueOrThrow({ where: { id }, include: { namespaces: true } });
    if (before.displayName === name) return { wasOfficial: false, namespaces: [] };
    const isOfficial = before.level === 'official';
    const level = isOfficial ? levelWithoutOfficial(before.namespaces) : before.level;
    await tx.publisher.update({ where: { id }, data: { displayName: name, level } });
    await tx.namespace.updateMany({ where: { publisherId: id, isProven: true }, data: { nextCheckAt: now } });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.renamed',
      actor,
      subject: { publisher: publisherSlug },
      data: { from: before.displayName, to: name },
      now,
    });
    if (isOfficial) {
      await appendEvent(tx, {
        orgId: null,
        kind: 'publisher.level-changed',
        actor,
        subject: { publisher: publisherSlug },
        data: { from: 'official', to: level, reason: 'renamed' },
        now,
      });
    }
    const names = before.namespaces.map((namespace) => namespace.name);
    await noteNamespaceOverdue(tx, names);
    return { wasOfficial: isOfficial, namespaces: names };
  });
  await reindexNamespaces(namespaces);
  return { wasOfficial };
}
