import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Parser, type ReadEntry } from 'tar';
import { type Entry, openPromise } from 'yauzl';
import type { Collector } from './collector.ts';
import type { SourceLimits } from './types.ts';

/** The archive breaks a limit or is none; the message is a sentence for people. */
export class ArchiveFault extends Error {}

/**
 * Reads a tarball or ZIP archive (sdist, wheel) entry by entry. Nothing is written anywhere, so that no name can lead out and
 * no link can lead in; sizes are counted as they come, whatever the archive says of them. Throws ArchiveFault.
 */
export async function collectArchive(file: string, collector: Collector, limits: SourceLimits): Promise<void> {
  const handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  await handle.close();
  const magic = buffer.subarray(0, bytesRead).toString('latin1');
  if (magic.startsWith('PK')) return collectZip(file, collector, limits);
  return collectTar(file, collector, limits);
}

/** Counts what comes out of an archive, and refuses a bomb. */
class Meter {
  #entries = 0;
  #bytes = 0;
  readonly #packed: number;
  readonly #limits: SourceLimits;

  constructor(packed: number, limits: SourceLimits) {
    this.#packed = packed;
    this.#limits = limits;
  }

  entry(): void {
    if (++this.#entries > this.#limits.entries)
      throw new ArchiveFault(`The archive holds more than ${this.#limits.entries} entries.`);
  }

  bytes(count: number): void {
    this.#bytes += count;
    const { unpackedBytes, ratio, ratioFreeBytes } = this.#limits;
    if (this.#bytes > unpackedBytes)
      throw new ArchiveFault(`The archive unpacks to more than ${Math.round(unpackedBytes / 1048576)} MiB.`);
    if (this.#bytes > ratioFreeBytes && this.#bytes > this.#packed * ratio)
      throw new ArchiveFault(`The archive unpacks to more than ${ratio} times its size.`);
  }
}

/** The name inside the package; null for one that leads out of it. npm and PyPI put everything below one directory. */
function innerPath(name: string, isTar: boolean): string | null {
  const path = name.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.split('/').includes('..') || path.includes('\0'))
    return null;
  return isTar ? path.slice(path.indexOf('/') + 1) : path;
}

async function collectTar(file: string, collector: Collector, limits: SourceLimits): Promise<void> {
  const meter = new Meter((await stat(file)).size, limits);
  let fault: Error | null = null;
  let entries = 0;
  const parser = new Parser({
    strict: false,
    onReadEntry: (entry: ReadEntry) => {
      entries++;
      try {
        meter.entry();
        readTarEntry(entry, collector, meter, (error) => {
          fault ??= error;
        });
      } catch (error) {
        fault ??= error as Error;
        entry.resume();
      }
    },
  });
  const source = createReadStream(file);
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      source.destroy();
      reject(fault);
    };
    source.on('error', reject);
    source.on('data', (chunk) => {
      if (fault !== null) return stop();
      if (!parser.write(chunk as Buffer)) {
        source.pause();
        parser.once('drain', () => source.resume());
      }
    });
    source.on('end', () => parser.end());
    parser.on('error', (error: Error) => {
      fault ??= new ArchiveFault(`The archive cannot be read: ${error.message.slice(0, 100)}.`);
      stop();
    });
    parser.on('end', () => (fault === null ? resolve() : reject(fault)));
  });
  if (entries === 0) throw new ArchiveFault('The file is no archive, or an empty one.');
}

function readTarEntry(entry: ReadEntry, collector: Collector, meter: Meter, onFault: (error: Error) => void): void {
  const path = innerPath(entry.path, true);
  const chunks: Buffer[] = [];
  let isWanted = false;
  if (path === null) collector.refuse(entry.path.slice(0, 200), 'has a name that leads out of the package');
  else if (entry.type === 'SymbolicLink' || entry.type === 'Link')
    collector.refuse(path, 'is a link, which is not followed');
  else if (entry.type === 'File' || entry.type === 'OldFile' || entry.type === 'ContiguousFile')
    isWanted = path !== '' && collector.wants(path, entry.size);
  entry.on('data', (chunk: Buffer) => {
    try {
      meter.bytes(chunk.length);
      if (isWanted) chunks.push(chunk);
    } catch (error) {
      isWanted = false;
      onFault(error as Error);
    }
  });
  entry.on('end', () => {
    if (isWanted && path !== null) collector.add(path, Buffer.concat(chunks));
  });
}

/** Mode bits of a symbolic link in the upper half of the external attributes (APPNOTE 4.4.15, as Unix writes them). */
const isLink = (entry: Entry): boolean => ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;

/** UTF-8 where the entry says so, else one byte a character (APPNOTE appendix D); wheels use plain letters. */
const nameOf = ({ fileName, generalPurposeBitFlag }: Entry): string =>
  Buffer.from(fileName).toString(generalPurposeBitFlag & 0x800 ? 'utf8' : 'latin1');

async function collectZip(file: string, collector: Collector, limits: SourceLimits): Promise<void> {
  const { size } = await stat(file);
  const meter = new Meter(size, limits);
  // Names come as bytes and are checked here: one that leads out must not hide what the others hold.
  const zip = await openPromise(file, {
    lazyEntries: true,
    autoClose: false,
    decodeStrings: false,
  }).catch((error: Error) => {
    throw new ArchiveFault(`The archive cannot be read: ${error.message.slice(0, 100)}.`);
  });
  try {
    if (zip.entryCount > limits.entries)
      throw new ArchiveFault(`The archive holds more than ${limits.entries} entries.`);
    let packed = 0;
    for await (const entry of zip.eachEntry()) {
      meter.entry();
      packed += entry.compressedSize;
      // Files that share their packed bytes are how a small archive becomes petabytes (Fifield, "A better zip bomb").
      if (packed > size) throw new ArchiveFault('The archive has files that lie on top of each other.');
      await readZipEntry(zip, entry, collector, meter);
    }
  } catch (error) {
    if (error instanceof ArchiveFault) throw error;
    throw new ArchiveFault(`The archive cannot be read: ${(error as Error).message.slice(0, 100)}.`);
  } finally {
    zip.close();
  }
}

async function readZipEntry(
  zip: Awaited<ReturnType<typeof openPromise>>,
  entry: Entry,
  collector: Collector,
  meter: Meter,
): Promise<void> {
  const name = nameOf(entry);
  if (name.endsWith('/')) return;
  const path = innerPath(name, false);
  if (path === null) return collector.refuse(name.slice(0, 200), 'has a name that leads out of the package');
  if (isLink(entry)) return collector.refuse(path, 'is a link, which is not followed');
  if (!collector.wants(path, entry.uncompressedSize)) return;
  if (entry.isEncrypted() || !entry.canDecodeFileData())
    return collector.refuse(path, 'is encrypted or packed in an unusual way');
  const stream = await zip.openReadStreamPromise(entry);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) {
      meter.bytes(chunk.length);
      chunks.push(chunk);
    }
  } finally {
    stream.destroy();
  }
  collector.add(path, Buffer.concat(chunks));
}
