import { createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { AcquireFailure, AcquireLimits } from './types.ts';

const FILE_TYPE = 0o170000;
const REGULAR_FILE = 0o100000;
const DIRECTORY = 0o040000;
const MAX_PATH = 1_000;

/** An archive that is not unpacked. */
class Refused extends Error {
  readonly code: 'TOO_LARGE' | 'BUNDLE_INVALID';
  constructor(code: 'TOO_LARGE' | 'BUNDLE_INVALID', message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Unpacks a ZIP archive into the empty directory `target`: files and directories only, no link, nothing outside. What the
 * archive's directory says is judged before anything is written, and yauzl ends a file that is larger than it says there.
 * Null when it went well; else TOO_LARGE, BUNDLE_INVALID or ABORTED.
 */
export async function unpackBundle(
  file: string,
  target: string,
  { limits, signal }: { limits: Pick<AcquireLimits, 'unpackedBytes' | 'files'>; signal?: AbortSignal },
): Promise<AcquireFailure | null> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: true });
    for (const entry of await readDirectory(zip, limits)) {
      signal?.throwIfAborted();
      await write(zip, entry, target, signal);
    }
    return null;
  } catch (error) {
    if (signal?.aborted) return { ok: false, code: 'ABORTED', message: 'Fetching the package was stopped.' };
    if (error instanceof Refused) return { ok: false, code: error.code, message: error.message };
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll(target, '').slice(0, 200);
    return { ok: false, code: 'BUNDLE_INVALID', message: `The bundle cannot be unpacked: ${reason}.` };
  } finally {
    zip?.close();
  }
}

async function readDirectory(
  zip: ZipFile,
  { unpackedBytes, files }: Pick<AcquireLimits, 'unpackedBytes' | 'files'>,
): Promise<Entry[]> {
  const tooMany = new Refused('TOO_LARGE', `The bundle brings more than ${files} files.`);
  if (zip.entryCount > files) throw tooMany;
  const entries: Entry[] = [];
  const names = new Set<string>();
  let size = 0;
  for await (const entry of zip.eachEntry()) {
    if (entries.length >= files) throw tooMany;
    size += entry.uncompressedSize;
    if (size > unpackedBytes) {
      const most = Math.round(unpackedBytes / 1048576);
      throw new Refused('TOO_LARGE', `The bundle is larger than ${most} MiB when unpacked.`);
    }
    const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
    // Archives made on Windows leave the type out.
    if (type !== 0 && type !== REGULAR_FILE && type !== DIRECTORY) {
      throw new Refused('BUNDLE_INVALID', 'The bundle has links or devices in it, which are not unpacked.');
    }
    const isFree = !names.has(entry.fileName) && isInside(entry.fileName);
    if (!isFree) throw new Refused('BUNDLE_INVALID', 'The bundle names a file twice, or one outside of it.');
    names.add(entry.fileName);
    entries.push(entry);
  }
  return entries;
}

const isInside = (name: string): boolean =>
  name.length <= MAX_PATH &&
  !name.includes('\0') &&
  !name.startsWith('/') &&
  name
    .split('/')
    .every((part, index, all) => (part !== '' || index === all.length - 1) && part !== '.' && part !== '..');

async function write(zip: ZipFile, entry: Entry, target: string, signal: AbortSignal | undefined): Promise<void> {
  const path = join(target, entry.fileName);
  if (entry.fileName.endsWith('/')) {
    await mkdir(path, { recursive: true, mode: 0o755 });
    return;
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const stream = await zip.openReadStreamPromise(entry);
  // A name that is there already, e.g. by another spelling that the file system takes for the same, fails.
  await pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o644 }), { ...(signal ? { signal } : {}) });
  if (((entry.externalFileAttributes >>> 16) & 0o111) !== 0) await chmod(path, 0o755);
}
