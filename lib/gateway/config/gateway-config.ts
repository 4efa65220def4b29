import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { ALIAS } from '../sessions/aggregate-names.ts';
import { SERVER_REQUESTS, type ServerRequestKind } from '../sessions/rules.ts';

/** The longest configuration file, in characters. */
const MAX_CONFIG = 1024 * 1024;

const name = z.string().min(1).max(200);
const slug = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'give the slug, in small letters');
const seconds = (max: number) => z.number().positive().max(max);
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'is no name of a header')
  .transform((text) => text.toLowerCase());
/** A header at a remote server, or a variable of a package's environment. */
const credentialName = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'is no name of a header or variable');

const secretSchema = z
  .strictObject({
    file: z.string().min(1).optional(),
    env: z.string().min(1).optional(),
    prefix: z.string().optional(),
  })
  .refine(({ file, env }) => (file === undefined) !== (env === undefined), 'give either file or env');

const serverSchema = z
  .strictObject({
    name,
    version: name.optional(),
    exec: z.array(z.string()).min(1).optional(),
    args: z.array(z.string()).default([]),
    /** Variables of the gateway's own environment to hand over. */
    env: z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable')).default([]),
    remote: z.union([z.literal(true), z.url()]).optional(),
    credentials: z
      .strictObject({
        shared: z.record(credentialName, secretSchema).default({}),
        personal: z.record(headerName, credentialName).default({}),
      })
      .default({ shared: {}, personal: {} }),
  })
  .refine(({ exec, remote }) => exec === undefined || remote === undefined, 'exec and remote exclude each other');

const clientSchema = z.strictObject({
  name,
  token_sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'give the sha256 of the token, 64 hex digits: printf %s "$TOKEN" | sha256sum')
    .transform((hex) => hex.toLowerCase()),
  team: slug.optional(),
  group: slug.optional(),
  read_only: z.boolean().default(false),
});

const listenSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8808),
  /** Further values of the Host header, e.g. behind a proxy: `gateway.corp.example` or with a port. */
  allowed_hosts: z.array(z.string().min(1)).default([]),
  /** Origins of pages that may call the gateway from a browser. */
  allowed_origins: z.array(z.url()).default([]),
});

const metricsSchema = z
  .strictObject({
    port: z.int().min(0).max(65_535).optional(),
    host: z.string().default('127.0.0.1'),
    path: z.string().startsWith('/').default('/metrics'),
  })
  .meta({ description: 'With port: a listener of its own. Without: the path beside /mcp.' });

const auditSchema = z.strictObject({
  file: z.string().min(1).optional(),
  max_bytes: z
    .int()
    .min(10_000)
    .default(100 * 1024 * 1024),
  keep: z.int().min(0).max(1000).default(5),
  fsync: z.boolean().default(false),
  arguments: z.enum(['none', 'hash', 'full']).default('none'),
});

const limitsSchema = z.strictObject({
  sessions: z.int().min(1).max(10_000).default(100),
  session_idle_seconds: seconds(86_400 * 7).default(1800),
  start_timeout_seconds: seconds(3600).default(120),
  list_timeout_seconds: seconds(3600).default(30),
  call_timeout_seconds: seconds(86_400).default(600),
  ask_timeout_seconds: seconds(86_400).default(300),
  request_bytes: z
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(4 * 1024 * 1024),
});

const privateNetworks = z.string().superRefine((text, context) => {
  try {
    parsePrivateNetworks(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `${(error as Error).message} is neither a network nor a host` });
  }
});

const configSchema = z
  .strictObject({
    trust: z.string().min(1),
    state: z.string().min(1).optional(),
    refresh_seconds: z.number().min(1).max(86_400).optional(),
    /** Listen to the feed's event stream beside polling. */
    hints: z.boolean().default(true),
    /** A gateway token: reads a feed whose address has no key, and acknowledges what is applied. */
    feed_token_file: z.string().min(1).optional(),
    environment: z.string().min(1).optional(),
    team: slug.optional(),
    group: slug.optional(),
    read_only: z.boolean().default(false),
    dry_run: z.boolean().default(false),
    server_requests: z
      .array(z.enum(Object.keys(SERVER_REQUESTS) as [ServerRequestKind, ...ServerRequestKind[]]))
      .default(['roots']),
    unseen_definitions: z.enum(['allow', 'deny']).default('allow'),
    packages: z.enum(['off', 'check', 'require']).default('check'),
    npm_registry: z.url({ protocol: /^https?$/ }).optional(),
    trusted_origins: z.array(z.url({ protocol: /^https?$/ })).default([]),
    private_networks: privateNetworks.default(''),
    listen: listenSchema.optional(),
    client_token_file: z.string().min(1).optional(),
    clients: z.array(clientSchema).max(10_000).default([]),
    audit: auditSchema.prefault({}),
    metrics: metricsSchema.optional(),
    limits: limitsSchema.prefault({}),
    servers: z
      .record(z.string().regex(ALIAS, 'use small letters, digits and -, at most 24'), serverSchema)
      .refine((servers) => Object.keys(servers).length > 0, 'name at least one server'),
  })
  .superRefine((config, context) => {
    const at = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const hasTokens = config.clients.length > 0 || config.client_token_file !== undefined;
    if (config.listen && !isLoopback(config.listen.host) && !hasTokens) {
      at(['listen', 'host'], 'is reachable by others: name clients or client_token_file, or listen on 127.0.0.1');
    }
    if (!config.listen && hasTokens) at(['listen'], 'is missing: tokens of clients mean something over HTTP only');
    if (!config.listen && config.metrics && config.metrics.port === undefined) {
      at(['metrics', 'port'], 'is needed without listen');
    }
    for (const [alias, server] of Object.entries(config.servers)) {
      // The gateway's own tokens come in this header; they must not reach a server.
      if (hasTokens && server.credentials.personal.authorization !== undefined) {
        at(
          ['servers', alias, 'credentials', 'personal', 'authorization'],
          "is the header of the gateway's own tokens; take another, such as x-upstream-authorization",
        );
      }
    }
    const seen = new Set<string>();
    for (const [index, { token_sha256 }] of config.clients.entries()) {
      if (seen.has(token_sha256)) at(['clients', index, 'token_sha256'], 'is the token of another client too');
      seen.add(token_sha256);
    }
  });

export type GatewayConfig = z.infer<typeof configSchema>;

/** A configuration that cannot be used. The message names file, place and fault, one a line. */
export class GatewayConfigError extends Error {
  override readonly name = 'GatewayConfigError';
}

/** The text of a configuration in YAML or JSON, as a value. Throws `GatewayConfigError`. */
export function readGatewayConfig(text: string, file: string): unknown {
  if (text.length > MAX_CONFIG) throw new GatewayConfigError(`${file} is too long for a configuration.`);
  try {
    return parseYaml(text, { maxAliasCount: 100 });
  } catch (error) {
    throw new GatewayConfigError(`${file} is neither YAML nor JSON: ${(error as Error).message}`);
  }
}

/**
 * A configuration that can be used. Paths in it are relative to the folder of `file`. Throws `GatewayConfigError` with
 * every fault and its place.
 */
export function parseGatewayConfig(value: unknown, file: string): GatewayConfig {
  const result = configSchema.safeParse(value);
  if (result.success) return withPaths(result.data, path.dirname(path.resolve(file)));
  const faults = result.error.issues.map(
    (issue) => `${file}: ${issue.path.map(String).join('.') || 'the file'}: ${messageOf(issue)}`,
  );
  throw new GatewayConfigError(faults.join('\n'));
}

/** A record's key that is refused says why one level down. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function withPaths(config: GatewayConfig, dir: string): GatewayConfig {
  const at = (file: string) => path.resolve(dir, file);
  const optional = <Key extends string>(key: Key, file: string | undefined) =>
    file === undefined ? {} : ({ [key]: at(file) } as Record<Key, string>);
  const servers = Object.fromEntries(
    Object.entries(config.servers).map(([alias, server]) => {
      const shared = Object.fromEntries(
        Object.entries(server.credentials.shared).map(([key, secret]) => [
          key,
          { ...secret, ...optional('file', secret.file) },
        ]),
      );
      return [alias, { ...server, credentials: { ...server.credentials, shared } }];
    }),
  );
  return {
    ...config,
    servers,
    trust: at(config.trust),
    ...optional('state', config.state),
    ...optional('feed_token_file', config.feed_token_file),
    ...optional('client_token_file', config.client_token_file),
    audit: { ...config.audit, ...optional('file', config.audit.file) },
  };
}
