import type { PackageCode } from '#scanners/package-code/types.ts';

/**
 * Where a package's own files are: an unpacked directory, an archive that is read without writing any of it, or a Python
 * distribution that is installed in a directory with others.
 */
export type PackageSource =
  | { kind: 'directory'; dir: string }
  | { kind: 'archive'; file: string }
  | { kind: 'distribution'; dir: string; name: string; version: string };

export type PackageIdentity = {
  ecosystem: 'npm' | 'pypi';
  /** null: as the package itself says. */
  name: string | null;
  version: string | null;
};

export type SourceLimits = {
  /** For collecting, parsing and following together. */
  timeoutMs: number;
  /** Heap of the reading process, in MiB. */
  heapMib: number;
  /** Entries of an archive, or files of a directory, that are looked at. */
  entries: number;
  /** Bytes that an archive may unpack to. */
  unpackedBytes: number;
  /** Unpacked to packed, for archives that unpack to more than `ratioFreeBytes`. Program text packs to a tenth. */
  ratio: number;
  ratioFreeBytes: number;
};

export const DEFAULT_SOURCE_LIMITS: SourceLimits = {
  timeoutMs: 30_000,
  heapMib: 384,
  entries: 50_000,
  unpackedBytes: 1024 * 1024 * 1024,
  ratio: 100,
  ratioFreeBytes: 64 * 1024 * 1024,
};

export type ReadPackageResult = { ok: true; code: PackageCode } | { ok: false; reason: string };
