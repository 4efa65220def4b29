import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FeedTrust } from '#lib/feed/client/index.ts';
import { defaultStateDir } from '#lib/feed/client/index.ts';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { createOutbound } from '#lib/outbound/index.ts';
import type { KnownClient } from '../http/client-tokens.ts';
import type { MetricsPlace } from '../http/serve-metrics.ts';
import type { HttpGatewayOptions } from '../run-http.ts';
import type { ServerPlan } from '../sessions/open-server.ts';
import { NPM_REGISTRY, type ProcessOptions } from '../start-process.ts';
import type { SecretSource } from '../upstreams/credentials.ts';
import { serverEnvironment } from '../upstreams/environment.ts';
import { type GatewayConfig, GatewayConfigError } from './gateway-config.ts';

/** Shorter ones can be guessed. */
const MIN_TOKEN = 16;

export type GatewaySetup = {
  process: ProcessOptions & { stateDir: string };
  plans: ServerPlan[];
  /** null for stdio. */
  http: Pick<HttpGatewayOptions, 'host' | 'port' | 'allowedHosts' | 'allowedOrigins' | 'clients' | 'limits'> | null;
  /** With a port: a listener of its own. Without: beside `/mcp`. */
  metrics: MetricsPlace | null;
};

/**
 * What a configuration comes to, with the secrets that it points to read from their files. Throws `GatewayConfigError`
 * for a file or variable that is not there.
 */
export async function gatewaySetup({
  config,
  trust,
  env,
}: {
  config: GatewayConfig;
  trust: FeedTrust;
  env: NodeJS.ProcessEnv;
}): Promise<GatewaySetup> {
  const { limits, listen, metrics } = config;
  const callTimeoutMs = limits.call_timeout_seconds * 1000;
  const process: GatewaySetup['process'] = {
    trust,
    stateDir: config.state ?? defaultStateDir(trust),
    refreshSeconds: config.refresh_seconds ?? null,
    hints: config.hints,
    feedToken: config.feed_token_file ? await tokenOf(config.feed_token_file, 'feed_token_file') : null,
    scope: {
      environment: config.environment ?? null,
      team: config.team ?? null,
      group: config.group ?? null,
      readOnly: config.read_only,
    },
    rules: {
      isDryRun: config.dry_run,
      serverRequests: new Set(config.server_requests),
      unseenDefinitions: config.unseen_definitions,
      auditArguments: config.audit.arguments,
      startTimeoutMs: limits.start_timeout_seconds * 1000,
      listTimeoutMs: limits.list_timeout_seconds * 1000,
      callTimeoutMs,
      askTimeoutMs: limits.ask_timeout_seconds * 1000,
    },
    settings: {
      outbound: createOutbound({ privateNetworks: parsePrivateNetworks(config.private_networks) }),
      trustedOrigins: config.trusted_origins.map((origin) => new URL(origin).origin),
      packageCheck: config.packages,
      npmRegistry: config.npm_registry ?? env.npm_config_registry ?? NPM_REGISTRY,
      callTimeoutMs,
      env,
    },
  };
  const http = listen && {
    host: listen.host,
    port: listen.port,
    allowedHosts: listen.allowed_hosts,
    allowedOrigins: listen.allowed_origins,
    clients: await clientsOf(config),
    limits: {
      sessions: limits.sessions,
      idleMs: limits.session_idle_seconds * 1000,
      requestBytes: limits.request_bytes,
    },
  };
  return {
    process,
    plans: plansOf(config, env),
    http: http ?? null,
    metrics: metrics ? { host: metrics.host, port: metrics.port ?? null, path: metrics.path } : null,
  };
}

/** The configured servers, in the order of the file. Throws `GatewayConfigError` for a variable that is not set. */
function plansOf(config: GatewayConfig, source: NodeJS.ProcessEnv): ServerPlan[] {
  return Object.entries(config.servers).map(([alias, server]) => {
    const { env, missing } = serverEnvironment({ source, pass: server.env });
    if (missing.length > 0) {
      throw new GatewayConfigError(`servers.${alias}.env: the variable ${missing[0]} is not set here.`);
    }
    const { name, version = null, exec = null, args, remote = null, credentials } = server;
    const shared = Object.fromEntries(
      Object.entries(credentials.shared).map(([key, { file, env: variable, prefix }]) => {
        const source: SecretSource = file === undefined ? { env: variable! } : { file };
        return [key, { ...source, prefix }];
      }),
    );
    const reach = { exec, args, env, remote, credentials: { shared, personal: credentials.personal } };
    return { alias, server: name, version, reach };
  });
}

async function clientsOf({ clients, client_token_file }: GatewayConfig): Promise<KnownClient[]> {
  const known = clients.map(({ name, token_sha256, team = null, group = null, read_only }) => ({
    name,
    tokenSha256: token_sha256,
    team,
    group,
    readOnly: read_only,
  }));
  if (client_token_file === undefined) return known;
  const token = await tokenOf(client_token_file, 'client_token_file');
  const tokenSha256 = createHash('sha256').update(token).digest('hex');
  return [...known, { name: 'token', tokenSha256, team: null, group: null, readOnly: false }];
}

async function tokenOf(file: string, place: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new GatewayConfigError(`${place}: ${file} cannot be read (${error.code}).`);
  });
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < MIN_TOKEN) {
    throw new GatewayConfigError(`${place}: ${file} has to hold one token of at least ${MIN_TOKEN} characters.`);
  }
  return token;
}
