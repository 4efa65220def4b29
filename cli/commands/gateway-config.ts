import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import {
  ALIAS,
  type GatewayConfig,
  GatewayConfigError,
  type GatewaySetup,
  gatewaySetup,
  parseGatewayConfig,
  parseServerReference,
  readGatewayConfig,
} from '#lib/gateway/index.ts';
import { readTrust, usageFault } from './feed-input.ts';

export type GatewayFlags = {
  trust?: string;
  config?: string;
  state?: string;
  refresh?: string;
  arg: string[];
  env: string[];
  environment?: string;
  team?: string;
  group?: string;
  readOnly?: boolean;
  dryRun?: boolean;
  listen?: string;
  clientTokenFile?: string;
  feedTokenFile?: string;
  hints: boolean;
  allow: string[];
  auditFile?: string;
  auditArguments?: string;
};

/** Adds the options that `hallmark gateway` and its `check` have in common. */
export function withGatewayOptions(command: Command): Command {
  const collect = (value: string, all: string[]) => [...all, value];
  return command
    .option('--trust <file>', "feed-trust.json from the organization's feed page")
    .option('--config <file>', 'servers and settings in YAML or JSON; other options win over it')
    .option('--state <dir>', 'where to remember what was accepted (default: a folder below ~/.hallmark/feed)')
    .option('--refresh <seconds>', 'how often to ask for the feed (default: what the feed says, normally 60)')
    .option('--arg <value>', "argument to add to the server's command, e.g. a directory; repeatable", collect, [])
    .option('--env <name>', 'environment variable to hand to the server; repeatable', collect, [])
    .option('--environment <name>', 'the environment that this is, e.g. production')
    .option('--team <slug>', 'only what the organization allows to this team')
    .option('--group <slug>', 'only what the organization allows to this group of agents')
    .option('--read-only', 'only tools that change nothing')
    .option('--dry-run', 'let pass what would be refused, and log it; never what was revoked or locked down')
    .option('--listen <[host:]port>', 'serve over HTTP, not stdin and stdout')
    .option('--client-token-file <file>', 'the token that clients have to show over HTTP')
    .option('--feed-token-file <file>', 'a gateway token: tells the registry which list is applied')
    .option('--no-hints', "only poll, do not listen to the feed's event stream")
    .option('--allow <request>', 'what servers may ask of the client: sampling, elicitation; repeatable', collect, [])
    .option('--audit-file <file>', 'write the audit log here, not to standard error')
    .option('--audit-arguments <mode>', 'what the log keeps of arguments: none (default), hash, full');
}

/** The configuration that file and options come to. Ends the command with exit code 2 when it cannot be used. */
export async function readConfig({
  flags,
  reference,
  exec,
  command,
}: {
  flags: GatewayFlags;
  /** The server that the command line names. */
  reference: string | undefined;
  exec: string[];
  command: Command;
}): Promise<{ config: GatewayConfig; only: string | null }> {
  const file = flags.config ?? 'the command line';
  try {
    const value = flags.config ? await readFileValue(flags.config, command) : {};
    // Paths of options are relative to where the command runs, those of the file to the file.
    const own = (name: string | undefined) => (name === undefined ? undefined : path.resolve(name));
    const servers = (value.servers ?? {}) as Record<string, unknown>;
    const only = reference === undefined ? null : serverOf({ reference, exec, flags, servers, command });
    if (reference === undefined && !flags.config) usageFault(command, 'Name a server after --, or give --config.');
    if (flags.trust === undefined && !flags.config) usageFault(command, '--trust or --config is missing.');
    const listen =
      flags.listen === undefined ? undefined : { ...(value.listen as object), ...address(flags.listen, command) };
    const overlay = {
      trust: own(flags.trust),
      state: own(flags.state),
      refresh_seconds: seconds(flags.refresh, command),
      environment: flags.environment,
      team: flags.team,
      group: flags.group,
      read_only: flags.readOnly,
      dry_run: flags.dryRun,
      listen,
      client_token_file: own(flags.clientTokenFile),
      feed_token_file: own(flags.feedTokenFile),
      hints: flags.hints ? undefined : false,
      server_requests: flags.allow.length > 0 ? ['roots', ...flags.allow] : undefined,
      audit:
        flags.auditFile || flags.auditArguments
          ? { ...(value.audit as object), ...defined({ file: own(flags.auditFile), arguments: flags.auditArguments }) }
          : undefined,
    };
    return { config: parseGatewayConfig({ ...value, servers, ...defined(overlay) }, file), only };
  } catch (error) {
    if (error instanceof GatewayConfigError) return usageFault(command, error.message);
    throw error;
  }
}

/** Trust file and secrets that the configuration points to. Ends the command with exit code 2 when one is missing. */
export async function readSetup(config: GatewayConfig, command: Command): Promise<GatewaySetup> {
  const trust = await readTrust(config.trust, command);
  try {
    return await gatewaySetup({ config, trust, env: process.env });
  } catch (error) {
    if (error instanceof GatewayConfigError) return usageFault(command, error.message);
    throw error;
  }
}

/** Puts the server of the command line among the configured ones, unless it is one. Returns its alias. */
function serverOf({
  reference,
  exec,
  flags,
  servers,
  command,
}: {
  reference: string;
  exec: string[];
  flags: GatewayFlags;
  servers: Record<string, unknown>;
  command: Command;
}): string {
  if (flags.config) {
    if (!Object.hasOwn(servers, reference)) {
      usageFault(command, `${flags.config} has no server ${reference}; it has ${Object.keys(servers).join(', ')}.`);
    }
    return reference;
  }
  const { server, version } = parseServerReference(reference);
  const last = (server.split('/').at(-1) ?? '').toLowerCase();
  const cleaned = last
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24)
    .replace(/^-+|-+$/g, '');
  const alias = ALIAS.test(cleaned) ? cleaned : 'server';
  servers[alias] = defined({
    name: server,
    version: version ?? undefined,
    exec: exec.length > 0 ? exec : undefined,
    args: flags.arg,
    env: flags.env,
  });
  return alias;
}

async function readFileValue(file: string, command: Command): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    usageFault(command, `${file} cannot be read (${error.code}).`),
  );
  const value = readGatewayConfig(text, file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new GatewayConfigError(`${file} does not hold settings.`);
}

function address(text: string, command: Command): { host?: string; port: number } {
  const found = /^(?:(\[[0-9a-f:]+\]|[^:\s]+):)?(\d{1,5})$/i.exec(text);
  if (!found) return usageFault(command, `--listen ${text}: give a port, or host:port.`);
  const host = found[1]?.replace(/^\[|\]$/g, '');
  return { ...(host === undefined ? {} : { host }), port: Number(found[2]) };
}

function seconds(text: string | undefined, command: Command): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value >= 1 && value <= 86_400)) {
    usageFault(command, `--refresh ${text}: give a number of seconds from 1 to 86400.`);
  }
  return value;
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
}
