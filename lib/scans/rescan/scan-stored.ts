import type { Coverage } from '#lib/catalog/views.ts';
import type { Tx } from '#lib/db/db.ts';
import type { Definitions, Manifest } from '#lib/manifest/types.ts';
import { gradeOf, riskOf } from '#scanners/grade.ts';
import { compareFindings, compareText } from '#scanners/order.ts';
import { ruleById } from '#scanners/registry.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Finding, Permission, ScanReport } from '#scanners/types.ts';
import type { PackageFacts } from '../acquire/snapshot.ts';
import { gatherFacts } from '../facts/gather-facts.ts';
import { NO_DEFINITIONS } from '../no-definitions.ts';
import type { ScanResult } from '../store-scan.ts';

export type StoredScan = {
  definitions: unknown;
  definitionsOrigin: ScanResult['definitionsOrigin'];
  coverage: unknown;
  packageFacts: unknown;
  findings: unknown;
  permissions: unknown;
  rulesetVersion: string | null;
};

/**
 * Scans what an earlier scan of a version saw with the rules of now: stored definitions, stored facts about its packages,
 * and what the database knows today. Nothing is fetched and nothing is run, so what only the fetched package or the
 * running server showed is taken over from the earlier scan.
 */
export async function scanStored(
  tx: Tx,
  { versionId, manifest, scan, now }: { versionId: string; manifest: Manifest; scan: StoredScan; now: Date },
): Promise<ScanResult> {
  const definitions = (scan.definitions ?? null) as Definitions | null;
  const fetched = (scan.packageFacts ?? null) as PackageFacts | null;
  const gathered = await gatherFacts({ versionId, manifest, fetched, now }, tx);
  const report = scanSnapshot({ manifest, definitions: definitions ?? NO_DEFINITIONS, facts: gathered.facts });
  const before = {
    findings: (scan.findings ?? []) as readonly Finding[],
    permissions: (scan.permissions ?? []) as readonly Permission[],
  };
  const coverage = { ...(scan.coverage as Coverage), ...gathered.coverage };
  const hasOldCode = before.findings.some(isInPackage);
  return {
    definitions,
    definitionsOrigin: scan.definitionsOrigin,
    coverage: hasOldCode ? { ...coverage, package: packageCoverage(coverage.package, scan.rulesetVersion) } : coverage,
    packageFacts: fetched,
    report: withWhatOnlyWasSeen(report, before, { tools: definitions?.tools != null }),
  };
}

/** Findings in the files of the package: they are not kept. */
const isInPackage = ({ location }: Finding): boolean => location.document === 'package';

/** The report with the earlier findings and permissions that cannot be looked for again; pure. */
export function withWhatOnlyWasSeen(
  report: ScanReport,
  before: { findings: readonly Finding[]; permissions: readonly Permission[] },
  seen: { tools: boolean },
): ScanReport {
  const known = new Set(report.findings.map(({ fingerprint }) => fingerprint));
  const findings = before.findings.filter(
    (finding) => isInPackage(finding) && ruleById(finding.ruleId) !== undefined && !known.has(finding.fingerprint),
  );
  const permissions = [
    // What the sandbox saw is stored with newer scans and was judged again; of older ones only the permissions are left.
    ...(report.permissions.some(isObserved) ? [] : before.permissions.filter(isObserved)),
    ...before.permissions.filter(isOfCode).map((permission) => ({
      ...permission,
      evidence: permission.evidence.filter(isPlaceInCode),
    })),
  ];
  if (findings.length === 0 && permissions.length === 0) return report;
  const all = {
    findings: [...report.findings, ...findings].sort(compareFindings),
    permissions: joined(report.permissions, permissions),
  };
  return {
    ...report,
    ...all,
    grade: gradeOf(all.findings, seen),
    risk: riskOf(all.findings, all.permissions, seen),
  };
}

const isObserved = ({ basis }: Permission): boolean => basis === 'observed';
/** `package index.js:12`, as scanners/package-code/facts.ts writes a place in the package's code. */
const isPlaceInCode = (evidence: string): boolean => evidence.startsWith('package ');
const isOfCode = ({ basis, evidence }: Permission): boolean => basis === 'inferred' && evidence.some(isPlaceInCode);

/** One permission per kind and scope, as in every report; the report's own stand first and give the basis. */
function joined(own: readonly Permission[], more: readonly Permission[]): Permission[] {
  const byKey = new Map<string, Permission>();
  for (const permission of [...own, ...more]) {
    const key = JSON.stringify([permission.kind, permission.scope]);
    const known = byKey.get(key);
    const evidence = [...new Set([...(known?.evidence ?? []), ...permission.evidence])].sort(compareText);
    byKey.set(key, { ...permission, ...known, evidence });
  }
  return [...byKey.values()];
}

/** Says which rules looked at the package, unless that was said before. */
function packageCoverage(part: Coverage['package'], ruleset: string | null): Coverage['package'] {
  if (!part.covered || part.reason !== undefined) return part;
  return { ...part, reason: `Its files were last read with ruleset ${ruleset ?? 'unknown'}.` };
}
