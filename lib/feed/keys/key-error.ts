/** Every way a signing key or the master key can be unusable. */
export const KEY_ERRORS = {
  KEY_ALGORITHM: 'The key is neither Ed25519 nor ECDSA P-256.',
  MASTER_KEY_LENGTH: 'The master key does not have 32 bytes.',
  MASTER_KEY_MALFORMED: 'The master key is neither base64 nor hex.',
  MASTER_KEY_EXPOSED: 'The master key file can be read by others.',
  MASTER_KEY_MISSING: 'There is no master key.',
  SEALED_KEY_MALFORMED: 'The sealed key is not one.',
  SEALED_KEY_OPEN: 'The sealed key does not open: another master key, organization, key id or role.',
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
