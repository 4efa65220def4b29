import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import type { Sandboxed } from './spawn.ts';
import { TailBuffer } from './tail-buffer.ts';
import { DEFAULT_SANDBOX_LIMITS, type SandboxEnd, type SandboxLimits } from './types.ts';

/** How long the pipes of an ended command may be held open by something that it started. */
const CLOSE_MS = 1_000;

/**
 * Starts a command on this machine, without any sandbox: with this user's files, environment and network. Only for a
 * person who asks for it by name (`hallmark scan --allow-unsandboxed -- command`), never for a package that somebody
 * published. Of the limits only time and output hold; its process group is killed at the end.
 */
export function spawnDirect({
  command,
  cwd,
  limits: overrides = {},
  signal,
}: {
  command: readonly [string, ...string[]];
  cwd: string;
  limits?: Partial<Pick<SandboxLimits, 'wallMs' | 'stdoutBytes' | 'stderrBytes'>>;
  signal?: AbortSignal;
}): Sandboxed {
  const limits = { ...DEFAULT_SANDBOX_LIMITS, ...overrides };
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd, stdio: 'pipe', detached: true, shell: false });
  const stdout = new PassThrough();
  const tail = new TailBuffer();
  const usage = { peakMemoryBytes: 0, peakProcesses: 0, stdoutBytes: 0, stderrBytes: 0 };
  let forced: { kind: 'stopped' } | { kind: 'limit'; limit: 'TIME' | 'OUTPUT_FLOOD'; message: string } | undefined;

  const killGroup = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The whole group is gone already.
    }
  };
  const force = (why: NonNullable<typeof forced>) => {
    forced ??= why;
    killGroup();
  };
  const stop = () => force({ kind: 'stopped' });
  const flooded = () => force({ kind: 'limit', limit: 'OUTPUT_FLOOD', message: 'It wrote more than the limit.' });
  const timer = setTimeout(
    () => force({ kind: 'limit', limit: 'TIME', message: 'The time limit was reached.' }),
    limits.wallMs,
  );
  signal?.addEventListener('abort', stop, { once: true });

  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => {
    usage.stdoutBytes += chunk.length;
    if (usage.stdoutBytes > limits.stdoutBytes) flooded();
    else stdout.write(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    usage.stderrBytes += chunk.length;
    tail.push(chunk);
    if (usage.stderrBytes > limits.stderrBytes) flooded();
  });

  const ended = new Promise<SandboxEnd>((resolve) => {
    const finish = (exitCode: number | null, exitSignal: string | null) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      stdout.end();
      // Outside of a sandbox nothing is watched.
      const observed = { network: null, programs: [], trace: null };
      resolve({
        usage,
        observed,
        stderrTail: tail.text(),
        ...(forced ?? { kind: 'exited', exitCode, signal: exitSignal }),
      });
    };
    child.on('error', (error) => {
      tail.push(Buffer.from(`${error.message}\n`));
      finish(null, null);
    });
    child.on('close', finish);
    child.on('exit', (exitCode, exitSignal) => {
      // Whoever it started may keep the pipes open for ever.
      killGroup();
      setTimeout(() => finish(exitCode, exitSignal), CLOSE_MS).unref();
    });
  });
  return {
    stdin: child.stdin,
    stdout,
    stderrTail: () => tail.text(),
    stop,
    ended,
  };
}
