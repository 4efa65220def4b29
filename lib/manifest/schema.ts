import { z } from 'zod';
import { SERVER_NAME_LENGTH, SERVER_NAME_PATTERN } from './names.ts';

/**
 * The shape of `server.json`, schema 2025-12-11, for parsing and for the API description. Objects keep members that are
 * not named here. What a text may say beyond its length is the business of `semantic-rules.ts`.
 */

/** Schemas a manifest may name. All are checked against the rules of the newest. */
export const KNOWN_SCHEMA_DATES = ['2025-07-09', '2025-09-16', '2025-09-29', '2025-10-17', '2025-12-11'] as const;
export const CURRENT_SCHEMA_DATE = '2025-12-11';

/** The `$schema` URL of a schema date. */
export function schemaUrl(date: string): string {
  return `https://static.modelcontextprotocol.io/schemas/${date}/server.schema.json`;
}

export const PUBLISHER_META_KEY = 'io.modelcontextprotocol.registry/publisher-provided';

/** Text of bounded length. JSON Schema counts code points, zod's own `max` would count UTF-16 units. */
function boundedText(minLength: number, maxLength: number) {
  return z
    .string()
    .refine((text) => text.length >= minLength, { params: { minLength } })
    .refine((text) => isAtMost(text, maxLength), { params: { maxLength } })
    .meta(minLength === 0 ? { maxLength } : { minLength, maxLength });
}

function isAtMost(text: string, maxLength: number): boolean {
  if (text.length <= maxLength) return true;
  return text.length <= 2 * maxLength && [...text].length <= maxLength;
}

const url = z.string().meta({ format: 'uri' });

const inputShape = {
  description: z.string().optional(),
  isRequired: z.boolean().optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  value: z.string().optional(),
  isSecret: z.boolean().optional(),
  default: z.string().optional(),
  placeholder: z.string().optional(),
  choices: z.array(z.string()).optional(),
};
export const inputSchema = z.looseObject(inputShape);
const variables = z.record(z.string(), inputSchema).optional();

export const keyValueInputSchema = z.looseObject({ ...inputShape, variables, name: z.string() });

export const positionalArgumentSchema = z.looseObject({
  ...inputShape,
  variables,
  type: z.literal('positional'),
  valueHint: z.string().optional(),
  isRepeated: z.boolean().optional(),
});
export const namedArgumentSchema = z.looseObject({
  ...inputShape,
  variables,
  type: z.literal('named'),
  name: z.string(),
  isRepeated: z.boolean().optional(),
});
export const argumentSchema = z.discriminatedUnion('type', [positionalArgumentSchema, namedArgumentSchema]);

export const stdioTransportSchema = z.looseObject({ type: z.literal('stdio') });
const httpShape = { url: z.string(), headers: z.array(keyValueInputSchema).optional() };
export const localHttpTransportSchema = z.looseObject({ type: z.enum(['streamable-http', 'sse']), ...httpShape });
export const localTransportSchema = z.discriminatedUnion('type', [stdioTransportSchema, localHttpTransportSchema]);
export const remoteSchema = z.looseObject({ type: z.enum(['streamable-http', 'sse']), ...httpShape, variables });

export const packageSchema = z.looseObject({
  registryType: z.string(),
  registryBaseUrl: url.optional(),
  identifier: boundedText(1, 2048),
  version: boundedText(1, 255).optional(),
  fileSha256: z
    .string()
    .regex(/^[a-f0-9]{64}$/)
    .optional(),
  runtimeHint: z.string().optional(),
  transport: localTransportSchema,
  runtimeArguments: z.array(argumentSchema).optional(),
  packageArguments: z.array(argumentSchema).optional(),
  environmentVariables: z.array(keyValueInputSchema).optional(),
});

export const repositorySchema = z.looseObject({
  url,
  source: z.string(),
  id: z.string().optional(),
  subfolder: z.string().optional(),
});

export const iconSchema = z.looseObject({
  src: boundedText(1, 255).meta({ format: 'uri' }),
  mimeType: z.enum(['image/png', 'image/jpeg', 'image/jpg', 'image/svg+xml', 'image/webp']).optional(),
  sizes: z.array(z.string().regex(/^(\d+x\d+|any)$/)).optional(),
  theme: z.enum(['light', 'dark']).optional(),
});

export const manifestSchema = z
  .looseObject({
    $schema: url,
    name: boundedText(SERVER_NAME_LENGTH.min, SERVER_NAME_LENGTH.max).regex(SERVER_NAME_PATTERN),
    title: boundedText(1, 100).optional(),
    description: boundedText(1, 100),
    version: boundedText(1, 255),
    websiteUrl: url.optional(),
    repository: repositorySchema.optional(),
    icons: z.array(iconSchema).optional(),
    packages: z.array(packageSchema).optional(),
    remotes: z.array(remoteSchema).optional(),
    _meta: z.looseObject({ [PUBLISHER_META_KEY]: z.record(z.string(), z.unknown()).optional() }).optional(),
  })
  .meta({ description: 'A server.json, schema 2025-12-11.' });
