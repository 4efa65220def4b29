import type { Coverage } from '#lib/catalog/views.ts';
import type { Prisma, Tx } from '#lib/db/db.ts';
import { type Definitions, definitionDigests, type Manifest } from '#lib/manifest/index.ts';
import { noteOrgDrift } from '#lib/orgs/drift/org-drift.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Finding, ScanReport } from '#scanners/types.ts';
import { countAccusations, rulesOf, updateStanding } from './answers/standing.ts';
import { NO_DEFINITIONS } from './no-definitions.ts';
import { noteNewAccusations, type SeenFindings } from './note-new-accusations.ts';

export type ScanResult = {
  definitions: Definitions | null;
  definitionsOrigin: 'live' | 'declared' | null;
  coverage: Coverage;
  packageFacts: unknown;
  report: ScanReport;
};

/**
 * A copy that PostgreSQL's JSON holds: servers put half surrogates and U+0000 into what they say about themselves.
 * Definitions with either were left out before (introspect/value-fault.ts), so digests are never touched by this.
 */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\u2400');
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [storable(key), storable(child)]));
}

/** The columns of a finished scan. */
export function scanColumns({ definitions, definitionsOrigin, coverage, packageFacts, report }: ScanResult, now: Date) {
  const digests = definitions ? definitionDigests(definitions) : null;
  const json = (value: unknown) => storable(value) as Prisma.InputJsonValue;
  return {
    status: 'done' as const,
    finishedAt: now,
    rulesetVersion: report.rulesetVersion,
    definitionsOrigin,
    ...(definitions ? { definitions: json(definitions), digests: json(digests) } : {}),
    toolsDigest: digests?.toolsDigest ?? null,
    coverage: json(coverage),
    ...(packageFacts ? { packageFacts: json(packageFacts) } : {}),
    findings: json(report.findings),
    permissions: json(report.permissions),
    accusations: countAccusations(report.findings),
    activeRules: rulesOf(report.findings),
    grade: report.grade,
    risk: report.risk,
  };
}

type Sight = { origin: ScanResult['definitionsOrigin']; sawTools: boolean };

/**
 * How much a scan saw: 3 tools that the running server listed, 2 a running server without tools, 1 tools that came with
 * the manifest, 0 neither.
 */
function sightOf({ origin, sawTools }: Sight): number {
  if (origin === 'live') return sawTools ? 3 : 2;
  return sawTools ? 1 : 0;
}

/**
 * Whether a finished scan takes the place of the current one: only when it saw at least as much. A registry that was away
 * for an hour must not make a graded version ungraded, and a server that does not start a second time must not get rid of
 * its findings by the benign definitions that its publisher declared.
 */
export function replacesCurrent(finished: Sight, current: Sight | null): boolean {
  return current === null || sightOf(finished) >= sightOf(current);
}

/**
 * Makes a finished scan the one that pages and policies read, where it `replacesCurrent`: what an admin withdrew does not
 * count in it either, and organizations that approved the server are told what changed. Returns whether it did.
 */
export async function makeCurrent(
  tx: Tx,
  {
    versionId,
    scanId,
    definitions,
    definitionsOrigin,
    now,
  }: { versionId: string; scanId: string; now: Date } & Pick<ScanResult, 'definitions' | 'definitionsOrigin'>,
): Promise<boolean> {
  // Two scans of a version that finish together go one after the other.
  await tx.$queryRaw`select id from "Version" where id = ${versionId} for update`;
  const { serverId, currentScan } = await tx.version.findUniqueOrThrow({
    where: { id: versionId },
    select: { serverId: true, currentScan: { select: { ...SEEN_SELECT, definitionsOrigin: true } } },
  });
  const current = currentScan && { origin: currentScan.definitionsOrigin, sawTools: currentScan.toolsDigest !== null };
  const finished = { origin: definitionsOrigin, sawTools: definitions?.tools != null };
  if (!replacesCurrent(finished, current)) return false;
  await tx.version.update({ where: { id: versionId }, data: { currentScanId: scanId } });
  await updateStanding(tx, { serverId, versionId });
  // Before the chains of events are locked: whoever works these tasks takes the two in this order.
  await enqueuePolicyTasks(tx, { versionIds: [versionId], occasion: 'scan', now });
  await noteOrgDrift(tx, { versionIds: [versionId], now });
  if (currentScan) {
    const scan = await tx.scan.findUniqueOrThrow({ where: { id: scanId }, select: SEEN_SELECT });
    await noteNewAccusations(tx, { versionId, before: seenOf(currentScan), after: seenOf(scan), now });
  }
  return true;
}

const SEEN_SELECT = { toolsDigest: true, rulesetVersion: true, findings: true } as const;

const seenOf = ({ findings, ...rest }: Omit<SeenFindings, 'findings'> & { findings: unknown }): SeenFindings => ({
  ...rest,
  findings: (findings ?? []) as readonly Finding[],
});

/** The scan of what came with an import: manifest and declared definitions. Runs nothing and fetches nothing. */
export function staticScan({
  manifest,
  definitions,
}: {
  manifest: Manifest;
  definitions: Definitions | null;
}): ScanResult {
  const report = scanSnapshot({ manifest, definitions: definitions ?? NO_DEFINITIONS });
  const notRun = 'Imported entries are not run; ask for a scan on the server page.';
  const coverage: Coverage = {
    manifest: { covered: true },
    tools: definitions ? { covered: true } : { covered: false, reason: 'The import brought no tool definitions.' },
    package: { covered: false, reason: notRun },
    live: { covered: false, reason: notRun },
    registry: { covered: false, reason: notRun },
    vulnerabilities: { covered: false, reason: notRun },
  };
  return { definitions, definitionsOrigin: definitions ? 'declared' : null, coverage, packageFacts: null, report };
}

/** Stores the scan of what came with an import. */
export async function storeStaticScan(
  tx: Tx,
  {
    versionId,
    manifest,
    definitions,
    reason,
    now,
  }: { versionId: string; manifest: Manifest; definitions: Definitions | null; reason: string; now: Date },
): Promise<void> {
  const result = staticScan({ manifest, definitions });
  const scan = await tx.scan.create({
    data: { versionId, reason, createdAt: now, startedAt: now, ...scanColumns(result, now) },
  });
  await makeCurrent(tx, { versionId, scanId: scan.id, now, ...result });
}
