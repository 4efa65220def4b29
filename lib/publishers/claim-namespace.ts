import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { reevaluateNamespace, reindexNamespaces } from '#lib/catalog/reevaluate-namespace.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { lockNewNamespaces, noteNamespaceOverdue } from './hold-namespace.ts';
import { requireNamespaceCase, requireNamespaceForm, requireNotBlocked } from './namespace-names.ts';

/**
 * Gives a publisher the right to publish under a namespace because an instance admin says so. That is a decision about
 * rights on this instance and proves nothing about who the publisher is: the publisher stays "unverified". It is also the
 * way for a namespace that looks like another one: a person has looked.
 * Throws FORBIDDEN, NAME_TAKEN, NAMESPACE_CASE, NAMESPACE_BLOCKED, UNPROCESSABLE.
 */
export async function claimNamespace({
  viewer,
  publisherSlug,
  namespace,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  namespace: string;
  now?: Date;
}) {
  requireNamespaceForm(namespace);
  requireNamespaceCase(namespace);
  requireNotBlocked(namespace);
  const publisher = await requirePublisher(viewer, publisherSlug, 'namespace.grant');
  await db().$transaction(async (tx) => {
    await lockNewNamespaces(tx);
    // Case games: io.github.Acme and io.github.acme may not have two holders.
    const holder = await tx.namespace.findFirst({
      where: { name: { equals: namespace, mode: 'insensitive' } },
      include: { publisher: true },
    });
    if (holder)
      throw new DomainError('NAME_TAKEN', `${holder.name} is already held by ${holder.publisher.displayName}.`);
    await tx.namespace.create({
      data: {
        name: namespace,
        publisherId: publisher.id,
        proofKind: 'granted',
        proof: { by: viewer.name, userId: viewer.id },
        provenAt: now,
      },
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'namespace.granted',
      actor: actorOf(viewer),
      subject: { namespace, publisher: publisherSlug },
      now,
    });
    await reevaluateNamespace(tx, namespace, { actor: actorOf(viewer), now });
    await noteNamespaceOverdue(tx, [namespace]);
  });
  await reindexNamespaces([namespace]);
}
