import type { Manifest, Package } from '#lib/manifest/types.ts';
import type { ScanFacts } from '#scanners/facts.ts';
import type { PackageFacts } from '../acquire/snapshot.ts';
import { registryFact } from './registry-fact.ts';

/** Whether a package of a manifest is the one that was fetched for its scan. */
export const isFetched = (pkg: Package, fetched: PackageFacts | null): boolean =>
  fetched !== null &&
  pkg.registryType === fetched.registryType &&
  pkg.identifier === fetched.identifier &&
  pkg.version === fetched.version;

/** What is known where there is no catalog, in a terminal: what came with the package that was fetched and run. */
export function fetchedFacts({
  manifest,
  fetched,
  now,
}: {
  manifest: Manifest;
  fetched: PackageFacts | null;
  now: Date;
}): ScanFacts {
  const packages = (manifest.packages ?? []).flatMap((pkg, packageIndex) =>
    isFetched(pkg, fetched)
      ? [
          {
            packageIndex,
            registry: registryFact({ checks: [], fetched }),
            checks: [],
            vulnerabilities: null,
            lookedUp: null,
          },
        ]
      : [],
  );
  return { at: now.toISOString(), packages, holder: null, known: null, observed: fetched?.observed ?? null };
}
