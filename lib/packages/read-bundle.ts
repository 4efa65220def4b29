import fs from 'node:fs';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { isJsonObject, textOf } from '#lib/manifest/json-object.ts';
import { parseStrictJson } from '#lib/manifest/strict-json.ts';
import { CheckFault } from './check-fault.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import { shown } from './shown.ts';

export type BundleFacts = { entries: number; unpackedBytes: number; name: string | null; version: string | null };

const MANIFEST = 'manifest.json';
const mebibytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;

/**
 * Reads an MCP bundle's directory and manifest.json. What the directory says about sizes is judged before anything is
 * unpacked; then each file is unpacked into nothing, to see that the directory told the truth.
 * Throws CheckFault ZIP_BOMB or NOT_A_BUNDLE.
 */
export async function readBundle(
  file: string,
  { label, signal }: { label: string; signal: AbortSignal },
): Promise<BundleFacts> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false });
    const entries = await readDirectory(zip, { label, packedBytes: fs.statSync(file).size });
    const manifests = entries.filter(({ fileName }) => fileName === MANIFEST);
    if (manifests.length !== 1) {
      const seen = manifests.length === 0 ? 'no' : 'more than one';
      throw new CheckFault('NOT_A_BUNDLE', `${label} has ${seen} ${MANIFEST} at its top. Pack it with "mcpb pack".`);
    }
    for (const entry of entries) if (entry.fileName !== MANIFEST) await unpack(zip, entry, { label, signal });
    const manifest = await unpackManifest(zip, manifests[0]!, { label, signal });
    const unpackedBytes = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    return { entries: entries.length, unpackedBytes, ...manifest };
  } catch (error) {
    if (error instanceof CheckFault) throw error;
    if (signal.aborted) {
      throw new CheckFault('REGISTRY_UNREACHABLE', `Checking ${label} took too long. We try again later.`);
    }
    const reason = shown(error instanceof Error ? error.message : 'no reason', 120);
    throw new CheckFault(
      'NOT_A_BUNDLE',
      `${label} is not a readable ZIP archive: ${reason}. Pack it with "mcpb pack".`,
    );
  } finally {
    zip?.close();
  }
}

async function readDirectory(
  zip: ZipFile,
  { label, packedBytes }: { label: string; packedBytes: number },
): Promise<Entry[]> {
  const refuse = (what: string) => new CheckFault('ZIP_BOMB', `${label} ${what}. It is not unpacked.`);
  if (zip.entryCount > BUNDLE_LIMITS.entries) {
    throw refuse(`holds ${zip.entryCount} files; at most ${BUNDLE_LIMITS.entries} are read`);
  }
  const entries: Entry[] = [];
  let [unpacked, packed] = [0, 0];
  for await (const entry of zip.eachEntry()) {
    entries.push(entry);
    unpacked += entry.uncompressedSize;
    packed += entry.compressedSize;
    if (unpacked > BUNDLE_LIMITS.unpackedBytes) {
      throw refuse(`unpacks to more than ${mebibytes(BUNDLE_LIMITS.unpackedBytes)}`);
    }
  }
  // Files that share their packed bytes are how a small archive becomes petabytes (Fifield, "A better zip bomb").
  if (packed > packedBytes) throw refuse('has files that lie on top of each other');
  if (unpacked > BUNDLE_LIMITS.ratioFreeBytes && unpacked > packedBytes * BUNDLE_LIMITS.ratio) {
    throw refuse(
      `unpacks from ${mebibytes(packedBytes)} to ${mebibytes(unpacked)}, more than ${BUNDLE_LIMITS.ratio} times its size`,
    );
  }
  return entries;
}

/** Unpacks one file and hands each piece on. More than the directory said is a bomb. */
async function unpack(
  zip: ZipFile,
  entry: Entry,
  { label, signal }: { label: string; signal: AbortSignal },
  onChunk: (chunk: Buffer) => void = () => {},
): Promise<void> {
  if (entry.isEncrypted() || !entry.canDecodeFileData()) {
    const message = `${label} has files that MCP clients cannot unpack: ${shown(entry.fileName, 80)} is encrypted or packed in an unusual way.`;
    throw new CheckFault('NOT_A_BUNDLE', message);
  }
  const stream = await zip.openReadStreamPromise(entry);
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      onChunk(chunk);
    }
  } catch (error) {
    if (error instanceof Error && /too many bytes/.test(error.message)) {
      throw new CheckFault(
        'ZIP_BOMB',
        `${shown(entry.fileName, 80)} in ${label} unpacks to more than the archive's directory says. It is refused.`,
      );
    }
    throw error;
  } finally {
    stream.destroy();
  }
}

async function unpackManifest(
  zip: ZipFile,
  entry: Entry,
  options: { label: string; signal: AbortSignal },
): Promise<{ name: string | null; version: string | null }> {
  if (entry.uncompressedSize > BUNDLE_LIMITS.manifestBytes) {
    const message = `${MANIFEST} in ${options.label} has ${entry.uncompressedSize} bytes; at most ${BUNDLE_LIMITS.manifestBytes} are read.`;
    throw new CheckFault('NOT_A_BUNDLE', message);
  }
  const chunks: Buffer[] = [];
  await unpack(zip, entry, options, (chunk) => void chunks.push(chunk));
  const parsed = parseStrictJson(Buffer.concat(chunks), { maxBytes: BUNDLE_LIMITS.manifestBytes });
  if (!parsed.ok || !isJsonObject(parsed.value)) {
    const reason = parsed.ok ? 'It is no object.' : (parsed.issues[0]?.message ?? 'It cannot be read.');
    throw new CheckFault('NOT_A_BUNDLE', `${MANIFEST} in ${options.label} is not usable JSON. ${shown(reason)}`);
  }
  const text = (key: string) => {
    const value = textOf(parsed.value as never, key);
    return value === undefined ? null : shown(value);
  };
  return { name: text('name'), version: text('version') };
}
