import { stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { Definitions } from '#lib/manifest/index.ts';
import { type Introspection, introspectServer } from '#lib/scans/introspect/index.ts';
import {
  type AvailableSandbox,
  findProgram,
  type SandboxAvailability,
  spawnDirect,
  spawnSandboxed,
} from '#lib/scans/sandbox/index.ts';

export type LiveResult =
  | { ok: true; definitions: Definitions; isComplete: boolean; notes: string[] }
  | { ok: false; message: string; stderr: string[] };

/**
 * Runs a command and reads its definitions. In the sandbox it sees the current directory, read-only, under its own path.
 * `isUnsandboxed` runs it on this machine instead, with everything that the person at the terminal may do.
 */
export async function scanCommand({
  command,
  sandbox,
  isUnsandboxed,
  cwd = process.cwd(),
  signal,
}: {
  command: [string, ...string[]];
  sandbox: SandboxAvailability | null;
  isUnsandboxed: boolean;
  cwd?: string;
  signal?: AbortSignal;
}): Promise<LiveResult> {
  const common = signal ? { signal } : {};
  if (isUnsandboxed) {
    return resultOf(await introspectServer({ spawn: async () => spawnDirect({ command, cwd, ...common }), ...common }));
  }
  if (!sandbox?.available) {
    const why = sandbox ? `${sandbox.reason} ${sandbox.fix}` : 'It was not looked for.';
    return refused(`There is no sandbox: ${why} To run the command on this machine as you, add --allow-unsandboxed.`);
  }
  const refusal = (await directoryRefusal(cwd, sandbox)) ?? (await programRefusal(command, cwd));
  if (refusal) return refused(refusal);
  return resultOf(
    await introspectServer({
      spawn: () => spawnSandboxed({ sandbox, command, cwd, readOnlyPaths: [{ source: cwd, target: cwd }], ...common }),
      ...common,
    }),
  );
}

const refused = (message: string): LiveResult => ({ ok: false, message, stderr: [] });

function resultOf(result: Introspection): LiveResult {
  if (!result.ok) return { ok: false, message: result.message, stderr: result.stderr };
  const failures = Object.values(result.failures).map(({ message }) => message);
  return {
    ok: true,
    definitions: result.definitions,
    isComplete: result.failures.tools === undefined && result.dropped.tools === undefined,
    notes: [...failures, ...result.issues.map(({ message }) => message)],
  };
}

/** Directories that hold far more than one server's files. */
const TOO_WIDE = [
  '/',
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/lib',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/sys',
  '/usr',
  '/var',
];

/** Why the current directory is not shown to a sandboxed command, or null. */
async function directoryRefusal(cwd: string, sandbox: AvailableSandbox): Promise<string | null> {
  const home = homedir();
  const isAboveHome = home === cwd || home.startsWith(cwd.endsWith('/') ? cwd : `${cwd}/`);
  if (isAboveHome || TOO_WIDE.includes(cwd) || cwd === tmpdir()) {
    return `The sandbox would show all of ${cwd} to the server. Run the command from the server's own directory.`;
  }
  const isOthers = sandbox.mode === 'root' || process.geteuid?.() === 0;
  if (isOthers && ((await stat(cwd)).mode & 0o005) !== 0o005) {
    return `The sandbox runs as another user than root, who may not read ${cwd}. Allow it (chmod o+rx) or do not scan as root.`;
  }
  return null;
}

/** Why a program cannot be found inside the sandbox, or null. */
async function programRefusal([program, ...args]: readonly string[], cwd: string): Promise<string | null> {
  if (program === undefined || program === 'node') return null;
  if (/^(npx|bunx)$/.test(path.basename(program)) || (program === 'npm' && args[0] === 'exec')) {
    return `${program} downloads what it runs, and the sandbox has no network. Scan the package itself: hallmark scan npm:name@version`;
  }
  if (program.includes('/')) {
    const file = path.resolve(cwd, program);
    if (file.startsWith(`${cwd}/`) || /^\/(usr\/(local\/)?)?s?bin\//.test(file)) return null;
    return `The sandbox shows the current directory and the system's programs only; ${file} is neither.`;
  }
  if (await findProgram(program, '/usr/local/bin:/usr/bin:/bin')) return null;
  const elsewhere = await findProgram(program);
  return elsewhere
    ? `${program} is ${elsewhere}, which the sandbox does not show.`
    : `There is no program ${program} on this machine.`;
}
