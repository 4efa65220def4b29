import type { JsonObject, Repository } from '#lib/manifest/types.ts';
import { type AttestationInput, provenanceMatches, type TrustRoot, verifyAttestation } from '#lib/signing/index.ts';
import type { PackageCheckCode } from './codes.ts';
import { shown } from './shown.ts';

export type ProvenanceVerdict = { code: PackageCheckCode; message: string; facts: JsonObject };

/**
 * Verifies one attestation about one file and compares the repository that signed it with the manifest's. Never throws:
 * what cannot be verified is PROVENANCE_INVALID.
 */
export function judgeAttestation({
  bundle,
  subject,
  predicateTypes,
  what,
  isName,
  repository,
  roots,
  namespace,
}: {
  /** A Sigstore bundle, parsed. */
  bundle: unknown;
  subject: AttestationInput['subject'];
  /** Prefixes of the accepted predicate types. */
  predicateTypes: readonly string[];
  /** The file for people. */
  what: string;
  /** Whether a subject's name stands for this file. */
  isName: (name: string) => boolean;
  repository: Repository | undefined;
  roots: readonly TrustRoot[];
  /** Of the server: roots that are bound to namespaces count for theirs only. */
  namespace: string;
}): ProvenanceVerdict {
  const result = verifyAttestation({ bundle, subject, roots, namespace });
  if (!result.ok) {
    return invalid(`The provenance of ${what} does not hold. ${result.message}`, { cause: result.code });
  }
  const { predicateType, subjectName } = result;
  if (!predicateTypes.some((prefix) => predicateType.startsWith(prefix))) {
    return invalid(`What is signed about ${what} is no provenance but ${shown(predicateType, 100)}.`);
  }
  if (subjectName === null || !isName(subjectName)) {
    return invalid(`The provenance is for ${shown(subjectName ?? 'a file without a name', 100)}, not for ${what}.`);
  }

  const { signer } = result;
  const facts: JsonObject = {
    repository: signer.repository,
    repositoryId: signer.repositoryId,
    commit: signer.commit,
    ref: signer.ref,
    workflow: signer.workflow,
    runUri: signer.runUri,
    issuer: signer.issuer,
    san: signer.san,
    root: result.root,
    signedAt: result.signedAt,
    logIndex: result.logIndex,
    predicateType: shown(predicateType),
  };
  const built = `${what} was built from ${shown(signer.repository ?? signer.san)}${signer.commit ? `, commit ${shown(signer.commit, 40)}` : ''}`;
  switch (provenanceMatches(signer, repository)) {
    case 'matches':
      return { code: 'PROVENANCE_MATCHES', message: `${built}: the repository that the manifest names.`, facts };
    case 'mismatch':
      return {
        code: 'PROVENANCE_MISMATCH',
        message: `${built}, but the manifest names ${shown(repository?.url ?? 'no repository')}. Name the repository that builds the package, or publish the package from there.`,
        facts,
      };
    default: {
      const missing = repository ? 'its certificate names no repository' : 'the manifest names no repository';
      return { code: 'PROVENANCE_NOT_COMPARED', message: `${built}; ${missing} to compare that with.`, facts };
    }
  }
}

const invalid = (message: string, facts: JsonObject = {}): ProvenanceVerdict => ({
  code: 'PROVENANCE_INVALID',
  message,
  facts,
});

const WORST_FIRST: readonly PackageCheckCode[] = [
  'PROVENANCE_INVALID',
  'PROVENANCE_MISMATCH',
  'PROVENANCE_NOT_COMPARED',
  'PROVENANCE_MATCHES',
];

/** Of several attestations of one file the best counts: one that holds is enough. Null where there is none. */
export const bestOf = (verdicts: readonly ProvenanceVerdict[]): ProvenanceVerdict | null =>
  verdicts.toSorted((a, b) => WORST_FIRST.indexOf(b.code) - WORST_FIRST.indexOf(a.code))[0] ?? null;

/** Of several files the worst counts: whoever installs may get that one. Null where there is none. */
export const worstOf = (verdicts: readonly ProvenanceVerdict[]): ProvenanceVerdict | null =>
  verdicts.toSorted((a, b) => WORST_FIRST.indexOf(a.code) - WORST_FIRST.indexOf(b.code))[0] ?? null;
