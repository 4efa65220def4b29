/** Every way a signing key or the master key can be unusable. */
export const KEY_ERRORS = {
  KEY_ALGORITHM: 'The key is neither Ed25519 nor ECDSA P-256.',
  MASTER_KEY_LENGTH: 'The master key does not have 32 bytes.',
  MASTER_KEY_MALFORMED: 'The master key is neither base64 nor hex.',
  MASTER_KEY_EXPOSED: 'The master key file can be read by others.',
  MASTER_KEY_MISSING: 'There is no master key.',
  SEALED_KEY_MALFORMED: 'The sealed key is not one.',
  SEALED_KEY_OPEN: 'The sealed key does not open: another master key, organization, key id or role.',
  KEY_FILE_MISSING: 'The key file cannot be read.',
  KEY_FILE_EXPOSED: 'The key file can be read by others.',
  KEY_FILE_MALFORMED: 'The key file holds no private key in PEM.',
  KEY_REFERENCE: 'What should say where the key is does not.',
  KEY_PROVIDER: 'The service that holds the key did not answer as it should.',
  KEY_MISMATCH: 'The key there is not the one that readers of the feed trust.',
  KEY_OFFLINE: 'The private part of the key is not on this instance.',
} as const;

export type KeyErrorCode = keyof typeof KEY_ERRORS;

export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly code: KeyErrorCode;

  constructor(code: KeyErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
