import { z } from 'zod';
import { config } from '#lib/config/config.ts';
import { githubNamespace } from '#lib/manifest/index.ts';
import type { Outbound, OutboundResponse } from '#lib/outbound/index.ts';
import { failureOf, ProofFailure, shown } from './proof-check.ts';
import type { GitHubOwner } from './types.ts';

const PAGE_SIZE = 100;
/** Ten thousand organizations: nobody has more, and an answer without end must not be followed. */
const MAX_PAGES = 100;

/** GitHub's own rule for names; what does not fit it names nobody. */
const login = z.string().refine((name) => githubNamespace(name) !== null);
const account = z.object({ login, id: z.int().positive() });
const memberships = z.array(
  z.object({
    state: z.string(),
    role: z.string(),
    organization: z.object({ login: z.string(), id: z.int().positive() }),
  }),
);

const ownerOf = ({ login, id }: z.output<typeof account>): GitHubOwner => ({ login, id: String(id) });

/** The account that a token belongs to. Throws ProofFailure GITHUB_TOKEN_REFUSED or GITHUB_UNAVAILABLE. */
export async function accountOfToken(token: string, outbound: Outbound): Promise<GitHubOwner> {
  const response = await ask('/user', { token, outbound });
  if (response.status === 401) {
    throw new ProofFailure(
      'GITHUB_TOKEN_REFUSED',
      'GitHub does not accept the token: it is wrong, expired or revoked.',
      [{ what: 'GET /user', value: statusOf(response) }],
    );
  }
  return ownerOf(parse(response, '/user', account));
}

/**
 * The organizations that the token's account owns: role `admin`, and accepted. Ordinary members own nothing, however many
 * rights they have there. A token that may not read them, as GitHub says itself, owns none. Whatever else is not the whole
 * list fails: a rate limit or a missing single sign-on must not look like an account without organizations.
 */
export async function organizationsOfToken(token: string, outbound: Outbound): Promise<GitHubOwner[]> {
  const owned: GitHubOwner[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const path = `/user/memberships/orgs?state=active&per_page=${PAGE_SIZE}&page=${page}`;
    const response = await ask(path, { token, outbound });
    if (page === 1 && lacksScope(response)) return [];
    const rows = parse(response, path, memberships);
    for (const { state, role, organization } of rows) {
      if (state === 'active' && role === 'admin' && login.safeParse(organization.login).success) {
        owned.push(ownerOf(organization));
      }
    }
    if (rows.length < PAGE_SIZE) return owned;
  }
  throw new ProofFailure('GITHUB_UNAVAILABLE', `GitHub lists more than ${MAX_PAGES} pages of organizations.`);
}

/** A 403 by which GitHub says that the token was never meant to read organizations, and nothing else. */
function lacksScope(response: OutboundResponse): boolean {
  if (response.status !== 403 || response.headers.has('x-github-sso') || response.headers.has('retry-after'))
    return false;
  if (response.headers.get('x-ratelimit-remaining') === '0') return false;
  const scopes = response.headers.get('x-oauth-scopes');
  if (scopes !== null) return !/\b(read|write|admin):org\b/.test(scopes);
  return /not accessible by (personal access token|integration)/i.test(response.body.toString('utf8'));
}

/** The account that has a name now; null when nobody has it. Throws ProofFailure GITHUB_UNAVAILABLE. */
export const accountByLogin = (name: string, outbound: Outbound): Promise<GitHubOwner | null> =>
  publicAccount(`/users/${encodeURIComponent(name)}`, outbound);

/** The account with a number, under the name that it has now; null when it is gone. Throws ProofFailure GITHUB_UNAVAILABLE. */
export const accountById = (id: string, outbound: Outbound): Promise<GitHubOwner | null> =>
  publicAccount(`/user/${encodeURIComponent(id)}`, outbound);

async function publicAccount(path: string, outbound: Outbound): Promise<GitHubOwner | null> {
  const response = await ask(path, { outbound });
  if (response.status === 404) return null;
  return ownerOf(parse(response, path, account));
}

async function ask(
  path: string,
  { token, outbound }: { token?: string; outbound: Outbound },
): Promise<OutboundResponse> {
  const { GITHUB_API_URL, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = config();
  // Without a token GitHub answers 60 times an hour; to a known app, 5000 times.
  const app =
    GITHUB_CLIENT_ID && GITHUB_CLIENT_SECRET
      ? `Basic ${Buffer.from(`${GITHUB_CLIENT_ID}:${GITHUB_CLIENT_SECRET}`).toString('base64')}`
      : null;
  const authorization = token === undefined ? app : `Bearer ${token}`;
  try {
    return await outbound.fetch(`${GITHUB_API_URL}${path}`, {
      headers: {
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        ...(authorization ? { authorization } : {}),
      },
      isSameOriginOnly: true,
      trustedOrigins: [new URL(GITHUB_API_URL).origin],
    });
  } catch (error) {
    throw failureOf(error, `GET ${path}`, 'GITHUB_UNAVAILABLE');
  }
}

const statusOf = (response: OutboundResponse) =>
  `status ${response.status}: ${shown(response.body.toString('utf8'), 200)}`;

function parse<T>(response: OutboundResponse, path: string, schema: z.ZodType<T>): T {
  const seen = [{ what: `GET ${path.split('?')[0]}`, value: statusOf(response) }];
  if (response.status !== 200) {
    const isLimited = response.status === 429 || response.headers.get('x-ratelimit-remaining') === '0';
    const why = response.headers.has('x-github-sso')
      ? 'asks for single sign-on: authorize the token for the organization'
      : isLimited
        ? 'limits the rate of questions: try again later'
        : `answers with status ${response.status}`;
    throw new ProofFailure('GITHUB_UNAVAILABLE', `GitHub ${why}, so nothing is proven.`, seen);
  }
  try {
    return schema.parse(JSON.parse(response.body.toString('utf8')));
  } catch {
    throw new ProofFailure('GITHUB_UNAVAILABLE', 'GitHub answers with something else than it documents.', seen);
  }
}
