import { type Db, db } from '#lib/db/db.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { appendEvent } from './append-event.ts';
import { type ChainBreak, type ChainPoint, chainCheck, GENESIS } from './chain.ts';
import { chainHead, chainStart, readChain } from './read-chain.ts';

export type ChainState = {
  /** When it was looked at. */
  at: string;
  /** The first event that is kept; 1 where nothing was removed. */
  from: number;
  /** The last event that holds. */
  head: ChainPoint;
  broken: ChainBreak | null;
};

const settingKey = (chain: string) => `audit-state:${chain}`;

/** What the last verification found; null before the first. */
export async function lastChainState(chain: string): Promise<ChainState | null> {
  const row = await db().instanceSetting.findUnique({ where: { key: settingKey(chain) } });
  return (row?.value as ChainState | undefined) ?? null;
}

/**
 * Checks a stored chain from its start, or from what retention left, to its newest event, and keeps the result. An end
 * that lies before the one that was found the last time is a break too. A break that is new becomes an event, so that
 * owners hear of it.
 */
export async function verifyChain(chain: string, { now }: { now: Date }, database: Db = db()): Promise<ChainState> {
  const known = await lastChainState(chain);
  let start: ChainPoint;
  let found: Awaited<ReturnType<typeof walk>>;
  do {
    start = await chainStart(chain, database);
    found = await walk({ chain, start, known }, database);
    // Retention may have removed the beginning meanwhile.
  } while (found.broken && (await chainStart(chain, database)).seq !== start.seq);
  const state: ChainState = { at: now.toISOString(), from: start.seq + 1, head: found.head, broken: found.broken };
  await keep(chain, { state, known, now }, database);
  return state;
}

async function walk(
  { chain, start, known }: { chain: string; start: ChainPoint; known: ChainState | null },
  database: Db,
): Promise<Pick<ChainState, 'head' | 'broken'>> {
  const check = chainCheck(start);
  const { seq: to } = await chainHead(chain, database);
  let knownHash: string | null = start.seq === known?.head.seq ? start.hash : null;
  for await (const event of readChain({ chain, from: 1, to }, database)) {
    if (event.seq === known?.head.seq) knownHash = event.hash;
    const broken = check.push(event);
    if (broken) return { head: check.head(), broken };
  }
  const broken = known ? lostHead({ known: known.head, knownHash, start }) : null;
  return { head: check.head(), broken };
}

/** Whether the end that was verified before is still part of the chain. */
function lostHead({
  known,
  knownHash,
  start,
}: {
  known: ChainPoint;
  knownHash: string | null;
  start: ChainPoint;
}): ChainBreak | null {
  if (known.seq === GENESIS.seq || known.seq < start.seq || knownHash === known.hash) return null;
  const message =
    knownHash === null
      ? `event ${known.seq} was there when the chain was last verified and is missing`
      : `event ${known.seq} is another one than when the chain was last verified`;
  return { seq: known.seq, message };
}

async function keep(
  chain: string,
  { state, known, now }: { state: ChainState; known: ChainState | null; now: Date },
  database: Db,
): Promise<void> {
  // The end that was known stays on record with the break: a later run must find the same.
  const head = state.broken && known ? known.head : state.head;
  const value = { ...state, head } as unknown as JsonObject;
  const key = settingKey(chain);
  await database.$transaction(async (tx) => {
    if (state.broken && !known?.broken) {
      await appendEvent(tx, {
        orgId: chain === 'instance' ? null : chain,
        kind: 'audit.break-found',
        actor: { type: 'system', name: 'Hallmark' },
        subject: { event: state.broken.seq },
        data: { message: state.broken.message },
        now,
      });
    }
    await tx.instanceSetting.upsert({ where: { key }, create: { key, value }, update: { value } });
  });
}
