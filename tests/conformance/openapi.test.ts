import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { resetConfig } from '#lib/config/config.ts';
import { handleRegistry, ROUTES } from '#lib/http/registry/handle-registry.ts';
import { type OpenapiDocument, openapiDocument, openapiYaml } from '#lib/http/registry/openapi.ts';
import { OPERATIONS } from '#lib/http/registry/operations.ts';
import { manifestOf, publishTestVersion } from '../instance.ts';
import { servedInstance, WRITE_NAMESPACE } from './support/served-instance.ts';

const instance = servedInstance();
const document = openapiDocument('https://registry.example');

type Described = {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: object;
  security?: Record<string, string[]>[];
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>;
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method, path, operation: operation as Described })),
);

/** What of OpenAPI 3.1 a reader trips over; the whole meta schema is not among our packages. */
const SHAPE = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: { title: { type: 'string' }, version: { type: 'string' }, description: { type: 'string' } },
    },
    servers: { type: 'array', items: { type: 'object', required: ['url'] } },
    tags: { type: 'array', items: { type: 'object', required: ['name'] } },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'] },
        additionalProperties: {
          type: 'object',
          required: ['operationId', 'responses'],
          properties: {
            parameters: {
              type: 'array',
              items: {
                type: 'object',
                required: ['name', 'in', 'schema'],
                properties: { in: { enum: ['path', 'query', 'header', 'cookie'] }, required: { type: 'boolean' } },
                if: { properties: { in: { const: 'path' } } },
                // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword.
                then: { required: ['required'], properties: { required: { const: true } } },
              },
            },
            requestBody: { type: 'object', required: ['content'] },
            responses: {
              type: 'object',
              minProperties: 1,
              propertyNames: { pattern: '^([1-5]\\d\\d|default)$' },
              additionalProperties: {
                type: 'object',
                required: ['description'],
                properties: {
                  description: { type: 'string', minLength: 1 },
                  content: {
                    type: 'object',
                    propertyNames: { pattern: '^[a-z]+/[a-z0-9.+-]+$' },
                    additionalProperties: { type: 'object', required: ['schema'] },
                  },
                },
              },
            },
          },
        },
      },
    },
    components: { type: 'object', required: ['schemas', 'securitySchemes'] },
  },
};

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema({ $id: 'https://registry.example/openapi', components: document.components });
const validator = (name: string) =>
  ajv.compile({ $ref: `https://registry.example/openapi#/components/schemas/${name}` });

describe('the description of the registry API', () => {
  it('is OpenAPI 3.1', () => {
    expect({ isValid: ajv.validate(SHAPE, document), errors: ajv.errors }).toEqual({ isValid: true, errors: null });
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names the parameters of each path, and security schemes that there are', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect({ path, named: named.sort() }).toEqual({ path, named: inPath.sort() });
      for (const name of (operation.security ?? []).flatMap(Object.keys))
        expect(document.components.securitySchemes).toHaveProperty(name);
    }
  });

  it('has schemas that are JSON Schema 2020-12, and no reference to nothing', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect({ name, isValid: ajv.validateSchema(schema as object) }).toEqual({ name, isValid: true });
      expect(() => validator(name)).not.toThrow();
    }
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(document.components.schemas).toHaveProperty(name!);
  });

  it('closes the official object and leaves `_meta` open, as the specification does', () => {
    expect(document.components.schemas).toMatchObject({
      OfficialMeta: { additionalProperties: false },
      ServerResponse: { properties: { _meta: { additionalProperties: {} } } },
    });
  });

  it('is the same as YAML', () => {
    const read = parse(openapiYaml('https://registry.example')) as OpenapiDocument;
    expect(read).toEqual(JSON.parse(JSON.stringify(document)));
    expect(read.servers).toEqual([{ url: 'https://registry.example' }]);
  });

  it('describes exactly the routes that the server has', () => {
    const routes = ROUTES.flatMap(({ pattern, methods }) =>
      Object.keys(methods).map((method) => `${method.toLowerCase()} /${pattern.map((part) => part ?? '*').join('/')}`),
    );
    const described = OPERATIONS.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '*')}`);
    expect(described.sort()).toEqual(routes.sort());
  });
});

const NAME = `${WRITE_NAMESPACE}/described`;
const LARGE = JSON.stringify({ x: 'x'.repeat(1_200_000) });
const DETAIL = '/servers/{serverName}/versions/{version}';
const status = (value: object) => JSON.stringify(value);

type Try = {
  operation: string;
  status: number;
  path?: string;
  body?: string;
  token?: 'write' | 'edit' | 'none';
  headers?: Record<string, string>;
};

/** A request for each answer that is described. `path` stands for the described one with a server that is there. */
const TRIES: Try[] = [
  { operation: 'get /servers', status: 200 },
  { operation: 'get /servers', status: 304, headers: { 'if-none-match': '*' } },
  { operation: 'get /servers', status: 400, path: '/servers?cursor=x' },
  { operation: 'get /servers', status: 422, path: '/servers?limit=0' },
  { operation: 'get /servers/{serverName}/versions', status: 200 },
  { operation: 'get /servers/{serverName}/versions', status: 304, headers: { 'if-none-match': '*' } },
  { operation: 'get /servers/{serverName}/versions', status: 400, path: '/servers/%zz/versions' },
  { operation: 'get /servers/{serverName}/versions', status: 404, path: '/servers/a/versions' },
  { operation: `get ${DETAIL}`, status: 200 },
  { operation: `get ${DETAIL}`, status: 304, headers: { 'if-none-match': '*' } },
  { operation: `get ${DETAIL}`, status: 400, path: '/servers/%zz/versions/1' },
  { operation: `get ${DETAIL}`, status: 404, path: '/servers/a/versions/1' },
  { operation: `put ${DETAIL}`, status: 200, token: 'edit', body: JSON.stringify(manifestOf(NAME, '1.0.0')) },
  { operation: `put ${DETAIL}`, status: 400, token: 'edit', body: 'nothing' },
  { operation: `put ${DETAIL}`, status: 401, body: '{}' },
  { operation: `put ${DETAIL}`, status: 403, token: 'write', body: JSON.stringify(manifestOf(NAME, '1.0.0')) },
  { operation: `put ${DETAIL}`, status: 404, token: 'edit', path: '/servers/a/versions/1', body: '{}' },
  { operation: `put ${DETAIL}`, status: 413, token: 'edit', body: LARGE },
  {
    operation: `put ${DETAIL}`,
    status: 422,
    token: 'edit',
    path: `/servers/${encodeURIComponent(NAME)}/versions/1.0.0?status=gone`,
    body: JSON.stringify(manifestOf(NAME, '1.0.0')),
  },
  ...(['/servers/{serverName}/versions/{version}/status', '/servers/{serverName}/status'] as const).flatMap(
    (path): Try[] => [
      {
        operation: `patch ${path}`,
        status: 200,
        token: 'write',
        body: status({ status: 'deprecated', statusMessage: path }),
      },
      {
        operation: `patch ${path}`,
        status: 400,
        token: 'write',
        body: status({ status: 'deprecated', statusMessage: path }),
      },
      { operation: `patch ${path}`, status: 401, body: '{}' },
      {
        operation: `patch ${path}`,
        status: 403,
        token: 'write',
        path: path.replace('{serverName}', 'com.alpha%2Fone').replace('{version}', '1.0.0'),
        body: status({ status: 'deleted' }),
      },
      {
        operation: `patch ${path}`,
        status: 404,
        token: 'write',
        path: path.replace('{serverName}', encodeURIComponent(`${NAME}-none`)).replace('{version}', '1'),
        body: status({ status: 'deleted' }),
      },
      { operation: `patch ${path}`, status: 413, token: 'write', body: LARGE },
      { operation: `patch ${path}`, status: 422, token: 'write', body: status({ status: 'gone' }) },
    ],
  ),
  { operation: 'post /publish', status: 200, token: 'write', body: JSON.stringify(manifestOf(NAME, '2.0.0')) },
  { operation: 'post /publish', status: 400, token: 'write', body: JSON.stringify(manifestOf(NAME, '2.0.0')) },
  { operation: 'post /publish', status: 422, token: 'write', body: '{}' },
  { operation: 'post /publish', status: 401, body: '{}' },
  {
    operation: 'post /publish',
    status: 403,
    token: 'write',
    body: JSON.stringify(manifestOf('com.alpha/one', '3.0.0')),
  },
  { operation: 'post /publish', status: 413, token: 'write', body: LARGE },
  { operation: 'post /validate', status: 200, body: JSON.stringify({ ...manifestOf('a/b', '^1'), title: '' }) },
  { operation: 'post /validate', status: 413, body: LARGE },
  ...['github-oidc', 'oidc', 'github-at', 'dns', 'http', 'challenge'].flatMap((name): Try[] => [
    { operation: `post /auth/${name}`, status: 400, body: 'nothing' },
    { operation: `post /auth/${name}`, status: 413, body: LARGE },
    { operation: `post /auth/${name}`, status: 422, body: '{}' },
  ]),
  { operation: 'post /auth/github-oidc', status: 401, body: '{"oidc_token":"x"}' },
  ...['dns', 'http'].map((name): Try => {
    const body = { domain: '127.0.0.1', timestamp: '2026-01-01T00:00:00Z', signed_timestamp: 'ab' };
    return { operation: `post /auth/${name}`, status: 401, body: JSON.stringify(body) };
  }),
  { operation: 'post /auth/challenge', status: 200, body: '{"domain":"example.com"}' },
  { operation: 'post /auth/challenge', status: 401, body: '{"domain":"127.0.0.1"}' },
  { operation: 'post /auth/none', status: 200 },
  { operation: 'post /auth/none', status: 404, token: 'none' },
  { operation: 'get /health', status: 200 },
  { operation: 'get /ping', status: 200 },
  { operation: 'get /version', status: 200 },
  { operation: 'get /openapi.yaml', status: 200 },
  { operation: 'get /openapi.yaml', status: 304, headers: { 'if-none-match': '*' } },
];

/** Answers that need a proof, or a provider that answers: tests/publishers/proofs has them. */
const NEED_A_PROOF = [
  'post /auth/github-at 200',
  'post /auth/github-at 401',
  'post /auth/github-oidc 200',
  'post /auth/oidc 200',
  'post /auth/oidc 401',
  'post /auth/dns 200',
  'post /auth/http 200',
];

async function send({ operation, path, body, token, headers }: Try): Promise<Response> {
  const [method, described] = operation.split(' ') as [string, string];
  const target = path ?? described.replace('{serverName}', encodeURIComponent(NAME)).replace('{version}', '1.0.0');
  const secret = { write: instance.writeToken, edit: instance.editToken, none: '' }[token ?? 'none'];
  const response = await handleRegistry(
    new Request(`http://localhost/v0.1${target}`, {
      method: method.toUpperCase(),
      headers: { ...headers, ...(secret ? { authorization: `Bearer ${secret}` } : {}) },
      body,
    }),
  );
  if (!response) throw new Error(`${target} is no path of the registry`);
  return response;
}

describe('the server answers as described', () => {
  beforeAll(async () => {
    await publishTestVersion(NAME, '1.0.0');
  });

  it.each(TRIES)('$operation: $status', async (entry) => {
    if (entry.operation === 'post /auth/none') {
      process.env.HALLMARK_ANONYMOUS_PUBLISHING = String(entry.status === 200);
      resetConfig();
    }
    const response = await send(entry);
    const text = await response.text();
    expect({ status: response.status, text: text.slice(0, 500) }).toMatchObject({ status: entry.status });
    const [method, path] = entry.operation.split(' ') as [string, string];
    const described = operations.find((one) => one.method === method && one.path === `/v0.1${path}`)!.operation;
    const content = described.responses[entry.status]!.content;
    if (!content) {
      expect(text).toBe('');
      return;
    }
    const type = response.headers.get('content-type')!;
    expect(Object.keys(content)).toEqual([type]);
    const name = content[type]!.schema.$ref?.split('/').at(-1);
    if (name) {
      const validate = validator(name);
      expect({ isValid: validate(JSON.parse(text)), errors: validate.errors }).toEqual({ isValid: true, errors: null });
    }
  });

  it('with every answer that is described', () => {
    const described = OPERATIONS.flatMap(({ method, path, answers }) =>
      Object.keys(answers).map((code) => `${method} ${path} ${code}`),
    );
    const tried = new Set(TRIES.map((entry) => `${entry.operation} ${entry.status}`));
    expect(described.filter((answer) => !tried.has(answer)).sort()).toEqual([...NEED_A_PROOF].sort());
  });
});
