import { db, type Tx } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { noteOverdue } from '#lib/search/index-server.ts';
import type { Finding } from '#scanners/types.ts';
import { RULESET_VERSION } from '#scanners/version.ts';
import { makeCurrent, scanColumns } from '../store-scan.ts';
import { scanStored } from './scan-stored.ts';
import { RESCAN_LIMITS } from './types.ts';

const SCAN_SELECT = {
  definitions: true,
  definitionsOrigin: true,
  coverage: true,
  packageFacts: true,
  findings: true,
  permissions: true,
  rulesetVersion: true,
  grade: true,
  activeGrade: true,
  accusations: true,
  activeAccusations: true,
} as const;

/** `busy`: somebody else works on the version at the moment. `not due`: a scan with these rules came meanwhile. */
export type VersionOutcome = 'same' | 'changed' | 'busy' | 'not due';

/**
 * Scans one version again from what is stored. The scan, its taking the place of the current one, what changed by it and
 * the progress are one transaction: a killed worker has done a version or has not.
 */
export async function rescanVersion({ versionId, now }: { versionId: string; now: Date }): Promise<VersionOutcome> {
  return db().$transaction((tx) => rescan(tx, versionId, now), { timeout: RESCAN_LIMITS.versionMs });
}

async function rescan(tx: Tx, versionId: string, now: Date): Promise<VersionOutcome> {
  const locked = await tx.$queryRaw<unknown[]>`
    select id from "Version" where id = ${versionId} for update skip locked`;
  if (locked.length === 0) return 'busy';
  const version = await tx.version.findUniqueOrThrow({
    where: { id: versionId },
    select: {
      serverId: true,
      serverName: true,
      version: true,
      manifest: true,
      currentScan: { select: SCAN_SELECT },
    },
  });
  const before = version.currentScan;
  if (!before || before.rulesetVersion === RULESET_VERSION) return 'not due';
  const manifest = version.manifest as unknown as Manifest;
  const result = await scanStored(tx, { versionId, manifest, scan: before, now });
  const scan = await tx.scan.create({
    data: {
      versionId,
      reason: `ruleset ${RULESET_VERSION}`,
      createdAt: now,
      startedAt: now,
      ...scanColumns(result, now),
    },
    select: { id: true },
  });
  await makeCurrent(tx, { versionId, scanId: scan.id, now, ...result });
  const after = await tx.scan.findUniqueOrThrow({
    where: { id: scan.id },
    select: { grade: true, activeGrade: true, accusations: true, activeAccusations: true, risk: true },
  });
  const [added, removed] = rulesThatMoved((before.findings ?? []) as unknown as Finding[], result.report.findings);
  const change = {
    gradeBefore: before.activeGrade ?? before.grade,
    gradeAfter: after.activeGrade ?? after.grade,
    accusationsBefore: before.activeAccusations ?? before.accusations,
    accusationsAfter: after.activeAccusations ?? after.accusations,
    added,
    removed,
  };
  const isSame =
    change.gradeBefore === change.gradeAfter &&
    change.accusationsBefore === change.accusationsAfter &&
    added.length + removed.length === 0;
  await tx.rescan.update({
    where: { rulesetVersion: RULESET_VERSION },
    data: { done: { increment: 1 }, lastAt: now },
  });
  // Permissions may have moved too, and with them the risk: cheaper to index again than to compare.
  await noteOverdue(tx, [version.serverId]);
  if (isSame) return 'same';
  const { serverName, version: name } = version;
  const row = { serverName, version: name, ...change, error: null, at: now };
  await tx.rescanChange.upsert({
    where: { rulesetVersion_versionId: { rulesetVersion: RULESET_VERSION, versionId } },
    create: { rulesetVersion: RULESET_VERSION, versionId, ...row },
    update: row,
  });
  return 'changed';
}

/** Rules that found something about a subject that they did not find before, and those that do not any more. */
export function rulesThatMoved(
  before: readonly Finding[],
  after: readonly Finding[],
): [added: string[], removed: string[]] {
  const keyOf = ({ ruleId, location }: Finding) =>
    JSON.stringify([ruleId, location.document, location.subject ?? '', location.subject ? '' : location.pointer]);
  const missingIn = (others: readonly Finding[], findings: readonly Finding[]) => {
    const known = new Set(others.map(keyOf));
    return [...new Set(findings.filter((one) => !known.has(keyOf(one))).map(({ ruleId }) => ruleId))].sort();
  };
  return [missingIn(before, after), missingIn(after, before)];
}

/** Notes that a version could not be scanned: it is left out until a person asks for it again. */
export async function noteFailure({
  versionId,
  message,
  now,
}: {
  versionId: string;
  message: string;
  now: Date;
}): Promise<void> {
  await db().$transaction(async (tx) => {
    const version = await tx.version.findUniqueOrThrow({
      where: { id: versionId },
      select: { serverName: true, version: true, currentScan: { select: { grade: true, accusations: true } } },
    });
    const { serverName, version: name, currentScan } = version;
    const [grade, accusations] = [currentScan?.grade ?? null, currentScan?.accusations ?? 0];
    const row = {
      serverName,
      version: name,
      gradeBefore: grade,
      gradeAfter: grade,
      accusationsBefore: accusations,
      accusationsAfter: accusations,
      added: [],
      removed: [],
      error: message.replaceAll('\0', '').toWellFormed().slice(0, 1000),
      at: now,
    };
    await tx.rescanChange.upsert({
      where: { rulesetVersion_versionId: { rulesetVersion: RULESET_VERSION, versionId } },
      create: { rulesetVersion: RULESET_VERSION, versionId, ...row },
      update: row,
    });
    await tx.rescan.update({
      where: { rulesetVersion: RULESET_VERSION },
      data: { failed: { increment: 1 }, lastAt: now },
    });
  });
}
