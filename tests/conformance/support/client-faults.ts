import { changeJson, changeList, changeOfficial, type RegistryFault, refuse } from './broken-registry.ts';

const isBrowse = (path: string) => path.startsWith('/v0.1/servers?limit=50&version=latest');

export const CLIENT_FAULTS: RegistryFault[] = [
  {
    name: 'a page that looks like a site to the probe',
    fails: ['vscode-probe'],
    answer: ({ headers }, { path, method }) =>
      path === '/v0.1/servers?limit=1' && method === 'GET'
        ? { headers: { ...headers, 'content-type': 'text/html' } }
        : undefined,
  },
  {
    name: 'no metadata',
    fails: ['vscode-browse'],
    answer: (answered, { path }) =>
      isBrowse(path) ? changeJson<{ metadata?: unknown }>(answered, (body) => delete body.metadata) : undefined,
  },
  {
    name: 'a first item without a description',
    fails: ['vscode-browse', 'vscode-items'],
    answer: (answered, { path }) =>
      isBrowse(path)
        ? changeList(answered, ({ servers }) => {
            servers[0]!.server.description = '';
          })
        : undefined,
  },
  {
    name: 'a later item without a version',
    fails: ['vscode-items'],
    answer: (answered, { path }) =>
      isBrowse(path)
        ? changeList(answered, ({ servers }) => {
            servers[1]!.server.version = '';
          })
        : undefined,
  },
  {
    name: 'a listed server that cannot be found',
    fails: ['vscode-by-name', 'copilot-cli-known'],
    ask: ({ path }) => (/three\/versions\/latest$/.test(path) ? refuse(404, 'Server not found') : undefined),
  },
  {
    name: 'a redirect for who accepts JSON only',
    fails: ['copilot-cli-known'],
    ask: ({ path, headers }) =>
      headers.accept === 'application/json' && /three\/versions\/latest$/.test(path)
        ? { answer: { status: 302, headers: { location: '/elsewhere' } } }
        : undefined,
  },
  {
    name: '5xx on latest of an unknown server',
    fails: ['encoding-unknown-server', 'vscode-unknown', 'copilot-cli-unknown'],
    ask: ({ path }) => (/no-such-server\/versions\/latest$/.test(path) ? refuse(503, 'Busy.') : undefined),
  },
  {
    name: '400 for a name that no registry would have',
    fails: ['copilot-cli-unknown'],
    ask: ({ path }) => (path.includes('/My%20Server/') ? refuse(400, 'Invalid name') : undefined),
  },
  {
    name: 'a version that needs a login',
    fails: [
      'envelope-detail',
      'envelope-meta',
      'envelope-official',
      'envelope-untouched',
      'envelope-content-type',
      'caching-etag',
      'caching-not-modified',
      'caching-control',
      'cors-copilot',
      'alias-reads',
      'copilot-endpoints',
    ],
    ask: ({ path, method }) =>
      /one\/versions\/2\.0\.0$/.test(path) && method === 'GET' ? refuse(401, 'Log in.') : undefined,
  },
  {
    name: 'a description of another API version',
    fails: ['toolhive-endpoint'],
    answer: ({ body }, { path }) =>
      path === '/openapi.yaml' ? { body: body.replace('version: 1.0.0', 'version: 2025-12-01') } : undefined,
  },
  {
    name: 'a description that does not name the upstream registry',
    fails: ['toolhive-endpoint'],
    answer: ({ body }, { path }) =>
      path === '/openapi.yaml' ? { body: body.replace('github.com/modelcontextprotocol', 'example.com') } : undefined,
  },
  {
    name: 'a search that needs a limit',
    fails: ['toolhive-search'],
    ask: (asked) => (/\/servers\?search=com[^&]*$/.test(asked.path) ? refuse(422, 'limit is missing') : undefined),
  },
  {
    name: 'times as numbers',
    fails: ['docker-catalog'],
    answer: (answered, { path }) =>
      path === '/v0/servers?version=latest&limit=100'
        ? changeOfficial(answered, (official) => (official.publishedAt = 1767225600))
        : undefined,
  },
];

export const SERVICE_FAULTS: RegistryFault[] = [
  {
    name: 'health without a status',
    fails: ['service-health'],
    answer: (_, { path }) => (path === '/v0.1/health' ? { body: '{"healthy":true}' } : undefined),
  },
  {
    name: 'a ping of text',
    fails: ['service-ping'],
    answer: (_, { path }) => (path === '/v0.1/ping' ? { body: 'pong' } : undefined),
  },
  {
    name: 'a version without a commit',
    fails: ['service-version'],
    answer: (_, { path }) => (path === '/v0.1/version' ? { body: '{"version":"1"}' } : undefined),
  },
  {
    name: 'a description without the versions',
    fails: ['service-openapi'],
    answer: ({ body }, { path }) =>
      path === '/openapi.yaml' ? { body: body.replace('{serverName}/versions:', '{name}/releases:') } : undefined,
  },
];

const VALIDATE = '/v0.1/validate';

export const VALIDATE_FAULTS: RegistryFault[] = [
  {
    name: 'a valid manifest found invalid',
    fails: ['validate-valid'],
    answer: (answered, { path }) =>
      path === VALIDATE ? changeJson<{ valid: boolean }>(answered, (result) => (result.valid = false)) : undefined,
  },
  {
    name: 'the first issue only',
    fails: ['validate-issues'],
    answer: (answered, { path }) =>
      path === VALIDATE
        ? changeJson<{ issues: unknown[] }>(answered, (result) => {
            result.issues = result.issues.slice(0, 1);
          })
        : undefined,
  },
  {
    name: 'a manifest without $schema found valid',
    fails: ['validate-required'],
    ask: ({ path, body }) =>
      path === VALIDATE && !body.includes('$schema') ? { answer: { body: '{"valid":true,"issues":[]}' } } : undefined,
  },
  {
    name: '422 for an invalid manifest',
    fails: ['validate-issues'],
    answer: ({ body }, { path }) => (path === VALIDATE && body.includes('"valid":false') ? { status: 422 } : undefined),
  },
];

export const LOGIN_FAULTS: RegistryFault[] = [
  {
    name: 'another sentence for a missing token',
    fails: ['publish-no-token'],
    answer: ({ status, body }) =>
      status === 401 ? { body: body.replaceAll('Authorization header', 'login') } : undefined,
  },
  {
    name: '500 for a token that is none',
    fails: ['publish-bad-token'],
    answer: ({ status, body }) => (status === 401 && body.includes('JWT') ? { status: 500 } : undefined),
  },
  {
    name: '500 for an empty exchange',
    fails: ['auth-members'],
    answer: (_, { path, body }) => (path.endsWith('/auth/github-at') && body === '{}' ? { status: 500 } : undefined),
  },
  {
    name: 'a token for an old signature',
    fails: ['auth-old-timestamp'],
    ask: ({ body }) =>
      body.includes('2020-01-01') ? { answer: { body: '{"registry_token":"x","expires_at":1}' } } : undefined,
  },
  {
    name: 'a look at an address of the own network',
    fails: ['auth-address'],
    ask: ({ body }) => (body.includes('169.254.169.254') ? refuse(502, 'connection refused') : undefined),
  },
  {
    name: 'an expiry in milliseconds',
    fails: ['auth-token'],
    answer: (answered, { path }) =>
      path.endsWith('/auth/none')
        ? changeJson<{ expires_at: number }>(answered, (body) => (body.expires_at *= 1000))
        : undefined,
  },
  {
    name: 'a token that is no JWT',
    fails: ['auth-token'],
    answer: (answered, { path }) =>
      path.endsWith('/auth/none')
        ? changeJson<{ registry_token: string }>(answered, (body) => (body.registry_token = 'opaque'))
        : undefined,
  },
];
