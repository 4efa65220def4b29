import { appendEvent } from '#lib/audit/append-event.ts';
import type { EventKind } from '#lib/audit/events.ts';
import { actorOf, mayOnPublisher, type PublisherRole, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { changeStatusIn } from '#lib/catalog/change-status.ts';
import { lockNamespaces } from '#lib/catalog/evaluate-signatures.ts';
import { lockServerName, recalculateLatest } from '#lib/catalog/recalculate-latest.ts';
import { movedTo } from '#lib/catalog/server-moves.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { namespaceOf, splitServerName } from '#lib/manifest/index.ts';
import { indexServers, noteOverdue } from '#lib/search/index-server.ts';
import { type OfferState, offerEnd, requireOfferMessage, requireOpen } from './offers.ts';
import { shown } from './proofs/proof-check.ts';

export const movedMessage = (toName: string): string => `Moved to ${toName}.`;

/**
 * Offers that a server goes on under another name. The holder of the new name accepts; where that is the viewer too and
 * the new server is published already, it happens at once. Throws FORBIDDEN, NOT_FOUND, CONFLICT, SERVER_MOVED,
 * UNPROCESSABLE.
 */
export async function offerMove({
  viewer,
  fromName,
  toName,
  message,
  now = new Date(),
}: {
  viewer: Viewer;
  fromName: string;
  toName: string;
  message: string;
  now?: Date;
}): Promise<{ id: string; state: OfferState }> {
  const text = requireOfferMessage(message);
  for (const name of [fromName, toName]) {
    if (splitServerName(name) === null)
      throw new DomainError('UNPROCESSABLE', `"${shown(name)}" is not a server name, such as com.example/weather.`);
  }
  if (fromName.toLowerCase() === toName.toLowerCase())
    throw new DomainError('CONFLICT', 'A server cannot move to its own name.');
  const { id, state } = await db().$transaction(async (tx) => {
    await lockBoth(tx, fromName, toName);
    await requireHolder(tx, viewer, fromName);
    if (!(await tx.server.findUnique({ where: { name: fromName } })))
      throw new DomainError('NOT_FOUND', `There is no server ${fromName}.`);
    await requireFreePath(tx, fromName, toName);
    const open = await tx.serverMove.findFirst({ where: { fromName, state: 'offered', expiresAt: { gt: now } } });
    if (open)
      throw new DomainError('CONFLICT', `${fromName} is offered to ${open.toName} already. Take that back first.`);
    const target = await tx.namespace.findUnique({
      where: { name: namespaceOf(toName) },
      include: { publisher: { include: { members: { where: { userId: viewer.id } } } } },
    });
    if (!target)
      throw new DomainError('NOT_FOUND', `Nobody holds ${namespaceOf(toName) || toName}, so nobody could accept.`);
    const move = await tx.serverMove.create({
      data: { fromName, toName, message: text, offeredById: viewer.id, offeredAt: now, expiresAt: offerEnd(now) },
    });
    await appendMoveEvent(tx, 'server.move-offered', move, viewer, now);
    const isOwn = mayMove(target.publisher.members[0]?.role ?? null);
    if (!isOwn || !(await hasPublished(tx, toName))) return move;
    await accept(tx, move, viewer, now);
    return { ...move, state: 'accepted' as const };
  });
  if (state === 'accepted') await reindex([fromName, toName]);
  return { id, state };
}

type Decision = { viewer: Viewer; moveId: string; now?: Date };

/**
 * Takes the server over: the old name takes no further versions, its versions are deprecated and say where it went.
 * Throws FORBIDDEN, NOT_FOUND, CONFLICT, SERVER_MOVED, OFFER_EXPIRED.
 */
export async function acceptMove({ viewer, moveId, now = new Date() }: Decision): Promise<{ toName: string }> {
  const move = await db().$transaction(async (tx) => {
    const locked = await lockMove(tx, moveId);
    await requireHolder(tx, viewer, locked.toName);
    requireOpen(locked, now);
    await requireOffererHolds(tx, locked);
    await requireFreePath(tx, locked.fromName, locked.toName);
    if (!(await hasPublished(tx, locked.toName))) {
      throw new DomainError('CONFLICT', `There is no version of ${locked.toName} yet. Publish one, then accept.`);
    }
    await accept(tx, locked, viewer, now);
    return locked;
  });
  await reindex([move.fromName, move.toName]);
  return { toName: move.toName };
}

/** Refuses an offer. For owners of the holder of the new name. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export async function declineMove({ viewer, moveId, now = new Date() }: Decision): Promise<void> {
  await db().$transaction(async (tx) => {
    const move = await lockMove(tx, moveId);
    await requireHolder(tx, viewer, move.toName);
    if (move.state !== 'offered') requireOpen(move, now);
    await end(tx, move, 'declined', viewer, now);
  });
}

/**
 * Takes an offer back, or a move that was accepted: then the old name may publish again. Its versions stay deprecated
 * until somebody restores them. For owners of the holder of the old name. Throws FORBIDDEN, NOT_FOUND, CONFLICT.
 */
export async function cancelMove({ viewer, moveId, now = new Date() }: Decision): Promise<void> {
  const move = await db().$transaction(async (tx) => {
    const locked = await lockMove(tx, moveId);
    await requireHolder(tx, viewer, locked.fromName);
    if (locked.state !== 'offered' && locked.state !== 'accepted') requireOpen(locked, now);
    await end(tx, locked, 'cancelled', viewer, now);
    return locked;
  });
  if (move.state === 'accepted') await reindex([move.fromName, move.toName]);
}

const mayMove = (role: PublisherRole | null) => mayOnPublisher({ role, isInstanceAdmin: false }, 'server.move');

async function requireHolder(tx: Tx, viewer: Viewer, serverName: string): Promise<void> {
  const namespace = namespaceOf(serverName);
  const held = await tx.namespace.findUnique({ where: { name: namespace }, include: { publisher: true } });
  if (!held) throw new DomainError('NOT_FOUND', `Nobody holds ${namespace || serverName}.`);
  await requirePublisher(viewer, held.publisher.slug, 'server.move');
}

/** Whoever offered must still speak for the old name: since then it may have been transferred, or they may have left. */
async function requireOffererHolds(tx: Tx, move: { fromName: string; offeredById: string }): Promise<void> {
  const held = await tx.namespace.findUnique({
    where: { name: namespaceOf(move.fromName) },
    include: { publisher: { include: { members: { where: { userId: move.offeredById } } } } },
  });
  if (mayMove(held?.publisher.members[0]?.role ?? null)) return;
  throw new DomainError('CONFLICT', `Whoever offered this does not speak for ${move.fromName} any more.`);
}

/**
 * A server moves once, and to a name that has not moved itself. Every accepted move therefore ends at a name without
 * one, so that moves never make a loop, in whatever order they are accepted: both names are locked.
 */
async function requireFreePath(tx: Tx, fromName: string, toName: string): Promise<void> {
  const gone = await movedTo(tx, fromName);
  if (gone !== null)
    throw new DomainError('SERVER_MOVED', `${fromName} goes on as ${gone} already.`, { movedTo: gone });
  const end = await movedTo(tx, toName);
  if (end === fromName) {
    throw new DomainError('CONFLICT', `${toName} goes on as ${fromName}: a move back would go round in a loop.`);
  }
  if (end !== null) throw new DomainError('CONFLICT', `${toName} goes on as ${end} itself. Move to ${end}.`);
}

const hasPublished = async (tx: Tx, serverName: string): Promise<boolean> =>
  (await tx.version.count({ where: { serverName, status: { not: 'deleted' } } })) > 0;

type Move = { id: string; fromName: string; toName: string; state: OfferState; offeredById: string; expiresAt: Date };

async function accept(tx: Tx, move: Move, viewer: Viewer, now: Date): Promise<void> {
  await tx.serverMove.update({
    where: { id: move.id },
    data: { state: 'accepted', decidedById: viewer.id, decidedAt: now },
  });
  await appendMoveEvent(tx, 'server.moved', move, viewer, now);
  // Deleted ones stay deleted, and a reason that somebody gave before stays readable.
  const rows = await tx.version.findMany({
    where: {
      serverName: move.fromName,
      OR: [{ status: 'active' }, { status: 'deprecated', statusMessage: null }],
    },
  });
  const message = movedMessage(move.toName);
  const actor = actorOf(viewer);
  await changeStatusIn(tx, { rows, serverName: move.fromName, status: 'deprecated', message, actor, now });
  await recalculateLatest(tx, move.fromName, now);
  await noteBothOverdue(tx, move);
}

async function noteBothOverdue(tx: Tx, { fromName, toName }: Pick<Move, 'fromName' | 'toName'>): Promise<void> {
  const servers = await tx.server.findMany({ where: { name: { in: [fromName, toName] } }, select: { id: true } });
  await noteOverdue(
    tx,
    servers.map(({ id }) => id),
  );
}

async function end(tx: Tx, move: Move, state: 'declined' | 'cancelled', viewer: Viewer, now: Date): Promise<void> {
  await tx.serverMove.update({ where: { id: move.id }, data: { state, decidedById: viewer.id, decidedAt: now } });
  if (move.state === 'accepted') await noteBothOverdue(tx, move);
  await appendMoveEvent(tx, 'server.move-ended', { ...move, state }, viewer, now);
}

/** In the order of every publication: namespaces, then names, each sorted. */
async function lockBoth(tx: Tx, fromName: string, toName: string): Promise<void> {
  await lockNamespaces(tx, [namespaceOf(fromName), namespaceOf(toName)]);
  for (const name of [fromName, toName].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)))
    await lockServerName(tx, name);
}

async function lockMove(tx: Tx, id: string): Promise<Move> {
  const found = await tx.serverMove.findUnique({ where: { id } });
  if (!found) throw new DomainError('NOT_FOUND', 'There is no such move.');
  await lockBoth(tx, found.fromName, found.toName);
  return tx.serverMove.findUniqueOrThrow({ where: { id } });
}

async function reindex(names: string[]): Promise<void> {
  const servers = await db().server.findMany({ where: { name: { in: names } }, select: { id: true } });
  await indexServers(servers.map(({ id }) => id));
}

async function appendMoveEvent(tx: Tx, kind: EventKind, move: Move, viewer: Viewer, now: Date): Promise<void> {
  await appendEvent(tx, {
    orgId: null,
    kind,
    actor: actorOf(viewer),
    subject: { server: move.fromName, to: move.toName },
    data: { move: move.id, state: move.state },
    now,
  });
}
