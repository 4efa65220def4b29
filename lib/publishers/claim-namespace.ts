import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { reindexNamespaces } from '#lib/catalog/reevaluate-namespace.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

const NAMESPACE = /^[a-zA-Z0-9][a-zA-Z0-9-]*(\.[a-zA-Z0-9][a-zA-Z0-9-]*)+$/;

/**
 * Gives a publisher the right to publish under a namespace because an instance admin says so. That is a decision about
 * rights on this instance and proves nothing about who the publisher is: the publisher stays "unverified".
 * Throws FORBIDDEN, NAME_TAKEN, UNPROCESSABLE.
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
  if (namespace.length > 150 || !NAMESPACE.test(namespace)) {
    throw new DomainError(
      'UNPROCESSABLE',
      `"${namespace}" is not a namespace. It is a domain read backwards, such as com.example or io.github.acme.`,
    );
  }
  const publisher = await requirePublisher(viewer, publisherSlug, 'namespace.grant');
  await db().$transaction(async (tx) => {
    const holders = await tx.namespace.findMany({
      // Case games: io.github.Acme and io.github.acme may not have two holders.
      where: { name: { equals: namespace, mode: 'insensitive' } },
      include: { publisher: true },
    });
    if (holders[0])
      throw new DomainError('NAME_TAKEN', `${holders[0].name} is already held by ${holders[0].publisher.displayName}.`);
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
  });
  await reindexNamespaces([namespace]);
}
