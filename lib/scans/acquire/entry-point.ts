import { open, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { unscopedName } from './package-name.ts';
import type { AcquireFailure } from './types.ts';

const MAX_PACKAGE_JSON_BYTES = 4 * 1024 * 1024;

/** What is used of a package's own package.json. Every value was checked for its type. */
export type PackageFile = {
  name: string;
  version: string;
  bin: Record<string, string>;
  mcpName: string | null;
  license: string | null;
  repository: string | null;
  hasInstallScript: boolean;
  dependencies: Record<string, string>;
};

/** Reads the package.json of `dir`; null where it is missing, too large or no JSON object. */
export async function readPackageFile(dir: string): Promise<PackageFile | null> {
  const path = join(dir, 'package.json');
  const size = (await stat(path).catch(() => null))?.size ?? Number.POSITIVE_INFINITY;
  if (size > MAX_PACKAGE_JSON_BYTES) return null;
  let json: Record<string, unknown>;
  try {
    json = JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null) return null;
  const name = textOf(json.name) ?? '';
  const scripts = stringsOf(json.scripts);
  const repository = json.repository as { url?: unknown } | string | undefined;
  const license = json.license as { type?: unknown } | string | undefined;
  return {
    name,
    version: textOf(json.version) ?? '',
    bin: typeof json.bin === 'string' ? { [unscopedName(name)]: json.bin } : stringsOf(json.bin),
    mcpName: textOf(json.mcpName),
    license: textOf(license) ?? textOf((license as { type?: unknown } | undefined)?.type),
    repository: textOf(repository) ?? textOf((repository as { url?: unknown } | undefined)?.url),
    hasInstallScript: ['preinstall', 'install', 'postinstall'].some((script) => scripts[script] !== undefined),
    dependencies: stringsOf(json.dependencies),
  };
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, 500) : null;

function stringsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/**
 * Finds how to start the package in `dir`, as `npm exec` chooses: its only executable, or the one named like the package.
 * The command's first word is `node` where the file is JavaScript. Fails with NO_EXECUTABLE or UNSUPPORTED_RUNTIME.
 */
export async function findEntryPoint(
  dir: string,
  { name, bin }: PackageFile,
): Promise<{ ok: true; command: string[] } | AcquireFailure> {
  const chosen = chooseExecutable(name, bin);
  if (typeof chosen === 'object') return chosen;
  const file = resolve(dir, chosen);
  const real = await realpath(file).catch(() => null);
  const root = await realpath(dir);
  if (!real?.startsWith(root + sep) || !(await stat(real)).isFile()) {
    return failure('NO_EXECUTABLE', `The executable ${chosen} is not in the package.`);
  }
  return commandFor(file, await firstBytes(real));
}

function chooseExecutable(name: string, bin: Record<string, string>): string | AcquireFailure {
  const entries = Object.entries(bin);
  const own = bin[unscopedName(name)];
  const first = entries[0]?.[1];
  if (first === undefined) {
    return failure(
      'NO_EXECUTABLE',
      'The package has no executable (package.json has no "bin"), so it cannot be started.',
    );
  }
  if (own !== undefined) return own;
  if (new Set(Object.values(bin)).size === 1) return first;
  const names = entries
    .map(([key]) => key)
    .slice(0, 20)
    .join(', ');
  return failure(
    'NO_EXECUTABLE',
    `The package has several executables and none is named ${unscopedName(name)}: ${names}.`,
  );
}

const SHEBANG_BYTES = 256;

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SHEBANG_BYTES), 0, SHEBANG_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Turns the first line of an executable into a command. Source: execve(2), env(1) -S. */
function commandFor(file: string, start: Buffer): { ok: true; command: string[] } | AcquireFailure {
  if (start.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))) return { ok: true, command: [file] };
  const line = start.toString('utf8').split(/\r?\n/, 1)[0] ?? '';
  if (!line.startsWith('#!')) return { ok: true, command: ['node', file] };
  const words = line.slice(2).trim().split(/\s+/);
  const isEnv = words[0]?.endsWith('/env') ?? false;
  const interpreter = words.slice(isEnv ? 1 : 0).filter((word) => word !== '-S');
  const [program = '', ...options] = interpreter;
  const base = program.slice(program.lastIndexOf('/') + 1);
  if (base === 'node' || base === 'nodejs') return { ok: true, command: ['node', ...options, file] };
  if (base === 'sh' || base === 'bash') return { ok: true, command: [base, file] };
  return failure(
    'UNSUPPORTED_RUNTIME',
    `The executable asks for ${JSON.stringify(base)}; packages are run with Node or sh.`,
  );
}

function failure(code: AcquireFailure['code'], message: string): AcquireFailure {
  return { ok: false, code, message };
}
