import { z } from 'zod';
import {
  iconSchema,
  inputSchema,
  keyValueInputSchema,
  localHttpTransportSchema,
  manifestSchema,
  namedArgumentSchema,
  PUBLISHER_META_KEY,
  packageSchema,
  positionalArgumentSchema,
  remoteSchema,
  repositorySchema,
  stdioTransportSchema,
} from '#lib/manifest/schema.ts';

/**
 * What goes over the wire of the registry API (modelcontextprotocol/registry, docs/reference/api/openapi.yaml,
 * 2025-12-01, and the official server where that text is silent). The API description and the conformance cases are
 * made from these. No database and no framework here: the conformance runner works without ours.
 */

export const OFFICIAL_META = 'io.modelcontextprotocol.registry/official';

const time = z.iso.datetime({ offset: true });

export const statusSchema = z.enum(['active', 'deprecated', 'deleted']);

/** The registry's own facts about a version. The specification admits no further member. */
export const officialMetaSchema = z.strictObject({
  status: statusSchema,
  statusMessage: z.string().max(500).optional(),
  statusChangedAt: time,
  publishedAt: time,
  updatedAt: time,
  isLatest: z.boolean(),
});

/**
 * A server.json as a registry serves it. Looser than `manifestSchema`, the rules for publishing: what was accepted years
 * ago, or by another registry, is served on as it is.
 */
export const servedManifestSchema = z.looseObject({
  $schema: z.string().optional(),
  name: manifestSchema.shape.name,
  description: z.string().min(1),
  version: manifestSchema.shape.version,
  title: z.string().optional(),
  websiteUrl: z.string().optional(),
  repository: z.looseObject({ url: z.string().optional(), source: z.string().optional() }).optional(),
  icons: z.array(z.looseObject({ src: z.string() })).optional(),
  packages: z
    .array(
      z.looseObject({
        registryType: z.string(),
        identifier: z.string(),
        transport: z.looseObject({ type: z.string() }),
      }),
    )
    .optional(),
  remotes: z.array(z.looseObject({ type: z.string(), url: z.string() })).optional(),
  _meta: z.looseObject({ [PUBLISHER_META_KEY]: z.record(z.string(), z.unknown()).optional() }).optional(),
});

/** A version with the registry's facts beside it; keys of other registries may stand next to the official one. */
export const serverResponseSchema = z.looseObject({
  server: servedManifestSchema,
  _meta: z.looseObject({ [OFFICIAL_META]: officialMetaSchema }),
});

export const serverListSchema = z.looseObject({
  servers: z.array(serverResponseSchema),
  metadata: z.looseObject({ nextCursor: z.string().min(1).optional(), count: z.int().min(0) }),
});

export const statusUpdateSchema = z.object({ status: statusSchema, statusMessage: z.string().max(500).nullish() });

export const allVersionsStatusSchema = z.looseObject({
  updatedCount: z.int().min(0),
  servers: z.array(serverResponseSchema),
});

/** RFC 9457, with `error` for readers of the specification, which has that member alone. */
export const problemSchema = z.looseObject({
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  error: z.string(),
  code: z.string().optional(),
  errors: z
    .array(z.looseObject({ message: z.string(), location: z.string().optional(), value: z.unknown().optional() }))
    .optional(),
});

export const validationResultSchema = z.looseObject({
  valid: z.boolean(),
  issues: z.array(
    z.looseObject({
      type: z.enum(['json', 'schema', 'semantic', 'linter']),
      path: z.string(),
      message: z.string().min(1),
      severity: z.enum(['error', 'warning', 'info']),
      reference: z.string(),
    }),
  ),
});

export const githubTokenSchema = z.object({ github_token: z.string() });
export const oidcTokenSchema = z.object({ oidc_token: z.string() });
/** Proof of a domain: the RFC 3339 time, and its signature as hex by a key that the domain names. */
export const signedTimestampSchema = z.object({
  domain: z.string(),
  timestamp: z.string(),
  signed_timestamp: z.string(),
});
/** The same bound to one registry, one domain and one use: the text of a challenge, signed. */
export const signedChallengeSchema = z.object({ domain: z.string(), nonce: z.string(), signed_challenge: z.string() });
export const domainProofSchema = z.union([signedTimestampSchema, signedChallengeSchema]);
export const challengeRequestSchema = z.object({ domain: z.string() });
/** `challenge` is the text to sign, to the byte; `expires_at` is Unix time in seconds. */
export const challengeSchema = z.looseObject({ challenge: z.string(), nonce: z.string(), expires_at: z.int() });
export const registryTokenSchema = z.looseObject({ registry_token: z.string().min(1), expires_at: z.int() });

export const healthSchema = z.looseObject({ status: z.literal('ok'), github_client_id: z.string().optional() });
export const pingSchema = z.looseObject({ pong: z.literal(true) });
export const versionSchema = z.looseObject({
  version: z.string().min(1),
  git_commit: z.string(),
  build_time: z.string(),
});

/** Everything under the name that the API description gives it. */
export const API_SCHEMAS = {
  Manifest: manifestSchema,
  ServedManifest: servedManifestSchema,
  OfficialMeta: officialMetaSchema,
  ServerResponse: serverResponseSchema,
  ServerList: serverListSchema,
  StatusUpdate: statusUpdateSchema,
  AllVersionsStatus: allVersionsStatusSchema,
  ValidationResult: validationResultSchema,
  GithubToken: githubTokenSchema,
  OidcToken: oidcTokenSchema,
  SignedTimestamp: signedTimestampSchema,
  SignedChallenge: signedChallengeSchema,
  DomainProof: domainProofSchema,
  ChallengeRequest: challengeRequestSchema,
  Challenge: challengeSchema,
  RegistryToken: registryTokenSchema,
  Health: healthSchema,
  Ping: pingSchema,
  Version: versionSchema,
  Problem: problemSchema,
  Package: packageSchema,
  Remote: remoteSchema,
  Repository: repositorySchema,
  Icon: iconSchema,
  StdioTransport: stdioTransportSchema,
  HttpTransport: localHttpTransportSchema,
  PositionalArgument: positionalArgumentSchema,
  NamedArgument: namedArgumentSchema,
  KeyValueInput: keyValueInputSchema,
  Input: inputSchema,
} as const;

export type ApiSchemaName = keyof typeof API_SCHEMAS;
