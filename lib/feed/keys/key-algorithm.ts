import { createHash, type KeyObject, verify } from 'node:crypto';
import { KeyError } from './key-error.ts';

/** Ed25519 (RFC 8032), and ECDSA over P-256 with SHA-256 for services that have no Ed25519. */
export const FEED_KEY_ALGORITHMS = ['ed25519', 'ecdsa-p256'] as const;

export type FeedKeyAlgorithm = (typeof FEED_KEY_ALGORITHMS)[number];

/** The hash that `crypto.sign` and `crypto.verify` want: Ed25519 hashes inside. */
export const SIGNATURE_HASH: Record<FeedKeyAlgorithm, 'sha256' | null> = { ed25519: null, 'ecdsa-p256': 'sha256' };

/** Throws `KEY_ALGORITHM` for anything that is not Ed25519 or P-256. */
export function algorithmOf(key: KeyObject): FeedKeyAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ecdsa-p256';
  throw new KeyError(
    'KEY_ALGORITHM',
    `Feed keys are Ed25519 or ECDSA P-256; this one is ${key.asymmetricKeyType ?? 'secret'}.`,
  );
}

/** Lower-case hex SHA-256 of the public key's SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7). */
export function keyId(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Whether `signature` is by `publicKey` over `bytes`. The algorithm follows from the key, never from the document. */
export function verifyBytes({
  publicKey,
  bytes,
  signature,
}: {
  publicKey: KeyObject;
  bytes: Uint8Array;
  signature: Uint8Array;
}): boolean {
  try {
    return verify(SIGNATURE_HASH[algorithmOf(publicKey)], bytes, publicKey, signature);
  } catch {
    return false;
  }
}
