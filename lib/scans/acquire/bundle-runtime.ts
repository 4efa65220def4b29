import { chmod, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxPython } from './python-host.ts';
import type { AcquireFailure } from './types.ts';

/** `server.type` of the bundles that are started. */
export const BUNDLE_RUNTIMES = ['node', 'python', 'binary'] as const;
export type BundleRuntime = (typeof BUNDLE_RUNTIMES)[number];
export const isBundleRuntime = (type: string): type is BundleRuntime =>
  (BUNDLE_RUNTIMES as readonly string[]).includes(type);

type Runtime = { ok: true; command: string[]; env: Record<string, string> };

/** ELF `e_machine` of the processors of Node (elf(5), linux/elf-em.h). */
const MACHINES: Partial<Record<NodeJS.Architecture, number>> = { x64: 62, arm64: 183 };
const ELF = Buffer.from('\x7fELF\x02\x01', 'latin1');

/** What comes before the arguments of a bundle's server. A binary gets the right to be executed, which ZIP archives often lose. */
export async function bundleRuntime(
  type: BundleRuntime,
  { dir, file, arch = process.arch }: { dir: string; file: string; arch?: NodeJS.Architecture },
): Promise<Runtime | AcquireFailure> {
  if (type === 'node') return { ok: true, command: ['node'], env: {} };
  if (type === 'python') {
    const python = await sandboxPython();
    if (!python) {
      return failure('UNSUPPORTED_RUNTIME', 'The bundle needs Python, and there is no python3 that the sandbox shows.');
    }
    const PYTHONPATH = (await packageFolders(dir)).join(':');
    return { ok: true, command: [python, '-B'], env: PYTHONPATH === '' ? {} : { PYTHONPATH } };
  }
  const start = await firstBytes(file);
  if (!start.subarray(0, ELF.length).equals(ELF)) {
    return failure('UNSUPPORTED_PLATFORM', 'The program of the bundle is not one for Linux.');
  }
  if (start.readUInt16LE(18) !== MACHINES[arch]) {
    return failure('UNSUPPORTED_PLATFORM', `The program of the bundle is not one for ${arch}.`);
  }
  await chmod(file, 0o755);
  return { ok: true, command: [file], env: {} };
}

/** Where bundles keep the Python packages that they bring (MCPB, "Python Bundling"), their own environments among it. */
async function packageFolders(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const base of ['server', '.']) {
    for (const name of ['lib', 'vendor']) if (await isFolder(join(dir, base, name))) found.push(join(dir, base, name));
    for (const venv of ['venv', '.venv']) {
      const lib = join(dir, base, venv, 'lib');
      const versions = await readdir(lib).catch(() => []);
      for (const version of versions.filter((name) => /^python3\.\d+$/.test(name))) {
        found.push(join(lib, version, 'site-packages'));
      }
    }
  }
  return found;
}

const isFolder = (path: string): Promise<boolean> =>
  readdir(path).then(
    () => true,
    () => false,
  );

const HEADER_BYTES = 64;

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer;
  } finally {
    await handle.close();
  }
}

function failure(code: AcquireFailure['code'], message: string): AcquireFailure {
  return { ok: false, code, message };
}
