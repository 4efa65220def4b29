import { type Metadata, MetaFile, Snapshot, TargetFile, Targets, Timestamp } from '@tufjs/models';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import type { KeyProvider } from '../keys/key-provider.ts';
import { signMetadata } from './sign-metadata.ts';
import { expiresAt, FEED_TTL_MS, TUF_SPEC_VERSION } from './tuf-format.ts';

type Input = { version: number; now: Date; signers: KeyProvider[]; ttlMs?: number };

/** `targets.json` over the documents, each with the feed's serial in `custom`. */
export async function buildTargets({
  version,
  now,
  signers,
  ttlMs = FEED_TTL_MS.targets,
  serial,
  documents,
}: Input & { serial: number; documents: Record<string, Buffer> }): Promise<Metadata<Targets>> {
  const targets = new Targets({ version, specVersion: TUF_SPEC_VERSION, expires: expiresAt(now, ttlMs) });
  for (const [path, bytes] of Object.entries(documents)) {
    targets.addTarget(
      new TargetFile({
        path,
        length: bytes.length,
        hashes: { sha256: sha256Hex(bytes) },
        unrecognizedFields: { custom: { serial } },
      }),
    );
  }
  return signMetadata(targets, signers);
}

/** `snapshot.json` over the bytes of one `targets.json`. */
export async function buildSnapshot({
  version,
  now,
  signers,
  ttlMs = FEED_TTL_MS.snapshot,
  targets,
}: Input & { targets: { version: number; bytes: Buffer } }): Promise<Metadata<Snapshot>> {
  const snapshot = new Snapshot({
    version,
    specVersion: TUF_SPEC_VERSION,
    expires: expiresAt(now, ttlMs),
    meta: { 'targets.json': metaFile(targets) },
  });
  return signMetadata(snapshot, signers);
}

/** `timestamp.json` over the bytes of one `snapshot.json`. */
export async function buildTimestamp({
  version,
  now,
  signers,
  ttlMs = FEED_TTL_MS.timestamp,
  snapshot,
}: Input & { snapshot: { version: number; bytes: Buffer } }): Promise<Metadata<Timestamp>> {
  const timestamp = new Timestamp({
    version,
    specVersion: TUF_SPEC_VERSION,
    expires: expiresAt(now, ttlMs),
    snapshotMeta: metaFile(snapshot),
  });
  return signMetadata(timestamp, signers);
}

function metaFile({ version, bytes }: { version: number; bytes: Buffer }): MetaFile {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256Hex(bytes) } });
}
