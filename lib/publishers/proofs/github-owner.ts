import { db } from '#lib/db/db.ts';
import { githubOwnerOf } from '#lib/manifest/index.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { requireTokenForm } from './exchange-github-token.ts';
import { accountById, accountByLogin, accountOfToken, organizationsOfToken } from './github-api.ts';
import { ProofFailure, seenList } from './proof-check.ts';
import type { GitHubOwner, Proof, Seen } from './types.ts';

type GitHubProof = Extract<Proof, { kind: 'github' }>;

/**
 * The proof that a person owns a GitHub namespace: by a token that they pasted, or by the GitHub account that they signed
 * in with. Throws ProofFailure with what GitHub said.
 */
export async function proveGithubOwner({
  namespace,
  userId,
  githubToken,
  outbound,
}: {
  namespace: string;
  userId: string;
  githubToken: string | null;
  outbound: Outbound;
}): Promise<{ proof: GitHubProof; seen: Seen[] }> {
  const { owners, via } = githubToken
    ? { owners: await ownersOfToken(githubToken, outbound), via: 'token' as const }
    : { owners: await ownersOfUser(userId, outbound), via: 'account' as const };
  const [account, ...organizations] = owners as [GitHubOwner, ...GitHubOwner[]];
  const seen: Seen[] = [
    { what: 'account', value: `${account.login} (${account.id})` },
    ...(via === 'token'
      ? seenList(
          'organization that it owns',
          organizations.map(({ login, id }) => `${login} (${id})`),
          'none',
        )
      : []),
  ];
  const asked = githubOwnerOf(namespace);
  const owner = owners.find(({ login }) => login.toLowerCase() === asked?.toLowerCase());
  if (!owner) {
    const hint =
      via === 'token'
        ? 'An organization counts when the account is one of its owners and the token may read that (read:org).'
        : 'For an organization, paste a token of one of its owners that may read that (read:org).';
    throw new ProofFailure('GITHUB_NOT_OWNER', `${account.login} does not own ${asked ?? namespace}. ${hint}`, seen);
  }
  if (owner.login !== asked) {
    throw new ProofFailure(
      'NAMESPACE_CASE',
      `GitHub spells it ${owner.login}: claim io.github.${owner.login} instead of ${namespace}.`,
      seen,
    );
  }
  return { proof: { kind: 'github', via, login: owner.login, ownerId: owner.id }, seen };
}

async function ownersOfToken(token: string, outbound: Outbound): Promise<GitHubOwner[]> {
  requireTokenForm(token);
  const account = await accountOfToken(token, outbound);
  return [account, ...(await organizationsOfToken(token, outbound))];
}

/** The account that NextAuth linked. It is known by its number: its name may have changed since. */
async function ownersOfUser(userId: string, outbound: Outbound): Promise<GitHubOwner[]> {
  const linked = await db().account.findFirst({
    where: { userId, provider: 'github' },
    select: { providerAccountId: true },
  });
  const account = linked ? await accountById(linked.providerAccountId, outbound) : null;
  if (account) return [account];
  throw new ProofFailure(
    'GITHUB_NOT_LINKED',
    'You are not signed in with a GitHub account. Sign in with GitHub, or paste a token.',
  );
}

/** Whether the name still belongs to the account that proved it. Throws ProofFailure. */
export async function findGithubOwner({ login, ownerId }: GitHubProof, outbound: Outbound): Promise<{ seen: Seen[] }> {
  const now = await accountByLogin(login, outbound);
  const seen = [{ what: `account ${login}`, value: now ? `${now.login} (${now.id})` : 'nobody has this name' }];
  if (now?.id === ownerId && now.login.toLowerCase() === login.toLowerCase()) return { seen };
  throw new ProofFailure(
    'GITHUB_ACCOUNT_CHANGED',
    now
      ? `The name ${login} belongs to another account than the one that proved it (${ownerId}).`
      : `Nobody has the GitHub name ${login} any more.`,
    seen,
  );
}
