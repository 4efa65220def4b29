import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDb, type Db, db } from '#lib/db/db.ts';
import { handleRegistry } from '#lib/http/registry/handle-registry.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { createTestDatabase } from '../../database.ts';
import { manifestOf, testInstance } from '../../instance.ts';
import { addSource, run } from './upstream.ts';

testInstance();

type Entry = { text: string; official: Record<string, unknown> };

/** The other Hallmark: its own process, database and data folder. This one reads it over HTTP and nothing else. */
let upstream: { url: string; tokens: { publish: string; admin: string } };
let child: ChildProcess;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let upstreamDb: Db;
let dataDir: string;
let sourceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  upstreamDb = createDb(database.url, { connections: 2 });
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-upstream-'));
  child = fork(path.join(import.meta.dirname, 'serve-instance.ts'), {
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      HALLMARK_DATA_DIR: dataDir,
      HALLMARK_URL: 'http://upstream.test',
    },
    execArgv: [],
  });
  upstream = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as typeof upstream));
    child.once('exit', (code) => reject(new Error(`the upstream ended with ${code}`)));
  });
  sourceId = (await addSource(upstream)).id;
});
afterAll(async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  await upstreamDb.$disconnect();
  await database.drop();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

async function ask(method: string, target: string, body: string, kind: 'publish' | 'admin' = 'publish') {
  const response = await fetch(`${upstream.url}/v0.1${target}`, {
    method,
    body,
    headers: { authorization: `Bearer ${upstream.tokens[kind]}`, 'content-type': 'application/json' },
  });
  if (!response.ok) throw new Error(`${method} ${target}: ${response.status} ${await response.text()}`);
}

const NAME = 'com.upstream/weather';
const pathOf = (name: string, version?: string) =>
  `/servers/${encodeURIComponent(name)}${version === undefined ? '' : `/versions/${encodeURIComponent(version)}`}`;

/** Pretty-printed, so that bytes that are written anew would differ. */
const publish = (name: string, version: string, extra: JsonObject = {}) =>
  ask('POST', '/publish', JSON.stringify(manifestOf(name, version, extra), null, 3));
const setStatus = (name: string, version: string, status: string, statusMessage?: string) =>
  ask('PATCH', `${pathOf(name, version)}/status`, JSON.stringify({ status, statusMessage }));

/** Lets hours pass at the upstream: what happened by now is then older than the next crawl asks for. */
const age = () => upstreamDb.$executeRaw`update "Version" set "updatedAt" = "updatedAt" - interval '5 hours'`;

/** Everything that a registry lists, with tombstones, as clients read it. `updatedAt` is each registry's own. */
async function listing(read: (query: string) => Promise<string>): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for (let cursor = ''; ; ) {
    const text = await read(`limit=3&include_deleted=true${cursor && `&cursor=${cursor}`}`);
    const page = JSON.parse(text) as {
      servers: { server: { name: string; version: string }; _meta: Record<string, Record<string, unknown>> }[];
      metadata: { nextCursor?: string };
    };
    for (const { server, _meta } of page.servers) {
      const { updatedAt: _updatedAt, ...official } = _meta['io.modelcontextprotocol.registry/official']!;
      const digest = (_meta['dev.hallmark/trust'] as { manifestSha256: string }).manifestSha256;
      entries.set(`${server.name} ${server.version}`, { text: digest, official });
    }
    if (!page.metadata.nextCursor) return entries;
    cursor = page.metadata.nextCursor;
  }
}

const theirs = () => listing(async (query) => (await fetch(`${upstream.url}/v0.1/servers?${query}`)).text());
const ours = () =>
  listing(async (query) => (await handleRegistry(new Request(`http://localhost/v0.1/servers?${query}`)))!.text());

/** One more crawl, after which both list the same, digests over the bytes included. */
async function sync() {
  const outcome = await run(sourceId);
  expect(outcome).toMatchObject({ state: 'finished', counts: { skipped: 0 } });
  const listed = await theirs();
  expect(await ours()).toEqual(listed);
  return { counts: outcome.counts!, listed };
}

const seenSince = async (time: Date) => {
  const answer = await handleRegistry(
    new Request(`http://localhost/v0.1/servers?updated_since=${time.toISOString()}&limit=100`),
  );
  const { servers } = (await answer!.json()) as { servers: { server: { name: string; version: string } }[] };
  return servers.map(({ server }) => `${server.name} ${server.version}`);
};

describe('a Hallmark that mirrors another one', () => {
  it('takes everything over at first', async () => {
    for (const version of ['1.0.0', '1.1.0', '1.1.0-beta.1']) await publish(NAME, version);
    await publish('com.upstream/other', '0.1.0');
    await setStatus(NAME, '1.0.0', 'deprecated', 'use 1.1');
    await publish('com.upstream/gone', '1.0.0');
    await setStatus('com.upstream/gone', '1.0.0', 'deleted', 'published by mistake');
    await age();
    const { counts, listed } = await sync();
    expect(counts).toMatchObject({ seen: 5, imported: 5 });
    expect(listed.get('com.upstream/gone 1.0.0')!.official).toMatchObject({ status: 'deleted' });
    const stored = await db().version.findMany({ select: { serverName: true, version: true, manifestBytes: true } });
    const bytes = await upstreamDb.version.findMany({
      select: { serverName: true, version: true, manifestBytes: true },
    });
    const byName = (a: { serverName: string; version: string }, b: { serverName: string; version: string }) =>
      `${a.serverName} ${a.version}` < `${b.serverName} ${b.version}` ? -1 : 1;
    expect(stored.sort(byName)).toEqual(bytes.sort(byName));
  });

  it('asks for nothing that it has', async () => {
    expect((await sync()).counts).toMatchObject({ seen: 0 });
  });

  it('follows a new version, and the latest mark that moves to it', async () => {
    await publish(NAME, '1.2.0', { title: 'Weather' });
    const before = new Date(Date.now() - 1);
    const { counts, listed } = await sync();
    // Hallmark tells of the version that lost the mark too.
    expect(counts).toMatchObject({ seen: 2, imported: 1, unchanged: 1 });
    expect(listed.get(`${NAME} 1.2.0`)!.official).toMatchObject({ isLatest: true });
    expect(await seenSince(before)).toEqual([`${NAME} 1.1.0`, `${NAME} 1.2.0`]);
  });

  it('follows a version that is published late and is not the latest', async () => {
    await age();
    await publish(NAME, '1.0.1');
    expect((await sync()).listed.get(`${NAME} 1.0.1`)!.official).toMatchObject({ isLatest: false });
  });

  it('follows deprecation, deletion and restoration, and tells its own readers', async () => {
    for (const [version, status, message, latest] of [
      ['1.1.0', 'deprecated', 'has a leak', '1.2.0'],
      ['1.2.0', 'deleted', 'stolen key', '1.1.0'],
      ['1.1.0', 'deleted', undefined, '1.1.0-beta.1'],
      ['1.2.0', 'active', undefined, '1.2.0'],
      ['1.0.0', 'active', undefined, '1.2.0'],
    ] as const) {
      await age();
      await setStatus(NAME, version, status, message);
      const before = new Date(Date.now() - 1);
      const { counts, listed } = await sync();
      expect(counts.updated).toBe(1);
      expect(listed.get(`${NAME} ${version}`)!.official).toMatchObject({ status });
      expect(listed.get(`${NAME} ${latest}`)!.official).toMatchObject({ isLatest: true });
      expect(await seenSince(before)).toContain(`${NAME} ${version}`);
    }
  });

  it('follows the end of a whole server, and its return', async () => {
    for (const status of ['deleted', 'active']) {
      await age();
      await ask('PATCH', `${pathOf(NAME)}/status`, JSON.stringify({ status }));
      const { counts, listed } = await sync();
      expect(counts.updated).toBeGreaterThan(1);
      expect([...listed].filter(([key, { official }]) => key.startsWith(NAME) && official.status !== status)).toEqual(
        [],
      );
      const answer = await handleRegistry(new Request(`http://localhost/v0.1${pathOf(NAME, 'latest')}`));
      expect(answer!.status).toBe(status === 'deleted' ? 404 : 200);
    }
  });

  it('follows a manifest that an admin replaced', async () => {
    await age();
    const edited = JSON.stringify(manifestOf(NAME, '1.2.0', { title: 'Mended' }), null, 2);
    await ask('PUT', pathOf(NAME, '1.2.0'), edited, 'admin');
    expect((await sync()).counts).toMatchObject({ updated: 1 });
    expect(await db().versionRevision.count()).toBe(1);
  });

  it('keeps what the upstream lost without a word', async () => {
    const lost = { serverName: 'com.upstream/other' };
    await upstreamDb.scan.deleteMany({ where: { version: lost } });
    await upstreamDb.version.deleteMany({ where: lost });
    expect(await run(sourceId, { isFull: true })).toMatchObject({ state: 'finished' });
    expect((await theirs()).has('com.upstream/other 0.1.0')).toBe(false);
    expect((await ours()).has('com.upstream/other 0.1.0')).toBe(true);
  });
});
