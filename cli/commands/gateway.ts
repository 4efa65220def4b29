import type { Command } from 'commander';
import {
  auditFile,
  type CheckedServer,
  checkGateway,
  GATEWAY_EXIT,
  type GatewayConfig,
  type GatewaySetup,
  runAggregate,
  runGateway,
  runHttpGateway,
  startProcess,
} from '#lib/gateway/index.ts';
import { exitOnUsageFaults, usageFault } from './feed-input.ts';
import { type GatewayFlags, readConfig, readSetup, withGatewayOptions } from './gateway-config.ts';

const EXEC = '--exec';

/**
 * `hallmark gateway`: approved MCP servers behind the signed allowlist, on stdin and stdout or over HTTP. Exit codes:
 * `GATEWAY_EXIT` in lib/gateway.
 */
export function registerGateway(program: Command): void {
  const gateway = exitOnUsageFaults(program.command('gateway'));
  withGatewayOptions(gateway)
    .description('run approved MCP servers behind the signed allowlist; put this command into an MCP client')
    .usage(
      `--trust <file> [options] -- <server>[@version] [${EXEC} <command> [arguments...]]\n       --config <file> [options] [-- <server>]`,
    )
    .argument('[server]', 'name of the server, with @version for one version; with --config: its name there')
    .argument('[exec...]', `${EXEC} and the command to start instead of the one in the allowlist`)
    .action(run);
  withGatewayOptions(exitOnUsageFaults(gateway.command('check')))
    .description('say what would be served now, without starting a server; ends with 4 when something is refused')
    .argument('[server]', 'as above')
    .option('--json', 'print the result as JSON')
    .action(check);
}

async function run(
  reference: string | undefined,
  exec: string[],
  flags: GatewayFlags,
  command: Command,
): Promise<void> {
  if (exec.length > 0 && (exec[0] !== EXEC || exec.length === 1)) {
    usageFault(command, `After the server's name only ${EXEC} and a command may follow; give arguments with --arg.`);
  }
  const { config, only } = await readConfig({ flags, reference, exec: exec.slice(1), command });
  const setup = await readSetup(config, command);
  const audit = openAudit(config, command);
  const leave = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => leave.abort());
  const asked = { setup, only, signal: leave.signal, writeAudit: audit.write };
  const { exitCode, message } = setup.http ? await serve({ ...asked, http: setup.http }) : await speak(asked);
  if (exitCode !== 0) process.stderr.write(`hallmark gateway: ${message}\n`);
  process.exitCode = exitCode;
  audit.close();
  // An open stdin would keep the process; the session is over.
  process.stdin.destroy();
}

type Asked = {
  setup: GatewaySetup;
  /** Alias of the one server to serve by itself. */
  only: string | null;
  signal: AbortSignal;
  writeAudit: (line: string) => void;
};

/** Serves on stdin and stdout. */
async function speak({ setup, only, signal, writeAudit }: Asked): Promise<{ exitCode: number; message: string }> {
  const ends = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, signal, writeAudit };
  const plan = setup.plans.find(({ alias }) => alias === only);
  if (!plan) return runAggregate({ ...setup.process, ...ends, plans: setup.plans, metrics: setup.metrics });
  const { server, version, reach } = plan;
  return runGateway({ ...setup.process, ...ends, server, version, reach, env: reach.env, metrics: setup.metrics });
}

/** Serves over HTTP until a signal ends it. */
async function serve({
  setup,
  http,
  signal,
  writeAudit,
}: Asked & { http: NonNullable<GatewaySetup['http']> }): Promise<{ exitCode: number; message: string }> {
  const canLog = () => process.stderr.writableLength < 1024 * 1024;
  let gateway: Awaited<ReturnType<typeof runHttpGateway>>;
  try {
    gateway = await runHttpGateway({
      ...setup.process,
      ...http,
      plans: setup.plans,
      metrics: setup.metrics,
      writeAudit,
      canLog,
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code) throw error;
    return { exitCode: GATEWAY_EXIT.usage, message: `It cannot listen on ${http.host} port ${http.port}: ${message}` };
  }
  const base = `http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${gateway.port}`;
  process.stderr.write(
    `hallmark gateway: ${base}/mcp, ${setup.plans.map(({ alias }) => `${base}/servers/${alias}/mcp`).join(', ')}\n`,
  );
  if (gateway.failure) process.stderr.write(`hallmark gateway: ${gateway.failure.message}\n`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await gateway.close();
  return { exitCode: GATEWAY_EXIT.closed, message: 'Stopped.' };
}

async function check(
  reference: string | undefined,
  own: GatewayFlags & { json?: boolean },
  command: Command,
): Promise<void> {
  const flags = command.optsWithGlobals<GatewayFlags & { json?: boolean }>();
  const { config } = await readConfig({ flags, reference, exec: [], command });
  const setup = await readSetup(config, command);
  const gateway = await startProcess({
    options: { ...setup.process, hints: false, feedToken: null },
    write: () => {},
    canLog: () => false,
    about: {},
  });
  const { context, scope, failure } = gateway;
  gateway.stop();
  if (!context.watch.current && failure) {
    process.stderr.write(`hallmark gateway: ${failure.message}\n`);
    process.exitCode = failure.code === 'FEED_UNREACHABLE' ? GATEWAY_EXIT.feedUnreachable : GATEWAY_EXIT.feedRefused;
    return;
  }
  const servers = await checkGateway({ plans: setup.plans, context, scope });
  const serial = context.watch.current?.head.serial ?? null;
  if (own.json)
    process.stdout.write(`${JSON.stringify({ serial, feedProblem: failure?.code ?? null, servers }, null, 2)}\n`);
  else {
    process.stdout.write(servers.map(described).join('\n'));
    if (failure) process.stderr.write(`Warning: ${failure.message} The last accepted list was used.\n`);
  }
  process.exitCode = servers.every(({ allowed }) => allowed) ? GATEWAY_EXIT.closed : GATEWAY_EXIT.denied;
}

function described({ alias, server, version, allowed, code, message, ...how }: CheckedServer): string {
  if (!allowed) return `${alias}: ${server} ${version} is refused (${code}). ${message}\n`;
  const where =
    how.remote ?? how.command?.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : JSON.stringify(part))).join(' ');
  const notes = (ask: boolean, readOnly: boolean) =>
    [...(ask ? ['asks a person'] : []), ...(readOnly ? ['read-only'] : [])].join(', ');
  return [
    `${alias}: ${server} ${version} would be served by ${where}`,
    ...how.tools.map(
      ({ exposed, ask, readOnly }) => `  ${exposed}${ask || readOnly ? ` (${notes(ask, readOnly)})` : ''}`,
    ),
    ...how.refused.map(({ name, code: why }) => `  not ${JSON.stringify(name)}: ${why}`),
    ...how.warnings.map((warning) => `  Note: ${warning}`),
    '',
  ].join('\n');
}

/** Where the log goes. Ends the command with exit code 2 when the file cannot be opened. */
function openAudit({ audit }: GatewayConfig, command: Command): { write: (line: string) => void; close: () => void } {
  if (audit.file === undefined) return { write: (line) => void process.stderr.write(line), close: () => {} };
  const warn = (message: string) => void process.stderr.write(`hallmark gateway: ${message}\n`);
  try {
    return auditFile({ path: audit.file, maxBytes: audit.max_bytes, keep: audit.keep, fsync: audit.fsync, warn });
  } catch (error) {
    return usageFault(command, `${audit.file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}
