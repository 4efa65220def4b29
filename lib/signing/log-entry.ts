import { createPublicKey, type KeyObject } from 'node:crypto';
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
  requireLogged(bundle, (verifier) => certificateIn(verifier)?.equals(certificate) ?? false, 'certificate');
}

/** The same for a bundle that a bare key signed. */
export function requireLoggedKey(bundle: Bundle, key: KeyObject): void {
  requireLogged(bundle, (verifier) => keyIn(verifier)?.equals(key) ?? false, 'key');
}

/** Who a log entry says made it: PEM in Rekor v1, DER with its kind in v2. */
type LoggedVerifier = { pem: string } | { x509Certificate?: { rawBytes?: string }; publicKey?: { rawBytes?: string } };

function requireLogged(bundle: Bundle, isOurs: (verifier: LoggedVerifier) => boolean, what: string): void {
  for (const entry of bundle.verificationMaterial.tlogEntries) {
    let isLogged = false;
    try {
      const verifier = verifierInBody(entry);
      isLogged = verifier !== null && isOurs(verifier);
    } catch {
      // A body that cannot be read names nobody.
    }
    if (!isLogged) {
      throw new SigningError({
        code: 'TLOG_INVALID',
        message: `The log entry at index ${entry.logIndex} was made with another ${what} than the one of the bundle.`,
      });
    }
  }
}

/** Bodies as Rekor v1 and v2 write them. */
function verifierInBody(entry: LogEntry): LoggedVerifier | null {
  const { kind, version } = entry.kindVersion;
  const { spec } = JSON.parse(entry.canonicalizedBody.toString('utf8'));
  switch (`${kind}/${version}`) {
    case 'hashedrekord/0.0.1':
      return fromBase64(spec.signature.publicKey.content);
    case 'dsse/0.0.1':
      return fromBase64(spec.signatures[0].verifier);
    case 'intoto/0.0.2':
      return fromBase64(spec.content.envelope.signatures[0].publicKey);
    case 'hashedrekord/0.0.2':
      return spec.hashedRekordV002.signature.verifier;
    case 'dsse/0.0.2':
      return spec.dsseV002.signatures[0].verifier;
    default:
      return null;
  }
}

function fromBase64(base64: string): LoggedVerifier {
  return { pem: Buffer.from(base64, 'base64').toString('latin1').trimStart() };
}

function certificateIn(verifier: LoggedVerifier): Buffer | null {
  if ('pem' in verifier) {
    const match = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(verifier.pem);
    return match?.[1] ? Buffer.from(match[1], 'base64') : null;
  }
  const raw = verifier.x509Certificate?.rawBytes;
  return raw ? Buffer.from(raw, 'base64') : null;
}

function keyIn(verifier: LoggedVerifier): KeyObject | null {
  if ('pem' in verifier) return verifier.pem.includes('CERTIFICATE') ? null : createPublicKey(verifier.pem);
  const raw = verifier.publicKey?.rawBytes;
  return raw ? createPublicKey({ key: Buffer.from(raw, 'base64'), format: 'der', type: 'spki' }) : null;
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

export type ProvenTime = { at: Date; source: 'log' | 'timestamp-authority' };

/**
 * The times that a bundle brings evidence for: `integratedTime` only beside an inclusion promise (else nobody signed
 * it), and every RFC 3161 timestamp. Oldest first. Proven only once the bundle was verified.
 */
export function bundleTimes(bundle: Bundle): ProvenTime[] {
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const logged = tlogEntries
    .filter((entry) => entry.inclusionPromise && entry.integratedTime !== '0')
    .map((entry): ProvenTime => ({ at: new Date(Number(entry.integratedTime) * 1000), source: 'log' }));
  const stamped = (timestampVerificationData?.rfc3161Timestamps ?? []).map(
    ({ signedTimestamp }): ProvenTime => ({
      at: RFC3161Timestamp.parse(Buffer.from(signedTimestamp)).signingTime,
      source: 'timestamp-authority',
    }),
  );
  return [...logged, ...stamped].sort((a, b) => a.at.getTime() - b.at.getTime());
}
