import type { Coverage } from '#lib/catalog/views.ts';
import { db, type Tx } from '#lib/db/db.ts';
import type { Definitions, Manifest } from '#lib/manifest/types.ts';
import { noteOverdue } from '#lib/search/index-server.ts';
import { gradeOf, riskOf } from '#scanners/grade.ts';
import { compareFindings } from '#scanners/order.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Finding, Permission } from '#scanners/types.ts';
import type { PackageFacts } from '../acquire/snapshot.ts';
import { gatherFacts } from '../facts/gather-facts.ts';
import { NO_DEFINITIONS } from '../no-definitions.ts';
import { RESCAN_LIMITS } from '../rescan/types.ts';
import { makeCurrent, scanColumns } from '../store-scan.ts';

const FAULTS: ReadonlySet<string> = new Set(['pkg.known-vulnerability', 'pkg.malware']);
const isFault = ({ ruleId }: Finding): boolean => FAULTS.has(ruleId);

const SCAN_SELECT = {
  definitions: true,
  definitionsOrigin: true,
  coverage: true,
  packageFacts: true,
  findings: true,
  permissions: true,
  rulesetVersion: true,
} as const;

/** `busy`: somebody else works on the version at the moment. */
export type LookUpOutcome = 'same' | 'changed' | 'busy';

/**
 * Looks the packages of one version up in the imported advisories again. Only where they say something else does the version get
 * a scan: the one that counts, with its known faults replaced. The other rules are not asked, so that it stays one of
 * its ruleset.
 */
export async function lookUpVersion({ versionId, now }: { versionId: string; now: Date }): Promise<LookUpOutcome> {
  return db().$transaction((tx) => lookUp(tx, versionId, now), { timeout: RESCAN_LIMITS.versionMs });
}

async function lookUp(tx: Tx, versionId: string, now: Date): Promise<LookUpOutcome> {
  const locked = await tx.$queryRaw<unknown[]>`
    select id from "Version" where id = ${versionId} for update skip locked`;
  if (locked.length === 0) return 'busy';
  const { serverId, manifest, currentScan } = await tx.version.findUniqueOrThrow({
    where: { id: versionId },
    select: { serverId: true, manifest: true, currentScan: { select: SCAN_SELECT } },
  });
  if (!currentScan) return 'same';
  const stored = manifest as unknown as Manifest;
  const fetched = currentScan.packageFacts as unknown as PackageFacts | null;
  const gathered = await gatherFacts({ versionId, manifest: stored, fetched, now }, tx);
  const { findings } = scanSnapshot({ manifest: stored, definitions: NO_DEFINITIONS, facts: gathered.facts });
  const before = (currentScan.findings ?? []) as unknown as Finding[];
  const coverage = currentScan.coverage as unknown as Coverage;
  const vulnerabilities = gathered.coverage.vulnerabilities;
  const isSame = saysOf(before) === saysOf(findings) && coverage.vulnerabilities?.covered === vulnerabilities.covered;
  if (isSame) return 'same';

  const definitions = currentScan.definitions as unknown as Definitions | null;
  const permissions = (currentScan.permissions ?? []) as unknown as Permission[];
  const all = [...before.filter((one) => !isFault(one)), ...findings.filter(isFault)].sort(compareFindings);
  const seen = { tools: definitions?.tools != null };
  const result = {
    definitions,
    definitionsOrigin: currentScan.definitionsOrigin,
    coverage: { ...coverage, vulnerabilities },
    packageFacts: fetched,
    report: {
      rulesetVersion: currentScan.rulesetVersion ?? 'unknown',
      findings: all,
      permissions,
      grade: gradeOf(all, seen),
      risk: riskOf(all, permissions, seen),
    },
  };
  const scan = await tx.scan.create({
    data: { versionId, reason: 'advisories', createdAt: now, startedAt: now, ...scanColumns(result, now) },
    select: { id: true },
  });
  await makeCurrent(tx, { versionId, scanId: scan.id, now, ...result });
  await noteOverdue(tx, [serverId]);
  return 'changed';
}

const saysOf = (findings: readonly Finding[]): string =>
  JSON.stringify(
    findings
      .filter(isFault)
      .map(({ fingerprint, severity, message }) => [fingerprint, severity, message])
      .sort(),
  );
