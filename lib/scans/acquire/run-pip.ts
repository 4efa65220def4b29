import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { holdToLimits } from './hold-to-limits.ts';
import { explainPipError } from './pip-errors.ts';
import { configuredHosts, pipEnvironment } from './pip-settings.ts';
import type { PythonHost } from './python-host.ts';
import type { AcquireFailure, AcquireLimits, AcquireProgress } from './types.ts';

const GUARD = fileURLToPath(new URL('./pip-guard.py', import.meta.url));
const MAX_OUTPUT = 64 * 1024;
const MIB = 1024 * 1024;

export type PipRequest = {
  host: PythonHost;
  /** Everything is written below it; packages go to `target`. */
  dir: string;
  target: string;
  /** Where pip writes what it installed; uv does not. */
  report: string;
  name: string;
  version: string;
  /** Index of the simple API instead of the configured one. */
  index?: string;
  limits: AcquireLimits;
  signal?: AbortSignal;
  onProgress?: (progress: AcquireProgress) => void;
};

/**
 * Installs one exact version with what it needs, wheels only: nothing is built, so no code of any package is run. Held to
 * the limits. Null when it went well.
 */
export async function runPip(request: PipRequest): Promise<AcquireFailure | null> {
  const { dir, name, version, limits, signal, onProgress = () => {} } = request;
  const env = await pipEnvironment(dir);
  const requirement = `${name}==${version}`;
  const [file, args] = await commandOf(request, env, requirement);
  onProgress({ phase: 'resolve', message: 'reading the index of Python packages' });
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let broken: AcquireFailure | undefined;
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-MAX_OUTPUT);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const held = holdToLimits(child, {
      dir,
      limits,
      ...(signal ? { signal } : {}),
      onBroken: (failure) => {
        broken ??= failure;
      },
      onSize: ({ bytes }) => {
        const message = `downloading Python packages, ${Math.round(bytes / MIB)} MiB`;
        if (bytes > 0) onProgress({ phase: 'download', message, bytes });
      },
    });
    const finish = (failure: AcquireFailure | null) => {
      held.release();
      resolve(broken ?? failure);
    };
    child.on('error', (error) =>
      finish({ ok: false, code: 'INSTALL_FAILED', message: `The installer could not be started: ${error.message}` }),
    );
    child.on('close', (code) =>
      finish(code === 0 ? null : { ok: false, ...explainPipError(output, { name, version }) }),
    );
  });
}

async function commandOf(
  { host: { python, installer }, dir, target, report, index, limits }: PipRequest,
  env: NodeJS.ProcessEnv,
  requirement: string,
): Promise<[string, string[]]> {
  if (installer.kind === 'uv') {
    const from = index === undefined ? [] : ['--default-index', index];
    const options = ['--python', python, '--target', target, '--no-build', '--no-cache', '--no-config', ...from];
    // uv has no option for it, and root's sandbox runs as another user who has to read the files.
    return [
      '/bin/sh',
      ['-c', 'umask 022; exec "$@"', 'sh', installer.path, 'pip', 'install', ...options, '--', requirement],
    ];
  }
  const configuration = await promisify(execFile)(python, ['-I', '-m', 'pip', 'config', 'list'], {
    cwd: dir,
    env,
    timeout: 10_000,
  }).catch(() => ({ stdout: '' }));
  const proxies = Object.entries(env).flatMap(([key, value]) => (/proxy$/i.test(key) && value ? [value] : []));
  const guard = {
    hosts: configuredHosts(index, [configuration.stdout, ...proxies].join('\n')),
    memoryBytes: limits.heapMib * MIB,
    fileBytes: limits.unpackedBytes,
  };
  const options = [
    '--target',
    target,
    '--only-binary',
    ':all:',
    '--no-compile',
    '--no-cache-dir',
    '--no-input',
    '--no-warn-script-location',
    '--root-user-action',
    'ignore',
    '--disable-pip-version-check',
    '--progress-bar',
    'off',
    '--retries',
    '1',
    '--timeout',
    '20',
    '--report',
    report,
    ...(index === undefined ? [] : ['--index-url', index]),
  ];
  return [python, ['-I', '-B', GUARD, JSON.stringify(guard), 'install', ...options, '--', requirement]];
}
