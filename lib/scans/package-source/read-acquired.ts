import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AcquiredPackage } from '../acquire/types.ts';
import { readPackage } from './read-package.ts';
import type { PackageIdentity, PackageSource, ReadPackageResult, SourceLimits } from './types.ts';

/** Reads the code of a package that was fetched to be run: its own files, not those of what it depends on. */
export function readAcquired({
  type,
  identifier,
  acquired: { dir, metadata },
  ...options
}: {
  type: 'npm' | 'pypi' | 'mcpb' | 'oci';
  identifier: string;
  acquired: Pick<AcquiredPackage, 'dir' | 'metadata'>;
  limits?: Partial<SourceLimits>;
  signal?: AbortSignal;
}): Promise<ReadPackageResult> {
  if (type === 'oci') return Promise.resolve({ ok: false, reason: 'The code in images is not read.' });
  const source = sourceOf(type, identifier, dir, metadata);
  const identity: PackageIdentity = {
    ecosystem:
      type === 'pypi' || (type === 'mcpb' && !existsSync(join(dir, 'bundle', 'package.json'))) ? 'pypi' : 'npm',
    name: metadata.name,
    version: metadata.version,
  };
  return readPackage({ source, identity, ...options });
}

function sourceOf(
  type: 'npm' | 'pypi' | 'mcpb',
  identifier: string,
  dir: string,
  { name, version }: AcquiredPackage['metadata'],
): PackageSource {
  // The identifier was checked when it was fetched, so it cannot lead out of `dir`.
  if (type === 'npm') return { kind: 'directory', dir: join(dir, 'node_modules', identifier) };
  if (type === 'mcpb') return { kind: 'directory', dir: join(dir, 'bundle') };
  return { kind: 'distribution', dir: join(dir, 'site'), name, version };
}
