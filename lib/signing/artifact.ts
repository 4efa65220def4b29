import { createHash, type KeyObject } from 'node:crypto';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import type { Bundle } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import type { toSignedEntity } from '@sigstore/verify';
import { SigningError } from './errors.ts';
import type { SigningErrorCode } from './types.ts';

/** What a signature is asked about: the bytes, or only their SHA-256 (lower-case hex) where nobody has the bytes. */
export type Artifact = { bytes: Uint8Array } | { sha256: string };

type SignatureContent = ReturnType<typeof toSignedEntity>['signature'];
type MessageSignature = Extract<Bundle['content'], { $case: 'messageSignature' }>['messageSignature'];

const MESSAGE_DIGESTS = new Map<HashAlgorithm, string>([
  [HashAlgorithm.SHA2_256, 'sha256'],
  [HashAlgorithm.SHA2_384, 'sha384'],
  [HashAlgorithm.SHA2_512, 'sha512'],
]);

/**
 * What can be said of a message signature before any cryptography, so that the usual mistake (another file was signed)
 * gets its own sentence. The digest in the bundle is only a hint here; the signature is checked over the bytes
 * afterwards. `noun` names the artifact for people. Throws SigningError `SUBJECT_MISMATCH` or `BUNDLE_UNSUPPORTED`.
 */
export function requireMessageDigest({ messageDigest }: MessageSignature, artifact: Artifact, noun: string): void {
  const name = MESSAGE_DIGESTS.get(messageDigest.algorithm);
  if (!name) throw fault('BUNDLE_UNSUPPORTED', 'The signed digest must be SHA-256, SHA-384 or SHA-512.');
  const seen = digestOf(artifact, name);
  if (!seen.equals(messageDigest.digest)) {
    throw fault(
      'SUBJECT_MISMATCH',
      `The bundle signs bytes with ${name} ${messageDigest.digest.toString('hex').slice(0, 128)}; this ${noun} has ${seen.toString('hex')}. Sign the ${noun} exactly as it is uploaded.`,
    );
  }
}

function digestOf(artifact: Artifact, name: string): Buffer {
  if ('bytes' in artifact) return createHash(name).update(artifact.bytes).digest();
  if (name === 'sha256') return Buffer.from(artifact.sha256, 'hex');
  throw fault(
    'BUNDLE_UNSUPPORTED',
    `The signature is over a ${name} digest: it cannot be checked with a sha256 alone.`,
  );
}

/**
 * The signature of a message over a digest instead of the bytes. Node verifies ECDSA only over bytes that it hashes
 * itself, hence another implementation of the three NIST curves here. Ed25519 signs the bytes and so needs them.
 */
export function overDigest(content: SignatureContent, sha256: string): SignatureContent {
  return {
    signature: content.signature,
    compareSignature: (signature) => content.compareSignature(signature),
    compareDigest: (digest) => content.compareDigest(digest),
    compareSignedDigest: (digest) => content.compareSignedDigest(digest),
    verifySignature: (key) => verifyPrehashed(key, Buffer.from(sha256, 'hex'), content.signature),
  };
}

const CURVES = { 'P-256': p256, 'P-384': p384, 'P-521': p521 } as const;

function verifyPrehashed(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const { crv, x, y } = key.export({ format: 'jwk' });
  const curve = CURVES[crv as keyof typeof CURVES];
  if (!curve || !x || !y) {
    throw fault(
      'KEY_NOT_SUPPORTED',
      'A digest alone can be checked only with keys of the curves P-256, P-384 and P-521.',
    );
  }
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  // lowS: ECDSA as X.509 has it allows both values of s.
  return curve.verify(signature, digest, point, { prehash: false, lowS: false, format: 'der' });
}

function fault(code: SigningErrorCode, message: string): SigningError {
  return new SigningError({ code, message });
}
