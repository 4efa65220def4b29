import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { InstallReply, InstallRequest, RegistryFacts } from './install-messages.ts';
import { measureTree, type TreeSize } from './measure-tree.ts';
import type { AcquireFailure, AcquireLimits, AcquireProgress } from './types.ts';

const MEASURE_EVERY_MS = 250;

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
      execArgv: [`--max-old-space-size=${limits.heapMib}`, '--no-warnings'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    });
    let outcome: { ok: true; facts: RegistryFacts } | AcquireFailure | undefined;
    let isOver = false;
    let packages = 0;

    const stop = (failure: AcquireFailure) => {
      outcome ??= failure;
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Already gone.
      }
    };
    const onAbort = () => stop({ ok: false, code: 'ABORTED', message: 'Fetching the package was stopped.' });
    const timer = setTimeout(() => {
      const message = `Fetching the package took longer than ${Math.round(limits.timeoutMs / 1000)} s.`;
      stop({ ok: false, code: 'TIMEOUT', message });
    }, limits.timeoutMs);

    const measure = async () => {
      const size = await measureTree(request.dir, { bytes: limits.unpackedBytes, files: limits.files });
      if (isOver) return;
      const failure = tooLarge(size, limits);
      if (failure) return stop(failure);
      if (packages > 0) {
        const message = `downloading ${packages} packages, ${Math.round(size.bytes / 1048576)} MiB unpacked`;
        onProgress({ phase: 'download', message, packages, bytes: size.bytes });
      }
      measuring = setTimeout(measure, MEASURE_EVERY_MS);
    };
    let measuring = setTimeout(measure, MEASURE_EVERY_MS);

    child.on('message', (reply: InstallReply) => {
      if (reply.kind === 'resolved') packages = reply.packages;
      if (reply.kind === 'done') outcome ??= { ok: true, facts: reply.facts };
      if (reply.kind === 'failed') outcome ??= { ok: false, code: reply.code, message: reply.message };
    });
    const finish = (message: string) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearTimeout(measuring);
      signal?.removeEventListener('abort', onAbort);
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
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    onProgress({ phase: 'resolve', message: 'reading the registry' });
    child.send(request, () => {});
  });
}

/** Variables by which an administrator tells Node which certificate authorities to trust (Node.js CLI documentation). */
function certificateSettings(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const names = ['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** The failure for a tree over the limits, or null. */
export function tooLarge(size: TreeSize, limits: AcquireLimits): AcquireFailure | null {
  if (size.bytes > limits.unpackedBytes) {
    const message = `The package with its dependencies is larger than ${Math.round(limits.unpackedBytes / 1048576)} MiB.`;
    return { ok: false, code: 'TOO_LARGE', message };
  }
  if (size.files > limits.files) {
    return { ok: false, code: 'TOO_LARGE', message: `The package brings more than ${limits.files} files.` };
  }
  return null;
}
