import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Collector } from './collector.ts';
import { collectFile } from './directory.ts';
import type { SourceLimits } from './types.ts';

const RECORD_BYTES = 8 * 1024 * 1024;

/**
 * Collects the files of one installed Python distribution: those that its RECORD lists (PyPA, "Recording installed
 * projects"). The folder holds others beside it.
 */
export async function collectDistribution(
  { dir, name }: { dir: string; name: string },
  collector: Collector,
  limits: SourceLimits,
): Promise<void> {
  const info = (await readdir(dir)).find(
    (entry) => entry.endsWith('.dist-info') && canonical(entry.replace(/-[^-]*\.dist-info$/, '')) === canonical(name),
  );
  if (info === undefined) return collector.refuse(name, 'does not say which files are its own');
  const listed = (await recordOf(path.join(dir, info, 'RECORD'))).toSorted();
  if (listed.length === 0) collector.refuse(`${info}/RECORD`, 'lists no files');
  for (const relative of listed.slice(0, limits.entries)) await collectFile(dir, relative, collector);
  if (listed.length > limits.entries)
    collector.refuse(listed[limits.entries] as string, `comes after ${limits.entries} other files`);
}

const canonical = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

async function recordOf(file: string): Promise<string[]> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return [];
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(RECORD_BYTES), 0, RECORD_BYTES, 0);
    return buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .split(/\r?\n/)
      .flatMap((line) => {
        const name = /^"((?:[^"]|"")*)"|^([^,]+),/.exec(line);
        const relative = (name?.[1]?.replaceAll('""', '"') ?? name?.[2] ?? '').replaceAll('\\', '/');
        // Scripts lie outside (`../../bin/x`); they only start what is inside.
        const isInside = relative !== '' && !relative.startsWith('/') && !relative.split('/').includes('..');
        return isInside ? [relative] : [];
      });
  } finally {
    await handle.close();
  }
}
