import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { ApprovalRequest } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError, type ErrorCode } from '#lib/http/domain-error.ts';
import type { EntryTerms } from '../allowlist/approve-in-transaction.ts';
import { parsePolicy, requireReason } from '../allowlist/approve-version.ts';
import { revokeInTransaction } from '../allowlist/revoke-version.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import { orgTransaction } from '../org-transaction.ts';
import { approvalSource } from '../policy/exceptions.ts';
import { orgSettings } from '../settings.ts';
import { grantRequest } from './grant-request.ts';
import { requestTarget } from './request-target.ts';

/** Requests that one decision may be about. */
export const MAX_AT_ONCE = 200;

export type RequestDecision =
  | {
      kind: 'approve';
      reason: string;
      /** The reviewer's own choice; without it, what was asked for. */
      toolPolicy?: ToolPolicy;
      terms?: EntryTerms;
      /** Approved although the policy denies it: needs an owner and an end. */
      isException?: boolean;
      /** The digest of the tools that the reviewer was shown; for one request alone. */
      seenToolsDigest?: string;
    }
  | { kind: 'deny'; reason: string };

export type DecidedRequests = {
  /** The feed's serial after it; null when nothing that is allowed changed. */
  serial: number | null;
  done: { id: string; server: string; version: string }[];
  /** Those that stay as they were, each with why. */
  left: { id: string; server: string; version: string; code: ErrorCode; message: string }[];
};

/**
 * Decides about one request or many with the same words, in one transaction and one publication. One that cannot be decided so (no
 * tools seen, denied, decided before) stays in the queue and is named with its reason; the others are decided. Denying a request about
 * a version that changed revokes that version. Throws NOT_FOUND, FORBIDDEN, UNPROCESSABLE; with one request alone also its own error.
 */
export async function decideRequests({
  viewer,
  orgSlug,
  ids,
  decision,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  ids: readonly string[];
  decision: RequestDecision;
  now?: Date;
}): Promise<DecidedRequests> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const reason = requireReason(decision.reason);
  const wanted = [...new Set(ids)];
  if (wanted.length === 0 || wanted.length > MAX_AT_ONCE)
    throw new DomainError('UNPROCESSABLE', `Choose between 1 and ${MAX_AT_ONCE} requests.`);
  return orgTransaction(org.id, async (tx) => {
    const [rows, { settings }] = await Promise.all([
      tx.approvalRequest.findMany({
        where: { id: { in: wanted }, orgId: org.id },
        include: { server: { select: { name: true } } },
        orderBy: { createdAt: 'asc' },
      }),
      tx.org.findUniqueOrThrow({ where: { id: org.id }, select: { settings: true } }),
    ]);
    if (rows.length < wanted.length)
      throw new DomainError('NOT_FOUND', `${org.displayName} has no such request. Reload the page.`);
    const { fourEyes } = orgSettings(settings);
    // All at once and in one order, before anything is told: a scan takes them before the chain of events too.
    await tx.$queryRaw`
      select v.id from "Version" v join "ApprovalRequest" r on r."serverId" = v."serverId" and r.version = v.version
      where r.id = any(${wanted}) order by v.id for share of v`;
    const result: DecidedRequests = { serial: null, done: [], left: [] };
    let changesFeed = false;
    for (const { server, ...request } of rows) {
      const named = { id: request.id, server: server.name, version: request.version };
      try {
        requireOpen(request);
        if (fourEyes && request.requesterId === viewer.id && decision.kind === 'approve')
          throw new DomainError('FORBIDDEN', `${org.displayName} wants somebody else to approve what you asked for.`);
        const changed = await decideOne(tx, { org, viewer, request, serverName: server.name, decision, reason, now });
        changesFeed ||= changed;
        result.done.push(named);
      } catch (error) {
        if (!(error instanceof DomainError) || rows.length === 1) throw error;
        result.left.push({ ...named, code: error.code, message: error.message });
      }
    }
    if (changesFeed) {
      const about = result.done.map(({ server, version }) => `${server} ${version}`);
      const verb = decision.kind === 'approve' ? 'approved' : 'revoked';
      result.serial = await publishFeed(tx, {
        orgId: org.id,
        reason: about.length > 3 ? `${verb} ${about.length} requests` : `${verb} ${about.join(', ')}`,
        actor: actorOf(viewer),
        now,
      });
    }
    return result;
  });
}

function requireOpen(request: ApprovalRequest): void {
  if (request.state === 'open' || request.state === 'asked') return;
  throw new DomainError('REQUEST_CLOSED', `This request is ${request.state} already. Reload the page.`);
}

/** True when what is allowed changed. Whatever throws here has written nothing yet. */
async function decideOne(
  tx: Tx,
  {
    org,
    viewer,
    request,
    serverName,
    decision,
    reason,
    now,
  }: {
    org: { id: string };
    viewer: Viewer;
    request: ApprovalRequest;
    serverName: string;
    decision: RequestDecision;
    reason: string;
    now: Date;
  },
): Promise<boolean> {
  const actor = actorOf(viewer);
  const subject = { server: serverName, version: request.version, request: request.id };
  const closed = { decision: reason, decidedAt: now, decidedById: viewer.id, updatedAt: now };
  if (decision.kind === 'deny') {
    const revokes = request.kind === 'drift';
    const revoked = revokes
      ? await revokeInTransaction(tx, { org, actor, serverName, version: request.version, reason, now })
      : [];
    await tx.approvalRequest.update({ where: { id: request.id }, data: { ...closed, state: 'denied' } });
    await appendEvent(tx, { orgId: org.id, kind: 'request.denied', actor, subject, data: { reason }, now });
    return revoked.length > 0;
  }
  const target = await requestTarget(tx, serverName, request.version);
  const terms = decision.terms ?? {};
  // What is checked is what is written: an entry that is there would keep its own end, or none.
  const exceptionTerms = { ownerId: terms.ownerId ?? viewer.id, expiresAt: terms.expiresAt ?? request.until };
  const { source, decisionId } = await approvalSource(tx, {
    orgId: org.id,
    versionId: target.versionId,
    terms: exceptionTerms,
    now,
  });
  // Somebody who decides about many with one word does not make exceptions by the way.
  if (source === 'exception' && !decision.isException)
    throw new DomainError(
      'UNPROCESSABLE',
      'The policy denies this version. Open the request and approve it as an exception.',
    );
  await grantRequest(tx, {
    org,
    actor,
    request,
    target,
    toolPolicy: decision.toolPolicy && parsePolicy(decision.toolPolicy),
    terms: source === 'exception' ? { ...terms, ...exceptionTerms } : terms,
    reason,
    source,
    decisionId: decisionId ?? request.decisionId,
    seenToolsDigest: decision.seenToolsDigest,
    now,
  });
  await tx.approvalRequest.update({
    where: { id: request.id },
    data: { ...closed, state: 'approved', conditions: terms.conditions || null },
  });
  await appendEvent(tx, {
    orgId: org.id,
    kind: 'request.approved',
    actor,
    subject,
    data: { reason, ...(terms.conditions ? { conditions: terms.conditions } : {}) },
    now,
  });
  return true;
}
