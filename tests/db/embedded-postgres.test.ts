import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres, stopUnusedPostgres } from '#lib/db/embedded-postgres.ts';
import { findPostmaster, stopPostmaster } from '#lib/db/postmaster.ts';

/** Real servers on folders of their own. */
const LONG = 120_000;
let dataDir: string;
let cluster: string;

beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-postgres-'));
  cluster = path.join(dataDir, 'postgres');
});
afterEach(async () => {
  await stopPostmaster(cluster);
  fs.rmSync(dataDir, { recursive: true, force: true });
}, LONG);

const open = (isShared = true) =>
  startEmbeddedPostgres({ dataDir, isShared, settings: { fsync: 'off', full_page_writes: 'off' } });

async function isUsable({ url }: EmbeddedPostgres): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query('select 1 as one')).rows[0].one === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

describe('the embedded PostgreSQL', () => {
  it(
    'starts on what an interrupted initdb left',
    async () => {
      fs.mkdirSync(`${cluster}.new`);
      fs.writeFileSync(path.join(`${cluster}.new`, 'PG_VERSION'), '18\n');
      fs.mkdirSync(cluster);
      fs.writeFileSync(path.join(cluster, 'PG_VERSION'), '18\n');
      const server = await open();
      expect(await isUsable(server)).toBe(true);
      expect(fs.existsSync(`${cluster}.new`)).toBe(false);
      await server.stop();
      expect(findPostmaster(cluster)).toBeNull();
    },
    LONG,
  );

  it(
    'is one server for two first starts at once, and the last to end stops it, whoever started it',
    async () => {
      const both = await Promise.all([open(), open()]);
      const [owner, joiner] = both[0].isOwner ? both : [both[1], both[0]];
      expect([owner?.isOwner, joiner?.isOwner]).toEqual([true, false]);
      expect(owner!.url).toBe(joiner!.url);
      await owner!.stop();
      expect(await isUsable(joiner!)).toBe(true);
      await joiner!.stop();
      expect(findPostmaster(cluster)).toBeNull();
      expect(fs.existsSync(path.join(cluster, 'postmaster.pid'))).toBe(false);
    },
    LONG,
  );

  it(
    'keeps running for a client that is no Hallmark process, and ends in spite of own queries when told to end',
    async () => {
      const first = await open();
      const client = new pg.Client({ connectionString: first.url });
      client.on('error', () => {});
      await client.connect();
      await first.stop();
      expect(findPostmaster(cluster)).not.toBeNull();
      await stopUnusedPostgres({ dataDir, url: first.url });
      expect(findPostmaster(cluster)).not.toBeNull();

      const [second, third] = [await open(), await open()];
      await second.stop({ isUrgent: true });
      expect(await isUsable(third)).toBe(true);
      await third.stop({ isUrgent: true });
      expect(findPostmaster(cluster)).toBeNull();
    },
    LONG,
  );

  it(
    'is stopped by whoever finds it unused, and only at the address it has',
    async () => {
      const server = await open();
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      await server.stop();
      await client.end();
      await stopUnusedPostgres({ dataDir, url: 'postgresql://elsewhere:5432/hallmark' });
      expect(findPostmaster(cluster)).not.toBeNull();
      await stopUnusedPostgres({ dataDir, url: server.url });
      expect(findPostmaster(cluster)).toBeNull();
    },
    LONG,
  );

  it(
    'says to the one who started it and to the one who joined it that it ended by itself',
    async () => {
      const [first, second] = [await open(), await open()];
      process.kill(findPostmaster(cluster)!.pid, 'SIGQUIT');
      await Promise.all([first.lost, second.lost]);
      await Promise.all([first.stop(), second.stop()]);
    },
    LONG,
  );

  it(
    'does not count as lost when one session is cut',
    async () => {
      const server = await open();
      let isLost = false;
      void server.lost.then(() => {
        isLost = true;
      });
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      const others = "from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
      const before = (await client.query(`select pid ${others}`)).rows;
      expect(before).toHaveLength(1);
      await client.query('select pg_terminate_backend($1)', [before[0].pid]);
      await expect
        .poll(async () => (await client.query(`select pid ${others} and pid <> ${before[0].pid}`)).rowCount, {
          timeout: 20_000,
        })
        .toBe(1);
      expect(isLost).toBe(false);
      await client.end();
      await server.stop();
      expect(findPostmaster(cluster)).toBeNull();
    },
    LONG,
  );

  describe.runIf(process.platform === 'linux')('with a postmaster.pid whose process id is in use again', () => {
    let foreign: ChildProcess;
    afterEach(() => {
      foreign.kill('SIGKILL');
    });

    it(
      'starts',
      async () => {
        const server = await open();
        const pidFile = path.join(cluster, 'postmaster.pid');
        const lines = fs.readFileSync(pidFile, 'utf8').split('\n');
        await server.stop();
        // The words of a server, and still none: `sleep` under a name of its own.
        foreign = spawn('sleep', ['600'], { argv0: `postgres -D ${cluster}`, stdio: 'ignore' });
        await once(foreign, 'spawn');
        fs.writeFileSync(pidFile, [foreign.pid, ...lines.slice(1)].join('\n'));
        const again = await open();
        expect(again.isOwner).toBe(true);
        expect(await isUsable(again)).toBe(true);
        expect(foreign.exitCode ?? foreign.signalCode).toBeNull();
        await again.stop();
      },
      LONG,
    );
  });

  it(
    'that nobody shares ends with its starter whoever is connected',
    async () => {
      const server = await open(false);
      const client = new pg.Client({ connectionString: server.url });
      client.on('error', () => {});
      await client.connect();
      await server.stop();
      expect(findPostmaster(cluster)).toBeNull();
    },
    LONG,
  );
});
