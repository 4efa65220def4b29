import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '../sandbox/host.ts';

const run = promisify(execFile);

/** Directories of the system that the sandbox shows: a Python anywhere else could not run there. */
const SHOWN = '/usr/local/bin:/usr/bin:/bin';
const PROBE_MS = 10_000;

/** What installs PyPI packages here: the Python of the sandbox, and pip in it or uv. */
export type PythonHost = { python: string; installer: { kind: 'pip' } | { kind: 'uv'; path: string } };
export type NoPythonHost = { missing: string };

let found: Promise<PythonHost | NoPythonHost> | undefined;

/** Looks once a process. `missing` says in one sentence what is not there and what to install. */
export function pythonHost(): Promise<PythonHost | NoPythonHost> {
  found ??= findPythonHost();
  return found;
}

export async function findPythonHost({
  path = SHOWN,
  uvPath = process.env.PATH ?? '',
}: {
  path?: string;
  uvPath?: string;
} = {}): Promise<PythonHost | NoPythonHost> {
  const python = await findIn('python3', path);
  if (!python) {
    return {
      missing: 'There is no python3 among the system programs that the sandbox shows. Install python3 and pip or uv.',
    };
  }
  // pip first: it is watched while it connects.
  if (await works(python, ['-I', '-m', 'pip', '--version'])) return { python, installer: { kind: 'pip' } };
  const uv = await findIn('uv', uvPath);
  if (uv && (await works(uv, ['--version']))) return { python, installer: { kind: 'uv', path: uv } };
  return { missing: `${python} has no pip, and there is no uv. Install one of them to run PyPI packages.` };
}

/** The Python that runs in the sandbox, whether or not it can install anything; null where there is none. */
export const sandboxPython = (path = SHOWN): Promise<string | null> => findIn('python3', path);

/** Unlike `findProgram`, in these directories alone. */
async function findIn(name: string, path: string): Promise<string | null> {
  for (const directory of path.split(':')) {
    if (!directory.startsWith('/')) continue;
    const file = await findProgram(`${directory}/${name}`);
    if (file) return file;
  }
  return null;
}

const works = (file: string, args: string[]): Promise<boolean> =>
  run(file, args, { timeout: PROBE_MS }).then(
    () => true,
    () => false,
  );
