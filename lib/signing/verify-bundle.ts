import { createHash, X509Certificate as NodeCertificate } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { X509Certificate } from '@sigstore/core';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toSignedEntity, Verifier } from '@sigstore/verify';
import verifyPackage from '@sigstore/verify/package.json' with { type: 'json' };
import { sha256Hex } from '#lib/manifest/canonical.ts';
import type { ManifestDigests } from '#lib/manifest/types.ts';
import { signerFacts } from './certificate.ts';
import { isVerificationCode, SigningError } from './errors.ts';
import { explainFailure } from './explain-failure.ts';
import { bundleTimes, logPosition, requireLoggedCertificate } from './log-entry.ts';
import { type BundleInput, measureBundle, parseBundle } from './parse-bundle.ts';
import { matchSubject, parseStatement, requirePayloadType } from './statement.ts';
import { trustMaterialOf } from './trust-material.ts';
import { rootAdmits } from './trust-roots.ts';
import type { SignerFacts, SigningErrorCode, TrustRoot, VerificationResult } from './types.ts';

/**
 * Stored with each result: when it changes, stored bundles are worth verifying again. The number before the plus
 * counts changes of the rules in this folder.
 */
export const VERIFIER_VERSION = `1+sigstore-verify-${verifyPackage.version}`;

export type VerificationInput = BundleInput & {
  /** The manifest exactly as uploaded. */
  manifestBytes: Uint8Array;
  digests: ManifestDigests;
  /** First part of the server name, e.g. `com.example`; decides which roots may be asked. */
  namespace: string;
  roots: readonly TrustRoot[];
};

type Candidate = { root: TrustRoot; material: TrustMaterial };

/**
 * Verifies that a Sigstore bundle signs this manifest under one of the roots, and says who signed.
 *
 * Pure: no clock, no network. Never throws; everything unexpected is `ok: false`. Says nothing about whether the signer
 * is the publisher: compare `signer` with `matchSigner`. Limits in limits.ts, codes in errors.ts.
 */
export function verifyManifestBundle(input: VerificationInput): VerificationResult {
  let bundleSha256: string | null = null;
  try {
    const measured = measureBundle(input);
    bundleSha256 = measured.sha256;
    return { ok: true, ...verify(parseBundle(measured.bytes), input), bundleSha256, verifierVersion: VERIFIER_VERSION };
  } catch (error) {
    const known = error instanceof SigningError && isVerificationCode(error.code);
    return {
      ok: false,
      code: known ? (error.code as SigningErrorCode) : 'BUNDLE_MALFORMED',
      message: known
        ? error.message
        : 'The bundle cannot be read. Sign the manifest again and send the bundle unchanged.',
      bundleSha256,
      verifierVersion: VERIFIER_VERSION,
    };
  }
}

type Verified = Omit<Extract<VerificationResult, { ok: true }>, 'ok' | 'bundleSha256' | 'verifierVersion'>;

function verify(bundle: Bundle, input: VerificationInput): Verified {
  const manifestSha256 = sha256Hex(input.manifestBytes);
  if (input.digests.manifestSha256 !== manifestSha256) {
    throw fault('SUBJECT_MISMATCH', 'The digests that were handed in are not those of the manifest bytes.');
  }
  requireContent(bundle, input.manifestBytes);

  const certificateBytes = leafBytes(bundle);
  const certificate = parseCertificate(certificateBytes);
  const candidates = issuingRoots(certificate, certificateBytes, input);
  const { root, signer } = verifyUnderAny(candidates, { bundle, certificate, manifestBytes: input.manifestBytes });
  requireLoggedCertificate(bundle, certificateBytes);

  const evidence = {
    root: root.name,
    signer,
    signedAt: bundleTimes(bundle)[0]?.toISOString() ?? null,
    ...logPosition(bundle),
    bundleMediaType: bundle.mediaType,
  };
  if (bundle.content.$case === 'messageSignature') {
    return { ...evidence, form: 'message', subject: 'raw', predicateType: null };
  }
  const statement = parseStatement(bundle.content.dsseEnvelope);
  const subject = matchSubject(statement, input.digests);
  return { ...evidence, form: 'dsse', subject, predicateType: statement.predicateType };
}

/**
 * What can be said before any cryptography, so that the usual mistake (another file was signed) gets its own sentence.
 * The digest in the bundle is only a hint here; the signature is checked over the manifest's bytes afterwards.
 */
function requireContent(bundle: Bundle, manifestBytes: Uint8Array): void {
  if (bundle.content.$case === 'dsseEnvelope') {
    requirePayloadType(bundle.content.dsseEnvelope.payloadType);
    return;
  }
  const { algorithm, digest } = bundle.content.messageSignature.messageDigest;
  const name = MESSAGE_DIGESTS.get(algorithm);
  if (!name) throw fault('BUNDLE_UNSUPPORTED', 'The signed digest must be SHA-256, SHA-384 or SHA-512.');
  const seen = createHash(name).update(manifestBytes).digest();
  if (!seen.equals(digest)) {
    throw fault(
      'SUBJECT_MISMATCH',
      `The bundle signs bytes with ${name} ${digest.toString('hex').slice(0, 128)}; this manifest has ${seen.toString('hex')}. Sign the manifest exactly as it is uploaded.`,
    );
  }
}

const MESSAGE_DIGESTS = new Map<HashAlgorithm, string>([
  [HashAlgorithm.SHA2_256, 'sha256'],
  [HashAlgorithm.SHA2_384, 'sha384'],
  [HashAlgorithm.SHA2_512, 'sha512'],
]);

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

/**
 * The roots that may speak for the namespace and hold the certificate's issuer. Only a choice of whom to ask, and of
 * whose refusal to report; the verifier builds and checks the whole chain itself.
 */
function issuingRoots(
  certificate: X509Certificate,
  bytes: Buffer,
  { roots, namespace }: VerificationInput,
): Candidate[] {
  const admitted = roots.filter((root) => rootAdmits(root, namespace));
  if (admitted.length === 0) {
    const others = roots.length > 0 ? ` (${names(roots)} may not speak for it)` : '';
    throw fault('NO_TRUSTED_ROOT', `No trust root is set up for the namespace ${namespace}${others}.`);
  }
  const unusable: SigningError[] = [];
  const usable = admitted.flatMap((root): Candidate[] => {
    try {
      return [{ root, material: trustMaterialOf(root.trustedRoot) }];
    } catch (error) {
      unusable.push(
        fault(
          'ROOT_MALFORMED',
          `Trust root ${root.name}: ${error instanceof Error ? error.message : 'cannot be read'}`,
          error,
        ),
      );
      return [];
    }
  });
  if (usable.length === 0 && unusable[0]) throw unusable[0];

  const issuing = usable.filter(({ material }) =>
    material.certificateAuthorities.some(({ certChain }) =>
      certChain.some((issuer) => isIssuedBy(certificate, issuer)),
    ),
  );
  if (issuing.length > 0) return issuing;
  throw fault(
    'NO_TRUSTED_ROOT',
    `The signing certificate was issued by ${issuerName(bytes)}, which is in no trust root for the namespace ${namespace} (asked: ${names(admitted)}).`,
  );
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return issuer.subject.equals(certificate.issuer) && certificate.verify(issuer);
  } catch {
    return false;
  }
}

function verifyUnderAny(
  candidates: Candidate[],
  content: { bundle: Bundle; certificate: X509Certificate; manifestBytes: Uint8Array },
): { root: TrustRoot; signer: SignerFacts } {
  let firstFailure: unknown;
  for (const candidate of candidates) {
    try {
      return { root: candidate.root, signer: verifyUnder(candidate, content) };
    } catch (error) {
      firstFailure ??= error;
    }
  }
  throw firstFailure;
}

function verifyUnder(
  { root, material }: Candidate,
  { bundle, certificate, manifestBytes }: { bundle: Bundle; certificate: X509Certificate; manifestBytes: Uint8Array },
): SignerFacts {
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
    return signerFacts(verifier.verify(toSignedEntity(bundle, Buffer.from(manifestBytes))));
  } catch (error) {
    const { notBefore, notAfter } = certificate;
    throw explainFailure(error, { root: root.name, validity: { notBefore, notAfter }, times });
  }
}

function claimedTimes(bundle: Bundle): Date[] {
  try {
    return bundleTimes(bundle);
  } catch (cause) {
    throw fault('TIMESTAMP_INVALID', 'A signed timestamp in the bundle cannot be read.', cause);
  }
}

function issuerName(bytes: Buffer): string {
  try {
    return new NodeCertificate(bytes).issuer.replaceAll('\n', ', ').slice(0, 200) || 'an authority without a name';
  } catch {
    return 'an unknown authority';
  }
}

function names(roots: readonly TrustRoot[]): string {
  return roots.map((root) => root.name).join(', ');
}

function fault(code: SigningErrorCode, message: string, cause?: unknown): SigningError {
  return new SigningError({ code, message, cause });
}
