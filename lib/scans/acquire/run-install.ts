import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { holdToLimits } from './hold-to-limits.ts';
import type { InstallReply, InstallRequest, RegistryFacts } from './install-messages.ts';
import type { AcquireFailure, AcquireLimits, AcquireProgress } from './types.ts';

/**
 * Runs the installing process and holds it to the limits; ends it, with its process group, when one is broken or
 * `signal` aborts. Resolves to what the registry said, or to a failure; never rejects.
 */
export function runInstall({
  request,
  limits,
  signal,
  onProgress = () => {},
}: {
  request: InstallRequest;
  limits: AcquireLimits;
  signal?: AbortSignal;
  onProgress?: (progress: AcquireProgress) => void;
}): Promise<{ ok: true; facts: RegistryFacts } | AcquireFailure> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./install-child.ts', import.meta.url)), [], {
      cwd: request.dir,
      // Nothing else of our environment: npm's libraries would read settings and credentials from it.
      env: {
        PATH: '/usr/bin:/bin',
        HOME: request.dir,
        TMPDIR: request.dir,
        NODE_ENV: 'production',
        ...certificateSettings(process.env),
      },
      execPath: process.execPath,
      execArgv: [`--max-old-space-size=${limits.heapMib}`, '--max-semi-space-size=8', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    });
    let outcome: { ok: true; facts: RegistryFacts } | AcquireFailure | undefined;
    let isOver = false;
    let packages = 0;

    const held = holdToLimits(child, {
      dir: request.dir,
      limits,
      ...(signal ? { signal } : {}),
      onBroken: (failure) => {
        outcome ??= failure;
      },
      onSize: ({ bytes }) => {
        if (packages === 0) return;
        const message = `downloading ${packages} packages, ${Math.round(bytes / 1048576)} MiB unpacked`;
        onProgress({ phase: 'download', message, packages, bytes });
      },
    });

    child.on('message', (reply: InstallReply) => {
      if (reply.kind === 'resolved') packages = reply.packages;
      if (reply.kind === 'done') outcome ??= { ok: true, facts: reply.facts };
      if (reply.kind === 'failed') outcome ??= { ok: false, code: reply.code, message: reply.message };
    });
    const finish = (message: string) => {
      if (isOver) return;
      isOver = true;
      held.release();
      resolve(outcome ?? { ok: false, code: 'INSTALL_FAILED', message });
    };
    child.on('error', (error) => finish(`The installing process could not be started: ${error.message}`));
    child.on('close', (code, exitSignal) => {
      // V8 aborts when its heap is full.
      if (exitSignal === 'SIGABRT' || code === 134) {
        const message = `Resolving the package needed more than ${limits.heapMib} MiB of memory.`;
        outcome ??= { ok: false, code: 'TOO_LARGE', message };
      }
      finish('The installing process ended without a result.');
    });
    if (signal?.aborted) return;
    onProgress({ phase: 'resolve', message: 'reading the registry' });
    child.send(request, () => {});
  });
}

/** Variables by which an administrator tells Node which certificate authorities to trust (Node.js CLI documentation). */
export function certificateSettings(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const names = ['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
