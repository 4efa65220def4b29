import { Worker } from 'node:worker_threads';
import type { FromWatchdog, ToWatchdog, Watch } from './watchdog-thread.ts';

type Listener = (message: FromWatchdog) => void;

let thread: Worker | undefined;
const listeners = new Map<number, Listener>();
let nextId = 1;

/** One thread serves all sandboxes of this process; it never keeps the process alive. */
function watchdogThread(): Worker {
  if (thread) return thread;
  const started = new Worker(new URL('./watchdog-thread.ts', import.meta.url), { execArgv: [], env: {} });
  started.on('message', (message: FromWatchdog) => listeners.get(message.id)?.(message));
  started.on('error', (error) => fail(started, error.message));
  started.on('exit', () => fail(started, 'The thread ended.'));
  // Last: a listener for messages would take the reference again.
  started.unref();
  thread = started;
  return started;
}

/** A sandbox that nobody watches does not go on. */
function fail(failed: Worker, message: string): void {
  if (thread !== failed) return;
  thread = undefined;
  for (const [id, listener] of [...listeners]) {
    listener({ kind: 'exceeded', id, limit: 'TIME', message: `The watchdog of the sandbox stopped. ${message}` });
  }
}

/**
 * Watches the process namespace whose first process is `pid` until `release` is called or a limit is broken, which
 * kills it. `onMessage` gets peaks while they grow, and `exceeded` once.
 */
export function watch(limits: Omit<Watch, 'id'>, onMessage: Listener): { release(): void } {
  const id = nextId++;
  listeners.set(id, onMessage);
  const worker = watchdogThread();
  const post = (message: ToWatchdog) => worker.postMessage(message);
  post({ kind: 'watch', watch: { id, ...limits } });
  return {
    release() {
      listeners.delete(id);
      post({ kind: 'release', id });
    },
  };
}
