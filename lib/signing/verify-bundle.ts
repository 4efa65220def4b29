import verifyPackage from '@sigstore/verify/package.json' with { type: 'json' };
import { sha256Hex } from '#lib/manifest/canonical.ts';
import type { ManifestDigests } from '#lib/manifest/types.ts';
import { requireMessageDigest } from './artifact.ts';
import { SigningError } from './errors.ts';
import { type BundleInput, measureBundle, parseBundle } from './parse-bundle.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { matchSubject, parseStatement, requirePayloadType } from './statement.ts';
import type { TrustRoot, VerificationResult } from './types.ts';
import { verifyEvidence } from './verify-evidence.ts';

/**
 * Stored with each result: when it changes, stored bundles are worth verifying again. The number before the plus
 * counts changes of the rules in this folder and of the facts in a result.
 */
export const VERIFIER_VERSION = `2+sigstore-verify-${verifyPackage.version}`;

export type VerificationInput = BundleInput & {
  /** The manifest exactly as uploaded. */
  manifestBytes: Uint8Array;
  digests: ManifestDigests;
  /** First part of the server name, e.g. `com.example`; decides which roots may be asked. */
  namespace: string;
  roots: readonly TrustRoot[];
};

/**
 * Verifies that a Sigstore bundle signs this manifest under one of the roots, and says who signed.
 *
 * Pure: no clock, no network. Never throws; everything unexpected is `ok: false`. Says nothing about whether the signer
 * is the publisher: compare `signer` with `matchSigner`. Limits in limits.ts, codes in errors.ts.
 */
export function verifyManifestBundle(input: VerificationInput): VerificationResult {
  return judgeBundle(input, (bytes) => verify(bytes, input));
}

type Stamp = { bundleSha256: string; verifierVersion: string };

/** Runs a check over the bytes of a bundle and makes an answer of it, or of whatever it throws. */
export function judgeBundle<T extends object>(
  input: BundleInput,
  check: (bytes: Uint8Array) => T,
): ({ ok: true } & T & Stamp) | Refusal {
  let bundleSha256: string | null = null;
  try {
    const measured = measureBundle(input);
    bundleSha256 = measured.sha256;
    return { ok: true, ...check(measured.bytes), bundleSha256: measured.sha256, verifierVersion: VERIFIER_VERSION };
  } catch (error) {
    return { ok: false, ...refusalOf(error), bundleSha256, verifierVersion: VERIFIER_VERSION };
  }
}

type Verified = Omit<Extract<VerificationResult, { ok: true }>, 'ok' | 'bundleSha256' | 'verifierVersion'>;

function verify(bytes: Uint8Array, { manifestBytes, digests, roots, namespace }: VerificationInput): Verified {
  const bundle = parseBundle(bytes);
  if (digests.manifestSha256 !== sha256Hex(manifestBytes)) {
    throw new SigningError({
      code: 'SUBJECT_MISMATCH',
      message: 'The digests that were handed in are not those of the manifest bytes.',
    });
  }
  const artifact = { bytes: manifestBytes };
  if (bundle.content.$case === 'messageSignature') {
    requireMessageDigest(bundle.content.messageSignature, artifact, 'manifest');
    const evidence = verifyEvidence({ bundle, artifact, roots, namespace });
    return { ...evidence, form: 'message', subject: 'raw', predicateType: null };
  }
  const { dsseEnvelope } = bundle.content;
  requirePayloadType(dsseEnvelope.payloadType);
  const evidence = verifyEvidence({ bundle, artifact, roots, namespace });
  const statement = parseStatement(dsseEnvelope);
  const subject = matchSubject(statement, digests);
  return { ...evidence, form: 'dsse', subject, predicateType: statement.predicateType };
}
