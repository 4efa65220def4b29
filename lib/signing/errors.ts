import type { SigningErrorCode } from './types.ts';

/** Why a bundle or a trust root was refused. The sentence says what the code means wherever it turns up. */
export const SIGNING_ERRORS = {
  BUNDLE_TOO_LARGE: 'The bundle is larger than the limit.',
  BUNDLE_MALFORMED: 'The bundle is not a well-formed Sigstore bundle.',
  BUNDLE_UNSUPPORTED: 'The bundle has a format or version that is not accepted.',
  ROOT_MALFORMED: 'A trust root is not a usable trusted_root.json.',
  NO_TRUSTED_ROOT: 'No trust root that may speak for this namespace knows the certificate authority of the bundle.',
  SIGNATURE_INVALID: 'The signature is missing or was not made by the key in the certificate.',
  CERTIFICATE_INVALID: 'The signing certificate does not hold.',
  TLOG_INVALID: 'The transparency log entry is missing or does not hold.',
  TIMESTAMP_INVALID: 'The signing time is missing or does not hold.',
  STATEMENT_MALFORMED: 'The signed statement is not an in-toto Statement v1.',
  SUBJECT_MISMATCH: 'The bundle was made for something else.',
  KEY_NOT_SUPPORTED: 'The bundle was made with a bare key, which names no signer.',
  IDENTITY_MISMATCH: 'Another identity signed than the expected one.',
} as const satisfies Record<SigningErrorCode, string>;

/** Why a signature could not be made. */
export const SIGN_ERRORS = {
  MANIFEST_MALFORMED: 'The manifest cannot be read.',
  IDENTITY_TOKEN_MISSING: 'There is no identity token to sign with.',
  IDENTITY_TOKEN_MALFORMED: 'The identity token is not a usable OpenID Connect token.',
  SIGNING_CONFIG_MALFORMED: 'The signing configuration is not a usable signing_config.json.',
  SERVICE_URL_INVALID: 'The address of a Sigstore service is not a usable URL.',
  CERTIFICATE_REFUSED: 'The certificate authority (Fulcio) gave no certificate.',
  LOG_REFUSED: 'The transparency log (Rekor) took no entry.',
  TIMESTAMP_REFUSED: 'The timestamp authority gave no timestamp.',
  SIGNING_FAILED: 'Signing failed.',
} as const;

export type SignErrorCode = keyof typeof SIGN_ERRORS;

/** A fault of a bundle, a trust root or of signing. `code` is stable; `message` is one or two sentences for people. */
export class SigningError extends Error {
  readonly code: SigningErrorCode | SignErrorCode;

  constructor({ code, message, cause }: { code: SigningErrorCode | SignErrorCode; message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SigningError';
    this.code = code;
  }
}

/** True when `code` belongs to verification and may stand in a `VerificationResult`. */
export function isVerificationCode(code: string): code is SigningErrorCode {
  return Object.hasOwn(SIGNING_ERRORS, code);
}
