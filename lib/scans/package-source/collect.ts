import type { JsonObject } from '#lib/manifest/types.ts';
import type { PackageFiles } from '#scanners/package-code/types.ts';
import { collectArchive } from './archive.ts';
import { Collector } from './collector.ts';
import { collectDirectory } from './directory.ts';
import { collectDistribution } from './distribution.ts';
import { DEFAULT_SOURCE_LIMITS, type PackageIdentity, type PackageSource, type SourceLimits } from './types.ts';

/** Collects a package's own files, wherever they are. Throws ArchiveFault. */
export async function collectPackage(
  source: PackageSource,
  { ecosystem, name, version }: PackageIdentity,
  limits: SourceLimits = DEFAULT_SOURCE_LIMITS,
): Promise<PackageFiles> {
  const collector = new Collector();
  switch (source.kind) {
    case 'directory':
      await collectDirectory(source.dir, collector, limits);
      break;
    case 'archive':
      await collectArchive(source.file, collector, limits);
      break;
    case 'distribution':
      await collectDistribution(source, collector, limits);
      break;
  }
  const files = collector.files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const manifest = manifestOf(files.find(({ path }) => path === 'package.json')?.text);
  const own = metadataOf(files.find(({ path }) => /(?:^|\/)(?:METADATA|PKG-INFO)$/.test(path))?.text);
  return {
    ecosystem,
    name: name ?? textOf(manifest?.name) ?? own.name ?? 'package',
    version: version ?? textOf(manifest?.version) ?? own.version ?? '',
    manifest,
    files,
    notRead: collector.notRead,
  };
}

function manifestOf(text: string | undefined): JsonObject | null {
  if (text === undefined) return null;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 214) : undefined;

/** Core metadata of a Python package, https://packaging.python.org/en/latest/specifications/core-metadata/. */
function metadataOf(text = ''): { name?: string; version?: string } {
  const head = text.slice(0, 20_000);
  const name = /^Name:[ \t]*(\S{1,214})/m.exec(head)?.[1];
  const version = /^Version:[ \t]*(\S{1,100})/m.exec(head)?.[1];
  return { ...(name ? { name } : {}), ...(version ? { version } : {}) };
}
