import type { Tx } from '#lib/db/db.ts';
import { gradeOf } from '#scanners/grade.ts';
import type { Finding, Grade } from '#scanners/types.ts';

type Counted = Pick<Finding, 'class' | 'severity' | 'ruleId' | 'fingerprint'>;

export const countAccusations = (findings: readonly Pick<Finding, 'class' | 'severity'>[]): number =>
  findings.filter((finding) => finding.class === 'accusation' && finding.severity !== 'info').length;

export const rulesOf = (findings: readonly Pick<Finding, 'ruleId'>[]): string[] =>
  [...new Set(findings.map(({ ruleId }) => ruleId))].sort();

export type Standing = { activeGrade: Grade | null; activeAccusations: number | null; activeRules: string[] };

/**
 * What counts of a report once findings were withdrawn: DESIGN §1, the worst *active* accusation or hygiene finding. Null
 * where nothing of it was withdrawn, so that what the scan said holds; a scan that was not graded stays so.
 */
export function standingOf(
  { findings, grade }: { findings: readonly Counted[]; grade: Grade | null },
  withdrawn: ReadonlySet<string>,
): Standing {
  const active = findings.filter(({ fingerprint }) => !withdrawn.has(fingerprint));
  const activeRules = rulesOf(active);
  if (active.length === findings.length) return { activeGrade: null, activeAccusations: null, activeRules };
  return {
    activeGrade: grade === null ? null : gradeOf(active, { tools: true }),
    activeAccusations: countAccusations(active),
    activeRules,
  };
}

/** Fingerprints of a server's findings that an admin withdrew. */
export async function withdrawnFingerprints(tx: Tx, serverId: string): Promise<Set<string>> {
  const rows = await tx.findingAnswer.findMany({
    where: { serverId, party: 'admin', kind: 'withdrawn', supersededAt: null },
    select: { fingerprint: true },
  });
  return new Set(rows.map(({ fingerprint }) => fingerprint));
}

/**
 * Writes what counts of the current scans of a server: of one version, or of all. Call it with these versions locked, in
 * the transaction that changes the scan or the decision; a scan and a decision at the same time then see each other.
 */
export async function updateStanding(
  tx: Tx,
  { serverId, versionId }: { serverId: string; versionId?: string },
): Promise<void> {
  const withdrawn = await withdrawnFingerprints(tx, serverId);
  const scans = await tx.scan.findMany({
    where: { currentOf: versionId === undefined ? { serverId } : { id: versionId } },
    select: { id: true, findings: true, grade: true },
  });
  for (const { id, findings, grade } of scans) {
    const report = { findings: (findings ?? []) as unknown as Finding[], grade: grade as Grade | null };
    await tx.scan.update({ where: { id }, data: standingOf(report, withdrawn) });
  }
}
