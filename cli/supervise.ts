import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

export type Child = {
  /** Resolves when the child says that it listens; rejects when it ends before. */
  listening: Promise<void>;
  stop(): Promise<void>;
};

const STOP_LIMIT_MS = 20_000;
/** A child that ended this often within a minute will not get better by itself. */
const MAX_RESTARTS_PER_MINUTE = 5;

/**
 * Runs a `hallmark` command as a child and starts it again when it ends by itself. The channel between both tells the
 * child when this process is gone, however it went: it ends then too.
 */
export function superviseChild({
  name,
  args,
  onGiveUp,
}: {
  name: string;
  args: string[];
  onGiveUp: () => void;
}): Child {
  const starts: number[] = [];
  let child: ChildProcess;
  let isStopping = false;
  let settle: { resolve: () => void; reject: (error: Error) => void };
  let hasListened = false;
  const listening = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });

  const launch = () => {
    starts.push(Date.now());
    child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...process.env,
        HALLMARK_PROCESS: name,
        HALLMARK_JOBS: 'on',
        NODE_ENV: args.includes('--dev') ? 'development' : 'production',
      },
    });
    child.on('message', (message: { type?: string }) => {
      if (message?.type === 'listening') {
        hasListened = true;
        settle.resolve();
      }
    });
    child.once('exit', (code, signal) => {
      if (isStopping) return;
      const ended = `The ${name} process ended (${signal ?? `code ${code}`}).`;
      if (!hasListened) {
        settle.reject(Object.assign(new Error(`${ended} Its message is above.`), { code: 'CHILD_ENDED' }));
        return;
      }
      if (starts.filter((at) => at > Date.now() - 60_000).length >= MAX_RESTARTS_PER_MINUTE) {
        process.stderr.write(`${ended} It ended ${MAX_RESTARTS_PER_MINUTE} times within a minute; giving up.\n`);
        onGiveUp();
        return;
      }
      process.stderr.write(`${ended} Starting it again.\n`);
      setTimeout(() => !isStopping && launch(), 1000);
    });
  };
  launch();

  return {
    listening,
    async stop() {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}
