import { SigningError } from './errors.ts';

type Circumstances = {
  /** Name of the trust root under which the bundle was checked. */
  root: string;
  /** Validity of the signing certificate; null when a bare key signed. */
  validity: { notBefore: Date; notAfter: Date } | null;
  /** Times that the bundle claims, oldest first. */
  times: Date[];
};

/**
 * Turns whatever @sigstore/verify threw into a SigningError whose sentence says what was expected and what was seen.
 * An error that the library did not mean to throw (it has several plain TypeErrors for odd input) is `BUNDLE_MALFORMED`.
 */
export function explainFailure(error: unknown, { root, validity, times }: Circumstances): SigningError {
  if (error instanceof SigningError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = error instanceof Error ? error.message : '';

  switch (code) {
    case 'SIGNATURE_ERROR':
      return new SigningError({
        code: 'SIGNATURE_INVALID',
        message:
          'The signature does not belong to this content and key: what was signed or the bundle was changed after signing. Sign again.',
        cause: error,
      });
    case 'CERTIFICATE_ERROR':
      return new SigningError({
        code: 'CERTIFICATE_INVALID',
        message: /SCT/.test(detail)
          ? `The signing certificate brings no valid timestamp (SCT) of a certificate log that trust root ${root} knows.`
          : `The signing certificate (valid ${span(validity)}) does not lead to an authority of trust root ${root} at the time of signing (${times.map(iso).join(', ') || 'unknown'}).`,
        cause: error,
      });
    case 'TIMESTAMP_ERROR':
      return new SigningError({
        code: 'TIMESTAMP_INVALID',
        message: `A signed timestamp does not hold under trust root ${root}: it was changed, is about another signature, appears twice, or comes from another authority.`,
        cause: error,
      });
    case 'TLOG_BODY_ERROR':
      return new SigningError({
        code: 'TLOG_INVALID',
        message:
          'The log entry is about another signature or content than the bundle: the bundle was changed after signing.',
        cause: error,
      });
    case 'TLOG_ERROR':
    case 'TLOG_INCLUSION_PROOF_ERROR':
    case 'TLOG_INCLUSION_PROMISE_ERROR':
    case 'TLOG_MISSING_INCLUSION_ERROR':
      return new SigningError({
        code: 'TLOG_INVALID',
        message: `The log entry was not made by a transparency log that trust root ${root} knows, appears twice, or was changed.`,
        cause: error,
      });
    default:
      return new SigningError({
        code: 'BUNDLE_MALFORMED',
        message: 'The bundle has parts that cannot be read. Sign again and send the bundle unchanged.',
        cause: error,
      });
  }
}

function span(validity: Circumstances['validity']): string {
  return validity ? `${iso(validity.notBefore)} to ${iso(validity.notAfter)}` : 'never';
}

function iso(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'an impossible date' : date.toISOString();
}
