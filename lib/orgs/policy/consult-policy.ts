import type { PolicyMode } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { parsePolicy } from '../allowlist/approve-version.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import { coolsUntil } from './cool-down.ts';
import { decideVersion, policyInForce } from './decide-version.ts';
import type { Outcome } from './evaluate-policy.ts';
import type { Occasion } from './schema.ts';

/** What the policy says about a version, ready to be acted upon. */
export type Consultation = {
  decisionId: string;
  mode: PolicyMode;
  /** `review` also for a version that would be approved and is too young. */
  outcome: Outcome;
  /** Sentence for people. */
  reason: string;
  /** Of what is approved without a person. */
  toolPolicy: ToolPolicy;
  /** Whose request was judged: a policy may say yes to one person and no to another. Null where nobody's was. */
  askedBy: string | null;
  /** Until when the version cools down; null when it does not. */
  waitsUntil: Date | null;
};

/**
 * Asks the policy about a version, cool-down included. Null where there is none in force. Where the version is only too
 * young, the worker looks again when it is old enough.
 */
export async function consultPolicy(
  tx: Tx,
  { orgId, versionId, occasion, now }: { orgId: string; versionId: string; occasion: Occasion; now: Date },
): Promise<Consultation | null> {
  const decision = await decideVersion(tx, { orgId, versionId, occasion, now });
  if (decision === null) return null;
  const policy = (await policyInForce(tx, orgId))!;
  const { publishedAt } = await tx.version.findUniqueOrThrow({
    where: { id: versionId },
    select: { publishedAt: true },
  });
  const waitsUntil = decision.outcome === 'approve' ? coolsUntil({ publishedAt }, policy, now) : null;
  const taken = decision.outcome === 'approve' ? await takenOff(tx, { orgId, versionId, now }) : null;
  const { principal } = decision.facts;
  const common = {
    decisionId: decision.id,
    mode: policy.mode,
    toolPolicy: parsePolicy(policy.toolPolicy),
    askedBy: principal.type === 'Person' ? principal.id : null,
    waitsUntil,
  };
  if (taken !== null)
    return {
      ...common,
      waitsUntil: null,
      outcome: 'review',
      reason: `${taken}, and only a person brings it back. ${decision.reason}`,
    };
  if (waitsUntil === null) return { ...common, outcome: decision.outcome, reason: decision.reason };
  await tx.policyTask.upsert({
    where: { orgId_versionId: { orgId, versionId } },
    create: { orgId, versionId, occasion: 'cool-down', dueAt: waitsUntil },
    update: { occasion: 'cool-down', dueAt: waitsUntil, attempts: 0 },
  });
  const reason = `Permitted, and too young: it waits until ${waitsUntil.toISOString().slice(0, 16).replace('T', ' ')} UTC. ${decision.reason}`;
  return { ...common, outcome: 'review', reason };
}

/**
 * What a person, a date or a finding took off the list is not put back by a policy that never heard of it: neither a version, nor
 * the next version of a server of which all were taken off. An end counts from its time on, not from when the job gets to it.
 */
async function takenOff(
  tx: Tx,
  { orgId, versionId, now }: { orgId: string; versionId: string; now: Date },
): Promise<string | null> {
  const entry = await tx.allowlistEntry.findFirst({
    where: { orgId, server: { versions: { some: { id: versionId } } } },
    select: {
      state: true,
      expiresAt: true,
      versions: { where: { versionId, state: { not: 'approved' } }, select: { state: true } },
    },
  });
  if (entry === null) return null;
  const [own] = entry.versions;
  if (own) return `It was ${own.state}`;
  if (entry.state !== 'approved') return `Its server was ${entry.state}`;
  return entry.expiresAt !== null && entry.expiresAt <= now ? 'The approval of its server has ended' : null;
}
