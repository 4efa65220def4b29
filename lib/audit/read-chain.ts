import { type Db, db } from '#lib/db/db.ts';
import { type ChainedEvent, type ChainPoint, chainedEvent, GENESIS } from './chain.ts';

const BATCH = 500;

/** The events of a chain in order from `from` to `to`, a few hundred at a time: a chain of any length fits into memory. */
export async function* readChain(
  { chain, from, to, kind }: { chain: string; from: number; to: number; kind?: string | null },
  database: Db = db(),
): AsyncGenerator<ChainedEvent & { hash: string }> {
  for (let after = from - 1; after < to; ) {
    const rows = await database.auditEvent.findMany({
      where: { chain, seq: { gt: after, lte: to }, ...kindFilter(kind) },
      orderBy: { seq: 'asc' },
      take: BATCH,
    });
    for (const row of rows) yield chainedEvent(row);
    if (rows.length < BATCH) return;
    after = rows.at(-1)!.seq;
  }
}

/** `allowlist.revoked`, or `allowlist.*` for all whose kind begins so. */
export const kindFilter = (kind: string | null | undefined) => {
  if (!kind || kind === '*') return {};
  return kind.endsWith('.*') ? { kind: { startsWith: kind.slice(0, -1) } } : { kind };
};

/** What retention left a chain to go on from. */
export async function chainStart(chain: string, database: Pick<Db, 'auditCheckpoint'> = db()): Promise<ChainPoint> {
  const checkpoint = await database.auditCheckpoint.findFirst({
    where: { chain },
    orderBy: { seq: 'desc' },
    select: { seq: true, hash: true },
  });
  return checkpoint ?? GENESIS;
}

/** The newest event of a chain; the chain's start where there is none. */
export async function chainHead(chain: string, database: Db = db()): Promise<ChainPoint> {
  const last = await database.auditEvent.findFirst({
    where: { chain },
    orderBy: { seq: 'desc' },
    select: { seq: true, hash: true },
  });
  return last ?? (await chainStart(chain, database));
}
