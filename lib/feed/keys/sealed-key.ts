import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { keyId } from './key-algorithm.ts';
import { KeyError } from './key-error.ts';
import type { FeedKeyRole } from './key-provider.ts';
import { MASTER_KEY_BYTES } from './master-key.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export type KeyPlace = { org: string; keyid: string; role: FeedKeyRole };

/**
 * Encrypts a private key (PKCS#8 DER) with AES-256-GCM under the master key, for storage.
 * The bytes are: version 1 · nonce (12) · tag (16) · ciphertext. Organization, key id and role are authenticated with
 * it, so a row copied to another organization or role does not open.
 * `nonce` is random unless a test gives one; never use one twice under the same master key.
 */
export function sealKey({
  privateKey,
  org,
  role,
  masterKey,
  nonce = randomBytes(NONCE_BYTES),
}: {
  privateKey: KeyObject;
  org: string;
  role: FeedKeyRole;
  masterKey: Uint8Array;
  nonce?: Uint8Array;
}): Buffer {
  requireMasterKey(masterKey);
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData({ org, keyid: keyId(createPublicKey(privateKey)), role }));
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const ciphertext = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  pkcs8.fill(0);
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), ciphertext]);
}

/**
 * The private key that `sealKey` sealed for the same organization, key id and role under the same master key.
 * Throws `SEALED_KEY_MALFORMED` or `SEALED_KEY_OPEN`.
 */
export function openKey({
  sealed,
  org,
  keyid,
  role,
  masterKey,
}: KeyPlace & { sealed: Uint8Array; masterKey: Uint8Array }): KeyObject {
  requireMasterKey(masterKey);
  const headerLength = 1 + NONCE_BYTES + TAG_BYTES;
  if (sealed.length <= headerLength || sealed[0] !== VERSION) {
    throw new KeyError('SEALED_KEY_MALFORMED', `The sealed ${role} key of ${org} is damaged or from a newer version.`);
  }
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const tag = sealed.subarray(1 + NONCE_BYTES, headerLength);
  const decipher = createDecipheriv('aes-256-gcm', masterKey, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData({ org, keyid, role }));
  decipher.setAuthTag(tag);
  let privateKey: KeyObject;
  try {
    const pkcs8 = Buffer.concat([decipher.update(sealed.subarray(headerLength)), decipher.final()]);
    privateKey = createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' });
    pkcs8.fill(0);
  } catch (cause) {
    throw new KeyError(
      'SEALED_KEY_OPEN',
      `The ${role} key ${keyid.slice(0, 12)} of ${org} does not open: the master key is not the one it was sealed with, or the row belongs to something else.`,
      { cause },
    );
  }
  if (keyId(createPublicKey(privateKey)) !== keyid) {
    throw new KeyError('SEALED_KEY_OPEN', `The sealed ${role} key of ${org} is not the key ${keyid.slice(0, 12)}.`);
  }
  return privateKey;
}

function additionalData({ org, keyid, role }: KeyPlace): Buffer {
  return Buffer.from(`${org}|${keyid}|${role}`, 'utf8');
}

function requireMasterKey(masterKey: Uint8Array): void {
  if (masterKey.length !== MASTER_KEY_BYTES) {
    throw new KeyError(
      'MASTER_KEY_LENGTH',
      `The master key has ${masterKey.length} bytes; it needs ${MASTER_KEY_BYTES}.`,
    );
  }
}
