import { createPublicKey } from 'node:crypto';
import { algorithmOf, type FeedKeyAlgorithm, keyId, verifyBytes } from './key-algorithm.ts';
import { KeyError } from './key-error.ts';
import type { FeedKeyRole, KeyProvider } from './key-provider.ts';

/** The public half of a key: enough to name it in a root or a trust file. */
export type PublicFeedKey = Pick<KeyProvider, 'id' | 'role' | 'algorithm' | 'publicKey'>;

/** Throws KEY_ALGORITHM or KEY_REFERENCE. */
export function publicFeedKey({ publicPem, role }: { publicPem: string; role: FeedKeyRole }): PublicFeedKey {
  let publicKey: ReturnType<typeof createPublicKey>;
  try {
    publicKey = createPublicKey(publicPem);
  } catch (cause) {
    throw new KeyError('KEY_REFERENCE', 'This is no public key in PEM.', { cause });
  }
  return { id: keyId(publicKey), role, algorithm: algorithmOf(publicKey), publicKey: () => publicKey };
}

/**
 * A `KeyProvider` over a key that lives elsewhere. Every signature is checked under the pinned public key before it is
 * used: a key that was replaced there, or of another kind, must not get into a publication. Throws KEY_MISMATCH.
 */
export function pinnedKey({
  publicPem,
  role,
  place,
  sign,
}: {
  publicPem: string;
  role: FeedKeyRole;
  /** For messages: `Vault key transit/feed`. */
  place: string;
  sign: (bytes: Uint8Array, algorithm: FeedKeyAlgorithm) => Promise<Buffer>;
}): KeyProvider {
  const key = publicFeedKey({ publicPem, role });
  return {
    ...key,
    sign: async (bytes) => {
      const signature = derSignature(await sign(bytes, key.algorithm), key.algorithm);
      if (verifyBytes({ publicKey: key.publicKey(), bytes, signature })) return signature;
      throw new KeyError(
        'KEY_MISMATCH',
        `The signature of ${place} is not by the ${key.algorithm} key ${key.id.slice(0, 12)}: another key is there now, or it is used otherwise.`,
      );
    },
  };
}

/** ECDSA in ASN.1 DER, also where a service gives r‖s (IEEE P1363, JOSE); Ed25519 as it is. */
export function derSignature(signature: Buffer, algorithm: FeedKeyAlgorithm): Buffer {
  const isRaw = algorithm === 'ecdsa-p256' && signature.length === 64 && !isDerOfLength(signature, 64);
  if (!isRaw) return signature;
  const body = Buffer.concat([derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** A DER signature may have 64 bytes too, when both numbers are short; r‖s looks like one by chance in 2⁻³² cases. */
function isDerOfLength(bytes: Buffer, length: number): boolean {
  const rLength = bytes[3] ?? 0;
  return (
    bytes[0] === 0x30 &&
    bytes[1] === length - 2 &&
    bytes[2] === 0x02 &&
    bytes[4 + rLength] === 0x02 &&
    bytes[5 + rLength] === length - 6 - rLength
  );
}

function derInteger(unsigned: Buffer): Buffer {
  let start = 0;
  while (start < unsigned.length - 1 && unsigned[start] === 0) start += 1;
  const trimmed = unsigned.subarray(start);
  const padded = trimmed[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}
