import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '../org-transaction.ts';
import { approvalSource } from '../policy/exceptions.ts';
import { orgSettings } from '../settings.ts';
import { type ApprovedVersion, approveInTransaction, type EntryTerms } from './approve-in-transaction.ts';
import { type ToolPolicy, toolPolicySchema } from './tool-policy.ts';

/** What an approval pins: everything a gateway compares. */
export type Approval = { serial: number } & Pick<ApprovedVersion, 'allowedTools' | 'unmatchedPatterns' | 'range'>;

/**
 * Puts one version of a server on the organization's allowlist with the tools that the policy allows, and publishes the
 * feed, in one transaction. Tools, digests, packages and signer are pinned as they are now; approving again pins anew.
 * Throws NOT_FOUND, FORBIDDEN, UNPROCESSABLE, DENIED, CONFLICT (`seenToolsDigest`), and NO_TOOLS_SEEN when no scan has seen the version's tools: there would
 * be nothing to pin, and a gateway would have nothing to compare.
 */
export async function approveVersion({
  viewer,
  orgSlug,
  serverName,
  version,
  toolPolicy,
  reason,
  terms,
  seenToolsDigest,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  serverName: string;
  version: string;
  toolPolicy: ToolPolicy;
  reason: string;
  terms?: EntryTerms;
  /** The digest of the tools that the reviewer was shown. Given, an approval of anything else is refused. */
  seenToolsDigest?: string;
  now?: Date;
}): Promise<Approval> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const policy = parsePolicy(toolPolicy);
  const why = requireReason(reason);
  return orgTransaction(org.id, async (tx) => {
    const actor = actorOf(viewer);
    const row = await tx.version.findUnique({
      where: { serverName_version: { serverName, version } },
      select: { id: true },
    });
    if (!row) throw new DomainError('NOT_FOUND', `There is no version ${version} of ${serverName}.`);
    await requireOtherEyes(tx, { org, viewer, serverName, version });
    const { source, decisionId } = await approvalSource(tx, {
      orgId: org.id,
      versionId: row.id,
      terms: { ownerId: terms?.ownerId ?? viewer.id, expiresAt: terms?.expiresAt },
      now,
    });
    const { allowedTools, unmatchedPatterns, range } = await approveInTransaction(tx, {
      org,
      actor,
      serverName,
      version,
      toolPolicy: policy,
      terms: source === 'exception' ? { ...terms, ownerId: terms?.ownerId ?? viewer.id } : terms,
      reason: why,
      source,
      decisionId,
      seenToolsDigest,
      now,
    });
    const serial = await publishFeed(tx, { orgId: org.id, reason: `approved ${serverName} ${version}`, actor, now });
    return { serial, allowedTools, unmatchedPatterns, range };
  });
}

/** Who asked for a version does not approve it from another page either, nor by taking the request back first. */
async function requireOtherEyes(
  tx: Tx,
  {
    org,
    viewer,
    serverName,
    version,
  }: { org: { id: string; displayName: string }; viewer: Viewer; serverName: string; version: string },
): Promise<void> {
  const { settings } = await tx.org.findUniqueOrThrow({ where: { id: org.id }, select: { settings: true } });
  if (!orgSettings(settings).fourEyes) return;
  const own = await tx.approvalRequest.count({
    where: {
      orgId: org.id,
      server: { name: serverName },
      version,
      requesterId: viewer.id,
      state: { in: ['open', 'asked', 'withdrawn'] },
    },
  });
  if (own > 0)
    throw new DomainError('FORBIDDEN', `${org.displayName} wants somebody else to approve what you asked for.`);
}

export function parsePolicy(policy: unknown): ToolPolicy {
  const parsed = toolPolicySchema.safeParse(policy);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DomainError('UNPROCESSABLE', `Tool policy, ${issue.path.join(' → ') || 'whole'}: ${issue.message}.`);
}

export function requireReason(reason: string): string {
  const trimmed = reason.trim();
  if (!trimmed || trimmed.length > 500)
    throw new DomainError('UNPROCESSABLE', 'Give a reason of 1 to 500 characters. It stays in the audit log.');
  return trimmed;
}
