import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReadReply, ReadRequest } from './read-child.ts';
import {
  DEFAULT_SOURCE_LIMITS,
  type PackageIdentity,
  type PackageSource,
  type ReadPackageResult,
  type SourceLimits,
} from './types.ts';

/** Files that may end the reading process before the package is given up. */
const MAX_CRASHES = 3;

/**
 * Reads a package's code in a process of its own: its parsers recurse, and a file written for it ends the process. The file is
 * then left out and said to be. Never rejects; resolves to a reason where nothing could be read or `signal` aborts.
 */
export async function readPackage({
  source,
  identity,
  limits: overrides,
  signal,
}: {
  source: PackageSource;
  identity: PackageIdentity;
  limits?: Partial<SourceLimits>;
  signal?: AbortSignal;
}): Promise<ReadPackageResult> {
  const limits = { ...DEFAULT_SOURCE_LIMITS, ...overrides };
  const deadline = Date.now() + limits.timeoutMs;
  const skip: string[] = [];
  for (;;) {
    const result = await readOnce({ source, identity, limits, skip }, deadline - Date.now(), signal);
    if (result.kind === 'done') return { ok: true, code: result.code };
    if (result.kind === 'failed') return { ok: false, reason: result.reason };
    if (result.path === null || skip.includes(result.path) || skip.length >= MAX_CRASHES)
      return { ok: false, reason: 'The package ended the process that read its code.' };
    skip.push(result.path);
  }
}

type Outcome = Exclude<ReadReply, { kind: 'file' }> | { kind: 'crashed'; path: string | null };

function readOnce(request: ReadRequest, timeoutMs: number, signal: AbortSignal | undefined): Promise<Outcome> {
  return new Promise((resolve) => {
    if (signal?.aborted || timeoutMs <= 0) {
      return resolve({ kind: 'failed', reason: signal?.aborted ? 'Reading the code was stopped.' : tooSlow(request) });
    }
    const child = fork(fileURLToPath(new URL('./read-child.ts', import.meta.url)), [], {
      env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production' },
      execPath: process.execPath,
      // A small young generation, and rather small than fast: a parser's short-lived trees would cost 150 MiB more.
      execArgv: [
        `--max-old-space-size=${request.limits.heapMib}`,
        '--max-semi-space-size=8',
        '--optimize-for-size',
        '--no-warnings',
      ],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    let at: string | null = null;
    let outcome: Outcome | undefined;
    const stop = (reason: string) => {
      outcome ??= { kind: 'failed', reason };
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(tooSlow(request)), timeoutMs);
    const onAbort = () => stop('Reading the code was stopped.');
    signal?.addEventListener('abort', onAbort, { once: true });
    child.on('message', (reply: ReadReply) => {
      if (reply.kind === 'file') at = reply.path;
      else outcome ??= reply;
    });
    const finish = (last: Outcome) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(outcome ?? last);
    };
    child.on('error', (error) =>
      finish({ kind: 'failed', reason: `The reading process could not be started: ${error.message}` }),
    );
    child.on('close', () => finish({ kind: 'crashed', path: at }));
    child.send(request, () => {});
  });
}

const tooSlow = ({ limits }: ReadRequest): string =>
  `Reading the code took longer than ${Math.round(limits.timeoutMs / 1000)} s.`;
