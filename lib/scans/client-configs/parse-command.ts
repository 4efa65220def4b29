import path from 'node:path';
import { splitNameAndVersion } from '../acquire/package-name.ts';

/** What a command of a client configuration fetches and runs. Words are places in `args`, so that each is judged once. */
export type ParsedCommand = {
  registryType: 'npm' | 'pypi' | 'oci' | null;
  identifier: string;
  version: string | undefined;
  runner: string;
  /** Words before the package: they are for the runner. */
  before: string[];
  /** Words behind it: they are for the server. */
  after: string[];
};

const NPM_RUNNERS = new Set(['npx', 'bunx', 'pnpx']);
/** `npm exec`, `pnpm dlx`, … */
const NPM_SUBCOMMANDS: Record<string, readonly string[]> = {
  npm: ['exec', 'x'],
  pnpm: ['dlx', 'exec'],
  yarn: ['dlx'],
  bun: ['x'],
};
const NPM_VALUES = new Set([
  '-p',
  '--package',
  '-c',
  '--call',
  '--registry',
  '--prefix',
  '--cache',
  '--userconfig',
  '-w',
]);
const PYTHON_VALUES = new Set([
  '--from',
  '--with',
  '--python',
  '-p',
  '--index',
  '--index-url',
  '--spec',
  '--directory',
]);
/** Flags of `docker run` without a value; every other one has one (docker run --help). */
const ENGINE_SWITCHES =
  /^(?:-[itdP]+|--(?:rm|init|interactive|tty|detach|privileged|read-only|no-healthcheck|publish-all|sig-proxy|oom-kill-disable|quiet|help)|-q)$/;

/** Unwraps `cmd /c`, `env NAME=value`; finds the package of npx, uvx, pipx, docker and their like. */
export function parseCommand(command: string, args: readonly string[]): ParsedCommand {
  const runner = path.win32
    .basename(path.posix.basename(command))
    .replace(/\.(?:cmd|exe|bat|ps1)$/i, '')
    .toLowerCase();
  const [first = '', ...rest] = args;
  if (runner === 'cmd' && /^\/[ck]$/i.test(first) && rest[0]) return parseCommand(rest[0], rest.slice(1));
  if (runner === 'env') {
    const at = args.findIndex((arg) => !arg.includes('=') && !arg.startsWith('-'));
    if (at >= 0) {
      const inner = parseCommand(args[at] as string, args.slice(at + 1));
      return { ...inner, before: [...args.slice(0, at), ...inner.before] };
    }
  }
  if (NPM_RUNNERS.has(runner)) return npmCommand(runner, args, 0);
  if (NPM_SUBCOMMANDS[runner]?.includes(first)) return npmCommand(`${runner} ${first}`, args, 1);
  if (runner === 'uvx') return pythonCommand(runner, args, 0);
  if (runner === 'uv' && first === 'tool' && rest[0] === 'run') return pythonCommand('uv tool run', args, 2);
  if (runner === 'pipx' && first === 'run') return pythonCommand('pipx run', args, 1);
  if (/^(?:docker|podman|nerdctl)$/.test(runner)) {
    const start = first === 'container' ? 2 : 1;
    if (args[start - 1] === 'run') return engineCommand(runner, args, start);
  }
  return { registryType: null, identifier: runner, version: undefined, runner, before: [], after: [...args] };
}

/** The first word that is no flag and no value of one; -1 where there is none. */
function firstOperand(args: readonly string[], start: number, hasValue: (flag: string) => boolean): number {
  for (let at = start; at < args.length; at += 1) {
    const word = args[at] as string;
    if (word === '--') return at + 1 < args.length ? at + 1 : -1;
    if (!word.startsWith('-')) return at;
    if (!word.includes('=') && hasValue(word)) at += 1;
  }
  return -1;
}

/** The value of a flag, as `--flag value` or `--flag=value`, among the words before `end`. */
function flagValue(args: readonly string[], end: number, ...names: string[]): string | undefined {
  for (let at = 0; at < end; at += 1) {
    const word = args[at] as string;
    const name = names.find((candidate) => word === candidate || word.startsWith(`${candidate}=`));
    if (name !== undefined) return word === name ? args[at + 1] : word.slice(name.length + 1);
  }
  return undefined;
}

function npmCommand(runner: string, args: readonly string[], start: number): ParsedCommand {
  const found = firstOperand(args, start, (flag) => NPM_VALUES.has(flag));
  const at = found === -1 ? args.length : found;
  const named = flagValue(args, at, '--package', '-p');
  const { name, version } = splitNameAndVersion(named ?? args[at] ?? '');
  const words = { runner, before: args.slice(0, at), after: args.slice(at + 1) };
  return name === ''
    ? { registryType: null, identifier: runner, version: undefined, ...words }
    : { registryType: 'npm', identifier: name, version: version ?? undefined, ...words };
}

function pythonCommand(runner: string, args: readonly string[], start: number): ParsedCommand {
  const found = firstOperand(args, start, (flag) => PYTHON_VALUES.has(flag));
  const at = found === -1 ? args.length : found;
  const spec = flagValue(args, at, '--from', '--spec') ?? args[at] ?? '';
  const match = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?(?:(?:==|@)(.+)|((?:>=|~=|<=|<|>|!=).+))?$/.exec(spec);
  const words = { runner, before: args.slice(0, at), after: args.slice(at + 1) };
  return match === null
    ? { registryType: null, identifier: runner, version: undefined, ...words }
    : { registryType: 'pypi', identifier: match[1] as string, version: match[2] ?? match[3], ...words };
}

function engineCommand(runner: string, args: readonly string[], start: number): ParsedCommand {
  const at = firstOperand(args, start, (flag) => !ENGINE_SWITCHES.test(flag));
  const end = at === -1 ? args.length : at;
  const words = { runner, before: args.slice(start, end), after: args.slice(end + 1) };
  return at === -1
    ? { registryType: null, identifier: runner, version: undefined, ...words }
    : { registryType: 'oci', identifier: args[at] as string, version: undefined, ...words };
}
