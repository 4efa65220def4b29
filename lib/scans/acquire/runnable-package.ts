import { isDefaultRegistry } from '#lib/manifest/package-identifier.ts';
import type { Manifest, Package } from '#lib/manifest/types.ts';

/** What a package of each type is called in a sentence. */
const KINDS: Record<string, string> = {
  oci: 'an OCI image',
  pypi: 'a PyPI package',
  nuget: 'a NuGet package',
  cargo: 'a Rust crate',
  mcpb: 'an MCPB bundle',
};

export type RunnablePackage = { ok: true; pkg: Package & { version: string } } | { ok: false; reason: string };

/** Chooses the package of a manifest that is fetched and run: the first npm package that speaks stdio; else says why none is. */
export function runnablePackage({ packages = [], remotes = [] }: Manifest): RunnablePackage {
  const npm = packages.filter(({ registryType }) => registryType === 'npm');
  const stdio = npm.find(({ transport }) => transport.type === 'stdio');
  if (stdio) {
    if (!isDefaultRegistry('npm', stdio.registryBaseUrl)) {
      return {
        ok: false,
        reason: `npm packages come from the configured registry only, not from ${stdio.registryBaseUrl}.`,
      };
    }
    const { version } = stdio;
    if (version === undefined)
      return { ok: false, reason: 'The npm package has no version, so there is nothing exact to fetch.' };
    return { ok: true, pkg: { ...stdio, version } };
  }
  if (npm[0]) {
    return {
      ok: false,
      reason: `Only servers on standard input and output are run; this package speaks ${npm[0].transport.type}.`,
    };
  }
  const kinds = [
    ...new Set(packages.map(({ registryType }) => KINDS[registryType] ?? `a package of type ${registryType}`)),
  ];
  if (remotes.length > 0) kinds.push('a remote server');
  if (kinds.length === 0) return { ok: false, reason: 'The manifest names neither a package nor a remote.' };
  return { ok: false, reason: `Only npm packages are run; this version is ${kinds.join(' and ')}.` };
}
