export type { Artifact } from './artifact.ts';
export { describeEvidence, type EvidenceFact } from './describe-evidence.ts';
export { describeSigner } from './describe-signer.ts';
export { SIGN_ERRORS, SIGNING_ERRORS, type SignErrorCode, SigningError } from './errors.ts';
export { BUNDLE_MAX_BYTES, REF_MAX_LENGTH, TRUSTED_ROOT_MAX_BYTES } from './limits.ts';
export { matchSigner } from './match-identity.ts';
export { BUNDLE_MEDIA_TYPES } from './parse-bundle.ts';
export { provenanceMatches } from './provenance.ts';
export { pypiAttestationToBundle } from './pypi-attestation.ts';
export { matchesRefPattern } from './ref-pattern.ts';
export { PUBLIC_GOOD_SERVICES, type SigstoreServices, signContent } from './sign-content.ts';
export { signManifest } from './sign-manifest.ts';
export { decideSignature, type SignatureDecision } from './signature-state.ts';
export { servicesOfSigningConfig } from './signing-config.ts';
export { workflowOf } from './source.ts';
export { MCP_SERVER_PREDICATE_TYPE, STATEMENT_PAYLOAD_TYPE, STATEMENT_TYPE } from './statement.ts';
export {
  bareTrustRoot,
  DEFAULT_THRESHOLDS,
  PUBLIC_GOOD_NAME,
  parseTrustRoot,
  publicGoodRoot,
  publicGoodTuf,
} from './trust-roots.ts';
export type {
  BundleEvidence,
  Provenance,
  SignatureForm,
  SignatureState,
  SignerFacts,
  SignerIdentity,
  SigningErrorCode,
  SubjectForm,
  TrustRoot,
  TrustThresholds,
  VerificationResult,
} from './types.ts';
export { type ArtifactInput, type ArtifactResult, type ExpectedSigner, verifyArtifact } from './verify-artifact.ts';
export { type AttestationInput, type AttestationResult, verifyAttestation } from './verify-attestation.ts';
export { VERIFIER_VERSION, type VerificationInput, verifyManifestBundle } from './verify-bundle.ts';
