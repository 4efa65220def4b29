import type { Bundle } from '@sigstore/bundle';
import { RFC3161Timestamp } from '@sigstore/core';
import { SigningError } from './errors.ts';

type LogEntry = Bundle['verificationMaterial']['tlogEntries'][number];

/**
 * Checks that each log entry was made with the bundle's own certificate. The library compares signature and digest
 * only; with this, whoever watches the log for a name sees every signature that counts under that name.
 * Throws SigningError `TLOG_INVALID`.
 */
export function requireLoggedCertificate(bundle: Bundle, certificate: Buffer): void {
  for (const entry of bundle.verificationMaterial.tlogEntries) {
    const logged = loggedCertificate(entry);
    if (!logged?.equals(certificate)) {
      throw new SigningError({
        code: 'TLOG_INVALID',
        message: `The log entry at index ${entry.logIndex} was made with another certificate than the one in the bundle.`,
      });
    }
  }
}

function loggedCertificate(entry: LogEntry): Buffer | null {
  try {
    return certificateInBody(entry);
  } catch {
    return null;
  }
}

/** DER of the certificate in a canonical log entry; null when the entry names a bare key. Bodies as Rekor v1 and v2 write them. */
function certificateInBody(entry: LogEntry): Buffer | null {
  const { kind, version } = entry.kindVersion;
  const { spec } = JSON.parse(entry.canonicalizedBody.toString('utf8'));
  switch (`${kind}/${version}`) {
    case 'hashedrekord/0.0.1':
      return fromPem(spec.signature.publicKey.content);
    case 'dsse/0.0.1':
      return fromPem(spec.signatures[0].verifier);
    case 'intoto/0.0.2':
      return fromPem(spec.content.envelope.signatures[0].publicKey);
    case 'hashedrekord/0.0.2':
      return fromVerifier(spec.hashedRekordV002.signature.verifier);
    case 'dsse/0.0.2':
      return fromVerifier(spec.dsseV002.signatures[0].verifier);
    default:
      return null;
  }
}

function fromPem(base64: string): Buffer | null {
  const pem = Buffer.from(base64, 'base64').toString('latin1');
  const match = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem.trimStart());
  return match?.[1] ? Buffer.from(match[1], 'base64') : null;
}

function fromVerifier(verifier: { x509Certificate?: { rawBytes?: string } }): Buffer | null {
  const raw = verifier.x509Certificate?.rawBytes;
  return raw ? Buffer.from(raw, 'base64') : null;
}

/**
 * Where the first log entry stands. With an inclusion promise the log signed `logIndex` itself. Without one only the index
 * inside the inclusion proof is proven: in Rekor v2 that is the entry's place, in v1 only its place in one of the log's
 * shards, so v1 gives none. Both null without entries.
 */
export function logPosition(bundle: Bundle): { logIndex: string | null; logId: string | null } {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  if (!entry) return { logIndex: null, logId: null };
  const proven = isRekorV2(entry) ? (entry.inclusionProof?.logIndex ?? null) : null;
  return { logIndex: entry.inclusionPromise ? entry.logIndex : proven, logId: entry.logId.keyId.toString('hex') };
}

function isRekorV2({ kindVersion: { kind, version } }: LogEntry): boolean {
  return (kind === 'hashedrekord' || kind === 'dsse') && version === '0.0.2';
}

/**
 * The times that a bundle brings evidence for: `integratedTime` only beside an inclusion promise (else nobody signed
 * it), and every RFC 3161 timestamp. Proven only once the bundle was verified.
 */
export function bundleTimes(bundle: Bundle): Date[] {
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const logged = tlogEntries
    .filter((entry) => entry.inclusionPromise && entry.integratedTime !== '0')
    .map((entry) => new Date(Number(entry.integratedTime) * 1000));
  const stamped = (timestampVerificationData?.rfc3161Timestamps ?? []).map(
    ({ signedTimestamp }) => RFC3161Timestamp.parse(Buffer.from(signedTimestamp)).signingTime,
  );
  return [...logged, ...stamped].sort((a, b) => a.getTime() - b.getTime());
}
