import type { Repository } from '#lib/manifest/types.ts';
import type { Provenance, SignerFacts } from './types.ts';

/**
 * Compares the repository in the certificate with the `repository` of the manifest. `none` when either names none;
 * `mismatch` also when the manifest gives the numeric id of another repository. Host and path are compared without
 * case, `.git` and slashes at the end.
 */
export function provenanceMatches(
  signer: Pick<SignerFacts, 'repository' | 'repositoryId'>,
  repository?: Repository,
): Provenance {
  if (signer.repository === null || !repository) return 'none';
  const signed = normalize(signer.repository);
  if (signed === null || signed !== normalize(repository.url)) return 'mismatch';
  // The schema leaves the form of `id` to the host. Numbers are what certificates hold; other forms say nothing here.
  const id = repository.id && /^\d+$/.test(repository.id) ? repository.id : null;
  return id !== null && signer.repositoryId !== null && id !== signer.repositoryId ? 'mismatch' : 'matches';
}

function normalize(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host, pathname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  const path = pathname.replace(/\/+$/, '').replace(/\.git$/i, '');
  return path.length > 1 ? `${host}${path}`.toLowerCase() : null;
}
