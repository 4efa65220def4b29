import type { ChildProcess } from 'node:child_process';
import { measureTree, type TreeSize } from './measure-tree.ts';
import type { AcquireFailure, AcquireLimits } from './types.ts';

const MEASURE_EVERY_MS = 250;

/**
 * Ends a child that installs into `dir`, with its process group, when its time is up, when `dir` grows over the limits or
 * when `signal` aborts. `onBroken` is told which, before the child is gone. Call `release` once it is.
 */
export function holdToLimits(
  child: ChildProcess,
  {
    dir,
    limits,
    signal,
    onBroken,
    onSize = () => {},
  }: {
    dir: string;
    limits: Pick<AcquireLimits, 'timeoutMs' | 'unpackedBytes' | 'files'>;
    signal?: AbortSignal;
    onBroken: (failure: AcquireFailure) => void;
    onSize?: (size: TreeSize) => void;
  },
): { release(): void } {
  let isOver = false;
  const stop = (failure: AcquireFailure) => {
    onBroken(failure);
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
    const size = await measureTree(dir, { bytes: limits.unpackedBytes, files: limits.files });
    if (isOver) return;
    const failure = tooLarge(size, limits);
    if (failure) return stop(failure);
    onSize(size);
    measuring = setTimeout(measure, MEASURE_EVERY_MS);
  };
  let measuring = setTimeout(measure, MEASURE_EVERY_MS);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return {
    release: () => {
      isOver = true;
      clearTimeout(timer);
      clearTimeout(measuring);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** The failure for a tree over the limits, or null. */
export function tooLarge(
  size: TreeSize,
  limits: Pick<AcquireLimits, 'unpackedBytes' | 'files'>,
): AcquireFailure | null {
  if (size.bytes > limits.unpackedBytes) {
    const message = `The package with its dependencies is larger than ${Math.round(limits.unpackedBytes / 1048576)} MiB.`;
    return { ok: false, code: 'TOO_LARGE', message };
  }
  if (size.files > limits.files) {
    return { ok: false, code: 'TOO_LARGE', message: `The package brings more than ${limits.files} files.` };
  }
  return null;
}
