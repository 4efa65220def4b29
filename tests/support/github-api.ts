import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type TestMembership = { login: string; id: number; role: 'admin' | 'member'; state?: 'active' | 'pending' };
type Person = { login: string; id: number; organizations?: TestMembership[] };
type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

export type TestGithub = {
  /** For GITHUB_API_URL. */
  url: string;
  /** Who has which token. */
  tokens: Map<string, Person>;
  /** Accounts that exist, beside those with tokens. */
  accounts: { login: string; id: number }[];
  /** What the organizations of everybody are answered with instead. */
  organizationsAnswer: Answer | null;
  /** What everything is answered with instead. */
  outage: Answer | null;
  requests: { path: string; authorization: string | undefined }[];
  clear(): void;
  close(): Promise<void>;
};

/** GitHub's REST API on loopback, as far as proofs ask it. It answers 400 to what GitHub documents otherwise. */
export async function startGithub(): Promise<TestGithub> {
  const server = createServer((request, response) => {
    const { status, headers = {}, body = {} } = answerTo(request);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const github: TestGithub = {
    url: '',
    tokens: new Map(),
    accounts: [],
    organizationsAnswer: null,
    outage: null,
    requests: [],
    clear: () => {
      github.tokens.clear();
      github.accounts = [];
      github.organizationsAnswer = null;
      github.outage = null;
      github.requests.length = 0;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function answerTo(request: IncomingMessage): Answer {
    const url = new URL(request.url ?? '/', 'http://github.test');
    const { authorization, accept } = request.headers;
    github.requests.push({ path: url.pathname, authorization });
    if (github.outage) return github.outage;
    if (!accept?.startsWith('application/vnd.github')) return { status: 400, body: { message: 'wrong media type' } };
    if (!request.headers['x-github-api-version']) return { status: 400, body: { message: 'no API version' } };

    if (url.pathname === '/user' || url.pathname === '/user/memberships/orgs') {
      const person = github.tokens.get(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '');
      if (!person) return { status: 401, body: { message: 'Bad credentials' } };
      if (url.pathname === '/user') return { status: 200, body: { login: person.login, id: person.id } };
      return github.organizationsAnswer ?? memberships(person, url);
    }
    const everybody = [...github.accounts, ...github.tokens.values()];
    const byName = /^\/users\/([^/]+)$/.exec(url.pathname)?.[1]?.toLowerCase();
    const byId = /^\/user\/(\d+)$/.exec(url.pathname)?.[1];
    const found = everybody.find(({ login, id }) => login.toLowerCase() === byName || String(id) === byId);
    if (!found) return { status: 404, body: { message: 'Not Found' } };
    return { status: 200, body: { login: found.login, id: found.id } };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  github.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return github;
}

function memberships({ organizations = [] }: Person, url: URL): Answer {
  if (url.searchParams.get('state') !== 'active')
    return { status: 400, body: { message: 'pending ones were asked for' } };
  const size = Number(url.searchParams.get('per_page') ?? 30);
  const page = Number(url.searchParams.get('page') ?? 1);
  const rows = organizations.slice((page - 1) * size, page * size);
  return {
    status: 200,
    body: rows.map(({ login, id, role, state = 'active' }) => ({ state, role, organization: { login, id } })),
  };
}
