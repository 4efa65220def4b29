import { createHash, type KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { type Artifact, requireMessageDigest } from './artifact.ts';
import { SigningError } from './errors.ts';
import { matchSigner } from './match-identity.ts';
import { type BundleInput, parseBundle } from './parse-bundle.ts';
import type { Refusal } from './refusal.ts';
import { parseStatement, requirePayloadType, requireSubject, STATEMENT_TYPES } from './statement.ts';
import type { BundleEvidence, SignatureForm, SignerFacts, TrustRoot } from './types.ts';
import { judgeBundle } from './verify-bundle.ts';
import { verifyEvidence, verifyKeyEvidence } from './verify-evidence.ts';

/** Who must have signed: a name with the issuer that vouches for it, both compared exactly, or the holder of a key. */
export type ExpectedSigner = { san: string; issuer: string } | { key: KeyObject };

export type ArtifactInput = BundleInput & {
  artifact: Artifact;
  roots: readonly TrustRoot[];
  expected: ExpectedSigner;
};

export type ArtifactResult =
  | ({
      ok: true;
      form: SignatureForm;
      /** Null when a bare key signed. */
      signer: SignerFacts | null;
      bundleSha256: string;
      verifierVersion: string;
    } & BundleEvidence)
  | Refusal;

/**
 * Verifies that a Sigstore bundle signs any file, given as bytes or as its SHA-256, and that the expected signer did:
 * the question of `cosign verify-blob` and of the Sigstore conformance suite. A DSSE envelope must hold an in-toto
 * statement, v1 or v0.1, that names the file as a subject. Pure, never throws.
 */
export function verifyArtifact(input: ArtifactInput): ArtifactResult {
  return judgeBundle(input, (bytes) => {
    const { artifact, roots, expected } = input;
    const bundle = parseBundle(bytes, { isKeyAllowed: 'key' in expected });
    if (bundle.content.$case === 'messageSignature') {
      requireMessageDigest(bundle.content.messageSignature, artifact, 'file');
      return { ...verifySigner(bundle, { artifact, roots, expected }), form: 'message' as const };
    }
    const { dsseEnvelope } = bundle.content;
    requirePayloadType(dsseEnvelope.payloadType);
    const verified = verifySigner(bundle, { artifact, roots, expected });
    const statement = parseStatement(dsseEnvelope, STATEMENT_TYPES);
    requireSubject(statement, { algorithm: 'sha256', digest: sha256Of(artifact) });
    return { ...verified, form: 'dsse' as const };
  });
}

function verifySigner(
  bundle: Bundle,
  { artifact, roots, expected }: Pick<ArtifactInput, 'artifact' | 'roots' | 'expected'>,
): BundleEvidence & { signer: SignerFacts | null } {
  const question = { bundle, artifact, roots, namespace: null };
  if ('key' in expected) return { ...verifyKeyEvidence({ ...question, key: expected.key }), signer: null };

  const verified = verifyEvidence(question);
  if (!matchSigner(verified.signer, [{ kind: 'uri', ...expected }])) {
    throw new SigningError({
      code: 'IDENTITY_MISMATCH',
      message: `Expected the signer ${expected.san} (issuer ${expected.issuer}); found ${verified.signer.san} (issuer ${verified.signer.issuer}).`,
    });
  }
  return verified;
}

function sha256Of(artifact: Artifact): string {
  return 'bytes' in artifact ? createHash('sha256').update(artifact.bytes).digest('hex') : artifact.sha256;
}
