import { isDeepStrictEqual } from 'node:util';
import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor, EventKind } from '#lib/audit/events.ts';
import { lockNamespaces } from '#lib/catalog/evaluate-signatures.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';
import { noteNamespaceOverdue } from '../hold-namespace.ts';
import { recomputePublisherLevel } from '../recompute-publisher-level.ts';
import { LAPSE_MS, nextCheckAfter, nextCheckAfterFailure, nextCheckAfterSilence } from './next-check.ts';
import type { Proof, ProofCheck } from './types.ts';

/** Answers that say nothing about the proof: they neither keep it alive nor count against it. */
const UNDECIDED: ReadonlySet<ProofCheck['code']> = new Set(['GITHUB_UNAVAILABLE']);

export type Outcome = {
  /** Whether the mark of the namespace changed: then its servers have to be indexed. */
  isChanged: boolean;
  state: 'holds' | 'fails' | 'lapsed' | 'undecided' | 'outdated';
};

/**
 * Writes down what a later look at a namespace's proof saw. A proof that fails for seven days lapses: the namespace is not
 * proven until it holds again. `outdated` when the namespace was proven anew meanwhile.
 */
export async function recordCheck({
  namespace,
  proof,
  check,
  actor,
  now,
}: {
  namespace: string;
  proof: Proof;
  check: ProofCheck;
  actor: Actor;
  now: Date;
}): Promise<Outcome> {
  return db().$transaction(async (tx) => {
    await lockNamespaces(tx, [namespace]);
    const row = await tx.namespace.findUnique({
      where: { name: namespace },
      include: { publisher: { select: { id: true, slug: true } } },
    });
    if (!row || !isDeepStrictEqual(row.proof, proof)) {
      return { isChanged: false, state: 'outdated' };
    }
    const lastCheck = check as unknown as Prisma.InputJsonObject;
    const write = (data: Prisma.NamespaceUpdateInput) =>
      tx.namespace.update({ where: { id: row.id }, data: { lastCheck, ...data } });
    const tell = (kind: EventKind) =>
      appendEvent(tx, {
        orgId: null,
        kind,
        actor,
        subject: { namespace, publisher: row.publisher.slug },
        data: { code: check.code, proof: proof.kind },
        now,
      });
    const changeMark = async (isProven: boolean) => {
      await write({ isProven });
      await recomputePublisherLevel(tx, row.publisher.id, { actor, now });
      await noteNamespaceOverdue(tx, [namespace]);
      const versions = await tx.version.findMany({ where: { server: { namespace } }, select: { id: true } });
      await enqueuePolicyTasks(tx, { versionIds: versions.map(({ id }) => id), occasion: 'signature', now });
    };

    if (UNDECIDED.has(check.code)) {
      await write({ nextCheckAt: nextCheckAfterSilence(now) });
      return { isChanged: false, state: 'undecided' };
    }
    if (check.ok) {
      await write({ confirmedAt: now, failingSince: null, nextCheckAt: nextCheckAfter(now) });
      if (row.failingSince) await tell('namespace.recovered');
      if (!row.isProven) await changeMark(true);
      return { isChanged: !row.isProven, state: 'holds' };
    }
    const failingSince = row.failingSince ?? now;
    await write({ failingSince, nextCheckAt: nextCheckAfterFailure(now) });
    if (!row.failingSince) await tell('namespace.check-failed');
    if (!row.isProven || now.getTime() - failingSince.getTime() < LAPSE_MS) return { isChanged: false, state: 'fails' };
    await tell('namespace.lapsed');
    await changeMark(false);
    return { isChanged: true, state: 'lapsed' };
  });
}
