import type { RegistryToken } from '#lib/auth/registry-token.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { accountOfToken, organizationsOfToken } from './github-api.ts';
import { grantLogin } from './grant-login.ts';
import { ProofFailure, requireProof } from './proof-check.ts';

/**
 * `POST /auth/github-at`: a registry token for the account of a GitHub access token and the organizations that it owns.
 * The token is asked with and forgotten. Throws PROOF_FAILED with `details.check`, NAMESPACE_BLOCKED.
 */
export async function exchangeGithubToken({
  githubToken,
  now,
  outbound,
}: {
  githubToken: string;
  now: Date;
  outbound: Outbound;
}): Promise<RegistryToken> {
  const { account, organizations } = await requireProof(now, async () => {
    requireTokenForm(githubToken);
    const account = await accountOfToken(githubToken, outbound);
    return { account, organizations: await organizationsOfToken(githubToken, outbound) };
  });
  const owners = organizations.filter(({ id }) => id !== account.id);
  return grantLogin({
    authority: {
      method: 'github-at',
      subject: account.login,
      permissions: [account, ...owners].map(({ login }) => ({ action: 'publish', resource: `io.github.${login}/*` })),
      proof: { kind: 'github', via: 'token', login: account.login, ownerId: account.id, owners },
    },
    oneTime: null,
    now,
  });
}

/** It goes into a header; GitHub's tokens have letters, digits, `_`, and Enterprise servers' the like. */
export function requireTokenForm(token: string): void {
  if (/^[\x21-\x7e]{1,1000}$/.test(token)) return;
  throw new ProofFailure(
    'GITHUB_TOKEN_REFUSED',
    'This is no GitHub token: it is empty, too long, or has blanks in it.',
  );
}
