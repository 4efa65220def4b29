import type { KeyObject } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';
import { Key, Metadata, type Root, Signature, type Snapshot, type Targets, type Timestamp } from '@tufjs/models';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import { FeedBuildError } from '../feed-error.ts';
import type { FeedKeyAlgorithm } from '../keys/key-algorithm.ts';
import type { KeyProvider } from '../keys/key-provider.ts';

export type TufSigned = Root | Targets | Snapshot | Timestamp;

/** The TUF form of a public key: raw hex for Ed25519, PEM for P-256; key id as §4.2 of the specification says. */
export function tufKey({ publicKey, algorithm }: { publicKey: KeyObject; algorithm: FeedKeyAlgorithm }): Key {
  const json =
    algorithm === 'ed25519'
      ? { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: rawEd25519(publicKey) } }
      : {
          keytype: 'ecdsa',
          scheme: 'ecdsa-sha2-nistp256',
          keyval: { public: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
        };
  return Key.fromJSON(sha256Hex(Buffer.from(canonicalize(json), 'utf8')), json);
}

/** Signs the canonical form with every signer. Signers may be remote, hence not `Metadata.sign`. */
export async function signMetadata<T extends TufSigned>(signed: T, signers: KeyProvider[]): Promise<Metadata<T>> {
  if (signers.length === 0) {
    throw new FeedBuildError('FEED_BUILD_NO_SIGNER', `There is no key to sign ${signed.type} with.`);
  }
  const bytes = Buffer.from(canonicalize(signed.toJSON()), 'utf8');
  const metadata = new Metadata(signed);
  const signatures = await Promise.all(
    signers.map(async (signer) => {
      const { keyID } = tufKey({ publicKey: signer.publicKey(), algorithm: signer.algorithm });
      return new Signature({ keyID, sig: (await signer.sign(bytes)).toString('hex') });
    }),
  );
  for (const signature of signatures) metadata.signatures[signature.keyID] = signature;
  return metadata;
}

/** The bytes that are stored, served and hashed. */
export function metadataBytes(metadata: Metadata<TufSigned>): Buffer {
  return Buffer.from(JSON.stringify(metadata.toJSON()), 'utf8');
}

function rawEd25519(publicKey: KeyObject): string {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
}
