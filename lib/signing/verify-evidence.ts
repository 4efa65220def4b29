import type { KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { X509Certificate } from '@sigstore/core';
import { type Signer, type TrustMaterial, toSignedEntity, Verifier } from '@sigstore/verify';
import { type Artifact, overDigest } from './artifact.ts';
import { signerFacts } from './certificate.ts';
import { SigningError } from './errors.ts';
import { explainFailure } from './explain-failure.ts';
import { type Candidate, issuingRoots, type Scope, usableRoots } from './issuing-roots.ts';
import { bundleTimes, logPosition, type ProvenTime, requireLoggedCertificate, requireLoggedKey } from './log-entry.ts';
import type { BundleEvidence, SignerFacts, SigningErrorCode } from './types.ts';

type Content = {
  bundle: Bundle;
  /** Read for message signatures only: a DSSE envelope brings what it signs. */
  artifact: Artifact;
};

/**
 * Everything of a bundle that does not depend on what it is about: the signature, the certificate and its chain, the
 * certificate log, the transparency log and the time, under one of the roots. The one way to a verified signature:
 * manifests, attestations of packages and the conformance client all come through here.
 *
 * Throws SigningError. A DSSE envelope's payload is authentic afterwards, and nothing more: compare its subject.
 */
export function verifyEvidence(content: Content & Scope): BundleEvidence & { signer: SignerFacts } {
  const certificateBytes = leafBytes(content.bundle);
  const certificate = parseCertificate(certificateBytes);
  const { candidate, answer } = firstThatHolds(issuingRoots(certificate, certificateBytes, content), (issuer) =>
    verifyUnder(issuer, content, certificate, signerFacts),
  );
  requireLoggedCertificate(content.bundle, certificateBytes);
  return { ...evidenceOf(content.bundle, candidate), signer: answer };
}

/**
 * The same for a bundle that was made with a bare key, which is given. Says nothing about who holds the key. A key has no
 * ten minutes in which it must have signed, so no time is asked for, and a log entry only where the root names a log.
 * Throws SigningError `KEY_NOT_SUPPORTED` when the bundle carries a certificate instead: it would be accepted whoever
 * signed it.
 */
export function verifyKeyEvidence({ key, ...content }: Content & Scope & { key: KeyObject }): BundleEvidence {
  if (content.bundle.verificationMaterial.content.$case !== 'publicKey') {
    throw fault('KEY_NOT_SUPPORTED', 'The bundle was made with a certificate, not with the given key.');
  }
  const candidates = usableRoots(content).map(({ root, material }) => ({
    root: {
      ...root,
      thresholds: { tlog: Math.min(root.thresholds.tlog, material.tlogs.length), ctlog: 0, timestamp: 0 },
    },
    material: { ...material, publicKey: () => ({ publicKey: key, validFor: () => true }) },
  }));
  const { candidate } = firstThatHolds(candidates, (root) => verifyUnder(root, content, null, () => undefined));
  requireLoggedKey(content.bundle, key);
  return evidenceOf(content.bundle, candidate);
}

function evidenceOf(bundle: Bundle, { root, material }: Candidate): BundleEvidence {
  const [first] = bundleTimes(bundle);
  const position = logPosition(bundle);
  return {
    root: root.name,
    signedAt: first?.at.toISOString() ?? null,
    timeSource: first?.source ?? null,
    ...position,
    logOrigin: logOrigin(material, position.logId),
    bundleMediaType: bundle.mediaType,
  };
}

/** Where the log is, as the root says; the bundle itself could say anything. */
function logOrigin({ tlogs }: TrustMaterial, logId: string | null): string | null {
  return tlogs.find(({ logID }) => logID.toString('hex') === logId)?.baseURL ?? null;
}

function leafBytes(bundle: Bundle): Buffer {
  const { content } = bundle.verificationMaterial;
  if (content.$case === 'certificate') return content.certificate.rawBytes;
  const chain = content.$case === 'x509CertificateChain' ? content.x509CertificateChain.certificates : [];
  const [leaf] = chain;
  if (!leaf) throw fault('KEY_NOT_SUPPORTED', 'The bundle carries no certificate, so it names no signer.');
  return leaf.rawBytes;
}

function parseCertificate(bytes: Buffer): X509Certificate {
  try {
    const certificate = X509Certificate.parse(Buffer.from(bytes));
    // Reading the dates makes the parser look at the body of the certificate too.
    if (certificate.notBefore > certificate.notAfter) throw new Error('validity ends before it starts');
    return certificate;
  } catch (cause) {
    throw fault('CERTIFICATE_INVALID', 'The signing certificate in the bundle cannot be read.', cause);
  }
}

function firstThatHolds<T>(
  candidates: Candidate[],
  check: (candidate: Candidate) => T,
): { candidate: Candidate; answer: T } {
  let firstFailure: unknown;
  for (const candidate of candidates) {
    try {
      return { candidate, answer: check(candidate) };
    } catch (error) {
      firstFailure ??= error;
    }
  }
  throw firstFailure;
}

function verifyUnder<T>(
  { root, material }: Candidate,
  { bundle, artifact }: Content,
  certificate: X509Certificate | null,
  factsOf: (signer: Signer) => T,
): T {
  const times = claimedTimes(bundle);
  const { thresholds } = root;
  const entries = bundle.verificationMaterial.tlogEntries.length;
  if (entries < thresholds.tlog) {
    throw fault(
      'TLOG_INVALID',
      `Trust root ${root.name} asks for ${thresholds.tlog} transparency log entry; the bundle has ${entries}.`,
    );
  }
  if (times.length < thresholds.timestamp) {
    throw fault(
      'TIMESTAMP_INVALID',
      `Trust root ${root.name} asks for ${thresholds.timestamp} proof of the signing time (a log entry with an inclusion promise, or an RFC 3161 timestamp); the bundle has ${times.length}.`,
    );
  }
  try {
    const verifier = new Verifier(material, {
      tlogThreshold: thresholds.tlog,
      ctlogThreshold: thresholds.ctlog,
      timestampThreshold: thresholds.timestamp,
    });
    // No policy is handed over: the library reads a name as an unanchored regular expression.
    return factsOf(verifier.verify(signedEntity(bundle, artifact)));
  } catch (error) {
    const validity = certificate && { notBefore: certificate.notBefore, notAfter: certificate.notAfter };
    throw explainFailure(error, { root: root.name, validity, times: times.map(({ at }) => at) });
  }
}

function signedEntity(bundle: Bundle, artifact: Artifact) {
  if ('bytes' in artifact) return toSignedEntity(bundle, Buffer.from(artifact.bytes));
  const entity = toSignedEntity(bundle);
  if (bundle.content.$case === 'dsseEnvelope') return entity;
  return { ...entity, signature: overDigest(entity.signature, artifact.sha256) };
}

function claimedTimes(bundle: Bundle): ProvenTime[] {
  try {
    return bundleTimes(bundle);
  } catch (cause) {
    throw fault('TIMESTAMP_INVALID', 'A signed timestamp in the bundle cannot be read.', cause);
  }
}

function fault(code: SigningErrorCode, message: string, cause?: unknown): SigningError {
  return new SigningError({ code, message, cause });
}
