import { dirname, resolve } from 'node:path';
import { decoyFiles } from './decoys.ts';
import type { Host } from './host.ts';
import { HOST_PLACE, hostEntries, hostProgram, rootEntries } from './image-root.ts';
import { systemCallFilter } from './seccomp.ts';
import { TRACED_CALLS } from './trace-reader.ts';
import type { ReadOnlyMount, SandboxLimits, SandboxMode, SandboxRoot } from './types.ts';

/** Paths of the sandbox's own world. */
export const SANDBOX_HOME = '/home/sandbox';
export const SANDBOX_SCRATCH = '/tmp/scan';
export const SANDBOX_NODE = '/opt/node/bin/node';
const SANDBOX_PATH = '/opt/node/bin:/usr/local/bin:/usr/bin:/bin';

/** The id of the user inside where a user namespace maps it. */
export const NOBODY = 65534;

export type SandboxRequest = {
  /** Program and arguments as seen inside the sandbox; `node` is the Node of this process. */
  command: readonly string[];
  /** Working directory inside; default the scratch directory. */
  cwd?: string;
  readOnlyPaths?: readonly ReadOnlyMount[];
  /** A file system instead of the host's programs; Node is then not among what is shown. */
  root?: SandboxRoot;
  /** Host paths that stay hidden even where a system directory would show them, e.g. the data directory. */
  hiddenPaths?: readonly string[];
  /** Variables beside PATH, HOME, LANG, TMPDIR and TERM, which are fixed. */
  env?: Readonly<Record<string, string>>;
};

/** How to start the sandbox: `args` for bubblewrap, and what it reads from or writes to extra file descriptors. */
export type SandboxCommand = {
  file: string;
  args: string[];
  /** `inputs[i]` is written to descriptor `firstInputFd` + i. */
  inputs: Buffer[];
  firstInputFd: number;
  /** First words of the last of our own steps, which starts the command. */
  starter: string[];
  /** Descriptor on which the log of system calls arrives; absent: there is none. */
  traceFd?: number;
  /** Descriptor on which bubblewrap reports the process id of the sandbox's first process. */
  infoFd: number;
  /** Host user and group id under which bubblewrap itself is started; absent: unchanged. */
  startAs?: number;
};

// Limits are set inside, after the switch of user: RLIMIT_NPROC then counts the sandbox alone (setrlimit(2)).
// dash says `ulimit -p` for RLIMIT_NPROC, bash `-u`. A hard limit that is lower already stays as it is.
const LIMIT_SCRIPT = `
echo 1000 > /proc/self/oom_score_adj
ulimit -c 0; ulimit -d "$1"; ulimit -n "$2"; ulimit -f "$3"; ulimit -t "$4"
ulimit -u "$5" || ulimit -p "$5"
cd "$6" || { echo "cannot enter $6" >&9; exit 126; }
shift 6
exec 2>&9 9>&-
exec "$@"
`.trim();

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FIXED_ENV = ['PATH', 'HOME', 'TMPDIR'];

/** Whether `name` may be set inside: a portable name that is not one of the fixed ones. */
export function isSettableEnv(name: string): boolean {
  return ENV_NAME.test(name) && !FIXED_ENV.includes(name);
}

/**
 * Returns how to run a command in bubblewrap: no network, every namespace unshared, new session, read-only root with
 * the system's programs and libraries only, private /tmp and home in memory, empty environment, no capability, the
 * system call filter, resource limits, and death with the parent. Pure; throws on a NUL, an empty command or a
 * variable name that cannot be set.
 */
export function sandboxCommand(
  { command, cwd = SANDBOX_SCRATCH, readOnlyPaths = [], root, hiddenPaths = [], env = {} }: SandboxRequest,
  { bwrap, mode, limits, host, sandboxId, tracer }: SandboxSetting,
): SandboxCommand {
  const [program, ...programArgs] = command;
  if (!program) throw new Error('The sandbox needs a command.');
  if (program.includes('=')) throw new Error('A program name with "=" cannot be started in the sandbox.');
  for (const name of Object.keys(env)) {
    if (!isSettableEnv(name)) throw new Error(`The variable ${JSON.stringify(name)} cannot be set in the sandbox.`);
  }
  const isRootMode = mode === 'root';
  const id = isRootMode ? sandboxId : NOBODY;

  const files = {
    '/etc/passwd': `sandbox:x:${id}:${id}::${SANDBOX_HOME}:/bin/sh\n`,
    '/etc/group': `sandbox:x:${id}:\n`,
    '/etc/hosts': '127.0.0.1 localhost sandbox\n::1 localhost\n',
  };
  // Only who logs what is opened puts something there to be opened.
  const decoys = tracer === undefined ? [] : decoyFiles(SANDBOX_HOME);
  // This descriptor carries the options themselves, so that the sandbox cannot read host paths from /proc/1/cmdline.
  const argsFd = tracer === undefined ? 3 : TRACE_FD + 1;
  const seccompFd = argsFd + 1;
  const firstFileFd = seccompFd + 1;
  const firstDecoyFd = firstFileFd + Object.keys(files).length;
  const infoFd = firstDecoyFd + decoys.length;

  const options: string[] = [];
  if (!isRootMode) options.push('--unshare-user', '--uid', String(id), '--gid', String(id));
  options.push('--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try');
  options.push('--new-session', '--die-with-parent', '--hostname', 'sandbox', '--clearenv');
  options.push('--setenv', 'PATH', SANDBOX_PATH, '--cap-drop', 'ALL');
  // setpriv needs these to leave root; it then empties the bounding set and the kernel clears the rest.
  if (isRootMode) for (const name of ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP']) options.push('--cap-add', name);
  options.push('--seccomp', String(seccompFd), '--info-fd', String(infoFd));

  const made = new Set(['/']);
  // bubblewrap makes missing parents of a mount with mode 0700, which the sandbox's user could not enter.
  const parents = (path: string) => {
    const parent = dirname(path);
    if (made.has(parent)) return;
    parents(parent);
    made.add(parent);
    options.push('--perms', '0755', '--dir', parent);
  };
  /** Parents inside of a folder that the command may write to. */
  const openParents = (path: string) => {
    const parent = dirname(path);
    if (made.has(parent)) return;
    openParents(parent);
    made.add(parent);
    options.push('--perms', '0777', '--dir', parent);
  };
  const readOnly = ({ source, target }: ReadOnlyMount) => {
    parents(target);
    made.add(target);
    options.push('--ro-bind', source, target);
  };
  const tmpfs = (path: string, size: number, perms = '1777') => {
    parents(path);
    made.add(path);
    options.push('--perms', perms, '--size', String(size), '--tmpfs', path);
  };

  const system = root === undefined ? host.systemPaths : hostEntries(host);
  const place = root === undefined ? '' : HOST_PLACE;
  for (const { path, link } of system) {
    if (link === undefined) readOnly({ source: path, target: place + path });
    else {
      parents(place + path);
      options.push('--symlink', link, place + path);
    }
  }
  for (const path of hiddenPaths.map((hidden) => resolve(hidden))) {
    if (isBelow(path, system)) options.push('--tmpfs', place + path);
  }
  for (const entry of root === undefined ? [] : rootEntries(root)) {
    if ('link' in entry) options.push('--symlink', entry.link, entry.path);
    else readOnly({ source: entry.source, target: entry.path });
  }
  Object.keys(files).forEach((path, index) => {
    parents(path);
    options.push('--perms', '0644', '--ro-bind-data', String(firstFileFd + index), path);
  });
  options.push('--proc', '/proc', '--dev', '/dev');
  made.add('/dev');
  tmpfs('/dev/shm', limits.tmpBytes);
  options.push('--remount-ro', '/dev');
  tmpfs('/tmp', limits.tmpBytes);
  options.push('--perms', '1777', '--dir', SANDBOX_SCRATCH);
  if (root !== undefined) for (const path of ['/run', ...(root.volumes ?? [])]) tmpfs(path, limits.tmpBytes);
  tmpfs(SANDBOX_HOME, limits.tmpBytes, '0777');
  decoys.forEach(({ path }, index) => {
    openParents(path);
    options.push('--perms', '0666', '--file', String(firstDecoyFd + index), path);
  });
  if (root === undefined) readOnly({ source: host.nodePath, target: SANDBOX_NODE });
  for (const mount of readOnlyPaths) readOnly(mount);
  options.push('--remount-ro', '/', '--chdir', '/');
  for (const option of options) if (option.includes('\0')) throw new Error('A path of the sandbox contains NUL.');

  const ours = (program: string) => (root === undefined ? [program] : hostProgram(host, program));
  const drop = [
    ...ours(host.setpriv ?? 'setpriv'),
    `--reuid=${id}`,
    `--regid=${id}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
    '--inh-caps=-all',
    '--',
  ];
  const sizes = [
    Math.floor(limits.dataBytesPerProcess / 1024),
    limits.openFiles,
    Math.floor(limits.fileBytes / 512),
    limits.cpuSeconds,
    limits.tasks,
  ];
  // The package's variables are set last, by env(1): LD_PRELOAD and its like must not reach setpriv or the shell.
  const variables = {
    PATH: root?.path ?? SANDBOX_PATH,
    HOME: SANDBOX_HOME,
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    ...env,
  };
  const starter = [...ours(host.env), '-i'];
  const args = [
    '--args',
    String(argsFd),
    '--',
    ...(isRootMode ? drop : []),
    ...ours(host.shell),
    '-c',
    `exec 9>&2 2>/dev/null\n${LIMIT_SCRIPT}`,
    'sandbox',
    ...sizes.map(String),
    cwd,
    ...starter,
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    program,
    ...programArgs,
  ];
  return {
    ...(tracer === undefined ? { file: bwrap, args } : { ...traced(tracer, bwrap, args), traceFd: TRACE_FD }),
    firstInputFd: argsFd,
    starter,
    inputs: [
      Buffer.from(options.map((option) => `${option}\0`).join('')),
      systemCallFilter(),
      ...Object.values(files).map((text) => Buffer.from(text)),
      ...decoys.map(({ bytes }) => bytes),
    ],
    infoFd,
    ...(!isRootMode && host.isRoot ? { startAs: NOBODY } : {}),
  };
}

export type SandboxSetting = {
  /** Path of bubblewrap. */
  bwrap: string;
  mode: SandboxMode;
  limits: SandboxLimits;
  host: Host;
  /** User and group id on the host in root mode, one for each run. */
  sandboxId: number;
  /** Path of strace; absent: system calls are not logged. */
  tracer?: string;
};

/** One digit, which is all that every shell can redirect to. */
const TRACE_FD = 3;

/**
 * The same command below strace(1). It follows from outside, so nothing inside can end or mislead it: a process that it
 * does not follow gets ENOSYS for the calls that are logged. It watches as a grandchild (-D), so that bubblewrap stays our
 * own child and dies with us. The shell closes the log before anything of the sandbox begins.
 */
function traced(tracer: string, bwrap: string, args: readonly string[]): { file: string; args: string[] } {
  const options = ['-D', '-f', '--seccomp-bpf', '-qq', '-y', '-s', '300', '-e', 'signal=none'];
  const log = ['-o', `|exec cat >&${TRACE_FD}`, '-e', `trace=${TRACED_CALLS}`];
  const closing = ['/bin/sh', '-c', `exec ${TRACE_FD}>&-; exec "$@"`, 'sh'];
  return { file: tracer, args: [...options, ...log, '--', ...closing, bwrap, ...args] };
}

function isBelow(path: string, systemPaths: Host['systemPaths']): boolean {
  return systemPaths.some(({ path: base, link }) => link === undefined && path.startsWith(`${base}/`));
}
