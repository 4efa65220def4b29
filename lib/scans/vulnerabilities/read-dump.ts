import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { openPromise, type ZipFile } from 'yauzl';
import { DomainError } from '#lib/http/domain-error.ts';
import { OSV_LIMITS } from './types.ts';

/** One advisory of a dump, or why it cannot be read; `name` is for people. */
export type DumpEntry = { name: string } & ({ bytes: Buffer } | { fault: string });

/** An opened dump. `entries` gives everything from the entry with that index on, always in the same order. */
export type Dump = {
  /** sha256 of the bytes, or of the listing of a folder: the same dump again. */
  digest: string;
  total: number;
  entries(from: number): AsyncGenerator<DumpEntry>;
  close(): void;
};

const isAdvisory = (name: string): boolean => name.endsWith('.json') && !path.basename(name).startsWith('.');

/**
 * Opens a copy of an OSV database: a ZIP of JSON files as OSV publishes it, a folder of them, or a file with one advisory a
 * line. Throws NOT_FOUND where there is nothing, UNPROCESSABLE where it is none of these or beyond OSV_LIMITS.
 */
export async function openDump(file: string): Promise<Dump> {
  const stat = await fs.promises.stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new DomainError('NOT_FOUND', `${file} cannot be read: ${error.code ?? error.message}.`);
  });
  if (stat.isDirectory()) return openFolder(file);
  const digest = await digestOf(file);
  return (await startsLikeZip(file)) ? openZip(file, digest) : openLines(file, digest);
}

function tooMany(file: string): DomainError {
  return new DomainError('UNPROCESSABLE', `${file} holds more than ${OSV_LIMITS.entries} advisories.`);
}

const tooLarge = (): string => `it is larger than ${OSV_LIMITS.entryBytes / 1024 / 1024} MiB`;

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function startsLikeZip(file: string): Promise<boolean> {
  const handle = await fs.promises.open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.readUInt32BE(0) === 0x504b0304 || buffer.readUInt32BE(0) === 0x504b0506;
  } finally {
    await handle.close();
  }
}

async function openFolder(folder: string): Promise<Dump> {
  const names = (await fs.promises.readdir(folder)).filter(isAdvisory).sort();
  if (names.length > OSV_LIMITS.entries) throw tooMany(folder);
  const hash = createHash('sha256');
  for (const name of names) {
    const { size, mtimeMs } = await fs.promises.stat(path.join(folder, name));
    hash.update(JSON.stringify([name, size, Math.trunc(mtimeMs)]));
  }
  return {
    digest: hash.digest('hex'),
    total: names.length,
    async *entries(from) {
      for (const name of names.slice(from)) {
        const { size } = await fs.promises.stat(path.join(folder, name));
        if (size > OSV_LIMITS.entryBytes) yield { name, fault: tooLarge() };
        else yield { name, bytes: await fs.promises.readFile(path.join(folder, name)) };
      }
    },
    close: () => {},
  };
}

async function openZip(file: string, digest: string): Promise<Dump> {
  const open = () =>
    openPromise(file, { lazyEntries: true, autoClose: false }).catch((error: Error) => {
      throw new DomainError('UNPROCESSABLE', `${file} is not a readable ZIP archive: ${error.message}.`);
    });
  const opened: ZipFile[] = [];
  const first = await open();
  const total = first.entryCount;
  first.close();
  if (total > OSV_LIMITS.entries) throw tooMany(file);
  return {
    digest,
    total,
    async *entries(from) {
      const zip = await open();
      opened.push(zip);
      let [index, unpacked] = [0, 0];
      for await (const entry of zip.eachEntry()) {
        index += 1;
        if (index <= from) continue;
        const name = entry.fileName;
        if (!isAdvisory(name)) yield { name, fault: 'it is no JSON file' };
        else if (entry.uncompressedSize > OSV_LIMITS.entryBytes) yield { name, fault: tooLarge() };
        else if (entry.isEncrypted() || !entry.canDecodeFileData())
          yield { name, fault: 'it is packed in an unusual way' };
        else {
          unpacked += entry.uncompressedSize;
          if (unpacked > OSV_LIMITS.totalBytes) {
            throw new DomainError('UNPROCESSABLE', `${file} unpacks to more than is read of a database.`);
          }
          yield await unpackEntry(zip, entry);
        }
      }
    },
    close: () => {
      for (const zip of opened) zip.close();
    },
  };
}

/** yauzl stops where more bytes come than the directory says, so a stream never outgrows the limit that was judged. */
async function unpackEntry(zip: ZipFile, entry: Parameters<ZipFile['openReadStreamPromise']>[0]): Promise<DumpEntry> {
  const name = entry.fileName;
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    return { name, bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { name, fault: error instanceof Error ? error.message : 'it cannot be unpacked' };
  }
}

async function openLines(file: string, digest: string): Promise<Dump> {
  let total = 0;
  for await (const _ of linesOf(file)) total += 1;
  if (total > OSV_LIMITS.entries) throw tooMany(file);
  return {
    digest,
    total,
    async *entries(from) {
      let line = 0;
      for await (const bytes of linesOf(file)) {
        line += 1;
        if (line <= from) continue;
        const name = `line ${line}`;
        yield bytes === null ? { name, fault: tooLarge() } : { name, bytes };
      }
    },
    close: () => {},
  };
}

/** The lines that are not blank; null for one that is too long, whose bytes are never kept. */
async function* linesOf(file: string): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (): Buffer | null | undefined => {
    const isTooLong = length > OSV_LIMITS.entryBytes;
    const line = Buffer.concat(parts);
    parts = [];
    length = 0;
    if (isTooLong) return null;
    return line.every((byte) => byte <= 0x20) ? undefined : line;
  };
  const add = (part: Buffer) => {
    length += part.length;
    if (length <= OSV_LIMITS.entryBytes) parts.push(part);
    else parts = [];
  };
  for await (const chunk of fs.createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== undefined) yield line;
    }
    add(chunk.subarray(start));
  }
  const last = take();
  if (last !== undefined) yield last;
}
