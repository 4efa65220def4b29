import { stringify } from 'yaml';
import { z } from 'zod';
import { type Answer, OPERATIONS, type Operation, type Parameter } from './operations.ts';
import { API_SCHEMAS, type ApiSchemaName } from './schemas.ts';

/** Keys and values of JSON, as far as a description needs them. */
export type OpenapiDocument = {
  openapi: '3.1.0';
  info: Record<string, unknown>;
  servers: { url: string }[];
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
} & Record<string, unknown>;

/**
 * ToolHive takes an address for a registry only if `info.version` is exactly this and the description names the upstream
 * repository (stacklok/toolhive, pkg/registry/api/client.go, ValidateEndpoint). Do not put the product's version here.
 */
const API_VERSION = '1.0.0';
const UPSTREAM = 'https://github.com/modelcontextprotocol/registry';

const TAGS = [
  { name: 'servers', description: 'Reading. Needs no token.' },
  { name: 'publish', description: 'Publishing and what follows it.' },
  { name: 'auth', description: 'Exchange of a proof for a registry token.' },
  { name: 'service', description: 'The registry itself.' },
];

/** The OpenAPI 3.1 description of the registry API at `publicUrl`. */
export function openapiDocument(publicUrl: string): OpenapiDocument {
  const paths: OpenapiDocument['paths'] = {};
  for (const operation of OPERATIONS) {
    const path = `/v0.1${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'MCP registry',
      version: API_VERSION,
      summary: 'Registry API v0.1 of this Hallmark instance',
      description: `Compatible with the official MCP registry (${UPSTREAM}, version 2025-12-01). Every path is also under /v0. The address of a path without a slash at its end is the canonical one; with it the answer is 308. Trust facts stand in \`_meta["dev.hallmark/trust"]\` beside the official key.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags: TAGS,
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A registry token of `/v0.1/auth/*`, or a publish token of the publisher console.',
        },
      },
    },
  };
}

/** The description of an organization's view at `baseUrl`, as YAML: readings only. */
export function viewOpenapiYaml(baseUrl: string): string {
  const { paths, ...document } = openapiDocument(baseUrl);
  const readings = Object.entries(paths).flatMap(([path, { get }]) => (get ? [[path, { get }]] : []));
  const tags = TAGS.filter(({ name }) => name === 'servers' || name === 'service');
  return stringify(
    { ...document, tags, paths: Object.fromEntries(readings) },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

let yaml: { publicUrl: string; text: string } | null = null;

/** The same as YAML. */
export function openapiYaml(publicUrl: string): string {
  if (yaml?.publicUrl !== publicUrl) {
    yaml = { publicUrl, text: stringify(openapiDocument(publicUrl), { aliasDuplicateObjects: false, lineWidth: 0 }) };
  }
  return yaml.text;
}

const refTo = (name: ApiSchemaName) => ({ $ref: `#/components/schemas/${name}` });

function componentSchemas(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(API_SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    // The format says it; zod's pattern beside it is half a kilobyte.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, id: _name, ...schema }]) => [id, schema]),
  );
}

function describeOperation({
  method,
  path,
  tag,
  summary,
  description,
  isAuthenticated,
  parameters,
  body,
  answers,
}: Operation) {
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    ...(isAuthenticated ? { security: [{ bearer: [] }] } : {}),
    ...(parameters ? { parameters: parameters.map(describeParameter) } : {}),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: refTo(body) } } } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer!, 304 in answers)]),
      ),
      default: describeAnswer({ description: 'Something failed on our side.', body: 'Problem' }, false),
    },
  };
}

/** `get /servers/{serverName}/versions` is `getServersByServerNameVersions`. */
const operationId = (method: string, path: string) =>
  `${method}${path
    .replaceAll(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')}`;

const describeParameter = (parameter: Parameter) => ({ ...parameter, required: parameter.in === 'path' });

const HEADERS = {
  ETag: { description: 'Strong; for `If-None-Match`.', schema: { type: 'string' } },
  'Cache-Control': { description: 'How long the answer may be kept.', schema: { type: 'string' } },
};

function describeAnswer({ description, body, contentType }: Answer, hasValidators: boolean) {
  const type = body === 'Problem' ? 'application/problem+json' : 'application/json';
  const content = body
    ? { [type]: { schema: refTo(body) } }
    : contentType
      ? { [contentType]: { schema: { type: 'string' } } }
      : null;
  const isValidated = hasValidators && body !== 'Problem';
  return { description, ...(isValidated ? { headers: HEADERS } : {}), ...(content ? { content } : {}) };
}
