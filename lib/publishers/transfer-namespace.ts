import { appendEvent } from '#lib/audit/append-event.ts';
import type { EventKind } from '#lib/audit/events.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { lockNamespaces } from '#lib/catalog/evaluate-signatures.ts';
import { reevaluateNamespace, reindexNamespaces } from '#lib/catalog/reevaluate-namespace.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { noteNamespaceOverdue } from './hold-namespace.ts';
import { offerEnd, requireOfferMessage, requireOpen } from './offers.ts';
import { recomputePublisherLevel } from './recompute-publisher-level.ts';

/**
 * Offers a namespace to another publisher. Nothing changes until an owner of that one accepts. Throws FORBIDDEN,
 * NOT_FOUND, CONFLICT, UNPROCESSABLE.
 */
export async function offerTransfer({
  viewer,
  namespace,
  toPublisherSlug,
  message,
  now = new Date(),
}: {
  viewer: Viewer;
  namespace: string;
  toPublisherSlug: string;
  message: string;
  now?: Date;
}): Promise<{ id: string }> {
  const text = requireOfferMessage(message);
  const to = await db().publisher.findUnique({
    where: { slug: toPublisherSlug },
    include: { members: { where: { role: 'owner' }, take: 1 } },
  });
  return db().$transaction(async (tx) => {
    await lockNamespaces(tx, [namespace]);
    const from = await requireHeld(tx, viewer, namespace);
    if (!to) throw new DomainError('NOT_FOUND', `There is no publisher "${toPublisherSlug}" to give it to.`);
    if (to.id === from.id) throw new DomainError('CONFLICT', `${to.displayName} holds ${namespace} already.`);
    if (to.members.length === 0)
      throw new DomainError('CONFLICT', `${to.displayName} has no owner who could accept the transfer.`);
    const open = await tx.namespaceTransfer.findFirst({
      where: { namespace, state: 'offered' },
      include: { from: true, to: true },
    });
    if (open && open.expiresAt > now) {
      const { displayName } = open.to;
      throw new DomainError('CONFLICT', `${namespace} is offered to ${displayName} already. Take that back first.`);
    }
    if (open) await endExpired(tx, open, viewer, now);
    const transfer = await tx.namespaceTransfer.create({
      data: {
        namespace,
        fromPublisherId: from.id,
        toPublisherId: to.id,
        message: text,
        offeredById: viewer.id,
        offeredAt: now,
        expiresAt: offerEnd(now),
      },
      include: { from: true, to: true },
    });
    await appendTransferEvent(tx, 'namespace.transfer-offered', transfer, viewer, now);
    return { id: transfer.id };
  });
}

async function requireHeld(tx: Tx, viewer: Viewer, namespace: string) {
  const row = await tx.namespace.findUnique({ where: { name: namespace }, include: { publisher: true } });
  if (!row) throw new DomainError('NOT_FOUND', `Nobody holds ${namespace}, so it cannot be transferred.`);
  if (row.proofKind === 'demonstration')
    throw new DomainError('CONFLICT', `${namespace} is part of the demonstration and stays where it is.`);
  return requirePublisher(viewer, row.publisher.slug, 'namespace.transfer');
}

/** One offer of a namespace is open at a time; one whose time is over makes room. Nobody decided it. */
async function endExpired(tx: Tx, transfer: Transfer, viewer: Viewer, now: Date): Promise<void> {
  await tx.namespaceTransfer.update({
    where: { id: transfer.id },
    data: { state: 'cancelled', decidedAt: transfer.expiresAt },
  });
  await appendTransferEvent(tx, 'namespace.transfer-ended', { ...transfer, state: 'cancelled' }, viewer, now);
}

type Decision = { viewer: Viewer; transferId: string; now?: Date };

/** Takes an offer back. For owners of the publisher that made it. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export const cancelTransfer = (decision: Decision): Promise<void> => endTransfer(decision, 'from', 'cancelled');

/** Refuses an offer. For owners of the publisher that it was made to. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export const declineTransfer = (decision: Decision): Promise<void> => endTransfer(decision, 'to', 'declined');

async function endTransfer(
  { viewer, transferId, now = new Date() }: Decision,
  side: 'from' | 'to',
  state: 'cancelled' | 'declined',
): Promise<void> {
  await db().$transaction(async (tx) => {
    const transfer = await lockTransfer(tx, transferId);
    await requirePublisher(viewer, transfer[side].slug, 'namespace.transfer');
    if (transfer.state !== 'offered') requireOpen(transfer, now);
    await decide(tx, { transfer, state, viewer, now });
    await appendTransferEvent(tx, 'namespace.transfer-ended', { ...transfer, state }, viewer, now);
  });
}

/**
 * Moves the namespace to the publisher that it was offered to. Its tokens publish under it from now on and those of the
 * old holder no longer; signatures are judged by the new holder's signers. What was proved stays proved only as long as
 * the same proof is seen again: it is checked next. Throws FORBIDDEN, NOT_FOUND, CONFLICT, OFFER_EXPIRED.
 */
export async function acceptTransfer({
  viewer,
  transferId,
  now = new Date(),
}: Decision): Promise<{ namespace: string }> {
  const namespace = await db().$transaction(async (tx) => {
    const transfer = await lockTransfer(tx, transferId);
    await requirePublisher(viewer, transfer.to.slug, 'namespace.transfer');
    requireOpen(transfer, now);
    const row = await tx.namespace.findUnique({ where: { name: transfer.namespace } });
    if (row?.publisherId !== transfer.fromPublisherId) {
      throw new DomainError('CONFLICT', `${transfer.from.displayName} does not hold ${transfer.namespace} any more.`);
    }
    await tx.namespace.update({
      where: { id: row.id },
      data: { publisherId: transfer.toPublisherId, ...(row.isProven ? { nextCheckAt: now } : {}) },
    });
    await tx.namespaceClaim.deleteMany({
      where: { namespace: transfer.namespace, publisherId: { in: [transfer.fromPublisherId, transfer.toPublisherId] } },
    });
    await decide(tx, { transfer, state: 'accepted', viewer, now });
    // Sorted, so that two transfers in opposite directions do not wait for each other.
    for (const publisherId of [transfer.fromPublisherId, transfer.toPublisherId].sort())
      await recomputePublisherLevel(tx, publisherId, { actor: actorOf(viewer), now });
    const changed = await reevaluateNamespace(tx, transfer.namespace);
    await noteNamespaceOverdue(tx, [transfer.namespace]);
    await appendTransferEvent(tx, 'namespace.transferred', transfer, viewer, now, { signaturesChanged: changed });
    return transfer.namespace;
  });
  await reindexNamespaces([namespace]);
  return { namespace };
}

type Transfer = Awaited<ReturnType<typeof lockTransfer>>;

/** The transfer, with its namespace held until the transaction ends: publications and other decisions wait. */
async function lockTransfer(tx: Tx, id: string) {
  const found = await tx.namespaceTransfer.findUnique({ where: { id }, select: { namespace: true } });
  if (!found) throw new DomainError('NOT_FOUND', 'There is no such transfer.');
  await lockNamespaces(tx, [found.namespace]);
  return tx.namespaceTransfer.findUniqueOrThrow({ where: { id }, include: { from: true, to: true } });
}

async function decide(
  tx: Tx,
  {
    transfer,
    state,
    viewer,
    now,
  }: { transfer: Transfer; state: 'accepted' | 'declined' | 'cancelled'; viewer: Viewer; now: Date },
): Promise<void> {
  await tx.namespaceTransfer.update({
    where: { id: transfer.id },
    data: { state, decidedById: viewer.id, decidedAt: now },
  });
}

async function appendTransferEvent(
  tx: Tx,
  kind: EventKind,
  transfer: Pick<Transfer, 'id' | 'namespace' | 'from' | 'to' | 'state'>,
  viewer: Viewer,
  now: Date,
  data: { signaturesChanged?: number } = {},
): Promise<void> {
  await appendEvent(tx, {
    orgId: null,
    kind,
    actor: actorOf(viewer),
    subject: { namespace: transfer.namespace, from: transfer.from.slug, to: transfer.to.slug },
    data: { transfer: transfer.id, state: transfer.state, ...data },
    now,
  });
}
