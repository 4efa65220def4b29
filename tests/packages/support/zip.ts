import { crc32, deflateRawSync } from 'node:zlib';

export type ZipEntry = {
  name: string;
  content: Buffer | string;
  /** What the directory says instead of the truth. */
  claims?: { unpacked?: number; packed?: number; flags?: number; method?: number };
  /** Lies on the bytes of the entry with this place instead of having its own. */
  on?: number;
};

/** A ZIP archive (APPNOTE 6.3), with lies where a test wants them. `count` is what the end record says of the entries. */
export function zip(entries: ZipEntry[], { count = entries.length }: { count?: number } = {}): Buffer {
  const parts: Buffer[] = [];
  const offsets: number[] = [];
  const packedSizes: number[] = [];
  let at = 0;
  const add = (part: Buffer) => {
    parts.push(part);
    at += part.length;
  };
  for (const entry of entries) {
    if (entry.on !== undefined) {
      offsets.push(offsets[entry.on]!);
      packedSizes.push(packedSizes[entry.on]!);
      continue;
    }
    const packed = deflateRawSync(entry.content, { level: 9 });
    offsets.push(at);
    packedSizes.push(packed.length);
    add(Buffer.concat([header(0x04034b50, entry, packed.length), nameOf(entry), packed]));
  }
  const start = at;
  for (const [index, entry] of entries.entries()) {
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offsets[index]!, 10);
    add(Buffer.concat([header(0x02014b50, entry, packedSizes[index]!), tail, nameOf(entry)]));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, 0xffff), 8);
  end.writeUInt16LE(Math.min(count, 0xffff), 10);
  end.writeUInt32LE(at - start, 12);
  end.writeUInt32LE(start, 16);
  add(end);
  return Buffer.concat(parts);
}

const nameOf = ({ name }: ZipEntry) => Buffer.from(name, 'utf8');

/** The fields that both headers have, at the places of each. */
function header(signature: number, entry: ZipEntry, packed: number): Buffer {
  const isCentral = signature === 0x02014b50;
  const bytes = Buffer.alloc(isCentral ? 32 : 30);
  const base = isCentral ? 6 : 4;
  const content = Buffer.from(entry.content);
  bytes.writeUInt32LE(signature, 0);
  bytes.writeUInt16LE(20, base);
  bytes.writeUInt16LE(0x800 | (entry.claims?.flags ?? 0), base + 2);
  bytes.writeUInt16LE(entry.claims?.method ?? 8, base + 4);
  bytes.writeUInt32LE(crc32(content), base + 10);
  bytes.writeUInt32LE(entry.claims?.packed ?? packed, base + 14);
  bytes.writeUInt32LE(entry.claims?.unpacked ?? content.length, base + 18);
  bytes.writeUInt16LE(nameOf(entry).length, base + 22);
  return bytes;
}

export const MANIFEST: ZipEntry = {
  name: 'manifest.json',
  content: JSON.stringify({ manifest_version: '0.3', name: 'weather', version: '1.0.0' }),
};
