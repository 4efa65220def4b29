import { beforeAll, describe, expect, it } from 'vitest';
import {
  CHECK_PROBLEMS,
  CHECKED_CLIENTS,
  type CheckAsk,
  type CheckedClient,
  type CheckProblemCode,
  checkAsk,
  checkClient,
} from '#lib/exports/client-checks/index.ts';
import { endLockdown, startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { forgetViews } from '#lib/orgs/published/registry-view.ts';
import { servedOrgs } from '../../api/support/served-orgs.ts';
import {
  type Answered,
  type Asked,
  type RegistryFault,
  serveBroken,
} from '../../conformance/support/broken-registry.ts';
import { startHttpsServer } from '../../support/https-server.ts';

const served = servedOrgs();
const path = () => `/orgs/acme/registry/k/${served.acme.viewKey}`;
const clients = Object.keys(CHECKED_CLIENTS) as CheckedClient[];

/** Reaches this origin where the client thinks it asks hallmark.test over https. */
const behindTls =
  (origin: string): CheckAsk =>
  (request) =>
    checkAsk({ ...request, url: request.url.replace('https://hallmark.test', origin) });

const codesOf = (check: Awaited<ReturnType<typeof checkClient>>) =>
  check.steps.flatMap(({ problems }) => problems.map(({ code }) => code));

const seenCodes = new Set<CheckProblemCode>();
async function check(
  client: CheckedClient,
  { origin = served.origin, ...options }: { origin?: string; baseUrl?: string; token?: string; ask?: CheckAsk } = {},
) {
  const ask = client === 'address' ? checkAsk : behindTls(origin);
  const host = client === 'address' ? origin : 'https://hallmark.test';
  const result = await checkClient({ client, baseUrl: `${host}${path()}`, ask, ...options });
  for (const code of codesOf(result)) seenCodes.add(code);
  return result;
}

describe('against a view as it should be', () => {
  it.each(clients)('%s works', async (client) => {
    const result = await check(client);
    // The test's servers are npm packages, and one remote.
    expect(codesOf(result)).toEqual([]);
    expect(result.outcome).toBe('works');
    expect(result.steps.length).toBeGreaterThan(1);
    for (const { request, answer } of result.steps.slice(1)) {
      expect(request?.url).toContain('/orgs/acme/registry/k/');
      expect(answer?.status).toBeGreaterThanOrEqual(200);
    }
  });

  it('works with a token under the address without a key, which is not shown again', async () => {
    const baseUrl = 'https://hallmark.test/orgs/acme/registry';
    const result = await check('vscode', { baseUrl, token: served.acme.viewToken });
    expect(result.outcome).toBe('works');
    expect(JSON.stringify(result)).not.toContain(served.acme.viewToken);
  });

  it('says when the list is empty', async () => {
    await startLockdown({ viewer: served.owner, orgSlug: 'acme', reason: 'a drill' });
    forgetViews();
    expect(codesOf(await check('vscode'))).toContain('EMPTY');
    expect(codesOf(await check('copilot-cli'))).toEqual(['EMPTY']);
    await endLockdown({ viewer: served.owner, orgSlug: 'acme', reason: 'over' });
    forgetViews();
  });
});

type Change = Pick<RegistryFault, 'ask' | 'answer'>;
const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><title>x</title>' };
const answerWhere = (when: (asked: Asked) => boolean, answer: Partial<Answered>): Change => ({
  ask: (asked) => (when(asked) ? { answer } : undefined),
});
const always = (answer: Partial<Answered>) => answerWhere(() => true, answer);
const headers = (change: Record<string, string | null>): Change => ({
  answer: ({ headers: before }) => {
    const after: Record<string, string> = { ...before };
    for (const [name, value] of Object.entries(change)) {
      if (value === null) delete after[name];
      else after[name] = value;
    }
    return { headers: after };
  },
});
const isDetail = ({ path: asked }: Asked) => asked.includes('/versions/');
const isNobody = ({ path: asked }: Asked) => asked.includes('org.nobody');
// biome-ignore lint/suspicious/noExplicitAny: bodies are changed at any depth.
const body = (change: (value: any, asked: Asked) => void): Change => ({
  answer: (answered, asked) => {
    if (!answered.body.startsWith('{"servers"')) return undefined;
    const value = JSON.parse(answered.body);
    change(value, asked);
    return { body: JSON.stringify(value) };
  },
});
const withoutQuery: Change = { ask: (asked) => ({ path: asked.path.split('?')[0]! }) };

const FAULTS: [CheckProblemCode, CheckedClient, string, Change][] = [
  [
    'REDIRECT_SLASH',
    'vscode',
    'a proxy adds a slash',
    { ask: ({ path: p }) => ({ answer: { status: 301, headers: { location: p.replace('servers?', 'servers/?') } } }) },
  ],
  [
    'REDIRECT_LOGIN',
    'copilot-cli',
    'a sign-in proxy',
    always({ status: 302, headers: { location: 'https://login.example.com/oauth2/start' } }),
  ],
  [
    'PROXY_AUTH',
    'vscode',
    'basic authentication in the proxy',
    always({ status: 401, headers: { 'content-type': 'text/html' }, body: '<html>401</html>' }),
  ],
  [
    'PROXY_AUTH',
    'docker',
    'a firewall that forbids',
    always({ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>403</html>' }),
  ],
  [
    'NOT_FOUND',
    'vscode',
    'a proxy that does not pass /orgs',
    always({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>404</html>' }),
  ],
  [
    'SERVER_ERROR',
    'docker',
    'Hallmark is down',
    always({ status: 502, headers: { 'content-type': 'text/html' }, body: 'Bad Gateway' }),
  ],
  ['LIMITED', 'toolhive', 'a limit of requests', answerWhere(({ path: p }) => p.includes('servers'), { status: 429 })],
  ['STATUS', 'vscode', 'a status of its own', always({ status: 206 })],
  ['PAGE', 'vscode', 'another program answers', always(page)],
  ['CONTENT_TYPE', 'docker', 'the type is changed', headers({ 'content-type': 'text/plain' })],
  ['BROKEN_JSON', 'windsurf', 'the body is cut off', { answer: (answered) => ({ body: answered.body.slice(0, 200) }) }],
  ['CACHED', 'copilot-cli', 'a CDN answers', headers({ age: '300' })],
  ['CACHE_CHANGED', 'vscode', 'a proxy makes it public', headers({ 'cache-control': 'public, max-age=600' })],
  ['CORS_ORIGIN', 'copilot-ide', 'a proxy takes CORS away', headers({ 'access-control-allow-origin': null })],
  ['CORS_TWICE', 'copilot-ide', 'a proxy adds CORS of its own', headers({ 'access-control-allow-origin': '*, *' })],
  ['CORS_METHODS', 'copilot-ide', 'a proxy changes the methods', headers({ 'access-control-allow-methods': 'POST' })],
  [
    'CORS_HEADERS',
    'copilot-ide',
    'a proxy changes the headers',
    headers({ 'access-control-allow-headers': 'X-Other' }),
  ],
  [
    'PREFLIGHT',
    'copilot-ide',
    'a proxy refuses OPTIONS',
    {
      ask: ({ method }) =>
        method === 'OPTIONS'
          ? {
              answer: {
                status: 405,
                headers: {
                  'access-control-allow-origin': '*',
                  'access-control-allow-methods': 'GET, OPTIONS',
                  'access-control-allow-headers': 'authorization, content-type',
                },
              },
            }
          : undefined,
    },
  ],
  [
    'NO_SERVERS',
    'toolhive',
    'another JSON answers',
    answerWhere(({ path: p }) => p.includes('servers'), { body: '{"ok":true}' }),
  ],
  ['NO_METADATA', 'windsurf', 'metadata is gone', body((value) => delete value.metadata)],
  [
    'FIRST_ITEM',
    'vscode',
    'the first item has no description',
    body((value) => delete value.servers[0].server.description),
  ],
  [
    'ITEM',
    'vscode',
    'another item has no version',
    body((value) => value.servers[1] && delete value.servers[1].server.version),
  ],
  ['ITEM_META', 'copilot-ide', 'an item has no _meta', body((value) => delete value.servers.at(-1)._meta)],
  [
    'CURSOR_UNSAFE',
    'vscode',
    'a cursor with a plus',
    body((value, { path: p }) => {
      if (!p.includes('cursor')) value.metadata.nextCursor = 'a+b=';
    }),
  ],
  [
    'CURSOR_STUCK',
    'vscode',
    'a cache that does not mind the query',
    {
      ...body((value) => (value.metadata.nextCursor = 'abc')),
      ask: (asked) => ({ path: asked.path.replace(/&cursor=.*/, '') }),
    },
  ],
  ['QUERY_LOST', 'vscode', 'the query is dropped', withoutQuery],
  [
    'SEARCH_IGNORED',
    'toolhive',
    'a search that finds nothing',
    { ask: (asked) => ({ path: asked.path.replace(/search=.*/, 'search=zzzz') }) },
  ],
  [
    'ENCODED_SLASH',
    'vscode',
    'a proxy that refuses %2F',
    answerWhere(({ path: p }) => /%2f/i.test(p), {
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<html>404</html>',
    }),
  ],
  [
    'ENCODED_SLASH',
    'copilot-cli',
    'another that calls it a bad request',
    answerWhere(({ path: p }) => /%2f/i.test(p) && !p.includes('nobody'), { status: 400 }),
  ],
  [
    'WRONG_SERVER',
    'toolhive',
    'a cache that mixes paths up',
    answerWhere(isDetail, { body: '{"server":{"name":"a/b"},"_meta":{}}' }),
  ],
  ['UNKNOWN_FOUND', 'vscode', 'a page in place of 404', answerWhere(isNobody, page)],
  ['UNKNOWN_BLOCKS', 'copilot-cli', '403 in place of 404', answerWhere(isNobody, { status: 403 })],
  ['UNKNOWN_BLOCKS', 'vscode', '500 in place of 404', answerWhere(isNobody, { status: 500 })],
  [
    'TEMPLATED_REMOTE',
    'vscode',
    'a remote with a place to fill in',
    body((value) => (value.servers[0].server.remotes = [{ type: 'sse', url: 'https://{tenant}.example/sse' }])),
  ],
  [
    'DATE',
    'docker',
    'a time without a zone',
    body(
      (value) => (value.servers[0]._meta['io.modelcontextprotocol.registry/official'].updatedAt = '2026-01-01 10:00'),
    ),
  ],
  [
    'NOTHING_TO_RUN',
    'docker',
    'packages of npm only',
    body((value) => {
      for (const one of value.servers) delete one.server.remotes;
    }),
  ],
  [
    'V0_MISSING',
    'docker',
    'a proxy that passes /v0.1 only',
    answerWhere(({ path: p }) => p.includes('/v0/'), {
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: 'no',
    }),
  ],
  [
    'OPENAPI_MISSING',
    'toolhive',
    'a proxy that passes servers only',
    answerWhere(({ path: p }) => p.includes('openapi'), { status: 404 }),
  ],
  [
    'OPENAPI_WRONG',
    'toolhive',
    'the description of something else',
    answerWhere(({ path: p }) => p.includes('openapi'), { body: 'openapi: 3.0.0\ninfo: {version: 2.0.0}' }),
  ],
];

describe('a fault on the way is found, with its own message', () => {
  it.each(FAULTS)('%s by %s: %s', async (code, client, _, change) => {
    const { baseUrl: origin, close } = await serveBroken({ name: code, fails: [], ...change }, served.origin);
    try {
      const result = await check(client, { origin });
      expect(codesOf(result)).toContain(code);
      expect(new Set(codesOf(result)).size).toBeLessThanOrEqual(3);
      expect(result.outcome).toBe(
        codesOf(result).some((one) => CHECK_PROBLEMS[one][0] === 'error') ? 'fails' : 'warned',
      );
      const text = JSON.stringify(result.steps.flatMap(({ problems }) => problems));
      expect(text).not.toMatch(/\{[a-z]+\}(?!\.)/);
    } finally {
      await close();
    }
  });
});

describe('a fault of the address is found', () => {
  const key = 'https://hallmark.test/orgs/acme/registry/k/KEY';
  const cases: [CheckProblemCode, CheckedClient, string][] = [
    ['BASE_NOT_URL', 'vscode', 'hallmark.test/orgs/acme'],
    ['BASE_NOT_URL', 'docker', 'ftp://hallmark.test'],
    ['BASE_HAS_VERSION', 'vscode', `${key}/v0.1`],
    ['BASE_HAS_VERSION', 'docker', `${key}/v0/servers`],
    ['BASE_HAS_QUERY', 'toolhive', `${key}?team=data`],
    ['BASE_TRAILING_SLASH', 'vscode', `${key}/`],
    ['BASE_NOT_HTTPS', 'vscode', key.replace('https', 'http')],
    ['BASE_NEEDS_HTTPS', 'docker', key.replace('https', 'http')],
    ['BASE_PRIVATE', 'toolhive', key.replace('hallmark.test', '10.1.2.3')],
    ['KEY_WRONG', 'vscode', key],
    ['AUTH_REQUIRED', 'vscode', 'https://hallmark.test/orgs/acme/registry'],
    ['KEY_WRONG', 'vscode', 'https://hallmark.test/orgs/acme/registry/k/wrong/teams/x'],
  ];

  it.each(cases)('%s by %s of %s', async (code, client, baseUrl) => {
    const ask: CheckAsk = (request) =>
      checkAsk({ ...request, url: request.url.replace(/^https?:\/\/[^/]+/, served.origin) });
    const result = await check(client, { baseUrl, ask });
    expect(codesOf(result)).toContain(code);
    if (/^BASE_(?:NOT_URL|HAS)/.test(code)) expect(result.steps).toHaveLength(1);
  });

  it('TOKEN_REFUSED of a token that is none', async () => {
    const baseUrl = 'https://hallmark.test/orgs/acme/registry';
    expect(codesOf(await check('vscode', { baseUrl, token: 'hmk_view_wrong' }))).toEqual(['TOKEN_REFUSED']);
  });

  it('REDIRECT_HTTPS where http is sent on', async () => {
    const ask: CheckAsk = async ({ url }) => ({
      status: 301,
      headers: { location: url.replace('http:', 'https:') },
      text: '',
    });
    const result = await check('vscode', { baseUrl: 'http://hallmark.test/orgs/acme/registry/k/x', ask });
    expect(codesOf(result)).toEqual(['BASE_NOT_HTTPS', 'REDIRECT_HTTPS']);
  });

  it('OTHER_ADDRESS where Hallmark thinks that it is elsewhere', async () => {
    const { baseUrl: origin, close } = await serveBroken({ name: 'x', fails: [] }, served.origin);
    expect(codesOf(await check('address', { origin }))).toEqual(['OTHER_ADDRESS']);
    await close();
  });
});

describe('what stops every request is named', () => {
  let tls: Awaited<ReturnType<typeof startHttpsServer>>;
  beforeAll(async () => {
    tls = await startHttpsServer();
    return () => tls.close();
  });

  it('NAME_UNKNOWN', async () => {
    const result = await check('vscode', { baseUrl: 'https://hallmark.invalid/orgs/acme', ask: checkAsk });
    expect(codesOf(result)).toEqual(['NAME_UNKNOWN']);
  });

  it('REFUSED', async () => {
    const result = await check('vscode', { baseUrl: 'http://127.0.0.1:9/orgs/acme', ask: checkAsk });
    expect(codesOf(result)).toEqual(['REFUSED']);
  });

  it('TLS', async () => {
    const result = await check('vscode', { baseUrl: `https://localhost:${tls.port}/orgs/acme`, ask: checkAsk });
    expect(codesOf(result)).toEqual(['TLS']);
  });

  it.each([
    ['timeout', 'TIMEOUT'],
    ['too-long', 'TOO_LONG'],
  ] as const)('%s is %s', async (reason, code) => {
    expect(codesOf(await check('vscode', { ask: async () => ({ reason, detail: '1' }) }))).toEqual([code]);
  });

  it('a body without end is cut off', async () => {
    const { default: http } = await import('node:http');
    const server = http.createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(1024 * 1024, 32);
      const more = () =>
        response.destroyed || (response.write(chunk) ? setImmediate(more) : response.once('drain', more));
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const answer = await checkAsk({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {} });
    expect(answer).toMatchObject({ reason: 'too-long' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

it('every problem in the list was found once', () => {
  const codes = Object.keys(CHECK_PROBLEMS) as CheckProblemCode[];
  expect(codes.filter((code) => !seenCodes.has(code))).toEqual([]);
});
