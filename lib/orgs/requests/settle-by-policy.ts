import { appendEvent } from '#lib/audit/append-event.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { consultPolicy } from './consult-policy.ts';
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
    // What cannot be approved without a person, e.g. because its tools were not seen, waits for one.
    if (error instanceof DomainError) return null;
    throw error;
  }
  await tx.approvalRequest.update({
    where: { id: requestId },
    data: { state: 'approved', decision: reason, decidedAt: now, updatedAt: now },
  });
  await appendEvent(tx, {
    orgId: org.id,
    kind: 'request.approved',
    actor: POLICY,
    subject: { server: target.serverName, version: target.version, request: requestId },
    data: { reason },
    now,
  });
  return publishFeed(tx, {
    orgId: org.id,
    reason: `policy approved ${target.serverName} ${target.version}`,
    actor: POLICY,
    now,
  });
}
