import { personName } from '#lib/auth/person-name.ts';
import { db } from '#lib/db/db.ts';
import { type OfferState, offerState } from './offers.ts';

type Common = {
  id: string;
  state: OfferState | 'expired';
  message: string;
  offeredBy: string;
  offeredAt: string;
  expiresAt: string;
  decidedBy: string | null;
  decidedAt: string | null;
};
type Side = { slug: string; displayName: string };

export type TransferView = Common & { namespace: string; from: Side; to: Side };
export type MoveView = Common & {
  fromName: string;
  toName: string;
  /** Whether a version of the new name exists, which accepting needs. */
  isTargetPublished: boolean;
};

/** What came and what went, the newest first. `incoming` waits for this publisher, `outgoing` for another one. */
export type Offers<View> = { incoming: View[]; outgoing: View[]; past: View[] };

/** Ended offers that pages show. */
const SHOWN_PAST = 50;
const NEWEST_FIRST = { offeredAt: 'desc' } as const;

type Row = {
  id: string;
  state: OfferState;
  message: string;
  offeredById: string;
  offeredAt: Date;
  expiresAt: Date;
  decidedById: string | null;
  decidedAt: Date | null;
};

/** Transfers of namespaces from and to a publisher. */
export async function listTransfers(
  publisher: { id: string; slug: string },
  now = new Date(),
): Promise<Offers<TransferView>> {
  const side = { select: { slug: true, displayName: true } };
  const rows = await db().namespaceTransfer.findMany({
    where: { OR: [{ fromPublisherId: publisher.id }, { toPublisherId: publisher.id }] },
    orderBy: NEWEST_FIRST,
    take: 2 * SHOWN_PAST,
    include: { from: side, to: side },
  });
  const views = await withCommon(rows, now, ({ namespace, from, to }) => ({ namespace, from, to }));
  return sortOffers(views, ({ to }) => to.slug === publisher.slug);
}

/** Moves of servers to and from names under these namespaces. */
export async function listMoves(namespaces: readonly string[], now = new Date()): Promise<Offers<MoveView>> {
  const under = (field: 'fromName' | 'toName') =>
    namespaces.map((namespace) => ({ [field]: { startsWith: `${namespace}/` } }));
  const rows = await db().serverMove.findMany({
    where: { OR: [...under('fromName'), ...under('toName')] },
    orderBy: NEWEST_FIRST,
    take: 2 * SHOWN_PAST,
  });
  const published = await db().server.findMany({
    where: { name: { in: rows.map(({ toName }) => toName) }, versions: { some: { status: { not: 'deleted' } } } },
    select: { name: true },
  });
  const targets = new Set(published.map(({ name }) => name));
  const views = await withCommon(rows, now, ({ fromName, toName }) => ({
    fromName,
    toName,
    isTargetPublished: targets.has(toName),
  }));
  return sortOffers(views, ({ toName }) => namespaces.some((namespace) => toName.startsWith(`${namespace}/`)));
}

async function withCommon<R extends Row, Own>(rows: R[], now: Date, own: (row: R) => Own): Promise<(Common & Own)[]> {
  const ids = rows.flatMap(({ offeredById, decidedById }) => [offeredById, ...(decidedById ? [decidedById] : [])]);
  const users = await db().user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, email: true } });
  const names = new Map(users.map((user) => [user.id, personName(user)]));
  const nameOf = (id: string) => names.get(id) ?? 'somebody whose account is gone';
  return rows.map((row) => ({
    ...own(row),
    id: row.id,
    state: offerState(row, now),
    message: row.message,
    offeredBy: nameOf(row.offeredById),
    offeredAt: row.offeredAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    decidedBy: row.decidedById && nameOf(row.decidedById),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  }));
}

function sortOffers<View extends Common>(views: View[], isIncoming: (view: View) => boolean): Offers<View> {
  const open = views.filter(({ state }) => state === 'offered');
  return {
    incoming: open.filter(isIncoming),
    outgoing: open.filter((view) => !isIncoming(view)),
    past: views.filter(({ state }) => state !== 'offered').slice(0, SHOWN_PAST),
  };
}
