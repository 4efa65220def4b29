import type { ApiSchemaName } from './schemas.ts';

export type Parameter = {
  name: string;
  in: 'path' | 'query';
  description: string;
  schema: Record<string, unknown>;
};

/** One answer: a body by its schema, a text of another type, or none. */
export type Answer = { description: string; body?: ApiSchemaName; contentType?: string };

export type Operation = {
  method: 'get' | 'post' | 'put' | 'patch';
  /** Below `/v0.1`. */
  path: string;
  tag: 'servers' | 'publish' | 'auth' | 'service';
  summary: string;
  description?: string;
  /** Needs a bearer token. */
  isAuthenticated?: boolean;
  parameters?: Parameter[];
  body?: ApiSchemaName;
  answers: Partial<Record<number, Answer>>;
};

const serverName: Parameter = {
  name: 'serverName',
  in: 'path',
  description: 'Name of the server, URL-encoded: `io.github.acme%2Fweather`.',
  schema: { type: 'string' },
};
const version: Parameter = {
  name: 'version',
  in: 'path',
  description: 'Version, URL-encoded (`1.0.0%2Bbuild`). `latest` is the latest version.',
  schema: { type: 'string' },
};
const includeDeleted: Parameter = {
  name: 'include_deleted',
  in: 'query',
  description: 'Also answer with deleted versions. Always true beside `updated_since`.',
  schema: { type: 'boolean', default: false },
};

const LIST_PARAMETERS: Parameter[] = [
  {
    name: 'cursor',
    in: 'query',
    description: '`metadata.nextCursor` of the page before, unchanged. It carries the query it was made for.',
    schema: { type: 'string' },
  },
  {
    name: 'limit',
    in: 'query',
    description: 'Items on a page.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 30 },
  },
  {
    name: 'search',
    in: 'query',
    description: 'Text in the name of the server, or words that describe it. Case does not matter.',
    schema: { type: 'string' },
  },
  {
    name: 'updated_since',
    in: 'query',
    description: 'Only what changed after this time (RFC 3339). Deleted versions are included.',
    schema: { type: 'string', format: 'date-time' },
  },
  {
    name: 'version',
    in: 'query',
    description: '`latest`, or one exact version.',
    schema: { type: 'string' },
  },
  includeDeleted,
];

const ok = (body: ApiSchemaName, description: string): Answer => ({ description, body });
const refused = (description: string): Answer => ({ description, body: 'Problem' });

const NOT_MODIFIED: Answer = { description: 'What the ETag in `If-None-Match` names is still the answer.' };
const UNAUTHENTICATED = refused('No bearer token, or one that is unknown, expired or revoked.');
const TOO_LARGE = refused('The body is larger than 1 MiB.');
const NO_VERSION = refused('There is no such version.');
const NO_SERVER = refused('There is no such server.');
const BAD_ADDRESS = refused(
  'The address has a broken percent-encoding, a NUL byte or a parameter that cannot be read.',
);

/** Every operation of the registry API. A test holds it against the routes of `handle-registry.ts`, both ways. */
export const OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/servers',
    tag: 'servers',
    summary: 'List, search and follow servers',
    description:
      'Ordered by name and version, a search by rank. `updatedAt` moves when a version gains or loses `isLatest`, so that clients that follow by `updated_since` learn of it. Unknown parameters are ignored.',
    parameters: LIST_PARAMETERS,
    answers: {
      200: ok('ServerList', 'A page of versions.'),
      304: NOT_MODIFIED,
      400: refused('A cursor, a time or another parameter cannot be read.'),
      422: refused('`limit` is no whole number from 1 to 100.'),
    },
  },
  {
    method: 'get',
    path: '/servers/{serverName}/versions',
    tag: 'servers',
    summary: 'All versions of a server, newest first',
    parameters: [serverName, includeDeleted],
    answers: { 200: ok('ServerList', 'Every version.'), 304: NOT_MODIFIED, 400: BAD_ADDRESS, 404: NO_SERVER },
  },
  {
    method: 'get',
    path: '/servers/{serverName}/versions/{version}',
    tag: 'servers',
    summary: 'One version of a server',
    parameters: [serverName, version, includeDeleted],
    answers: { 200: ok('ServerResponse', 'The version.'), 304: NOT_MODIFIED, 400: BAD_ADDRESS, 404: NO_VERSION },
  },
  {
    method: 'put',
    path: '/servers/{serverName}/versions/{version}',
    tag: 'publish',
    summary: 'Replace the manifest of a version',
    description: 'For admins. Name and version in the body must be those of the address.',
    isAuthenticated: true,
    parameters: [
      serverName,
      version,
      {
        name: 'status',
        in: 'query',
        description: 'Status to set with it.',
        schema: { enum: ['active', 'deprecated', 'deleted'] },
      },
      { name: 'status_message', in: 'query', description: 'Why.', schema: { type: 'string', maxLength: 500 } },
    ],
    body: 'Manifest',
    answers: {
      200: ok('ServerResponse', 'The version as it is now.'),
      400: refused('The manifest breaks a rule beyond its schema, or names another server or version.'),
      401: UNAUTHENTICATED,
      403: refused('The token may not edit this server.'),
      404: NO_VERSION,
      413: TOO_LARGE,
      422: refused('The manifest is against its schema, or the status is none.'),
    },
  },
  {
    method: 'patch',
    path: '/servers/{serverName}/versions/{version}/status',
    tag: 'publish',
    summary: 'Deprecate, delete or restore a version',
    isAuthenticated: true,
    parameters: [serverName, version],
    body: 'StatusUpdate',
    answers: {
      200: ok('ServerResponse', 'The version as it is now.'),
      400: refused('Nothing would change, or a message stands beside `active`.'),
      401: UNAUTHENTICATED,
      403: refused('The token may not publish or edit this server.'),
      404: NO_VERSION,
      413: refused('The body is larger than 16 KiB.'),
      422: refused('The status is none, or the message is longer than 500 characters.'),
    },
  },
  {
    method: 'patch',
    path: '/servers/{serverName}/status',
    tag: 'publish',
    summary: 'Deprecate, delete or restore every version of a server',
    description: 'All or none.',
    isAuthenticated: true,
    parameters: [serverName],
    body: 'StatusUpdate',
    answers: {
      200: ok('AllVersionsStatus', 'The versions that changed.'),
      400: refused('Nothing would change, or a message stands beside `active`.'),
      401: UNAUTHENTICATED,
      403: refused('The token may not publish or edit this server.'),
      404: NO_SERVER,
      413: refused('The body is larger than 16 KiB.'),
      422: refused('The status is none, or the message is longer than 500 characters.'),
    },
  },
  {
    method: 'post',
    path: '/publish',
    tag: 'publish',
    summary: 'Publish a version',
    description: 'The body is the server.json; its bytes are kept and served unchanged.',
    isAuthenticated: true,
    body: 'Manifest',
    answers: {
      200: ok('ServerResponse', 'The version as it was published.'),
      400: refused('The manifest breaks a rule beyond its schema, a package is not its own, or the version exists.'),
      401: UNAUTHENTICATED,
      403: refused('The token may not publish this server; the message lists what it may.'),
      413: TOO_LARGE,
      422: refused('The manifest is against its schema; `errors` has each place.'),
    },
  },
  {
    method: 'post',
    path: '/validate',
    tag: 'publish',
    summary: 'Check a server.json without publishing it',
    body: 'Manifest',
    answers: { 200: ok('ValidationResult', 'Every issue found, each with its place.'), 413: TOO_LARGE },
  },
  ...exchanges(),
  {
    method: 'get',
    path: '/health',
    tag: 'service',
    summary: 'Whether the registry runs',
    answers: { 200: ok('Health', 'It runs.') },
  },
  {
    method: 'get',
    path: '/ping',
    tag: 'service',
    summary: 'Whether the registry answers',
    answers: { 200: ok('Ping', 'It answers.') },
  },
  {
    method: 'get',
    path: '/version',
    tag: 'service',
    summary: 'Version of the program',
    answers: { 200: ok('Version', 'The version.') },
  },
  {
    method: 'get',
    path: '/openapi.yaml',
    tag: 'service',
    summary: 'This description',
    description: 'Also at `/openapi.yaml` of the instance.',
    answers: { 200: { description: 'This description.', contentType: 'application/yaml' }, 304: NOT_MODIFIED },
  },
];

/** The exchanges of a proof for a registry token of five minutes. */
function exchanges(): Operation[] {
  const proofs: [name: string, summary: string, body: ApiSchemaName][] = [
    ['github-at', 'Log in with a GitHub access token', 'GithubToken'],
    ['github-oidc', 'Log in with the OIDC token of a GitHub Actions workflow', 'OidcToken'],
    ['oidc', "Log in with an OIDC token of the instance's provider", 'OidcToken'],
    ['dns', 'Prove a domain by a key in its TXT records', 'DomainProof'],
    ['http', 'Prove a domain by a key at its /.well-known/mcp-registry-auth', 'DomainProof'],
  ];
  const token = ok('RegistryToken', 'A token for five minutes.');
  const faults = {
    400: refused('The body is no JSON.'),
    413: refused('The body is larger than 16 KiB.'),
    422: refused('A member of the body is missing.'),
  };
  return [
    ...proofs.map(
      ([name, summary, body]): Operation => ({
        method: 'post',
        path: `/auth/${name}`,
        tag: 'auth',
        summary,
        body,
        answers: { 200: token, 401: refused('The proof does not hold; the message says what was seen.'), ...faults },
      }),
    ),
    {
      method: 'post',
      path: '/auth/challenge',
      tag: 'auth',
      summary: 'Get a text to sign, for `dns` and `http`',
      description: 'It names this registry and the domain and is good for one answer.',
      body: 'ChallengeRequest',
      answers: { 200: ok('Challenge', 'The text.'), 401: refused('This is no domain that can be proven.'), ...faults },
    },
    {
      method: 'post',
      path: '/auth/none',
      tag: 'auth',
      summary: 'Log in without a proof, where the instance allows it',
      answers: { 200: token, 404: refused('The instance does not allow it.') },
    },
  ];
}
