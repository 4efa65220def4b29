import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addSyncSource, listSyncSources, runDueSyncs } from '#lib/catalog/sync/index.ts';
import { SYNC_LIMITS } from '#lib/catalog/sync/limits.ts';
import { config, resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { stopBoss } from '#lib/jobs/boss.ts';
import { startWorkers } from '#lib/jobs/start-workers.ts';
import { testInstance } from '../../instance.ts';
import { runHallmark } from '../../run-hallmark.ts';
import { ADMIN, item, QUICK, startUpstream, type Upstream } from './upstream.ts';

testInstance();

const MINUTE = 60_000;
let upstream: Upstream;
let serial = 0;

beforeAll(() => {
  process.env.HALLMARK_PRIVATE_NETWORKS = '127.0.0.1';
  resetConfig();
});
beforeEach(async () => {
  upstream = await startUpstream();
  upstream.pageSize = 10;
  serial += 1;
  upstream.put(...Array.from({ length: 95 }, (_, n) => item(`org.work${serial}/s${100 + n}`, '1.0.0')));
});
afterEach(async () => {
  await upstream.close();
  await db().syncSource.deleteMany();
});
afterAll(() => {
  process.env.HALLMARK_PRIVATE_NETWORKS = undefined;
});

const add = (now = new Date()) => addSyncSource({ baseUrl: upstream.url, name: 'up', actor: ADMIN, now });
const inTime = (ms: number) => () => new Date(Date.now() + ms);

describe('workers', () => {
  it('crawl a source when it is due, one of them, and not before the hour is over', async () => {
    await add();
    const both = await Promise.all([runDueSyncs({ limits: QUICK }), runDueSyncs({ limits: QUICK })]);
    expect(both.reduce((sum, { finished }) => sum + finished, 0)).toBe(1);
    expect(upstream.requests).toHaveLength(10);
    expect(await runDueSyncs({ now: inTime(50 * MINUTE) })).toMatchObject({ finished: 0, busy: 0 });
    expect(await runDueSyncs({ now: inTime(66 * MINUTE) })).toMatchObject({ finished: 1 });
  });

  it('leave a crawl that takes long to the next call', async () => {
    await add();
    let ms = 0;
    const clock = () => new Date(Date.now() + ms);
    upstream.intercept = () => {
      ms += 4 * MINUTE;
      return null;
    };
    expect(await runDueSyncs({ now: clock })).toMatchObject({ stopped: 1 });
    expect((await listSyncSources(clock()))[0]).toMatchObject({ state: 'interrupted', progress: { pages: 3 } });
    while ((await runDueSyncs({ now: clock })).stopped > 0) {}
    expect((await listSyncSources(clock()))[0]).toMatchObject({ state: 'idle', lastRun: { imported: 95, pages: 10 } });
    expect(upstream.requests).toHaveLength(10);
  });

  it('come back to a source that failed when its pause is over', async () => {
    await add();
    upstream.intercept = () => ({ status: 429, headers: { 'retry-after': '600' } });
    expect(await runDueSyncs()).toMatchObject({ failed: 1 });
    upstream.intercept = null;
    expect(await runDueSyncs({ now: inTime(9 * MINUTE) })).toMatchObject({ finished: 0 });
    expect(await runDueSyncs({ now: inTime(11 * MINUTE) })).toMatchObject({ finished: 1 });
  });

  it('do it by themselves once they started', async () => {
    const stopping = new AbortController();
    await add();
    process.env.HALLMARK_JOBS = 'on';
    try {
      await startWorkers({ settings: config(), signal: stopping.signal });
      await vi.waitFor(async () => expect((await listSyncSources())[0]!.lastRun?.imported).toBe(95), {
        timeout: 25_000,
        interval: 200,
      });
    } finally {
      stopping.abort();
      await stopBoss();
      process.env.HALLMARK_JOBS = 'off';
    }
  });
});

describe('a crawl whose process is killed', () => {
  it('goes on at the page that it was at, once its lease is over, and counts nothing twice', async () => {
    await add();
    const child = spawn(process.execPath, [path.resolve('cli/main.ts'), 'sync', 'run', 'up'], {
      env: process.env,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    upstream.intercept = async (_query, n) => {
      if (n === 5) {
        child.kill('SIGKILL');
        await ended;
      }
      return null;
    };
    await ended;
    const [before] = await listSyncSources();
    expect(before).toMatchObject({ state: 'crawling', progress: { pages: 4, seen: 40, imported: 40 } });
    expect(await runDueSyncs()).toMatchObject({ finished: 0 });
    const later = inTime(SYNC_LIMITS.leaseMs + 1000);
    expect(await runDueSyncs({ now: later })).toMatchObject({ finished: 1 });
    expect(upstream.requests).toHaveLength(11);
    expect(upstream.requests[5]!.get('cursor')).toBe(upstream.requests[4]!.get('cursor'));
    expect((await listSyncSources(later()))[0]!.lastRun).toMatchObject({ pages: 10, imported: 95, unchanged: 0 });
    expect(await db().version.count({ where: { serverName: { startsWith: `org.work${serial}/` } } })).toBe(95);
  });
});

describe('hallmark sync', () => {
  it('adds, runs, lists, disables and removes', async () => {
    const sync = (...args: string[]) => runHallmark(['sync', ...args]);
    upstream.put(item(`org.work${serial}/bad name`, '1.0.0'));
    const added = await sync(
      'add',
      `${upstream.url}/v0.1/servers`,
      '--name',
      'up',
      '--names',
      `org.work${serial}/*`,
      '--status',
      'active,deprecated',
    );
    expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining(`Added up, ${upstream.url}.`) });
    const ran = await sync('run');
    expect(ran.stdout).toContain(
      'up: 96 versions on 10 pages: 95 new, 0 updated, 0 unchanged, 0 filtered out, 1 skipped.',
    );
    expect(ran.stderr).toContain(`skipped org.work${serial}/bad name 1.0.0: server.name`);
    expect(ran.code).toBe(0);
    const listed = await sync('list');
    expect(listed.stdout).toMatch(/^up: idle\n {2}address {4}http:\/\/127/);
    expect(listed.stdout).toContain('statuses   active deprecated');
    await sync('disable', 'up');
    expect(await sync('run', 'up')).toMatchObject({ code: 1, stdout: 'up: It is disabled: hallmark sync enable up\n' });
    await sync('remove', 'up');
    expect(await sync('run', 'up')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no source yet'),
    });
    expect(await sync('add', 'http://registry.example.com')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('HALLMARK_PRIVATE_NETWORKS=registry.example.com'),
    });
  });
});
