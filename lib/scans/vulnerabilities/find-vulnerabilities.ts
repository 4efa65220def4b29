import { db, type Tx } from '#lib/db/db.ts';
import type { VulnerabilityFact } from '#scanners/facts.ts';
import { compareText } from '#scanners/order.ts';
import { fixesFor, isAffected } from './is-affected.ts';
import { canonicalName, type Ecosystem, OSV_LIMITS, type StoredAdvisory } from './types.ts';

/** A package that a server brings with it. `parent` is the place in the list of what asks for it; null for its own. */
export type Installed = { name: string; version: string; parent: number | null };

/** When the database of an ecosystem was last imported as a whole, or null where it never was. */
export async function importedAt(ecosystem: Ecosystem, tx: Tx = db()): Promise<Date | null> {
  const last = await tx.osvImport.findFirst({
    where: { ecosystem, finishedAt: { not: null } },
    orderBy: { finishedAt: 'desc' },
    select: { finishedAt: true },
  });
  return last?.finishedAt ?? null;
}

/**
 * The advisories of the imported database that are about the installed packages, each once under the name with the most
 * to say, worst first; null where no database of the ecosystem was imported. One query, at most OSV_LIMITS.matches.
 */
export async function findVulnerabilities(
  { ecosystem, installed }: { ecosystem: Ecosystem; installed: readonly Installed[] },
  tx: Tx = db(),
): Promise<VulnerabilityFact[] | null> {
  if ((await importedAt(ecosystem, tx)) === null) return null;
  const names = [...new Set(installed.map(({ name }) => canonicalName(ecosystem, name)))];
  const rows = await tx.osvAdvisory.findMany({
    where: { ecosystem, package: { in: names }, withdrawnAt: null },
    select: { package: true, id: true, data: true },
  });
  const byPackage = Map.groupBy(rows, (row) => row.package);
  const facts = installed.flatMap(({ name, version }, index): VulnerabilityFact[] => {
    const advisories = byPackage.get(canonicalName(ecosystem, name)) ?? [];
    const matching = advisories
      .map(({ id, data }) => ({ id, data: data as unknown as StoredAdvisory }))
      .filter(({ data }) => isAffected(ecosystem, data, version));
    return distinct(matching).map(({ id, data, aliases }) => ({
      id,
      aliases,
      summary: data.summary,
      name,
      version,
      path: pathTo(installed, index),
      score: data.score,
      level: data.level,
      fixed: fixesFor(ecosystem, data, version).slice(0, 3),
      isMalware: id.startsWith('MAL-'),
    }));
  });
  return facts.sort(byWeight).slice(0, OSV_LIMITS.matches);
}

type Match = { id: string; data: StoredAdvisory };

/** A fault that several databases tell of is told once: malware first, then whoever gives a score, then by name. */
function distinct(matches: readonly Match[]): (Match & { aliases: string[] })[] {
  const kept: (Match & { aliases: string[] })[] = [];
  const weight = ({ id, data }: Match) => (id.startsWith('MAL-') ? 2 : 0) + (data.score === null ? 0 : 1);
  for (const match of matches.toSorted((a, b) => weight(b) - weight(a) || compareText(a.id, b.id))) {
    const names = [match.id, ...match.data.aliases];
    const same = kept.find(({ id, aliases }) => names.some((name) => name === id || aliases.includes(name)));
    if (same === undefined) kept.push({ ...match, aliases: [...match.data.aliases].sort() });
    else same.aliases = [...new Set([...same.aliases, ...names])].filter((name) => name !== same.id).sort();
  }
  return kept;
}

function byWeight(a: VulnerabilityFact, b: VulnerabilityFact): number {
  const weight = ({ isMalware, score }: VulnerabilityFact) => (isMalware ? 20 : (score ?? 5));
  return (
    weight(b) - weight(a) ||
    a.path.length - b.path.length ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.id, b.id)
  );
}

/** `name@version` from the server's own package to this one. A list that goes round ends after its length. */
function pathTo(installed: readonly Installed[], index: number): string[] {
  const path: string[] = [];
  for (let at: number | null = index; at !== null && path.length < installed.length; ) {
    const step: Installed | undefined = installed[at];
    if (step === undefined) break;
    path.unshift(`${step.name}@${step.version}`);
    at = step.parent;
  }
  return path;
}
