import type { JsonValue } from '#lib/manifest/types.ts';
import { SigningError } from './errors.ts';
import { type BundleInput, parseBundle } from './parse-bundle.ts';
import type { Refusal } from './refusal.ts';
import { parseStatement, requirePayloadType, requireSubject, STATEMENT_TYPES } from './statement.ts';
import type { BundleEvidence, SignerFacts, TrustRoot } from './types.ts';
import { judgeBundle } from './verify-bundle.ts';
import { verifyEvidence } from './verify-evidence.ts';

export type AttestationInput = BundleInput & {
  /** The file that must be among the statement's subjects; `digest` is lower-case hex. */
  subject: { algorithm: 'sha256' | 'sha512'; digest: string };
  roots: readonly TrustRoot[];
  /** Roots that are bound to namespaces count for this one only; without it they do not count. */
  namespace?: string;
};

export type AttestationResult =
  | ({
      ok: true;
      signer: SignerFacts;
      predicateType: string;
      /** Signed, but only as true as its signer: check it before showing it. */
      predicate: JsonValue;
      /** Name of the subject that matched, e.g. `pkg:npm/%40acme/weather@1.0.0`; null when it has none. */
      subjectName: string | null;
      bundleSha256: string;
      verifierVersion: string;
    } & BundleEvidence)
  | Refusal;

/**
 * Verifies an attestation (npm provenance, PyPI PEP 740, `actions/attest`): a DSSE envelope around an in-toto statement,
 * v1 or v0.1, one of whose subjects is the file. Pure, never throws; as with `verifyManifestBundle`, compare `signer`.
 */
export function verifyAttestation(input: AttestationInput): AttestationResult {
  return judgeBundle(input, (bytes) => {
    const { subject, roots, namespace = null } = input;
    const bundle = parseBundle(bytes);
    if (bundle.content.$case !== 'dsseEnvelope') {
      throw new SigningError({
        code: 'BUNDLE_UNSUPPORTED',
        message: 'An attestation is a DSSE envelope; this bundle has a message signature.',
      });
    }
    const { dsseEnvelope } = bundle.content;
    requirePayloadType(dsseEnvelope.payloadType);
    const evidence = verifyEvidence({ bundle, artifact: { bytes: new Uint8Array() }, roots, namespace });
    const statement = parseStatement(dsseEnvelope, STATEMENT_TYPES);
    const { name } = requireSubject(statement, subject);
    return { ...evidence, predicateType: statement.predicateType, predicate: statement.predicate, subjectName: name };
  });
}
