import { isVerificationCode, SigningError } from './errors.ts';
import type { SigningErrorCode } from './types.ts';

/** The answer of a verification that failed. */
export type Refusal = {
  ok: false;
  code: SigningErrorCode;
  message: string;
  bundleSha256: string | null;
  verifierVersion: string;
};

/** Code and sentence for whatever a verification threw: anything but a known fault means that the bundle is unreadable. */
export function refusalOf(error: unknown): { code: SigningErrorCode; message: string } {
  if (error instanceof SigningError && isVerificationCode(error.code)) {
    return { code: error.code, message: error.message };
  }
  return {
    code: 'BUNDLE_MALFORMED',
    message: 'The bundle cannot be read. Sign again and send the bundle unchanged.',
  };
}
