import { DomainError } from '#lib/http/domain-error.ts';
import type { TrustRoot } from '#lib/signing/index.ts';

/** Authority of GitHub's own Sigstore, https://docs.github.com/actions/security-for-github-actions/using-artifact-attestations */
const GITHUB_AUTHORITY = 'fulcio.githubapp.com';

/**
 * The one `trusted_root.json` in a text. `gh attestation trusted-root` prints one a line, of which GitHub's own is
 * taken for the kind `github`; any other text with several is left as it is, for parsing to say so.
 * Throws UNPROCESSABLE when none of several is GitHub's.
 */
export function pickTrustedRoot(text: string, kind: TrustRoot['kind']): string {
  const lines = text
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (kind !== 'github' || lines.length < 2 || !lines.every((line) => isJson(line))) return text;
  const own = lines.filter((line) => authoritiesOf(line).includes(GITHUB_AUTHORITY));
  if (own.length === 1 && own[0]) return own[0];
  throw new DomainError(
    'UNPROCESSABLE',
    `Of the ${lines.length} roots, ${own.length} name ${GITHUB_AUTHORITY}. Hand in the one of GitHub alone.`,
  );
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

function authoritiesOf(line: string): (string | undefined)[] {
  const { certificateAuthorities } = JSON.parse(line) as { certificateAuthorities?: { uri?: string }[] };
  if (!Array.isArray(certificateAuthorities)) return [];
  return certificateAuthorities.map(({ uri }) => uri?.replace(/^https:\/\//, '').replace(/\/+$/, ''));
}
