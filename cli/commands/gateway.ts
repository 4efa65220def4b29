import type { Command } from 'commander';
import { defaultStateDir } from '#lib/feed/client/index.ts';
import { parseServerReference, runGateway, serverEnvironment } from '#lib/gateway/index.ts';
import { exitOnUsageFaults, readTrust, usageFault } from './feed-input.ts';

type GatewayFlags = {
  trust: string;
  state?: string;
  refresh?: string;
  arg: string[];
  env: string[];
};

const EXEC = '--exec';

/**
 * `hallmark gateway`: an MCP server on stdin and stdout that stands before the real one. Exit codes: `GATEWAY_EXIT` in
 * lib/gateway.
 */
export function registerGateway(program: Command): void {
  const collect = (value: string, all: string[]) => [...all, value];
  exitOnUsageFaults(program.command('gateway'))
    .description('run one approved MCP server behind the signed allowlist; put this command into an MCP client')
    .usage(`--trust <file> [options] -- <server>[@version] [${EXEC} <command> [arguments...]]`)
    .requiredOption('--trust <file>', "feed-trust.json from the organization's feed page")
    .option('--state <dir>', 'where to remember what was accepted (default: a folder below ~/.hallmark/feed)')
    .option('--refresh <seconds>', 'how often to ask for the feed (default: what the feed says, normally 60)')
    .option('--arg <value>', "argument to add to the server's command, e.g. a directory; repeatable", collect, [])
    .option('--env <name>', 'environment variable to hand to the server; repeatable', collect, [])
    .argument('<server>', 'name of the server, with @version for one version; else the one approved last')
    .argument('[exec...]', `${EXEC} and the command to start instead of the one in the allowlist`)
    .action(run);
}

async function run(reference: string, exec: string[], flags: GatewayFlags, command: Command): Promise<void> {
  if (exec.length > 0 && (exec[0] !== EXEC || exec.length === 1)) {
    usageFault(command, `After the server's name only ${EXEC} and a command may follow; give arguments with --arg.`);
  }
  const trust = await readTrust(flags.trust, command);
  const { env, missing } = serverEnvironment({ source: process.env, pass: flags.env });
  if (missing.length > 0) usageFault(command, `--env ${missing[0]}: this variable is not set here.`);

  const leave = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => leave.abort());
  const { exitCode, message } = await runGateway({
    ...parseServerReference(reference),
    trust,
    stateDir: flags.state ?? defaultStateDir(trust),
    exec: exec.length > 0 ? exec.slice(1) : null,
    args: flags.arg,
    env,
    refreshSeconds: refreshSeconds(flags.refresh, command),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: leave.signal,
  });
  if (exitCode !== 0) process.stderr.write(`hallmark gateway: ${message}\n`);
  process.exitCode = exitCode;
  // An open stdin would keep the process; the session is over.
  process.stdin.destroy();
}

function refreshSeconds(text: string | undefined, command: Command): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 86_400)) {
    usageFault(command, `--refresh ${text}: give a number of seconds from 1 to 86400.`);
  }
  return seconds;
}
