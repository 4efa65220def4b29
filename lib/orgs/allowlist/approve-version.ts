import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { Prisma } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type DefinitionDigests, type Manifest, packageCommand, packagePurl } from '#lib/manifest/index.ts';
import type { VerificationResult } from '#lib/signing/index.ts';
import { orgTransaction } from '../org-transaction.ts';
import { resolveTools, type ToolPolicy, toolPolicySchema } from './tool-policy.ts';

/** What an approval pins: everything a gateway compares. */
export type Approval = { serial: number; allowedTools: string[]; unmatchedPatterns: string[] };

/**
 * Puts one version of a server on the organization's allowlist with the tools that the policy allows, and publishes the
 * feed, in one transaction. Tools, digests, packages and signer are pinned as they are now; approving again pins anew.
 * Throws NOT_FOUND, FORBIDDEN, UNPROCESSABLE, CONFLICT (`seenToolsDigest`), and NO_TOOLS_SEEN when no scan has seen the version's tools: there would
 * be nothing to pin, and a gateway would have nothing to compare.
 */
export async function approveVersion({
  viewer,
  orgSlug,
  serverName,
  version,
  toolPolicy,
  reason,
  seenToolsDigest,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  serverName: string;
  version: string;
  toolPolicy: ToolPolicy;
  reason: string;
  /** The digest of the tools that the reviewer was shown. Given, an approval of anything else is refused. */
  seenToolsDigest?: string;
  now?: Date;
}): Promise<Approval> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const policy = parsePolicy(toolPolicy);
  const why = requireReason(reason);
  return orgTransaction(org.id, async (tx) => {
    // A scan that finishes now waits, and then sees this approval; or this waits, and sees the scan.
    await tx.$queryRaw`
      select id from "Version" where "serverName" = ${serverName} and version = ${version} for share`;
    const row = await tx.version.findUnique({
      where: { serverName_version: { serverName, version } },
      include: { currentScan: true, signatures: { where: { isValid: true }, orderBy: { verifiedAt: 'desc' } } },
    });
    if (!row || row.status === 'deleted')
      throw new DomainError('NOT_FOUND', `There is no version ${version} of ${serverName}.`);
    const digests = row.currentScan?.digests as DefinitionDigests | null | undefined;
    if (!digests?.toolsDigest) {
      throw new DomainError(
        'NO_TOOLS_SEEN',
        `The tools of ${serverName} ${version} have not been seen yet, so there is nothing to pin. Wait for its scan, or import its tool definitions.`,
      );
    }
    if (seenToolsDigest !== undefined && seenToolsDigest !== digests.toolsDigest) {
      throw new DomainError(
        'CONFLICT',
        `A newer scan of ${serverName} ${version} saw other tools than those you were shown. Reload the page and look at them again.`,
      );
    }
    const names = Object.keys(digests.tools);
    const { allowed, unmatched } = resolveTools(policy, names);
    const feedEntry: FeedServerVersion = {
      version,
      manifestSha256: row.manifestSha256,
      manifestJcsSha256: row.manifestJcsSha256,
      toolsDigest: digests.toolsDigest,
      tools: { default: 'deny', allow: allowed.map((name) => ({ name, digest: digests.tools[name]! })) },
      packages: feedPackages(row.manifest as unknown as Manifest, row.currentScan?.packageFacts as PackageFacts),
      remotes: ((row.manifest as unknown as Manifest).remotes ?? []).map((remote) => remote.url),
      signer: row.signatureState === 'signed' ? signerOf(row.signatures) : null,
    };
    const entry = await tx.allowlistEntry.upsert({
      where: { orgId_serverId: { orgId: org.id, serverId: row.serverId } },
      create: {
        orgId: org.id,
        serverId: row.serverId,
        reason: why,
        ownerId: viewer.id,
        createdAt: now,
        updatedAt: now,
      },
      update: { state: 'approved', reason: why, updatedAt: now },
    });
    const pinned = {
      state: 'approved' as const,
      toolPolicy: policy as unknown as Prisma.InputJsonValue,
      feedEntry: feedEntry as unknown as Prisma.InputJsonValue,
      reason: why,
      approvedAt: now,
      revokedAt: null,
      revokedReason: null,
    };
    await tx.allowlistVersion.upsert({
      where: { entryId_versionId: { entryId: entry.id, versionId: row.id } },
      create: { entryId: entry.id, versionId: row.id, ...pinned },
      update: pinned,
    });
    const actor = actorOf(viewer);
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'allowlist.approved',
      actor,
      subject: { server: serverName, version },
      data: {
        tools: `${allowed.length} of ${names.length} tools`,
        allowed,
        toolsDigest: digests.toolsDigest,
        policy: policy as never,
        reason: why,
      },
      now,
    });
    const serial = await publishFeed(tx, { orgId: org.id, reason: `approved ${serverName} ${version}`, actor, now });
    return { serial, allowedTools: allowed, unmatchedPatterns: unmatched };
  });
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

type PackageFacts =
  | { registryType?: string; identifier?: string; version?: string; integrity?: string | null }
  | null
  | undefined;

/**
 * The packages with the command that starts each. Only what was looked at may be started: where a scan ran a package,
 * that one; where nothing was run, the only one there is. A manifest may list a harmless package for the scan beside
 * another one, so the others stay without a command.
 */
function feedPackages(manifest: Manifest, facts: PackageFacts): FeedServerVersion['packages'] {
  const packages = manifest.packages ?? [];
  return packages.map((pkg) => {
    const isScanned =
      facts?.registryType === pkg.registryType &&
      facts?.identifier === pkg.identifier &&
      facts?.version === pkg.version;
    const mayStart = facts ? isScanned : packages.length === 1;
    const command = mayStart ? packageCommand(pkg) : null;
    const scannedDigest = isScanned ? (facts?.integrity ?? null) : null;
    return {
      registryType: pkg.registryType,
      identifier: pkg.identifier,
      version: pkg.version ?? null,
      purl: packagePurl(pkg),
      digest: pkg.fileSha256 ? `sha256:${pkg.fileSha256}` : scannedDigest,
      command: command ? [command.command, ...command.args] : null,
    };
  });
}

function signerOf(signatures: { result: unknown; matched: unknown }[]): FeedServerVersion['signer'] {
  const bound = signatures.find((signature) => signature.matched !== null)?.result as VerificationResult | undefined;
  return bound?.ok ? { issuer: bound.signer.issuer, san: bound.signer.san } : null;
}
