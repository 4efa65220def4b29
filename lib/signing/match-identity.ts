import { matchesRefPattern } from './ref-pattern.ts';
import { pathOf, workflowOf } from './source.ts';
import type { SignerFacts, SignerIdentity } from './types.ts';

/**
 * The first of a publisher's identities that the signer is, or null.
 *
 * Compared part by part, never by searching in the subject name: issuer, numeric owner id and numeric repository id
 * exactly (names can be given up and registered by somebody else), then repository name, workflow path and ref.
 * A fact that the certificate does not state never matches.
 */
export function matchSigner(signer: SignerFacts, identities: readonly SignerIdentity[]): SignerIdentity | null {
  return identities.find((identity) => isSigner(signer, identity)) ?? null;
}

function isSigner(signer: SignerFacts, identity: SignerIdentity): boolean {
  if (identity.issuer === '' || signer.issuer !== identity.issuer) return false;
  switch (identity.kind) {
    case 'email':
    case 'uri':
      return identity.san !== '' && signer.san === identity.san;
    case 'github':
    case 'gitlab':
      return (
        isNumericId(identity.ownerId) &&
        signer.ownerId === identity.ownerId &&
        (identity.repositoryId === undefined ||
          (isNumericId(identity.repositoryId) && signer.repositoryId === identity.repositoryId)) &&
        (identity.repository === undefined || isRepository(signer, identity.repository)) &&
        (identity.workflow === undefined || isWorkflow(signer, identity.workflow)) &&
        (identity.refPattern === undefined ||
          (signer.ref !== null && matchesRefPattern(identity.refPattern, signer.ref)))
      );
    default:
      return false;
  }
}

/** An empty or textual id must not match an equally odd certificate. */
function isNumericId(id: string): boolean {
  return /^[0-9]{1,20}$/.test(id);
}

/** GitHub and GitLab do not tell names by case. */
function isRepository(signer: SignerFacts, repository: string): boolean {
  const path = signer.repository === null ? null : pathOf(signer.repository);
  return path !== null && path.toLowerCase() === repository.toLowerCase();
}

/**
 * A path such as `.github/workflows/release.yml` means the signer's own repository. A reusable workflow of another
 * repository matches only when the identity writes it out: `owner/repository/.github/workflows/sign.yml`.
 */
function isWorkflow(signer: SignerFacts, workflow: string): boolean {
  const seen = workflowOf(signer);
  return seen !== null && workflow !== '' && (seen.own === workflow || seen.full === workflow);
}
