import { appendEvent } from '#lib/audit/append-event.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { decideTool, resolveTools, type ToolPolicy } from '../allowlist/tool-policy.ts';
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
 * Grants an open request that the policy approved, without publishing. False where it takes a person: somebody else's request was judged, its
 * tools were not seen, the policy does not give one of those that were asked for, or the version is approved already, with what somebody chose and saw.
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
    verdict: Pick<Consultation, 'reason' | 'toolPolicy' | 'decisionId' | 'askedBy'>;
    now: Date;
  },
): Promise<boolean> {
  const request = await tx.approvalRequest.findUniqueOrThrow({ where: { id: requestId } });
  if (request.requesterId !== verdict.askedBy) return false;
  const toolPolicy = toolsWithin(request.toolPolicy as ToolPolicy | null, { target, standard: verdict.toolPolicy });
  if (toolPolicy === null || (await isApproved(tx, { orgId: org.id, target }))) return false;
  const reason = `The policy approves it: ${verdict.reason}`;
  try {
    await grantRequest(tx, {
      org,
      actor: POLICY,
      request,
      target,
      toolPolicy,
      isByPolicy: true,
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

const isApproved = async (tx: Tx, { orgId, target }: { orgId: string; target: RequestTarget }): Promise<boolean> =>
  (await tx.allowlistVersion.count({
    where: { versionId: target.versionId, state: 'approved', entry: { orgId, state: 'approved' } },
  })) > 0;

/** What was asked for, as strict as the policy is about each tool; null where it gives one of them to nobody without a person. */
function toolsWithin(
  asked: ToolPolicy | null,
  { target, standard }: { target: RequestTarget; standard: ToolPolicy },
): ToolPolicy | null {
  if (asked === null) return standard;
  const wanted = resolveTools(asked, target.tools ?? []);
  const decided = wanted.allowed.map((name) => [name, decideTool(standard, name).decision] as const);
  if (decided.some(([, decision]) => decision === 'deny')) return null;
  const asks = new Set(wanted.asked);
  // A name that reads as a pattern would give more than itself.
  const exact = decided.filter(([name]) => !/[*?]/.test(name));
  return {
    default: 'deny',
    rules: Object.fromEntries(exact.map(([name, decision]) => [name, asks.has(name) ? 'ask' : decision])),
  };
}
