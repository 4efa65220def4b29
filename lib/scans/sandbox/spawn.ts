import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { NOBODY, SANDBOX_SCRATCH, type SandboxCommand, type SandboxRequest, sandboxCommand } from './command.ts';
import { readHost, SANDBOX_ID_BASE, SANDBOX_ID_COUNT } from './host.ts';
import { rootEntries } from './image-root.ts';
import { leakedDescriptors } from './leaked-descriptors.ts';
import { readNetworkAttempts } from './network-attempts.ts';
import { TailBuffer } from './tail-buffer.ts';
import { TraceReader } from './trace-reader.ts';
import {
  type AvailableSandbox,
  DEFAULT_SANDBOX_LIMITS,
  type SandboxEnd,
  type SandboxLimitCode,
  type SandboxLimits,
  type SandboxObservation,
} from './types.ts';
import { watch } from './watchdog.ts';

/** How long bubblewrap gets to report the end of the namespace before it is killed too. */
const REAP_MS = 2_000;

export type Sandboxed = {
  stdin: Writable;
  /** Ends where the output limit is reached. */
  stdout: Readable;
  /** The last 16 KiB of standard error so far. */
  stderrTail(): string;
  /** Kills everything inside at once; `ended` follows when nothing is left. Safe to call again. */
  stop(): void;
  /** Resolves when no process of the sandbox is left. Never rejects. */
  ended: Promise<SandboxEnd>;
};

/**
 * Starts a command in the sandbox (`sandboxCommand` says what it may see) and holds it to `limits`. Breaking one ends
 * everything inside; `ended` says which. The caller must read `stdout`. An aborted `signal` stops the sandbox.
 */
export async function spawnSandboxed({
  sandbox,
  limits: overrides = {},
  isTraced = false,
  signal,
  ...request
}: SandboxRequest & {
  sandbox: AvailableSandbox;
  limits?: Partial<SandboxLimits>;
  /** Logs system calls where `sandbox` can, and puts decoys into the home directory. */
  isTraced?: boolean;
  signal?: AbortSignal;
}): Promise<Sandboxed> {
  const limits = { ...DEFAULT_SANDBOX_LIMITS, ...overrides };
  const host = await readHost();
  const setting = {
    bwrap: sandbox.path,
    mode: sandbox.mode,
    limits,
    host,
    sandboxId: host.hasHighIds ? SANDBOX_ID_BASE + randomInt(SANDBOX_ID_COUNT) : NOBODY,
    ...(isTraced && sandbox.tracing?.available ? { tracer: sandbox.tracing.path } : {}),
  };
  const command = sandboxCommand(request, setting);
  const { file, args, infoFd, startAs, starter } = command;
  signal?.throwIfAborted();
  const stdio: ('pipe' | 'ignore' | number)[] = Array.from({ length: infoFd + 1 }, () => 'pipe');
  // A descriptor that would be inherited is covered with /dev/null: Node cannot close it in the child.
  const covers = leakedDescriptors().filter((fd) => fd >= stdio.length);
  const nothing = covers.length > 0 ? openSync('/dev/null', 'r') : null;
  for (const fd of covers) {
    while (stdio.length <= fd) stdio.push('ignore');
    if (nothing !== null) stdio[fd] = nothing;
  }
  const child = spawn(file, args, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production' },
    stdio,
    detached: true,
    ...(startAs === undefined ? {} : { uid: startAs, gid: startAs }),
  });
  if (nothing !== null) closeSync(nothing);
  return new SandboxRun(child, command, limits, new TraceReader({ starter, ownPlaces: ownPlaces(request) }), signal);
}

/** What belongs to the command itself: its mounts and the temporary folders; of an image all but homes and settings. */
function ownPlaces({ readOnlyPaths = [], root }: SandboxRequest): string[] {
  const image = root === undefined ? [] : rootEntries(root).map(({ path }) => path);
  return [
    '/tmp',
    SANDBOX_SCRATCH,
    ...readOnlyPaths.map(({ target }) => target),
    ...image.filter((path) => !['/etc', '/home', '/root', '/var'].includes(path)),
    ...(root?.volumes ?? []),
  ];
}

/** An end that we brought about. */
type Forced = { kind: 'stopped' } | { kind: 'limit'; limit: SandboxLimitCode; message: string };

class SandboxRun implements Sandboxed {
  readonly stdin: Writable;
  readonly stdout: PassThrough;
  readonly ended: Promise<SandboxEnd>;
  readonly #child: ChildProcess;
  readonly #limits: SandboxLimits;
  #firstPid: number | undefined;
  readonly #tail = new TailBuffer();
  #usage = { peakMemoryBytes: 0, peakProcesses: 0, stdoutBytes: 0, stderrBytes: 0 };
  #observed: SandboxObservation = { network: null, programs: [], trace: null };
  #forced: Forced | undefined;
  #release: (() => void) | undefined;

  constructor(
    child: ChildProcess,
    { inputs, firstInputFd, infoFd, traceFd }: SandboxCommand,
    limits: SandboxLimits,
    trace: TraceReader,
    signal: AbortSignal | undefined,
  ) {
    this.#child = child;
    this.#limits = limits;
    this.stdin = child.stdin as Writable;
    this.stdout = new PassThrough();
    // A reader that went away is a normal end for whoever writes to it.
    this.stdin.on('error', () => {});
    this.#feed(inputs, firstInputFd);
    if (traceFd !== undefined) readTrace(child.stdio[traceFd] as Readable, trace);
    this.#readInfo(child.stdio[infoFd] as Readable);
    this.#countStdout(child.stdout as Readable);
    this.#countStderr(child.stderr as Readable);
    if (child.pid !== undefined) lowerPriority(child.pid);
    const onAbort = () => this.stop();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.ended = new Promise((resolve) => {
      let startError: string | undefined;
      child.on('error', (error) => {
        startError = error.message;
        if (child.pid === undefined) finish(null, null);
      });
      const finish = (exitCode: number | null, exitSignal: string | null) => {
        signal?.removeEventListener('abort', onAbort);
        this.#release?.();
        this.stdout.end();
        const facts = {
          usage: { ...this.#usage },
          observed: { ...this.#observed, trace: trace.result() },
          stderrTail: startError ?? this.stderrTail(),
        };
        resolve({ ...facts, ...(this.#forced ?? { kind: 'exited', exitCode, signal: exitSignal }) });
      };
      child.on('close', finish);
    });
  }

  stderrTail(): string {
    return this.#tail.text();
  }

  stop(): void {
    this.#force({ kind: 'stopped' });
  }

  #feed(inputs: readonly Buffer[], firstFd: number): void {
    inputs.forEach((bytes, index) => {
      const pipe = this.#child.stdio[firstFd + index] as Writable;
      pipe.on('error', () => {});
      pipe.end(bytes);
    });
  }

  #readInfo(info: Readable): void {
    let text = '';
    info.setEncoding('utf8');
    info.on('error', () => {});
    info.on('data', (chunk: string) => {
      text += chunk;
      if (this.#firstPid !== undefined || !text.includes('}')) return;
      const pid = Number(/"child-pid":\s*(\d+)/.exec(text)?.[1]);
      if (!Number.isInteger(pid) || pid <= 1) return;
      this.#firstPid = pid;
      if (this.#forced) return this.#kill();
      const { memoryBytes, processes, tasks, wallMs } = this.#limits;
      const { release } = watch({ pid, memoryBytes, processes, tasks, wallMs }, (message) => {
        if (message.kind === 'exceeded') {
          return this.#force({ kind: 'limit', limit: message.limit, message: message.message });
        }
        if (message.kind === 'observed') {
          const { network, programs } = message;
          this.#observed = { network: network ?? this.#observed.network, programs, trace: null };
          return;
        }
        this.#usage.peakMemoryBytes = message.memoryBytes;
        this.#usage.peakProcesses = message.processes;
      });
      this.#release = release;
    });
  }

  #countStdout(source: Readable): void {
    source.on('error', () => {});
    source.on('data', (chunk: Buffer) => {
      this.#usage.stdoutBytes += chunk.length;
      if (this.#forced) return;
      if (this.#usage.stdoutBytes > this.#limits.stdoutBytes) return this.#flooded('output', this.#limits.stdoutBytes);
      if (!this.stdout.write(chunk)) source.pause();
    });
    this.stdout.on('drain', () => source.resume());
  }

  #countStderr(source: Readable): void {
    source.on('error', () => {});
    source.on('data', (chunk: Buffer) => {
      this.#usage.stderrBytes += chunk.length;
      this.#tail.push(chunk);
      if (this.#usage.stderrBytes > this.#limits.stderrBytes) this.#flooded('error output', this.#limits.stderrBytes);
    });
  }

  #flooded(what: string, bytes: number): void {
    const message = `More than ${Math.round(bytes / 1024)} KiB of ${what} were written.`;
    this.#force({ kind: 'limit', limit: 'OUTPUT_FLOOD', message });
  }

  #force(why: Forced): void {
    this.#forced ??= why;
    this.stdout.end();
    // What still comes must be read, or the pipe never closes.
    this.#child.stdout?.resume();
    this.#kill();
  }

  #kill(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    // The first process of the namespace goes first: bubblewrap then ends once all the others are gone. Its counters go with it.
    if (this.#firstPid !== undefined) {
      this.#observed.network = readNetworkAttempts(this.#firstPid) ?? this.#observed.network;
      killQuietly(this.#firstPid);
    } else if (this.#child.pid !== undefined) killQuietly(this.#child.pid);
    const timer = setTimeout(() => {
      if (this.#child.pid !== undefined && this.#child.exitCode === null) killQuietly(this.#child.pid);
    }, REAP_MS);
    timer.unref();
    this.#child.once('close', () => clearTimeout(timer));
  }
}

function readTrace(log: Readable, trace: TraceReader): void {
  log.on('error', () => {});
  log.on('data', (chunk: Buffer) => trace.push(chunk));
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Already gone; the priority is a courtesy.
  }
}
