import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDefaultRegistry, isExactPackageVersion, isPackageIdentifier } from '#lib/manifest/package-identifier.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { fetchPypiArchive, readPackage } from '../package-source/index.ts';
import type { AcquireSnapshotOptions, Snapshot } from './snapshot.ts';

export type PackageSources = {
  /** The index that the admin configured, e.g. `https://pypi.org`. */
  pypiUrl: string;
  outbound?: Outbound;
};

/**
 * Reads the code of a PyPI package that was not fetched to be run, because it speaks no stdio or nothing here installs it.
 * Its archive is fetched and read, nothing of it is installed. The snapshot stays as it is where that fails.
 */
export async function readUnfetched(
  snapshot: Snapshot,
  { manifest, sources, workDir, signal }: AcquireSnapshotOptions,
): Promise<Snapshot> {
  if (snapshot.packageFacts !== null || sources === undefined) return snapshot;
  const pkg = manifest.packages?.find(({ registryType }) => registryType === 'pypi');
  const { identifier, version } = pkg ?? {};
  if (identifier === undefined || version === undefined || !isDefaultRegistry('pypi', pkg?.registryBaseUrl))
    return snapshot;
  if (!isPackageIdentifier('pypi', identifier) || !isExactPackageVersion('pypi', version)) return snapshot;
  const dir = await mkdtemp(join(workDir ?? tmpdir(), 'hallmark-source-'));
  try {
    const { pypiUrl: url, outbound } = sources;
    const common = signal ? { signal } : {};
    const fetched = await fetchPypiArchive({
      identifier,
      version,
      url,
      workDir: dir,
      ...(outbound ? { outbound } : {}),
      ...common,
    });
    if (!fetched.ok) return withReason(snapshot, fetched.reason);
    const identity = { ecosystem: 'pypi', name: identifier, version } as const;
    const read = await readPackage({ source: { kind: 'archive', file: fetched.file }, identity, ...common });
    if (!read.ok) return withReason(snapshot, read.reason);
    const integrity = `sha256-${Buffer.from(fetched.sha256, 'hex').toString('base64')}`;
    return {
      ...snapshot,
      code: read.code,
      coverage: { ...snapshot.coverage, package: { covered: true, integrity } },
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function withReason(snapshot: Snapshot, reason: string): Snapshot {
  const { package: entry } = snapshot.coverage;
  return {
    ...snapshot,
    coverage: { ...snapshot.coverage, package: { ...entry, reason: [entry.reason, reason].filter(Boolean).join(' ') } },
  };
}
