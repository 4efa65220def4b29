import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { collectPackage } from '#lib/scans/package-source/collect.ts';
import { DEFAULT_SOURCE_LIMITS, type PackageSource, type SourceLimits } from '#lib/scans/package-source/types.ts';
import type { PackageFiles } from '#scanners/package-code/types.ts';

export type TarEntry = {
  path: string;
  text?: string | Buffer;
  type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'FIFO' | 'CharacterDevice';
  link?: string /** Size in the header instead of the truth. */;
  size?: number;
};

/** A tarball (POSIX.1-1988 ustar), with lies where a test wants them. */
export function tarball(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ path, text = '', type = 'File', link, size }) => {
    const content = Buffer.from(text as string);
    const head = Buffer.alloc(512);
    new Header({
      path,
      type,
      size: size ?? content.length,
      mode: 0o644,
      mtime: new Date(0),
      ...(link === undefined ? {} : { linkpath: link }),
    }).encode(head, 0);
    return [head, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]));
}

/** Runs `work` with a directory that is gone afterwards. */
export async function inDirectory<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'hallmark-source-test-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const IDENTITY = { ecosystem: 'npm', name: null, version: null } as const;

export const collect = (source: PackageSource, limits: Partial<SourceLimits> = {}): Promise<PackageFiles> =>
  collectPackage(source, IDENTITY, { ...DEFAULT_SOURCE_LIMITS, ...limits });

export const collectBytes = (bytes: Buffer, limits: Partial<SourceLimits> = {}): Promise<PackageFiles> =>
  inDirectory((dir) => {
    const file = join(dir, 'archive');
    writeFileSync(file, bytes);
    return collect({ kind: 'archive', file }, limits);
  });

export const paths = ({ files }: PackageFiles): string[] => files.map(({ path }) => path);
export const reasons = ({ notRead }: PackageFiles): string[] => notRead.map(({ path, reason }) => `${path}: ${reason}`);
