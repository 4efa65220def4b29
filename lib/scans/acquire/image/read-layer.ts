import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { ImageFault } from './image-fault.ts';
import type { ImageTree, StoredFile } from './image-tree.ts';

/** Media types of layers and how they are packed (OCI image specification, "Image Layer Filesystem Changeset"; Docker's). */
const PACKED: Record<string, 'none' | 'gzip' | 'zstd'> = {
  'application/vnd.oci.image.layer.v1.tar': 'none',
  'application/vnd.oci.image.layer.v1.tar+gzip': 'gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'zstd',
  'application/vnd.docker.image.rootfs.diff.tar': 'none',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'gzip',
};

export const isLayerType = (mediaType: string): boolean => Object.hasOwn(PACKED, mediaType);

/** What the layers of an image may hold together. */
export type LayerMeter = { bytes: number; entries: number; files: number };

/**
 * Adds a layer to `tree`, its files' bytes to `store` under numbers. Throws ImageFault where the layer breaks a limit or
 * is not what the image's configuration says (`diffId`). Device files, sockets and names that lead out are left out.
 */
export async function readLayer({
  file,
  mediaType,
  diffId,
  layer,
  tree,
  store,
  meter,
  limits,
  signal,
}: {
  file: string;
  mediaType: string;
  diffId: string;
  layer: number;
  tree: ImageTree;
  store: string;
  meter: LayerMeter;
  limits: { unpackedBytes: number; files: number };
  signal?: AbortSignal;
}): Promise<void> {
  const hash = createHash('sha256');
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      meter.bytes += chunk.length;
      if (meter.bytes > limits.unpackedBytes) {
        const size = Math.round(limits.unpackedBytes / 1048576);
        return done(new ImageFault('TOO_LARGE', `The image unpacks to more than ${size} MiB.`));
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  let fault: Error | null = null;
  const parser = new Parser({
    strict: false,
    onReadEntry: (entry: ReadEntry) => {
      meter.entries += 1;
      if (meter.entries > limits.files) {
        fault ??= new ImageFault('TOO_LARGE', `The image holds more than ${limits.files} files.`);
      }
      if (fault) entry.resume();
      else addEntry(entry, { layer, tree, store, meter });
    },
  });
  parser.on('error', (error: Error) => {
    fault ??= error;
  });
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      parser.write(chunk);
      done(fault);
    },
    final(done) {
      parser.once('end', () => done(fault));
      parser.end();
    },
  });
  const source = createReadStream(file);
  const options = signal ? { signal } : {};
  const packed = PACKED[mediaType];
  if (packed === 'gzip') await pipeline(source, createGunzip(), count, sink, options);
  else if (packed === 'zstd') await pipeline(source, createZstdDecompress(), count, sink, options);
  else await pipeline(source, count, sink, options);
  const seen = `sha256:${hash.digest('hex')}`;
  if (seen !== diffId) {
    throw new ImageFault('INTEGRITY_MISMATCH', `Layer ${layer} unpacks to ${seen}; the image says ${diffId}.`);
  }
}

type Into = { layer: number; tree: ImageTree; store: string; meter: LayerMeter };

function addEntry(entry: ReadEntry, { layer, tree, store, meter }: Into): void {
  const { path: name, type } = entry;
  const isFile = type === 'File' || type === 'OldFile' || type === 'ContiguousFile';
  if (!isFile) entry.resume();
  if (tree.removeMarked(name, layer)) {
    if (isFile) entry.resume();
    return;
  }
  if (type === 'Directory' || type === 'GNUDumpDir') tree.addDirectory(name, layer);
  if (type === 'SymbolicLink') tree.put(name, { kind: 'link', layer, target: entry.linkpath ?? '' });
  if (type === 'Link') {
    const target = tree.find(entry.linkpath ?? '');
    if (target && target.kind !== 'directory') tree.put(name, { ...target, layer });
  }
  if (!isFile) return;
  const content: StoredFile = {
    id: meter.files++,
    size: entry.size ?? 0,
    isExecutable: ((entry.mode ?? 0) & 0o111) !== 0,
  };
  if (!tree.put(name, { kind: 'file', layer, content })) {
    entry.resume();
    return;
  }
  const descriptor = openSync(join(store, String(content.id)), 'wx', 0o644);
  entry.on('data', (chunk: Buffer) => writeSync(descriptor, chunk));
  entry.on('end', () => closeSync(descriptor));
}
