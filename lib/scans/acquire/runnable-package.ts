import { isDefaultRegistry } from '#lib/manifest/package-identifier.ts';
import type { Manifest, Package } from '#lib/manifest/types.ts';

/** What a package of each type is called in a sentence. */
const KINDS: Record<string, string> = {
  nuget: 'a NuGet package',
  cargo: 'a Rust crate',
};

/** Package types that are fetched and run, in the order in which they are preferred. */
export const RUNNABLE_TYPES = ['npm', 'pypi', 'mcpb', 'oci'] as const;
export type RunnableType = (typeof RUNNABLE_TYPES)[number];
const NAMES: Record<RunnableType, string> = {
  npm: 'npm package',
  pypi: 'PyPI package',
  mcpb: 'MCPB bundle',
  oci: 'image',
};

export type RunnablePackage =
  | { ok: true; type: RunnableType; pkg: Package & { version: string } }
  | { ok: false; reason: string };

/** Chooses the package of a manifest that is fetched and run: the first of `RUNNABLE_TYPES` that speaks stdio; else says why none is. */
export function runnablePackage({ packages = [], remotes = [], version: ofManifest }: Manifest): RunnablePackage {
  const candidates = RUNNABLE_TYPES.flatMap((type) =>
    packages.filter(({ registryType }) => registryType === type).map((pkg) => ({ type, pkg })),
  );
  const stdio = candidates.find(({ pkg }) => pkg.transport.type === 'stdio');
  if (stdio) {
    const { type, pkg } = stdio;
    if (!isDefaultRegistry(type, pkg.registryBaseUrl)) {
      return {
        ok: false,
        reason: `${NAMES[type]}s come from the configured registry only, not from ${pkg.registryBaseUrl}.`,
      };
    }
    const version = type === 'mcpb' || type === 'oci' ? (pkg.version ?? ofManifest) : pkg.version;
    if (version === undefined)
      return { ok: false, reason: `The ${NAMES[type]} has no version, so there is nothing exact to fetch.` };
    return { ok: true, type, pkg: { ...pkg, version } };
  }
  if (candidates[0]) {
    return {
      ok: false,
      reason: `Only servers on standard input and output are run; this package speaks ${candidates[0].pkg.transport.type}.`,
    };
  }
  const kinds = [
    ...new Set(packages.map(({ registryType }) => KINDS[registryType] ?? `a package of type ${registryType}`)),
  ];
  if (remotes.length > 0) kinds.push('a remote server');
  if (kinds.length === 0) return { ok: false, reason: 'The manifest names neither a package nor a remote.' };
  return {
    ok: false,
    reason: `Only npm, PyPI, MCPB and OCI packages are run; this version is ${kinds.join(' and ')}.`,
  };
}
