import type { Actor } from '#lib/audit/events.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { reindexNamespaces } from '#lib/catalog/reevaluate-namespace.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { outbound as defaultOutbound, type Outbound } from '#lib/outbound/index.ts';
import { lookAgain } from './look-again.ts';
import { type Outcome, recordCheck } from './record-check.ts';
import { forgetOldProofs } from './spend-proof.ts';
import type { Proof, ProofCheck } from './types.ts';

const ACTOR: Actor = { type: 'system', name: 'Proof check' };
const PROVABLE = ['github', 'dns', 'http'] as const;
/** Looks at the same time. */
const PARALLEL = 5;
/** How long a namespace stays with the worker that took it. */
const LEASE_MS = 3_600_000;

export type Rechecked = { checked: number; failed: number; lapsed: number };

/**
 * Looks again at the proofs that are due, at most `limit` of them, and writes down what was seen. Several workers may run
 * it: each namespace is taken by one. Also forgets what is too old to be replayed.
 */
export async function recheckNamespaces({
  now,
  outbound = defaultOutbound(),
  limit,
  signal,
}: {
  now: Date;
  outbound?: Outbound;
  limit: number;
  signal?: AbortSignal | undefined;
}): Promise<Rechecked> {
  await forgetOldProofs(db(), now);
  const due = await db().namespace.findMany({
    where: { nextCheckAt: { lte: now }, proofKind: { in: [...PROVABLE] } },
    orderBy: { nextCheckAt: 'asc' },
    take: limit,
    select: { id: true, name: true, nextCheckAt: true, proof: true },
  });
  const result: Rechecked = { checked: 0, failed: 0, lapsed: 0 };
  for (let i = 0; i < due.length && !signal?.aborted; i += PARALLEL) {
    const outcomes = await Promise.all(
      due.slice(i, i + PARALLEL).map(async ({ id, name, nextCheckAt, proof }) => {
        const { count } = await db().namespace.updateMany({
          where: { id, nextCheckAt },
          data: { nextCheckAt: new Date(now.getTime() + LEASE_MS) },
        });
        if (count === 0) return null;
        return look({ namespace: name, proof: proof as unknown as Proof, actor: ACTOR, now, outbound });
      }),
    );
    for (const outcome of outcomes) {
      if (!outcome) continue;
      result.checked += 1;
      if (!outcome.check.ok) result.failed += 1;
      if (outcome.state === 'lapsed') result.lapsed += 1;
    }
  }
  return result;
}

const BATCH = 50;
/** Less than the queue gives a job; what is left waits for the next. */
const RUN_MS = 10 * 60_000;

/** Looks at everything that is due, batch by batch, for as long as a job may take. */
export async function recheckDue({ signal }: { signal?: AbortSignal } = {}): Promise<Rechecked> {
  const total: Rechecked = { checked: 0, failed: 0, lapsed: 0 };
  const end = Date.now() + RUN_MS;
  while (Date.now() < end && !signal?.aborted) {
    const { checked, failed, lapsed } = await recheckNamespaces({ now: new Date(), limit: BATCH, signal });
    total.checked += checked;
    total.failed += failed;
    total.lapsed += lapsed;
    if (checked === 0) break;
  }
  return total;
}

/** Looks at the proof of a held namespace now, for a member of its publisher. Throws NOT_FOUND, FORBIDDEN, CONFLICT. */
export async function checkNamespaceNow({
  viewer,
  namespace,
  now = new Date(),
  outbound = defaultOutbound(),
}: {
  viewer: Viewer;
  namespace: string;
  now?: Date;
  outbound?: Outbound;
}): Promise<ProofCheck> {
  const row = await db().namespace.findUnique({ where: { name: namespace }, include: { publisher: true } });
  if (!row) throw new DomainError('NOT_FOUND', `Nobody holds ${namespace}.`);
  await requirePublisher(viewer, row.publisher.slug, 'publisher.read');
  if (!(PROVABLE as readonly string[]).includes(row.proofKind)) {
    throw new DomainError('CONFLICT', `${namespace} was granted by an admin: there is no proof to look at. Claim it.`);
  }
  const proof = row.proof as unknown as Proof;
  return (await look({ namespace, proof, actor: actorOf(viewer), now, outbound })).check;
}

async function look({
  namespace,
  proof,
  actor,
  now,
  outbound,
}: {
  namespace: string;
  proof: Proof;
  actor: Actor;
  now: Date;
  outbound: Outbound;
}): Promise<Outcome & { check: ProofCheck }> {
  const check = await lookAgain({ proof, now, outbound });
  const outcome = await recordCheck({ namespace, proof, check, actor, now });
  if (outcome.isChanged) await reindexNamespaces([namespace]);
  return { ...outcome, check };
}
