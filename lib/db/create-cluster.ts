import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { binaries, EmbeddedPostgresError, launchPrefix, serverEnvironment } from './postgres-binaries.ts';

/**
 * Makes the database folder `cluster` and the file of its password where they are missing. The caller holds the lock of
 * the data folder. initdb writes PG_VERSION first, so nothing in a folder tells that it was interrupted: it works in
 * `<cluster>.new`, and only what it finished gets the real name.
 */
export async function createCluster({
  cluster,
  credentials,
  user,
  onProgress,
  isDurable,
}: {
  cluster: string;
  credentials: string;
  user: string;
  onProgress: (step: string) => void;
  /** False for a throw-away server: nothing is forced to disk. */
  isDurable: boolean;
}): Promise<void> {
  if (isComplete(cluster)) {
    if (fs.existsSync(credentials)) return;
    throw new EmbeddedPostgresError(
      `There is a database in ${cluster}, but its password file ${credentials} is missing. Restore both from the same backup.`,
    );
  }
  onProgress('Creating the database');
  // No server can ever have run on such a folder. It is kept all the same: deleting is not ours to decide.
  if (fs.existsSync(cluster)) fs.renameSync(cluster, `${cluster}.unusable-${Date.now()}`);
  const unfinished = `${cluster}.new`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.writeFileSync(credentials, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  const { initdb } = await binaries();
  const [command, ...args] = [...launchPrefix({ endsWithUs: true }), initdb, '--pgdata', unfinished];
  args.push('--username', user, '--pwfile', credentials, '--auth', 'scram-sha-256', '--encoding', 'UTF8');
  args.push('--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C');
  if (!isDurable) args.push('--no-sync');
  try {
    execFileSync(command!, args, { stdio: ['ignore', 'pipe', 'pipe'], env: serverEnvironment(), timeout: 120_000 });
  } catch (cause) {
    const said = (cause as { stderr?: Buffer }).stderr?.toString().trim();
    throw new EmbeddedPostgresError(`The embedded PostgreSQL could not be set up: ${said || String(cause)}`, { cause });
  }
  fs.renameSync(unfinished, cluster);
  if (isDurable && process.platform !== 'win32') syncFolder(path.dirname(cluster));
}

/** global/pg_control is what a server reads first; without it there is none. */
const isComplete = (cluster: string) =>
  fs.existsSync(path.join(cluster, 'PG_VERSION')) && fs.existsSync(path.join(cluster, 'global', 'pg_control'));

/** Makes new names in a folder survive a power cut. */
function syncFolder(folder: string) {
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
