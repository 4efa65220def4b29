import { objectOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import type { PackageCheckView } from '#lib/packages/index.ts';
import type { RegistryFact } from '#scanners/facts.ts';
import type { PackageFacts } from '../acquire/snapshot.ts';

/**
 * What the registry of a package says, from the answers that were stored about it and from the package that was fetched for
 * this scan, which is newer. Null where neither is there.
 */
export function registryFact({
  checks,
  fetched,
}: {
  checks: readonly PackageCheckView[];
  fetched: PackageFacts | null;
}): RegistryFact | null {
  const digest = checks.find(({ kind }) => kind === 'digest');
  const release = digest === undefined ? undefined : objectOf(digest.facts, 'release');
  const metadata = fetched?.source === 'registry' ? fetched.metadata : null;
  if (release === undefined && metadata === null) return null;
  const stored: JsonObject = release ?? {};
  return {
    firstPublishedAt: metadata?.firstPublishedAt ?? null,
    publishedAt: metadata?.publishedAt ?? textOf(stored, 'publishedAt') ?? null,
    lastPublishedAt: metadata?.lastPublishedAt ?? null,
    // npm's deprecation can be taken back: the newer answer counts alone. pip does not say.
    deprecated:
      fetched?.registryType === 'npm' && metadata !== null
        ? metadata.deprecated
        : (textOf(stored, 'deprecated') ?? null),
    maintainers: metadata?.maintainers ?? (typeof stored.maintainers === 'number' ? stored.maintainers : null),
    repository: metadata?.repository ?? textOf(stored, 'repository') ?? null,
    installScripts: metadata?.installScripts ?? ownScript(stored, digest?.label),
  };
}

/** The stored answer knows of the package's own script only. */
function ownScript({ hasInstallScript }: JsonObject, label: string | undefined): string[] | null {
  if (hasInstallScript !== true || label === undefined) return null;
  const [, name = '', version = ''] = label.split(' ');
  return [`${name}@${version}`];
}
