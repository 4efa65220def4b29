import { appendEvent } from '#lib/audit/append-event.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type Consultation, consultPolicy } from '../policy/consult-policy.ts';
import { grantRequest } from './grant-request.ts';
import type { RequestTarget } from './request-target.ts';

const POLICY = { type: 'system', name: 'Policy' } as const;

/**
 * Lets the organization's policy look at a request that was just opened. In automatic mode it approves what passes; the rest waits
 * with its verdict for a person. Returns the new serial, or null when it waits.
 */
export async function settleByPolicy(
  tx: Tx,
  {
    org,
    requestId,
    target,
    now,
  }: { org: { id: string; slug: string; displayName: string }; requestId: string; target: RequestTarget; now: Date },
): Promise<number | null> {
  const verdict = await consultPolicy(tx, { orgId: org.id, versionId: target.versionId, occasion: 'request', now });
  if (!verdict) return null;
  await tx.approvalRequest.update({ where: { id: requestId }, data: { decisionId: verdict.decisionId } });
  if (verdict.mode !== 'automatic' || verdict.outcome !== 'approve') return null;
  if (!(await grantByPolicy(tx, { org, requestId, target, verdict, now }))) return null;
  return publishFeed(tx, {
    orgId: org.id,
    reason: `policy approved ${target.serverName} ${target.version}`,
    actor: POLICY,
    now,
  });
}

/**
 * Grants an open request that the policy approved, without publishing. False where it cannot be approved without a person, e.g.
 * because its tools were not seen: then it stays open.
 */
export async function grantByPolicy(
  tx: Tx,
  {
    org,
    requestId,
    target,
    verdict,
    now,
  }: {
    org: { id: string };
    requestId: string;
    target: RequestTarget;
    verdict: Pick<Consultation, 'reason' | 'toolPolicy' | 'decisionId'>;
    now: Date;
  },
): Promise<boolean> {
  const request = await tx.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
  const reason = `The policy approves it: ${verdict.reason}`;
  try {
    await grantRequest(tx, {
      org,
      actor: POLICY,
      request,
      target,
      standardPolicy: verdict.toolPolicy,
      reason,
      source: 'policy',
      decisionId: verdict.decisionId,
      now,
    });
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
  const { count } = await tx.approvalRequest.updateMany({
    where: { id: requestId, state: { in: ['open', 'asked'] } },
    data: { state: 'approved', decision: reason, decidedAt: now, updatedAt: now },
  });
  // The approval itself closes what it answers.
  if (count === 0) return true;
  await appendEvent(tx, {
    orgId: org.id,
    kind: 'request.approved',
    actor: POLICY,
    subject: { server: target.serverName, version: target.version, request: requestId },
    data: { reason },
    now,
  });
  return true;
}
