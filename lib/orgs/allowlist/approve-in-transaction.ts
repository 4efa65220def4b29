import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { EntrySource } from '#lib/db/client/client.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type DefinitionDigests, type Manifest, packageCommand, packagePurl } from '#lib/manifest/index.ts';
import type { VerificationResult } from '#lib/signing/index.ts';
import { settleRequests } from '../requests/settle-requests.ts';
import { resolveTools, type ToolPolicy } from './tool-policy.ts';
import type { VersionRule } from './version-rule.ts';

/** What holds for an entry as a whole. What is not given stays as it is; null takes it away. */
export type EntryTerms = {
  versionRule?: VersionRule;
  /** For versions that the rule brings without a person. */
  toolPolicy?: ToolPolicy | null;
  expiresAt?: Date | null;
  credentialMode?: 'shared' | 'personal' | null;
  /** Environments that may use it; an empty list means every one. */
  environments?: string[];
  /** What is asked of those who use it, in words. */
  conditions?: string;
  ownerId?: string | null;
  requestId?: string | null;
};

export type ApprovalInput = {
  org: { id: string };
  actor: Actor;
  serverName: string;
  version: string;
  toolPolicy: ToolPolicy;
  terms?: EntryTerms;
  reason: string;
  source: EntrySource;
  /** The decision of the policy behind it. */
  decisionId?: string | null;
  /** The digest of the tools that the reviewer was shown. Given, an approval of anything else is refused. */
  seenToolsDigest?: string;
  now: Date;
};

/**
 * Puts one version on the allowlist, pinned as it is now, inside `orgTransaction`. It does not publish: whoever calls it
 * does, once, after everything that belongs together. Throws NOT_FOUND, CONFLICT, NO_TOOLS_SEEN.
 */
export async function approveInTransaction(
  tx: Tx,
  {
    org,
    actor,
    serverName,
    version,
    toolPolicy,
    terms = {},
    reason,
    source,
    decisionId,
    seenToolsDigest,
    now,
  }: ApprovalInput,
): Promise<{ entryId: string; allowedTools: string[]; unmatchedPatterns: string[] }> {
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
  const { allowed, unmatched } = resolveTools(toolPolicy, names);
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
      reason,
      source,
      ownerId: actor.type === 'user' ? actor.id : null,
      ...fieldsOf(terms),
      createdAt: now,
      updatedAt: now,
    },
    update: {
      state: 'approved',
      reason,
      source,
      suspendedAt: null,
      suspendedReason: null,
      updatedAt: now,
      ...fieldsOf(terms),
    },
  });
  const pinned = {
    state: 'approved' as const,
    toolPolicy: toolPolicy as unknown as Prisma.InputJsonValue,
    feedEntry: feedEntry as unknown as Prisma.InputJsonValue,
    source,
    decisionId: decisionId ?? null,
    reason,
    approvedAt: now,
    revokedAt: null,
    revokedReason: null,
  };
  await tx.allowlistVersion.upsert({
    where: { entryId_versionId: { entryId: entry.id, versionId: row.id } },
    create: { entryId: entry.id, versionId: row.id, ...pinned },
    update: pinned,
  });
  await appendEvent(tx, {
    orgId: org.id,
    kind: 'allowlist.approved',
    actor,
    subject: { server: serverName, version },
    data: {
      tools: `${allowed.length} of ${names.length} tools`,
      allowed,
      toolsDigest: digests.toolsDigest,
      policy: toolPolicy as never,
      reason,
      ...(source === 'manual' ? {} : { source }),
    },
    now,
  });
  await settleRequests(tx, {
    orgId: org.id,
    serverId: row.serverId,
    serverName,
    version,
    allowedTools: allowed,
    allTools: names,
    actor,
    except: terms.requestId ?? null,
    reason,
    now,
  });
  return { entryId: entry.id, allowedTools: allowed, unmatchedPatterns: unmatched };
}

const fieldsOf = ({ versionRule, toolPolicy, ...terms }: EntryTerms) => ({
  ...terms,
  ...(versionRule === undefined ? {} : { versionRule: versionRule as unknown as Prisma.InputJsonValue }),
  ...(toolPolicy === undefined
    ? {}
    : { toolPolicy: toolPolicy === null ? Prisma.DbNull : (toolPolicy as unknown as Prisma.InputJsonValue) }),
});

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
