import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSyncSource, listSyncSources, removeSyncSource, runSync, setSyncEnabled } from '#lib/catalog/sync/index.ts';
import { db } from '#lib/db/db.ts';
import { handleRegistry } from '#lib/http/registry/handle-registry.ts';
import { NO_PRIVATE_NETWORKS } from '#lib/outbound/address-guard.ts';
import { createOutbound } from '#lib/outbound/index.ts';
import { searchServers } from '#lib/search/search-servers.ts';
import { publishTestVersion, testInstance } from '../../instance.ts';
import {
  ADMIN,
  addSource,
  at,
  item,
  itemText,
  pageText,
  QUICK,
  run,
  SETTINGS,
  startUpstream,
  T0,
  type Upstream,
} from './upstream.ts';

testInstance();

let upstream: Upstream;
let serial = 0;
/** A namespace that no other test uses. */
let ns = '';

beforeEach(async () => {
  upstream = await startUpstream();
  serial += 1;
  ns = `org.sync${serial}`;
});
afterEach(async () => {
  await upstream.close();
  await db().syncSource.deleteMany();
});

const here = async () =>
  (
    await db().version.findMany({
      where: { serverName: { startsWith: `${ns}/` } },
      orderBy: [{ serverName: 'asc' }, { version: 'asc' }],
      include: { currentScan: true, revisions: true },
    })
  ).map((row) => ({
    ...row,
    text: Buffer.from(row.manifestBytes).toString(),
    key: `${row.serverName.slice(ns.length + 1)} ${row.version}`,
  }));
const keys = async () => (await here()).map(({ key }) => key);
const source = async (id: string) => (await listSyncSources(at(1))).find((one) => one.id === id)!;
const named = (name: string) => `${ns}/${name}`;

describe('a crawl', () => {
  it('takes over bytes, times, statuses and tombstones, says itself what is latest, and scans and indexes', async () => {
    const server = `{ "name": "${named('a')}",\n  "description": "Caf\\u00e9 ☕", "version": "2.0.0", "x": 1.50 }`;
    upstream.put(
      { ...item(named('a'), '2.0.0', { minutes: 2, isLatest: false }), server },
      item(named('a'), '1.0.0', { status: 'deprecated', statusMessage: 'old', statusChangedAt: at(9).toISOString() }),
      // Upstream says that a tombstone is the latest.
      item(named('a'), '3.0.0', { status: 'deleted', minutes: 3, isLatest: true }),
    );
    const { id } = await addSource(upstream);
    const outcome = await run(id, { now: () => at(60) });
    expect(outcome).toMatchObject({ state: 'finished', counts: { seen: 3, imported: 3, pages: 1, skipped: 0 } });
    const [one, two, three] = await here();
    expect(two).toMatchObject({
      text: server,
      origin: 'mirrored',
      source: upstream.url,
      isLatest: true,
      publishedAt: at(2),
      statusChangedAt: at(2),
      updatedAt: at(60),
      currentScan: { status: 'done', reason: 'mirrored' },
    });
    expect(one).toMatchObject({ status: 'deprecated', statusMessage: 'old', statusChangedAt: at(9), isLatest: false });
    expect(three).toMatchObject({ status: 'deleted', isLatest: false });
    const hits = await searchServers({ text: named('a'), filters: {}, limit: 10, offset: 0 });
    expect(hits.servers.map(({ name }) => name)).toContain(named('a'));
    expect(await db().searchOverdue.count()).toBe(0);
    const event = await db().auditEvent.findFirstOrThrow({
      where: { kind: 'sync.finished' },
      orderBy: { seq: 'desc' },
    });
    expect(event.data).toEqual({ imported: 3, updated: 0, unchanged: 0, skipped: 0 });
  });

  it('follows cursors with + & # and spaces to a last page that is empty', async () => {
    upstream.pageSize = 2;
    const versions = ['1.0.0+build&a#b', '1.0.0+build.2 c', '1.0.0', '2.0.0%2B'];
    upstream.put(...versions.map((version) => item(named('a'), version)));
    const { id } = await addSource(upstream);
    expect(await run(id)).toMatchObject({ state: 'finished', counts: { seen: 4, pages: 3 } });
    expect((await here()).map(({ version }) => version).sort()).toEqual([...versions].sort());
    expect(upstream.requests.map((query) => query.get('cursor'))).toEqual([
      null,
      `${named('a')}:1.0.0+build&a#b`,
      `${named('a')}:2.0.0%2B`,
    ]);
    expect(
      upstream.requests.every((query) => query.get('include_deleted') === 'true' && query.get('limit') === '100'),
    ).toBe(true);
  });

  it('asks without include_deleted where the upstream refuses it', async () => {
    upstream.put(item(named('a'), '1.0.0'));
    upstream.pageSize = 1;
    upstream.intercept = (query) =>
      query.has('include_deleted') ? { status: 422, body: '{"detail": "validation failed"}' } : null;
    const { id } = await addSource(upstream);
    expect(await run(id)).toMatchObject({ state: 'finished', counts: { imported: 1, pages: 2 } });
    expect(upstream.requests.map((query) => query.get('include_deleted'))).toEqual(['true', null, null]);
  });

  it('asks for everything where the upstream refuses updated_since', async () => {
    upstream.put(item(named('a'), '1.0.0'));
    const { id } = await addSource(upstream);
    await run(id);
    upstream.intercept = (query) => (query.has('updated_since') ? { status: 400, body: '{}' } : null);
    expect(await run(id)).toMatchObject({ state: 'finished', counts: { unchanged: 1 } });
    expect((await source(id)).lastRun?.isFull).toBe(true);
  });

  it('goes below a base with a path and never leaves its origin', async () => {
    const elsewhere = await startUpstream();
    elsewhere.put(item(named('evil'), '1.0.0'));
    const paths: string[] = [];
    upstream.intercept = (_query, _n, path) => {
      paths.push(path);
      return { status: 302, headers: { location: `${elsewhere.url}/v0.1/servers` } };
    };
    const { id } = await addSource({ url: `${upstream.url}/orgs/acme/registry` });
    expect(await run(id)).toMatchObject({ state: 'failed', error: { code: 'REDIRECT_REFUSED' } });
    expect(paths).toEqual(['/orgs/acme/registry/v0.1/servers']);
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
});

describe('staying in step', () => {
  it('asks for what changed since shortly before the last crawl began, by the earlier clock', async () => {
    upstream.put(item(named('a'), '1.0.0'));
    const { id } = await addSource(upstream);
    // The upstream's clock is 30 minutes behind; then it is ahead.
    upstream.date = at(30);
    await run(id, { now: () => at(60) });
    expect((await source(id)).watermark).toBe(at(30).toISOString());
    upstream.date = at(500);
    await run(id, { now: () => at(120) });
    expect(upstream.requests.at(-1)!.get('updated_since')).toBe(at(20).toISOString());
    expect((await source(id)).watermark).toBe(at(120).toISOString());
  });

  it('keeps the watermark where a crawl did not finish', async () => {
    upstream.put(item(named('a'), '1.0.0'));
    const { id } = await addSource(upstream);
    upstream.date = at(10);
    await run(id, { now: () => at(10) });
    upstream.intercept = () => ({ status: 403, body: '{"detail": "not today\\u001b[2J"}' });
    expect(await run(id, { now: () => at(70) })).toMatchObject({
      state: 'failed',
      error: { code: 'UPSTREAM_REFUSED', message: expect.stringContaining('status 403: not today\\u001b[2J') },
    });
    expect((await source(id)).watermark).toBe(at(10).toISOString());
  });

  it('takes over changed statuses for its own readers, and writes nothing that is as it was', async () => {
    upstream.put(...['1.0.0', '1.1.0', '2.0.0'].map((version, i) => item(named('a'), version, { minutes: i })));
    const { id } = await addSource(upstream);
    await run(id, { now: () => at(60) });
    const change = (version: string, minutes: number, official: object) => {
      const before = upstream.items.get(`${named('a')}\n${version}`)!.official;
      const time = at(minutes).toISOString();
      upstream.put(
        item(named('a'), version, {
          ...before,
          updatedAt: time,
          statusChangedAt: time,
          statusMessage: undefined,
          ...official,
        }),
      );
    };
    change('1.0.0', 90, { status: 'deprecated', statusMessage: 'use 2' });
    change('2.0.0', 90, { status: 'deleted', statusMessage: 'malware' });
    expect(await run(id, { now: () => at(120) })).toMatchObject({ counts: { seen: 2, updated: 2 } });
    const rows = await here();
    expect(rows.map(({ status, statusMessage, isLatest }) => [status, statusMessage, isLatest])).toEqual([
      ['deprecated', 'use 2', false],
      ['active', null, true],
      ['deleted', 'malware', false],
    ]);
    // The flip of latest moves 1.1.0 too, which the upstream does not tell anybody.
    expect(rows.map(({ updatedAt }) => updatedAt)).toEqual([at(120), at(120), at(120)]);
    const answer = await handleRegistry(
      new Request(`http://localhost/v0.1/servers?updated_since=${at(100).toISOString()}`),
    );
    const { servers } = (await answer!.json()) as { servers: { server: { name: string; version: string } }[] };
    const own = servers.filter(({ server }) => server.name === named('a'));
    expect(own.map(({ server }) => server.version)).toEqual(['1.0.0', '1.1.0', '2.0.0']);
    const events = await db().auditEvent.findMany({
      where: { kind: 'version.status-changed' },
      orderBy: { seq: 'asc' },
    });
    expect(events.map(({ subject, data }) => ({ subject, data }))).toEqual([
      {
        subject: { server: named('a'), version: '1.0.0' },
        data: { from: 'active', to: 'deprecated', message: 'use 2' },
      },
      {
        subject: { server: named('a'), version: '2.0.0' },
        data: { from: 'active', to: 'deleted', message: 'malware' },
      },
    ]);

    change('2.0.0', 150, { status: 'active' });
    await run(id, { now: () => at(180) });
    expect((await here()).map(({ status, isLatest, statusMessage }) => [status, isLatest, statusMessage])).toEqual([
      ['deprecated', false, 'use 2'],
      ['active', false, null],
      ['active', true, null],
    ]);
    await run(id, { isFull: true, now: () => at(240) });
    expect((await here()).map(({ updatedAt }) => updatedAt)).toEqual([at(120), at(180), at(180)]);
  });

  it('takes edited bytes over and keeps the old ones', async () => {
    upstream.put(item(named('a'), '1.0.0'));
    const { id } = await addSource(upstream);
    await run(id);
    const [before] = await here();
    const edited = item(named('a'), '1.0.0', {
      extra: { title: 'Mended', remotes: [{ type: 'sse', url: 'https://a.example.com/sse' }] },
    });
    upstream.put(edited);
    expect(await run(id, { isFull: true, now: () => at(70) })).toMatchObject({ counts: { updated: 1 } });
    const [after] = await here();
    expect(after).toMatchObject({ text: edited.server, updatedAt: at(70), remoteUrls: ['https://a.example.com/sse'] });
    expect(after!.manifest).toMatchObject({ title: 'Mended' });
    expect(after!.revisions).toMatchObject([
      { manifestSha256: before!.manifestSha256, replacedBy: { name: expect.stringContaining('Sync of') } },
    ]);
    expect(Buffer.from(after!.revisions[0]!.manifestBytes).toString()).toBe(before!.text);
    expect(after!.currentScanId).not.toBe(before!.currentScanId);
  });

  it('keeps what vanished upstream without a tombstone', async () => {
    upstream.put(item(named('a'), '1.0.0'), item(named('b'), '1.0.0'));
    const { id } = await addSource(upstream);
    await run(id);
    upstream.items.delete(`${named('b')}\n1.0.0`);
    await run(id, { isFull: true });
    expect((await here()).map(({ key, status }) => [key, status])).toEqual([
      ['a 1.0.0', 'active'],
      ['b 1.0.0', 'active'],
    ]);
  });

  it('leaves a version deleted that an admin here deleted, until the upstream changes its mind', async () => {
    upstream.put(item(named('a'), '1.0.0'));
    const { id } = await addSource(upstream);
    await run(id);
    const [row] = await here();
    await db().version.update({ where: { id: row!.id }, data: { status: 'deleted', statusChangedAt: at(30) } });
    await run(id, { isFull: true });
    expect((await here())[0]!.status).toBe('deleted');
    upstream.put(item(named('a'), '1.0.0', { status: 'deprecated', publishedAt: T0.toISOString(), minutes: 40 }));
    await run(id, { isFull: true });
    expect((await here())[0]!.status).toBe('deprecated');
  });
});

describe('what is not taken over', () => {
  it('skips bad items with their reasons and keeps their neighbours', async () => {
    const good = item(named('good'), '1.0.0');
    const text = [
      itemText(good),
      '{"server": {"name": "x"}}',
      itemText({ ...good, server: JSON.stringify({ name: 'no slash', description: 'x', version: '1' }) }),
      itemText({
        ...item(named('big'), '1.0.0'),
        server: `{"name": "${named('big')}", "description": "x", "version": "1.0.0", "x": "${'x'.repeat(1_048_576)}"}`,
      }),
      itemText(good),
      itemText({ ...item(named('odd'), '1.0.0'), official: { status: 'yanked' } }),
      itemText(item(named('last'), '1.0.0')),
    ];
    upstream.intercept = () => ({ body: pageText(text) });
    const { id } = await addSource(upstream);
    const outcome = await run(id);
    expect(outcome).toMatchObject({
      state: 'finished',
      counts: { seen: 7, imported: 2, skipped: 5, skippedFor: { ITEM_INVALID: 2, MANIFEST_INVALID: 2, DUPLICATE: 1 } },
    });
    expect(outcome.counts!.skippedExamples).toContainEqual(
      expect.objectContaining({ name: named('big'), version: '1.0.0', message: expect.stringContaining('bytes') }),
    );
    expect(await keys()).toEqual(['good 1.0.0', 'last 1.0.0']);
  });

  it('keeps no more examples than it shows', async () => {
    upstream.intercept = () => ({ body: pageText(Array.from({ length: 90 }, () => '{}')) });
    const { id } = await addSource(upstream);
    const { counts } = await run(id);
    expect(counts).toMatchObject({ skipped: 90, skippedFor: { ITEM_INVALID: 90 } });
    expect(counts!.skippedExamples).toHaveLength(20);
  });

  it('takes a manifest whose address is longer than an index holds', async () => {
    const url = `https://a.example.com/${'x'.repeat(6000)}`;
    upstream.put(item(named('a'), '1.0.0', { extra: { remotes: [{ type: 'sse', url }] } }));
    const { id } = await addSource(upstream);
    expect(await run(id)).toMatchObject({ state: 'finished', counts: { imported: 1 } });
  });

  it('overwrites no name that is published, held or blocked here, or that another upstream brought', async () => {
    const publisher = await db().publisher.create({ data: { slug: ns.replace('.', '-'), displayName: 'Held Inc' } });
    await publishTestVersion(named('ours'), '1.0.0');
    const namespace = { proofKind: 'dns', proof: {}, provenAt: T0, publisherId: publisher.id } as const;
    await db().namespace.deleteMany({ where: { name: ns } });
    await db().namespace.create({ data: { name: `${ns}.held`, ...namespace } });
    const other = await startUpstream();
    other.put(item(named('shared'), '1.0.0'));
    const first = await addSource(other);
    await run(first.id);

    upstream.put(
      item(named('ours'), '1.0.0', { extra: { title: 'Taken' } }),
      item(named('ours'), '9.0.0'),
      item(`${ns}.HELD/a`, '1.0.0'),
      item(`${ns}.blocked/a`, '1.0.0'),
      item(`${ns}.blocked.sub/a`, '1.0.0'),
      item(named('shared'), '1.0.0', { extra: { title: 'Taken' } }),
      item(named('shared'), '2.0.0'),
      item(named('free'), '1.0.0'),
    );
    const { id } = await addSource(upstream);
    const settings = { ...SETTINGS, HALLMARK_BLOCKED_NAMESPACES: [`${ns.toUpperCase()}.blocked/*`] };
    const outcome = await run(id, { settings });
    expect(outcome.counts).toMatchObject({
      imported: 1,
      skipped: 7,
      skippedFor: { PUBLISHED_HERE: 2, NAMESPACE_HELD: 1, NAMESPACE_BLOCKED: 2, OTHER_SOURCE: 2 },
    });
    expect(outcome.counts!.skippedExamples.map(({ message }) => message)).toContain(
      `${ns}.HELD is held by Held Inc on this registry; only they publish under it`,
    );
    expect(await keys()).toEqual(['free 1.0.0', 'ours 1.0.0', 'shared 1.0.0']);

    // Without the first upstream its names are free.
    await removeSyncSource({ name: first.name, actor: ADMIN });
    expect((await run(id, { settings, isFull: true })).counts).toMatchObject({ imported: 1, updated: 1, skipped: 5 });
    await other.close();
  });

  it('takes only names and statuses that are asked for, and follows those that it took', async () => {
    upstream.put(
      item(named('a'), '1.0.0'),
      item(named('a'), '0.9.0', { status: 'deleted' }),
      item(named('a-test'), '1.0.0'),
      item(`${ns}.other/a`, '1.0.0'),
    );
    const filters = { names: [`${ns}/*`], exclude: ['*-test'], statuses: ['active' as const] };
    const { id } = await addSource(upstream, filters);
    expect((await run(id)).counts).toMatchObject({ imported: 1, filtered: 3 });
    upstream.put(item(named('a'), '1.0.0', { status: 'deleted', minutes: 5 }));
    expect((await run(id, { isFull: true })).counts).toMatchObject({ updated: 1, filtered: 3 });
    expect((await here()).map(({ key, status }) => [key, status])).toEqual([['a 1.0.0', 'deleted']]);
  });
});

describe('an upstream that fails', () => {
  beforeEach(() => {
    upstream.pageSize = 2;
    upstream.put(...[1, 2, 3, 4, 5, 6].map((n) => item(named(`s${n}`), '1.0.0')));
  });

  it('is asked again at the page where it failed', async () => {
    upstream.intercept = (_query, n) => (n === 2 ? { status: 500, body: 'oops' } : null);
    const pauses: number[] = [];
    const { id } = await addSource(upstream);
    const outcome = await run(id, { onPause: (_error, ms) => pauses.push(ms) });
    expect(outcome).toMatchObject({ state: 'finished', counts: { imported: 6, seen: 6, pages: 4 } });
    expect(upstream.requests.map((query) => query.get('cursor')?.at(ns.length + 2))).toEqual([
      undefined,
      '2',
      '2',
      '4',
      '6',
    ]);
    expect(pauses).toHaveLength(1);
  });

  it('is left alone for longer and longer, and goes on at its cursor with its counts', async () => {
    let isDown = true;
    upstream.intercept = (query) => (isDown && query.has('cursor') ? { status: 503 } : null);
    const { id } = await addSource(upstream);
    const pauses: number[] = [];
    const outcome = await run(id, { now: () => at(60), onPause: (_error, ms) => pauses.push(ms) });
    expect(outcome).toMatchObject({ state: 'failed', error: { code: 'UPSTREAM_ERROR' }, counts: { imported: 2 } });
    // Half of the pause is random, here half of that: 2 ms doubled × 0.75.
    expect(pauses).toEqual([2, 3, 6, 12, 24]);
    expect(outcome.nextRunAt).toEqual(new Date(at(60).getTime() + 48));
    expect((await listSyncSources(at(60)))[0]).toMatchObject({
      state: 'backing-off',
      failures: 6,
      progress: { pages: 1, seen: 2, imported: 2 },
      watermark: null,
      lastError: { code: 'UPSTREAM_ERROR', message: expect.stringContaining('status 503') },
    });
    expect(
      await db().auditEvent.count({
        where: { kind: 'sync.failed', subject: { path: ['source'], equals: (await source(id)).name } },
      }),
    ).toBe(1);

    isDown = false;
    const asked = upstream.requests.length;
    expect(await run(id)).toMatchObject({ state: 'finished', counts: { imported: 6, pages: 4 } });
    expect(upstream.requests[asked]!.get('cursor')).toBe(`${named('s2')}:1.0.0`);
    expect(await source(id)).toMatchObject({ state: 'idle', failures: 0, lastError: null, progress: null });
  });

  it.each([
    ['seconds', '90'],
    ['a date by its own clock', new Date(at(300).getTime() + 90_000).toUTCString()],
  ])('is left alone as long as it asks for, in %s', async (_, retryAfter) => {
    upstream.date = at(300);
    upstream.intercept = () => ({ status: 429, headers: { 'retry-after': retryAfter } });
    const { id } = await addSource(upstream);
    const outcome = await run(id, { now: () => at(60), random: () => 0 });
    expect(outcome).toMatchObject({ state: 'failed', error: { code: 'RATE_LIMITED' } });
    expect(outcome.nextRunAt).toEqual(new Date(at(60).getTime() + 90_000));
  });

  it('goes on where it was when it was stopped in the middle', async () => {
    const abort = new AbortController();
    const { id } = await addSource(upstream);
    const first = await run(id, { signal: abort.signal, onProgress: ({ pages }) => pages === 2 && abort.abort() });
    expect(first).toMatchObject({ state: 'stopped', counts: { pages: 2 } });
    expect(await source(id)).toMatchObject({ state: 'interrupted', progress: { pages: 2, seen: 4 } });
    expect(await run(id)).toMatchObject({ state: 'finished', counts: { pages: 4, imported: 6 } });
    expect(upstream.requests).toHaveLength(4);
  });

  it('is not blamed for a request that was cut off by a stop', async () => {
    const abort = new AbortController();
    upstream.intercept = async () => {
      abort.abort();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return null;
    };
    const { id } = await addSource(upstream);
    expect(await run(id, { signal: abort.signal })).toMatchObject({ state: 'stopped', error: null });
    expect(await source(id)).toMatchObject({ failures: 0, lastError: null });
  });

  it('begins anew with --full, whatever was under way', async () => {
    const abort = new AbortController();
    const { id } = await addSource(upstream);
    await run(id, { signal: abort.signal, onProgress: () => abort.abort() });
    expect(await run(id, { isFull: true })).toMatchObject({ counts: { seen: 6, imported: 4, unchanged: 2 } });
  });

  it.each<[string, string, (n: number) => { status?: number; body?: string } | null]>([
    ['a page for people', 'BAD_PAGE', () => ({ body: '<!doctype html>' })],
    ['a page that is cut', 'BAD_PAGE', () => ({ body: '{"servers": [{"server": {}}' })],
    ['404', 'UPSTREAM_REFUSED', () => ({ status: 404 })],
    ['a cursor that leads to itself', 'ENDLESS_CRAWL', () => ({ body: pageText([], 'same') })],
    ['cursors in a circle', 'ENDLESS_CRAWL', (n) => ({ body: pageText([], `c${n % 3}`) })],
    ['empty pages without end', 'ENDLESS_CRAWL', (n) => ({ body: pageText([], `c${n}`) })],
    [
      'pages without end',
      'ENDLESS_CRAWL',
      (n) => ({ body: pageText([itemText(item(named('e'), `1.0.${n}`))], `c${n}`) }),
    ],
    ['a page beyond the limit', 'BODY_TOO_LARGE', () => ({ body: `{"servers": [], "x": "${'x'.repeat(200_000)}"}` })],
    ['no answer in time', 'TIMED_OUT', () => new Promise((resolve) => setTimeout(() => resolve(null), 600)) as never],
  ])('ends the run with a reason: %s', async (_, code, answer) => {
    upstream.intercept = (_query, n) => answer(n);
    const { id } = await addSource(upstream);
    const limits = { ...QUICK, pages: 30, pageBytes: 100_000, pageTimeoutMs: 300, inlinePauseMs: 0 };
    expect(await run(id, { limits, now: () => at(60) })).toMatchObject({ state: 'failed', error: { code } });
    const row = (await listSyncSources(at(60)))[0]!;
    expect(row).toMatchObject({ state: 'backing-off', failures: 1, watermark: null });
    expect(upstream.requests.length).toBeLessThanOrEqual(31);
  });

  it('gets a new crawl where it does not take its own cursor any more', async () => {
    upstream.intercept = (query) =>
      query.has('cursor') ? { status: 400, body: '{"detail": "Invalid cursor"}' } : null;
    const { id } = await addSource(upstream);
    expect(await run(id)).toMatchObject({ state: 'failed', error: { code: 'CURSOR_REFUSED' } });
    upstream.intercept = null;
    expect(await run(id)).toMatchObject({ state: 'finished', counts: { imported: 4, unchanged: 2 } });
  });

  it('is told apart from one that cannot be reached', async () => {
    const { id } = await addSource(upstream);
    await upstream.close();
    const outcome = await run(id, { limits: { ...QUICK, inlinePauseMs: 0 } });
    expect(outcome).toMatchObject({ state: 'failed', error: { code: 'UNREACHABLE' } });
    upstream = await startUpstream();
  });

  it('is not asked where its address is not allowed any more', async () => {
    const { id } = await addSource(upstream);
    const settings = { ...SETTINGS, HALLMARK_PRIVATE_NETWORKS: NO_PRIVATE_NETWORKS };
    expect(await run(id, { settings })).toMatchObject({ state: 'failed', error: { code: 'ADDRESS_REFUSED' } });
    expect(upstream.requests).toEqual([]);
  });
});

describe('sources', () => {
  it.each([
    ['http on the open internet', { baseUrl: 'http://registry.example.com' }, 'ADDRESS_REFUSED'],
    ['an address that is none', { baseUrl: 'registry' }, 'BAD_REQUEST'],
    ['a name with blanks', { baseUrl: 'https://a.example.com', name: 'my source' }, 'BAD_REQUEST'],
    [
      'a status that nobody knows',
      { baseUrl: 'https://a.example.com', filters: { statuses: ['yanked'] } },
      'BAD_REQUEST',
    ],
    ['an empty pattern', { baseUrl: 'https://a.example.com', filters: { names: [''] } }, 'BAD_REQUEST'],
    ['the same address twice', { baseUrl: 'https://there.example.com/v0.1' }, 'CONFLICT'],
    ['the same name twice', { baseUrl: 'https://b.example.com', name: 'there' }, 'CONFLICT'],
  ])('refuse %s', async (_, given, code) => {
    await addSyncSource({ baseUrl: 'https://there.example.com', name: 'there', actor: ADMIN, settings: SETTINGS });
    await expect(addSyncSource({ actor: ADMIN, settings: SETTINGS, ...given })).rejects.toMatchObject({ code });
    expect(await db().syncSource.count()).toBe(1);
  });

  it('are not crawled while they are disabled, and stop at the next page when they are', async () => {
    upstream.pageSize = 1;
    upstream.put(...[1, 2, 3].map((n) => item(named(`s${n}`), '1.0.0')));
    const { id, name } = await addSource(upstream);
    upstream.intercept = async (_query, n) => {
      if (n === 2) await setSyncEnabled({ name, isEnabled: false, actor: ADMIN });
      return null;
    };
    expect(await run(id)).toMatchObject({ state: 'stopped', counts: { pages: 1 } });
    expect(await source(id)).toMatchObject({ state: 'disabled' });
    expect(await run(id)).toMatchObject({ state: 'busy' });
    await setSyncEnabled({ name, isEnabled: true, actor: ADMIN });
    expect(await run(id, { now: () => new Date(Date.now() + QUICK.leaseMs + 1000) })).toMatchObject({
      state: 'finished',
      counts: { imported: 3 },
    });
    const kinds = await db().auditEvent.findMany({
      where: { subject: { path: ['source'], equals: name } },
      select: { kind: true },
      orderBy: { seq: 'asc' },
    });
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'sync.source-added',
      'sync.source-changed',
      'sync.source-changed',
      'sync.finished',
    ]);
  });

  it('that were removed in the middle of a crawl stop it', async () => {
    upstream.pageSize = 1;
    upstream.put(...[1, 2, 3].map((n) => item(named(`s${n}`), '1.0.0')));
    const { id, name } = await addSource(upstream);
    upstream.intercept = async (_query, n) => {
      if (n === 2) await removeSyncSource({ name, actor: ADMIN });
      return null;
    };
    expect(await run(id)).toMatchObject({ state: 'stopped' });
    expect(await keys()).toEqual(['s1 1.0.0']);
    await expect(removeSyncSource({ name, actor: ADMIN })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('reach the private network through https only where the admin listed it', async () => {
    const { id } = await addSyncSource({ baseUrl: 'https://127.0.0.1:1', actor: ADMIN, settings: SETTINGS });
    const outbound = createOutbound({ privateNetworks: NO_PRIVATE_NETWORKS });
    expect(await runSync({ sourceId: id, outbound, settings: SETTINGS })).toMatchObject({
      state: 'failed',
      error: { code: 'ADDRESS_REFUSED' },
    });
  });
});
