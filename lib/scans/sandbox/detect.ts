import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findProgram, readHost } from './host.ts';
import { hasSystemCallFilter } from './seccomp.ts';
import { spawnSandboxed } from './spawn.ts';
import {
  type AvailableSandbox,
  DEFAULT_SANDBOX_LIMITS,
  type SandboxAvailability,
  type SandboxMode,
  type Tracing,
  type UnavailableSandbox,
} from './types.ts';

const run = promisify(execFile);

/** What the probe prints shows that each protection really holds, not only that bubblewrap ended well. */
const PROBE = [
  'sh',
  '-c',
  'grep -E "^(CapEff|CapBnd|NoNewPrivs|Seccomp):" /proc/self/status; grep "Max processes" /proc/self/limits; node --version && grep -c : /proc/net/dev',
];
const PROBE_WALL_MS = 15_000;
const PROBE_TASKS = DEFAULT_SANDBOX_LIMITS.tasks;

/**
 * Says whether code can be sandboxed here, by running a trivial command inside and checking that it has no
 * capabilities, no network but its own loopback, the system call filter and the process limit. Otherwise says why not
 * and what to do. `bwrap` overrides the path of bubblewrap; `mode` asks for one mode instead of the best.
 */
export async function detectSandbox({
  bwrap = 'bwrap',
  strace = 'strace',
  platform = process.platform,
  arch = process.arch,
  mode,
}: {
  bwrap?: string;
  strace?: string;
  platform?: NodeJS.Platform;
  arch?: NodeJS.Architecture;
  mode?: SandboxMode;
} = {}): Promise<SandboxAvailability> {
  if (platform !== 'linux') {
    return unavailable(
      'NOT_LINUX',
      `The sandbox needs Linux; this is ${platform}.`,
      'Run the worker that scans on a Linux machine.',
    );
  }
  if (!hasSystemCallFilter(arch)) {
    return unavailable(
      'UNSUPPORTED_PROCESSOR',
      `The sandbox has no system call filter for ${arch}.`,
      'Run the worker that scans on an x64 or arm64 machine.',
    );
  }
  const path = await findProgram(bwrap);
  if (!path) {
    return unavailable(
      'BUBBLEWRAP_MISSING',
      'bubblewrap (bwrap) is not installed.',
      'Install the package bubblewrap, version 0.7 or newer (Debian, Ubuntu: apt install bubblewrap).',
    );
  }
  const version = await run(path, ['--version'], { timeout: 5_000 }).then(
    ({ stdout }) => /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown',
    () => 'unknown',
  );
  const host = await readHost();
  const best: SandboxMode[] = host.isRoot && host.setpriv ? ['root', 'user-namespace'] : ['user-namespace'];
  const modes = mode === undefined ? best : [mode];
  const failures: string[] = [];
  for (const candidate of modes) {
    const sandbox: AvailableSandbox = { available: true, kind: 'bubblewrap', version, path, mode: candidate };
    const failure = await probe(sandbox);
    if (failure === null) return { ...sandbox, tracing: await detectTracing(sandbox, strace) };
    failures.push(failure);
  }
  return explain(failures.at(-1) ?? 'The probe did not run.');
}

/** Runs the probe; returns what went wrong, or null. */
async function probe(sandbox: AvailableSandbox): Promise<string | null> {
  const { stdin, stdout, ended } = await spawnSandboxed({
    sandbox,
    command: PROBE,
    limits: { wallMs: PROBE_WALL_MS, stdoutBytes: 65_536 },
  });
  stdin.end();
  let output = '';
  for await (const chunk of stdout) output += String(chunk);
  const end = await ended;
  if (end.kind === 'limit') return end.message;
  if (end.kind === 'stopped') return 'The probe was stopped.';
  if (end.exitCode !== 0) {
    return end.stderrTail.trim() || `The probe ended with code ${end.exitCode ?? end.signal}.`;
  }
  const missing = PROTECTIONS.filter(({ pattern }) => !pattern.test(output)).map(({ name }) => name);
  return missing.length === 0 ? null : `In the sandbox, these do not hold: ${missing.join(', ')}.`;
}

/** Says whether system calls of a sandboxed command can be logged, by logging those of a trivial one. */
async function detectTracing(sandbox: AvailableSandbox, strace: string): Promise<Tracing> {
  const path = await findProgram(strace);
  if (!path) return { available: false, reason: 'strace is not installed (Debian, Ubuntu: apt install strace).' };
  const version = await run(path, ['--version'], { timeout: 5_000 }).then(
    ({ stdout }) => /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown',
    () => 'unknown',
  );
  const tracing: Tracing = { available: true, path, version };
  const { stdin, stdout, ended } = await spawnSandboxed({
    sandbox: { ...sandbox, tracing },
    isTraced: true,
    command: ['sh', '-c', 'exec cat /etc/shadow'],
    limits: { wallMs: PROBE_WALL_MS },
  });
  stdin.end();
  stdout.resume();
  const { observed, stderrTail } = await ended;
  if (observed.trace?.files.some((file) => file.path === '/etc/shadow' && !file.isFound)) return tracing;
  const detail = stderrTail.trim().split('\n').at(-1) ?? '';
  return {
    available: false,
    reason: `strace ${version} cannot follow what runs in the sandbox here. ${detail}`.trim(),
  };
}

const PROTECTIONS = [
  { name: 'no capabilities', pattern: /^CapEff:\s*0+$/m },
  { name: 'empty bounding set', pattern: /^CapBnd:\s*0+$/m },
  { name: 'no new privileges', pattern: /^NoNewPrivs:\s*1$/m },
  { name: 'system call filter', pattern: /^Seccomp:\s*2$/m },
  { name: 'process limit', pattern: new RegExp(`^Max processes\\s+${PROBE_TASKS}\\s`, 'm') },
  { name: 'Node', pattern: /^v\d+\./m },
  { name: 'no network', pattern: /^1$/m },
];

async function explain(failure: string): Promise<UnavailableSandbox> {
  const detail = failure.split('\n').at(-1) ?? failure;
  if (/Unknown option/i.test(failure)) {
    return unavailable('SANDBOX_BROKEN', `bubblewrap is too old: ${detail}`, 'Install bubblewrap 0.7 or newer.');
  }
  if (!/namespace|uid map|Operation not permitted|Permission denied|No space left on device/i.test(failure)) {
    return unavailable(
      'SANDBOX_BROKEN',
      `bubblewrap is installed but does not work here: ${detail}`,
      'Run "bwrap --ro-bind / / --unshare-all true" as the user of the worker and repair what it reports.',
    );
  }
  return unavailable(
    'NAMESPACES_CLOSED',
    `This host does not let the worker create namespaces: ${detail}`,
    await namespaceFix(),
  );
}

const readSetting = (path: string) =>
  readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

async function namespaceFix(): Promise<string> {
  if ((await readSetting('/proc/sys/kernel/unprivileged_userns_clone')) === '0') {
    return 'Set the sysctl kernel.unprivileged_userns_clone=1.';
  }
  if ((await readSetting('/proc/sys/user/max_user_namespaces')) === '0') {
    return 'Set the sysctl user.max_user_namespaces to a number above 0.';
  }
  if ((await readSetting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')) === '1') {
    return 'Give bwrap an AppArmor profile that allows "userns", or set the sysctl kernel.apparmor_restrict_unprivileged_userns=0.';
  }
  if ((await exists('/.dockerenv')) || (await exists('/run/.containerenv'))) {
    return 'Start the container of the worker with --security-opt seccomp=unconfined --security-opt systempaths=unconfined, or run the worker outside a container.';
  }
  return 'Allow user namespaces for the user of the worker, or run the worker where they are allowed.';
}

function unavailable(code: UnavailableSandbox['code'], reason: string, fix: string): UnavailableSandbox {
  return { available: false, code, reason, fix };
}
