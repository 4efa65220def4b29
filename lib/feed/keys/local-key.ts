import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { algorithmOf, type FeedKeyAlgorithm, keyId, SIGNATURE_HASH } from './key-algorithm.ts';
import type { FeedKeyRole, KeyProvider } from './key-provider.ts';

export type LocalKey = KeyProvider & { privateKey: KeyObject };

/** A new key pair in this process. */
export function generateLocalKey({
  role,
  algorithm = 'ed25519',
}: {
  role: FeedKeyRole;
  algorithm?: FeedKeyAlgorithm;
}): LocalKey {
  const { privateKey } =
    algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return localKey({ privateKey, role });
}

/** A `KeyProvider` over a private key that this process holds. Throws `KEY_ALGORITHM`. */
export function localKey({ privateKey, role }: { privateKey: KeyObject; role: FeedKeyRole }): LocalKey {
  const publicKey = createPublicKey(privateKey);
  const algorithm = algorithmOf(publicKey);
  return {
    id: keyId(publicKey),
    role,
    algorithm,
    privateKey,
    publicKey: () => publicKey,
    sign: async (bytes) => sign(SIGNATURE_HASH[algorithm], bytes, privateKey),
  };
}
