import fs from 'node:fs';
import path from 'node:path';
import { commandLine, isAlive } from './process-identity.ts';

const STOP_LIMIT_MS = 30_000;

export type Postmaster = { pid: number; port: number };

/**
 * The server process of a database folder, by its postmaster.pid, or null where none runs. A file that names no process
 * or another program's (process ids are used again, above all in containers) counts for nothing.
 */
export function findPostmaster(cluster: string): Postmaster | null {
  let lines: string[];
  try {
    lines = fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return isPostmasterOf(pid, cluster) ? { pid, port } : null;
}

/**
 * Removes a postmaster.pid that belongs to no server: PostgreSQL itself believes any living process and refuses to
 * start. A server that does run on the folder is still found by its shared memory.
 */
export function removeForeignPidFile(cluster: string): void {
  if (!findPostmaster(cluster)) fs.rmSync(path.join(cluster, 'postmaster.pid'), { force: true });
}

/** Stops the server of a folder and waits until it is gone. SIGINT is PostgreSQL's fast shutdown: sessions are cut,
 * everything committed is on disk. */
export async function stopPostmaster(cluster: string): Promise<void> {
  const server = findPostmaster(cluster);
  if (!server) return;
  signal(server.pid, 'SIGINT');
  const until = Date.now() + STOP_LIMIT_MS;
  let isForced = false;
  while (isPostmasterOf(server.pid, cluster)) {
    if (!isForced && Date.now() > until) {
      isForced = true;
      signal(server.pid, 'SIGQUIT');
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function isPostmasterOf(pid: number, cluster: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  const argv = commandLine(pid);
  if (argv === null) return true;
  if (!path.basename(argv[0] ?? '').startsWith('postgres')) return false;
  const folder = argv[argv.indexOf('-D') + 1];
  return folder !== undefined && real(folder) === real(cluster);
}

function real(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in the meantime.
  }
}
