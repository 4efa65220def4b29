import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { p384 } from '@noble/curves/nist.js';
import { ProofFailure, shown } from './proof-check.ts';

/** A public key of an official proof record. */
export type McpKey = {
  /** `ed25519:<base64>`: what identifies it from one check to the next. */
  id: string;
  /** As the official registry shows a key to people: the algorithm and eight characters. */
  fingerprint: string;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
  signatureBytes: number;
};

/** The official registry's own pattern, so that what it accepts is accepted here. */
const RECORD = /v=MCPv1;\s*k=([^;]+);\s*p=([A-Za-z0-9+/=]+)/;
const MAX_KEYS = 20;

/** SPKI of an Ed25519 key up to its 32 bytes (RFC 8410 §4), and of a P-384 point without compression (RFC 5480). */
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');
const SPKI_P384 = Buffer.from('3076301006072a8648ce3d020106052b81040022036200', 'hex');

export const isMcpRecord = (text: string): boolean => /v=MCPv1;/.test(text);

/**
 * The keys of proof records. A record that holds no usable key does not spoil the others; when none does, ProofFailure
 * KEY_MALFORMED says what is wrong with the first.
 */
export function parseMcpKeys(records: readonly string[]): McpKey[] {
  const keys: McpKey[] = [];
  let fault: ProofFailure | null = null;
  for (const record of records) {
    const match = RECORD.exec(record);
    if (!match || keys.length >= MAX_KEYS) continue;
    try {
      keys.push(parseKey(match[1]!.trim(), match[2]!));
    } catch (error) {
      fault ??= error as ProofFailure;
    }
  }
  if (keys.length === 0 && fault) throw fault;
  return keys;
}

function parseKey(algorithm: string, base64: string): McpKey {
  const malformed = (why: string) =>
    new ProofFailure('KEY_MALFORMED', `The record names a key that cannot be used: ${why}.`, [
      { what: 'key', value: shown(`${algorithm}:${base64}`) },
    ]);
  const raw = Buffer.from(base64, 'base64');
  if (raw.toString('base64') !== base64) throw malformed('it is no padded base64');
  if (algorithm === 'ed25519') {
    if (raw.length !== 32) throw malformed(`an ed25519 key has 32 bytes, this one ${raw.length}`);
    const key = importKey(Buffer.concat([SPKI_ED25519, raw]), malformed);
    return keyOf(algorithm, base64, 64, (message, signature) => verify(null, message, key, signature));
  }
  if (algorithm === 'ecdsap384') {
    if (raw.length !== 49) throw malformed(`a compressed ecdsap384 key has 49 bytes, this one ${raw.length}`);
    const key = importKey(Buffer.concat([SPKI_P384, uncompressed(raw, malformed)]), malformed);
    return keyOf(algorithm, base64, 96, (message, signature) =>
      verify('sha384', message, { key, dsaEncoding: 'ieee-p1363' }, signature),
    );
  }
  throw malformed(`its type is ${shown(algorithm, 40)}, not ed25519 or ecdsap384`);
}

function keyOf(algorithm: string, base64: string, signatureBytes: number, isSignedBy: McpKey['verify']): McpKey {
  return {
    id: `${algorithm}:${base64}`,
    fingerprint: `${algorithm}:${base64.slice(0, 8)}`,
    signatureBytes,
    verify: (message, signature) => {
      if (signature.length !== signatureBytes) return false;
      try {
        return isSignedBy(message, signature);
      } catch {
        return false;
      }
    },
  };
}

type Malformed = (why: string) => ProofFailure;

function uncompressed(raw: Buffer, malformed: Malformed): Uint8Array {
  try {
    return p384.Point.fromBytes(raw).toBytes(false);
  } catch {
    throw malformed('it is no point of the curve P-384');
  }
}

function importKey(spki: Buffer, malformed: Malformed): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    throw malformed('it cannot be read');
  }
}

/** The first key that made the signature. Throws ProofFailure with the fingerprint of every key that was tried. */
export function requireSigningKey(keys: readonly McpKey[], message: Uint8Array, signature: Uint8Array): McpKey {
  const signer = keys.find((key) => key.verify(message, signature));
  if (signer) return signer;
  const seen = keys.map(({ fingerprint }) => ({ what: 'key tried', value: fingerprint }));
  const tried = keys.map(({ fingerprint }) => fingerprint).join(', ');
  if (!keys.some(({ signatureBytes }) => signatureBytes === signature.length)) {
    const sizes = [...new Set(keys.map(({ signatureBytes }) => signatureBytes))].join(' or ');
    throw new ProofFailure(
      'SIGNATURE_MALFORMED',
      `The signature has ${signature.length} bytes; one by ${tried} has ${sizes}.`,
      seen,
    );
  }
  throw new ProofFailure(
    'SIGNATURE_MISMATCH',
    keys.length === 1
      ? `The signature was not made by the key that the domain shows (tried ${tried}). If that is not the key you sign with, the record is out of date.`
      : `The signature was made by none of the ${keys.length} keys that the domain shows (tried ${tried}). After a change of keys, remove the old records.`,
    seen,
  );
}
