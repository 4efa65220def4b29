import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { parseMasterKey } from '#lib/feed/keys/master-key.ts';
import { NO_PRIVATE_NETWORKS, parsePrivateNetworks } from '#lib/outbound/address-guard.ts';

const bool = z
  .enum(['true', 'false', '1', '0'], 'must be true or false, e.g. true')
  .transform((value) => value === 'true' || value === '1');

const url = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `must be an absolute URL with http:// or https://, e.g. ${example}` })
    .transform((v) => v.replace(/\/+$/, ''));

/** Pages and feeds lie at the root of the host: behind a path none of their links would work. */
const isOrigin = (address: string) => {
  const { pathname, search, hash, username, password } = new URL(address);
  return pathname === '/' && search + hash + username + password === '';
};

/** Items separated by commas. */
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const privateNetworks = z.string().transform((value, context) => {
  try {
    return parsePrivateNetworks(value);
  } catch (error) {
    const message = `names ${(error as Error).message}, which is no network, address or host, e.g. 10.1.0.0/16, registry.corp.example`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
});

function isMasterKey(text: string): boolean {
  try {
    return parseMasterKey(text).length > 0;
  } catch {
    return false;
  }
}

/** `address`, `address:port`, `[IPv6]` or `[IPv6]:port`. */
function isNameServer(text: string): boolean {
  const [, v4, v6, port] = /^(?:([\d.]+)|\[([\da-f:.]+)\])(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const isAddress = v4 === undefined ? isIP(v6 ?? '') === 6 : isIP(v4) === 4;
  return isAddress && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535));
}

const NAMESPACE_ENTRY = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*(\/\*)?$/i;

/**
 * Every environment variable that Hallmark reads, with its default. A message ends in an example, because the person
 * who reads it wants to copy one.
 */
const schema = z.object({
  PORT: z.coerce
    .number('must be a number, e.g. 3000')
    .int('must be a whole number, e.g. 3000')
    .min(0, 'must be between 0 and 65535, e.g. 3000')
    .max(65535, 'must be between 0 and 65535, e.g. 3000')
    .default(3000),
  /** Loopback unless told otherwise: a first start is for one person on one machine. */
  HOST: z.string().min(1, 'must be an address, e.g. 127.0.0.1 or 0.0.0.0').default('127.0.0.1'),
  /** Where browsers and gateways reach this instance; links and feeds are made from it. */
  HALLMARK_URL: url('https://hallmark.example.com')
    .refine(
      isOrigin,
      'must end after the host and its port: Hallmark cannot run below a path, e.g. https://hallmark.example.com',
    )
    .optional(),
  HALLMARK_DATA_DIR: z.string().min(1, 'must be a folder, e.g. /var/lib/hallmark').default('.hallmark'),
  DATABASE_URL: z
    .string()
    .regex(
      /^postgres(ql)?:\/\//,
      'must be a PostgreSQL address, e.g. postgresql://user:password@localhost:5432/hallmark',
    )
    .optional(),
  /** Encrypts the feed keys in the database. Default: a file in the data folder, made at first start. */
  HALLMARK_MASTER_KEY: z
    .string()
    .refine(isMasterKey, 'must be 32 bytes as base64 or hex, e.g. from `openssl rand -base64 32`')
    .optional(),
  HALLMARK_MASTER_KEY_FILE: z.string().min(1, 'must be a file, e.g. /run/secrets/hallmark-master-key').optional(),
  /** Signs sign-in cookies. Default: a file in the data folder, made at first start. */
  NEXTAUTH_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters, e.g. from `openssl rand -base64 32`')
    .optional(),
  GITHUB_CLIENT_ID: z
    .string()
    .min(1, 'must be the client id of a GitHub OAuth app, e.g. Iv1.8a61f9b3a7aba766')
    .optional(),
  GITHUB_CLIENT_SECRET: z.string().min(1, 'must be the client secret of the GitHub OAuth app').optional(),
  OIDC_ISSUER: url('https://login.example.com').optional(),
  OIDC_CLIENT_ID: z.string().min(1, 'must be the client id at the OIDC provider, e.g. hallmark').optional(),
  OIDC_CLIENT_SECRET: z.string().min(1, 'must be the client secret at the OIDC provider').optional(),
  OIDC_NAME: z.string().min(1, 'must be a word for the button, e.g. Okta').default('Single sign-on'),
  /** Claim of the ID token that lists a person's groups; mapped to roles and teams by each organization. */
  OIDC_GROUPS_CLAIM: z.string().min(1, 'must be the name of a claim, e.g. groups').default('groups'),
  /** Hours for which memberships by group last after a sign-in: then the person signs in again, and the groups are read anew. */
  OIDC_GROUPS_HOURS: z.coerce
    .number('must be a number of hours, e.g. 12')
    .min(0.25, 'must be at least 0.25, e.g. 12')
    .max(720, 'must be at most 720, e.g. 12')
    .default(12),
  /** Further scopes to ask for, so that the provider sends the groups. */
  OIDC_SCOPES: z.string().min(1, 'must be scopes separated by spaces, e.g. groups').optional(),
  /** Where e-mail goes out. Without it nothing is mailed. */
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must be an SMTP address, e.g. smtps://user:password@mail.example.com:465')
    .optional(),
  MAIL_FROM: z.string().min(3, 'must be an address, e.g. Hallmark <hallmark@example.com>').optional(),
  /** Vault's transit engine for feed keys. */
  VAULT_ADDR: url('https://vault.example.com:8200').optional(),
  VAULT_TOKEN: z.string().min(1, 'must be a token that may sign with transit keys').optional(),
  VAULT_NAMESPACE: z.string().min(1, 'must be a namespace of Vault, e.g. platform').optional(),
  /** AWS KMS for feed keys; credentials come from where the AWS SDK finds them. */
  AWS_REGION: z.string().min(1, 'must be a region, e.g. eu-central-1').optional(),
  /** Another address of KMS, e.g. of a VPC endpoint. */
  AWS_ENDPOINT_URL_KMS: url('https://kms.example.com').optional(),
  /** Minutes that a head is good for whose key is in Vault or KMS; it is signed anew after a third of them. */
  HALLMARK_REMOTE_HEAD_MINUTES: z.coerce
    .number('must be a number, e.g. 360')
    .int('must be a whole number, e.g. 360')
    .min(15, 'must be at least 15, e.g. 360')
    .max(10_080, 'must be at most 10080, e.g. 360')
    .default(360),
  MEILI_URL: url('http://localhost:7700').optional(),
  MEILI_KEY: z.string().min(1, 'must be a Meilisearch API key').optional(),
  /** Trust roots beside the public-good one: JSON files `{name, kind, trustedRoot, thresholds?, namespaces?}`, separated by commas. */
  HALLMARK_TRUST_ROOTS: list.default([]),
  HALLMARK_NPM_REGISTRY: url('https://npm.example.com').optional(),
  /** Where packages of the other types are asked about; a mirror can stand for each. */
  HALLMARK_PYPI_URL: url('https://pypi.example.com').default('https://pypi.org'),
  HALLMARK_NUGET_URL: url('https://nuget.example.com').default('https://api.nuget.org'),
  HALLMARK_CARGO_URL: url('https://crates.example.com').default('https://crates.io'),
  /**
   * `require`: a package whose registry says that it does not name the server refuses the publication, as the official
   * registry does. `record`: it is shown on the page.
   */
  HALLMARK_PACKAGE_OWNERSHIP: z
    .enum(['require', 'record'], 'must be require or record, e.g. record')
    .default('require'),
  /** Refuse a remote URL that a server of another name has published, as the official registry does. */
  HALLMARK_UNIQUE_REMOTES: bool.default(true),
  /** Name servers for everything that is looked up for others, instead of the system's. */
  HALLMARK_DNS_SERVERS: list
    .refine((servers) => servers.every(isNameServer), {
      message: 'must be addresses with an optional port up to 65535, e.g. 10.0.0.53, 127.0.0.1:5353',
    })
    .default([]),
  /** What may be asked beside the public internet: networks, addresses and hosts. */
  HALLMARK_PRIVATE_NETWORKS: privateNetworks.default(NO_PRIVATE_NETWORKS),
  /** GitHub's API and web address; of a GitHub Enterprise server, both. */
  GITHUB_API_URL: url('https://github.example.com/api/v3').default('https://api.github.com'),
  GITHUB_URL: url('https://github.example.com').default('https://github.com'),
  /** Issuer of the tokens that GitHub Actions gives to workflows. */
  GITHUB_OIDC_ISSUER: url('https://github.example.com/_services/token').default(
    'https://token.actions.githubusercontent.com',
  ),
  /** `POST /v0.1/auth/none` for io.modelcontextprotocol.anonymous/*: for trying things on a closed machine only. */
  HALLMARK_ANONYMOUS_PUBLISHING: bool.default(false),
  /** Namespaces that nobody may publish under. */
  HALLMARK_BLOCKED_NAMESPACES: list
    .refine((entries) => entries.every((entry) => NAMESPACE_ENTRY.test(entry)), {
      message: 'must be namespaces, with or without /* at the end, e.g. com.example, io.github.acme/*',
    })
    .default([]),
  /** Scans that run at the same time in one worker. */
  HALLMARK_SCAN_CONCURRENCY: z.coerce
    .number('must be a number, e.g. 2')
    .int('must be a whole number, e.g. 2')
    .min(1, 'must be at least 1, e.g. 2')
    .max(32, 'must be at most 32, e.g. 2')
    .default(2),
  /** Remote servers that a scan asks for their definitions, without credentials: none, those published here, or mirrored ones too. */
  HALLMARK_PROBE_REMOTES: z
    .enum(['off', 'published', 'all'], 'must be off, published or all, e.g. published')
    .default('published'),
  /** Days that scans keep what they saw where nothing needs it any more. Unset: for ever. */
  HALLMARK_SCAN_RETENTION_DAYS: z.coerce
    .number('must be a number of days, e.g. 180')
    .int('must be a whole number of days, e.g. 180')
    .min(1, 'must be at least 1 day, e.g. 180')
    .optional(),
  /** Days that the instance's own audit events are kept; organizations set theirs. Unset: for ever. */
  HALLMARK_AUDIT_RETENTION_DAYS: z.coerce
    .number('must be a number of days, e.g. 400')
    .int('must be a whole number of days, e.g. 400')
    .min(30, 'must be at least 30 days, e.g. 400')
    .optional(),
  HALLMARK_EXAMPLES: bool.default(true),
  /** Said by `GET /v0.1/version`; a build puts them in. */
  HALLMARK_GIT_COMMIT: z.string().min(1, 'must be a commit, e.g. 3f2c1ab').optional(),
  HALLMARK_BUILD_TIME: z.string().min(1, 'must be a time, e.g. 2026-11-20T12:00:00Z').optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'], 'must be trace, debug, info, warn or error, e.g. info')
    .default('info'),
});

/** Names of all variables of the schema. */
export const CONFIG_VARIABLES: readonly string[] = Object.keys(schema.shape);

export type Config = z.output<typeof schema> & {
  /** Absolute form of HALLMARK_DATA_DIR. */
  dataDir: string;
  /** Without a slash at the end. */
  publicUrl: string;
};

/** A wrong variable; `message` has a sentence for each. Code `CONFIG_INVALID`. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
}

/** Pairs of which only one is of no use. */
const PAIRS = [
  ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID'],
  ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
  ['OIDC_CLIENT_SECRET', 'OIDC_ISSUER'],
  ['SMTP_URL', 'MAIL_FROM'],
] as const;

/** Parses the environment. Empty variables count as unset. Throws ConfigError that names each variable, its fault and an example. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = schema.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  for (const [a, b] of PAIRS) if (given[a] && !given[b]) faults.push(`${b} is missing: ${a} is set and needs it`);
  if (!parsed.success || faults.length > 0) {
    throw new ConfigError(
      `Hallmark cannot start with this configuration:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
  }
  const config = parsed.data;
  const host =
    config.HOST === '0.0.0.0' || config.HOST === '::' || config.HOST === '127.0.0.1' ? 'localhost' : config.HOST;
  return {
    ...config,
    dataDir: path.resolve(config.HALLMARK_DATA_DIR),
    publicUrl: config.HALLMARK_URL ?? `http://${host}:${config.PORT}`,
  };
}

let current: Config | undefined;

/** The configuration of this process, parsed once. */
export function config(): Config {
  current ??= parseConfig(process.env);
  return current;
}

/** Forgets what was parsed, for tests and for commands that change the environment before they read it. */
export function resetConfig(): void {
  current = undefined;
}
