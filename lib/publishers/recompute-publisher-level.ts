import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { PublisherLevel } from '#lib/catalog/views.ts';
import type { Tx } from '#lib/db/db.ts';

/**
 * Brings a publisher's level in line with its namespaces: verified while at least one is proven. "Official" is a decision
 * on top of that and falls with it; it does not come back by itself. Call it in the transaction that changed a namespace.
 */
export async function recomputePublisherLevel(
  tx: Tx,
  publisherId: string,
  { actor, now }: { actor: Actor; now: Date },
): Promise<PublisherLevel> {
  const publisher = await tx.publisher.findUniqueOrThrow({
    where: { id: publisherId },
    select: { slug: true, level: true, _count: { select: { namespaces: { where: { isProven: true } } } } },
  });
  const isVerified = publisher._count.namespaces > 0;
  const level = isVerified ? (publisher.level === 'official' ? 'official' : 'verified') : 'unverified';
  if (level === publisher.level) return level;
  await tx.publisher.update({ where: { id: publisherId }, data: { level } });
  await appendEvent(tx, {
    orgId: null,
    kind: 'publisher.level-changed',
    actor,
    subject: { publisher: publisher.slug },
    data: { from: publisher.level, to: level },
    now,
  });
  return level;
}
