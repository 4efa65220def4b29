import type { Tx } from '#lib/db/db.ts';
import { compareVersions } from '#lib/manifest/index.ts';
import { decideVersion } from '../policy/decide-version.ts';
import { type Denial, denialsOf, deniesVersion } from './denials.ts';
import { PIN_SELECT, type PinnedVersion, pinVersion } from './pin-version.ts';
import type { ToolPolicy } from './tool-policy.ts';
import { ruleAdmits, type VersionRule } from './version-rule.ts';

/** Versions that one approval of a range brings, the newest of it. */
export const MAX_RESOLVED = 50;

export type ResolvedRange = {
  also: string[];
  left: { version: string; reason: string }[];
};

/**
 * The versions of a range that are there, locked by the caller, without those the organization has decided about already: each is approved with its own
 * tools and digests as they were seen. Left out, with the reason: what is deprecated, denied, also by the policy, accused, or was never
 * seen. An exception is made for one version, with open eyes.
 */
export async function resolveRange(
  tx: Tx,
  {
    orgId,
    serverId,
    entryId,
    rule,
    toolPolicy,
    now,
    approve,
  }: {
    orgId: string;
    serverId: string;
    entryId: string;
    rule: VersionRule;
    toolPolicy: ToolPolicy;
    now: Date;
    approve(version: { id: string; version: string; pinned: PinnedVersion }): Promise<void>;
  },
): Promise<ResolvedRange> {
  const versions = await tx.version.findMany({
    where: { serverId, status: { not: 'deleted' }, approved: { none: { entryId } } },
    select: {
      id: true,
      serverName: true,
      version: true,
      status: true,
      publishedAt: true,
      currentScan: { select: { toolsDigest: true, accusations: true, activeAccusations: true } },
    },
  });
  const denials = await denialsOf(tx, orgId);
  const result: ResolvedRange = { also: [], left: [] };
  const within = versions.filter(({ version }) => ruleAdmits(rule, version)).sort((a, b) => compareVersions(b, a));
  for (const candidate of within) {
    const { id, version } = candidate;
    const isFull = result.also.length >= MAX_RESOLVED;
    const reason = isFull
      ? `one approval brings ${MAX_RESOLVED} versions at most`
      : (obstacleOf(candidate, denials) ?? (await objectionOf(tx, { orgId, versionId: id, now })));
    if (reason !== null) {
      result.left.push({ version, reason });
      continue;
    }
    const row = await tx.version.findUniqueOrThrow({ where: { id }, select: PIN_SELECT });
    await approve({ id, version, pinned: await pinVersion(tx, row, toolPolicy) });
    result.also.push(version);
  }
  return result;
}

async function objectionOf(tx: Tx, asked: { orgId: string; versionId: string; now: Date }): Promise<string | null> {
  const decision = await decideVersion(tx, { ...asked, occasion: 'request' });
  return decision?.outcome === 'deny' ? 'the policy denies it' : null;
}

type Candidate = {
  serverName: string;
  version: string;
  status: string;
  currentScan: { toolsDigest: string | null; accusations: number; activeAccusations: number | null } | null;
};

function obstacleOf({ serverName, version, status, currentScan }: Candidate, denials: Denial[]): string | null {
  if (status !== 'active') return 'it is deprecated';
  if (denials.some((denial) => deniesVersion(denial, { serverName, version }))) return 'it is denied';
  if (!currentScan?.toolsDigest) return 'its tools have not been seen';
  if ((currentScan.activeAccusations ?? currentScan.accusations) > 0) return 'it is accused of something';
  return null;
}
