import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { freePort } from '#lib/db/embedded-postgres.ts';
import { buildOnce } from './build-once.ts';

const HALLMARK = path.resolve(import.meta.dirname, '../../cli/hallmark.mjs');
const START_LIMIT_MS = 300_000;

export type RunningInstance = {
  url: string;
  pid: number;
  /** What it printed by now. */
  output(): string;
  /** The one-time link that it printed, or null. */
  signInLink(): string | null;
  /** The exit code, once it ended. */
  ended: Promise<number | null>;
  /** Sends the signal and waits for the end; gives the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
};

/** `hallmark start` on a data folder, until it says that it is ready. */
export async function startInstance({
  dataDir,
  env = {},
  port: wanted,
}: {
  dataDir: string;
  env?: Record<string, string>;
  /** For whoever has to know the address before; else a free one. */
  port?: number;
}): Promise<RunningInstance> {
  await buildOnce();
  const port = wanted ?? (await freePort());
  const child = spawn(process.execPath, [HALLMARK, 'start'], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HALLMARK_DATA_DIR: dataDir,
      DATABASE_URL: '',
      NEXTAUTH_SECRET: '',
      HALLMARK_URL: '',
      HALLMARK_PACKAGE_OWNERSHIP: 'record',
      HALLMARK_JOBS: '',
      PORT: String(port),
      LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  await ready(child, () => output);
  return {
    url: `http://localhost:${port}`,
    pid: child.pid!,
    output: () => output,
    signInLink: () => /http:\/\/\S+\/callback\/link\S+/.exec(output)?.[0] ?? null,
    ended,
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

function ready(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`hallmark start ${why}. It printed:\n${output()}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`was not ready within ${START_LIMIT_MS / 1000} s`);
    }, START_LIMIT_MS);
    const poll = setInterval(() => {
      if (!output().includes('Press Ctrl-C to stop')) return;
      done();
      resolve();
    }, 100);
    const done = () => {
      clearTimeout(timer);
      clearInterval(poll);
    };
    child.once('exit', (code, signal) => {
      done();
      fail(`ended (${signal ?? code})`);
    });
  });
}
