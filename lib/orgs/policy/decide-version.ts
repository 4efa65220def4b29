import type { PolicyDecision } from '#lib/db/client/client.ts';
import type { Prisma, Tx } from '#lib/db/db.ts';
import { evaluatePolicy, sayVerdict, type Verdict } from './evaluate-policy.ts';
import { factsSha256, type PolicyFacts } from './facts.ts';
import { loadFacts } from './load-facts.ts';
import type { Occasion } from './schema.ts';

/** The policy that is in force, whatever its mode; null when the organization never saved one. */
export const policyInForce = (tx: Tx, orgId: string) =>
  tx.orgPolicy.findFirst({ where: { orgId }, orderBy: { version: 'desc' } });

export type Decision = Pick<PolicyDecision, 'id' | 'outcome' | 'policyVersion' | 'factsSha256'> & {
  verdict: Verdict;
  facts: PolicyFacts;
  /** Sentence for people. */
  reason: string;
};

/**
 * Has the organization's policy decide about a version, and keeps the decision with the facts that it saw. It changes
 * nothing else. Null where the policy is off, there is none, or there is no such version. The same facts under the same
 * policy are one decision, however often it is asked.
 */
export async function decideVersion(
  tx: Tx,
  { orgId, versionId, occasion, now }: { orgId: string; versionId: string; occasion: Occasion; now: Date },
): Promise<Decision | null> {
  const policy = await policyInForce(tx, orgId);
  if (policy === null || policy.mode === 'off') return null;
  const [loaded] = await loadFacts(tx, { orgId, versionIds: [versionId], occasion, now });
  if (!loaded) return null;
  const { facts, row } = loaded;
  const verdict = evaluatePolicy(policy.cedar, facts);
  const sha256 = factsSha256(facts);
  const last = await tx.policyDecision.findFirst({
    where: { orgId, versionId },
    orderBy: [{ decidedAt: 'desc' }, { id: 'desc' }],
    select: { id: true, policyVersion: true, factsSha256: true, outcome: true },
  });
  const isSame =
    last?.policyVersion === policy.version && last.factsSha256 === sha256 && last.outcome === verdict.outcome;
  const stored = isSame
    ? last
    : await tx.policyDecision.create({
        data: {
          orgId,
          serverId: row.serverId,
          versionId,
          policyVersion: policy.version,
          outcome: verdict.outcome,
          occasion,
          facts: facts as unknown as Prisma.InputJsonValue,
          factsSha256: sha256,
          deciding: verdict.deciding as unknown as Prisma.InputJsonValue,
          errors: verdict.errors,
          decidedAt: now,
        },
        select: { id: true, policyVersion: true, factsSha256: true, outcome: true },
      });
  return { ...stored, verdict, facts, reason: sayVerdict(verdict) };
}
