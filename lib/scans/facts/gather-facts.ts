import type { Coverage } from '#lib/catalog/views.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { namespaceOf } from '#lib/manifest/index.ts';
import { isDefaultRegistry, isExactPackageVersion } from '#lib/manifest/package-identifier.ts';
import type { Manifest, Package } from '#lib/manifest/types.ts';
import { getPackageChecks, type PackageCheckView } from '#lib/packages/index.ts';
import type { PackageFact, ScanFacts } from '#scanners/facts.ts';
import { shown } from '#scanners/text/scan-text.ts';
import type { PackageFacts } from '../acquire/snapshot.ts';
import { type Ecosystem, findVulnerabilities, type Installed } from '../vulnerabilities/index.ts';
import { isFetched } from './fetched-facts.ts';
import { holderOf, knownServers } from './known-servers.ts';
import { registryFact } from './registry-fact.ts';

/** Packages of one manifest that facts are gathered about, as many as are checked. */
const MAX_PACKAGES = 20;

const ECOSYSTEM_OF: Record<string, Ecosystem> = { npm: 'npm', pypi: 'PyPI' };

export type GatheredFacts = { facts: ScanFacts; coverage: Required<Pick<Coverage, 'registry' | 'vulnerabilities'>> };

/**
 * Everything that is known here about a version beside its manifest and its tools: what the registries of its packages said
 * when they were last asked, what its installed packages are known to be vulnerable to, who holds its name, and whose names
 * it may be taken for. Asks nobody outside: the database and the package that was fetched for this scan.
 */
export async function gatherFacts(
  {
    versionId,
    manifest,
    fetched,
    now,
  }: { versionId: string; manifest: Manifest; fetched: PackageFacts | null; now: Date },
  tx: Tx = db(),
): Promise<GatheredFacts> {
  const checks = await getPackageChecks(versionId, tx);
  const packages: PackageFact[] = [];
  const notes: { registry: string[]; vulnerabilities: string[] } = { registry: [], vulnerabilities: [] };
  for (const [packageIndex, pkg] of (manifest.packages ?? []).slice(0, MAX_PACKAGES).entries()) {
    const own = checks.filter((check) => check.packageIndex === packageIndex);
    const mine = isFetched(pkg, fetched) ? fetched : null;
    const registry = registryFact({ checks: own, fetched: mine });
    if (registry === null && !own.some(hasAnswer)) notes.registry.push(unanswered(pkg, own));
    const looked = await lookUp(pkg, mine, tx);
    if (looked.note !== null) notes.vulnerabilities.push(looked.note);
    packages.push({
      packageIndex,
      registry,
      checks: own.map(({ kind, state, code, message }) => ({ kind, state, code, message })),
      vulnerabilities: looked.vulnerabilities,
      lookedUp: looked.lookedUp,
    });
  }
  const coveredUnless = (reasons: string[]) => {
    if (packages.length === 0) return { covered: false, reason: 'The manifest names no package.' };
    return reasons.length === 0 ? { covered: true } : { covered: false, reason: [...new Set(reasons)].join(' ') };
  };
  return {
    facts: {
      at: now.toISOString(),
      packages,
      holder: await holderOf(namespaceOf(manifest.name), tx),
      known: await knownServers(tx),
      observed: fetched?.observed ?? null,
    },
    coverage: {
      registry: coveredUnless(notes.registry),
      vulnerabilities: coveredUnless(notes.vulnerabilities),
    },
  };
}

const hasAnswer = ({ state }: PackageCheckView): boolean => state !== 'unreachable' && state !== 'not_offered';

function unanswered(pkg: Package, checks: readonly PackageCheckView[]): string {
  const [first] = checks;
  return first === undefined ? `The registry of ${shown(pkg.identifier)} was not asked yet.` : first.message;
}

type LookUp = Pick<PackageFact, 'vulnerabilities' | 'lookedUp'> & { note: string | null };

/** The advisories about a package and, where it was fetched, about all that it installs. */
async function lookUp(pkg: Package, fetched: PackageFacts | null, tx: Tx): Promise<LookUp> {
  const not = (note: string): LookUp => ({ vulnerabilities: null, lookedUp: null, note });
  const { registryType, identifier, version } = pkg;
  const ecosystem = Object.hasOwn(ECOSYSTEM_OF, registryType) ? ECOSYSTEM_OF[registryType] : undefined;
  if (ecosystem === undefined) return not(`Packages of type ${shown(registryType)} are not looked up.`);
  if (!isDefaultRegistry(registryType, pkg.registryBaseUrl)) {
    return not(`${shown(identifier)} is not on the public registry that the database is about.`);
  }
  if (version === undefined || !isExactPackageVersion(registryType, version)) {
    return not(`The manifest names no exact version of ${shown(identifier)}.`);
  }
  const tree = fetched?.tree ?? [];
  const installed: readonly Installed[] = tree.length > 0 ? tree : [{ name: identifier, version, parent: null }];
  const vulnerabilities = await findVulnerabilities({ ecosystem, installed }, tx);
  if (vulnerabilities === null) {
    return not(`No OSV database of ${ecosystem} was imported; an admin can do so with hallmark osv import.`);
  }
  if (tree.length > 0) return { vulnerabilities, lookedUp: 'tree', note: null };
  const note = `Of ${shown(identifier)} only the package itself was looked up, not what it installs.`;
  return { vulnerabilities, lookedUp: 'package', note };
}
