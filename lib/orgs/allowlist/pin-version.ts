import type { Tx } from '#lib/db/db.ts';
import { feedFacts } from '#lib/exports/feed-facts.ts';
import { versionFacts } from '#lib/exports/version-facts.ts';
import type { FeedServerVersion, FeedTool } from '#lib/feed/documents.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import {
  type DefinitionDigests,
  type Definitions,
  type Manifest,
  packageCommand,
  packagePurl,
} from '#lib/manifest/index.ts';
import { withdrawnFingerprints } from '#lib/scans/answers/standing.ts';
import type { VerificationResult } from '#lib/signing/index.ts';
import type { Finding, Permission } from '#scanners/types.ts';
import { type ResolvedTools, resolveTools, type ToolPolicy } from './tool-policy.ts';

/** What of a version its pin is made of. */
export const PIN_SELECT = {
  id: true,
  serverId: true,
  serverName: true,
  version: true,
  status: true,
  manifest: true,
  manifestSha256: true,
  manifestJcsSha256: true,
  signatureState: true,
  currentScan: {
    select: { digests: true, definitions: true, packageFacts: true, findings: true, permissions: true },
  },
  signatures: {
    where: { isValid: true },
    orderBy: { verifiedAt: 'desc' },
    select: { result: true, matched: true },
  },
} as const;

/** A version as `PIN_SELECT` reads it. */
export type PinnableVersion = {
  serverId: string;
  serverName: string;
  version: string;
  manifest: unknown;
  manifestSha256: string;
  manifestJcsSha256: string;
  signatureState: string;
  currentScan: {
    digests: unknown;
    definitions: unknown;
    packageFacts: unknown;
    findings: unknown;
    permissions: unknown;
  } | null;
  signatures: { result: unknown; matched: unknown }[];
};

export type PinnedVersion = ResolvedTools & {
  feedEntry: FeedServerVersion;
  toolsDigest: string;
  /** Tools that the version has. */
  total: number;
};

/**
 * Everything of a version that a gateway compares, as it is now, with the tools that the policy allows. Throws NO_TOOLS_SEEN when
 * no scan has seen its tools: there would be nothing to pin.
 */
export async function pinVersion(tx: Tx, row: PinnableVersion, toolPolicy: ToolPolicy): Promise<PinnedVersion> {
  const digests = row.currentScan?.digests as DefinitionDigests | null | undefined;
  if (!digests?.toolsDigest) {
    throw new DomainError(
      'NO_TOOLS_SEEN',
      `The tools of ${row.serverName} ${row.version} have not been seen yet, so there is nothing to pin. Wait for its scan, or import its tool definitions.`,
    );
  }
  const names = Object.keys(digests.tools);
  const resolved = resolveTools(toolPolicy, names);
  const asked = new Set(resolved.asked);
  const readOnly = await readOnlyTools(tx, row);
  const allow = resolved.allowed.map(
    (name): FeedTool => ({
      name,
      digest: digests.tools[name]!,
      ...(readOnly.has(name) ? { readOnly: true } : {}),
      ...(asked.has(name) ? { ask: true } : {}),
    }),
  );
  const manifest = row.manifest as Manifest;
  const facts = feedFacts(versionFacts(manifest, names.length));
  const feedEntry: FeedServerVersion = {
    version: row.version,
    manifestSha256: row.manifestSha256,
    manifestJcsSha256: row.manifestJcsSha256,
    toolsDigest: digests.toolsDigest,
    tools: { default: 'deny', allow },
    packages: feedPackages(manifest, row.currentScan?.packageFacts as PackageFacts),
    remotes: (manifest.remotes ?? []).map((remote) => remote.url),
    signer: row.signatureState === 'signed' ? signerOf(row.signatures) : null,
    ...otherDigests(digests),
    ...(facts ? { facts } : {}),
  };
  return { ...resolved, feedEntry, toolsDigest: digests.toolsDigest, total: names.length };
}

/** What was seen beside tools; what was not seen is left out, so that a gateway can tell the two apart. */
function otherDigests(digests: DefinitionDigests): Pick<FeedServerVersion, 'digests'> {
  const seen = {
    prompts: digests.promptsDigest,
    resources: digests.resourcesDigest,
    resourceTemplates: digests.resourceTemplatesDigest,
    instructions: digests.instructionsDigest,
  };
  const known = Object.entries(seen).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return known.length > 0 ? { digests: Object.fromEntries(known) } : {};
}

/** Permissions that no tool has which only reads. */
const CHANGES: ReadonlySet<string> = new Set(['change', 'run-code']);

/** Tools whose every definition says that it changes nothing, where the scan does not contradict. */
async function readOnlyTools(tx: Tx, { serverId, currentScan }: PinnableVersion): Promise<Set<string>> {
  const tools = (currentScan?.definitions as Definitions | null | undefined)?.tools ?? [];
  const claiming = new Set(
    tools.filter(({ annotations }) => annotations?.readOnlyHint === true).map(({ name }) => name),
  );
  for (const { name, annotations } of tools) if (annotations?.readOnlyHint !== true) claiming.delete(name);
  if (claiming.size === 0) return claiming;
  for (const { kind, evidence } of (currentScan?.permissions as Permission[] | null) ?? [])
    if (CHANGES.has(kind)) for (const name of evidence) claiming.delete(name);
  const accusing = ((currentScan?.findings as Finding[] | null) ?? []).filter(
    (finding) =>
      finding.class === 'accusation' &&
      finding.severity !== 'info' &&
      finding.location.subject !== undefined &&
      claiming.has(finding.location.subject),
  );
  if (accusing.length === 0) return claiming;
  const withdrawn = await withdrawnFingerprints(tx, serverId);
  for (const { fingerprint, location } of accusing) if (!withdrawn.has(fingerprint)) claiming.delete(location.subject!);
  return claiming;
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
