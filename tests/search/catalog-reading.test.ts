import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDb, type Db, type Tx } from '#lib/db/db.ts';
import { indexServers, reindexAll } from '#lib/search/index-server.ts';
import { lockSearchWrites } from '#lib/search/postgres-index.ts';
import { rankServers } from '#lib/search/rank-servers.ts';
import { buildSearchRecord, buildSearchRecords } from '#lib/search/record.ts';
import { createSearchEngine, facetsWith, type SearchEngine, searchWith } from '#lib/search/search-engine.ts';
import { loadServerCards } from '#lib/search/server-cards.ts';
import { createTestDatabase } from '../database.ts';
import { addServer } from './add-server.ts';

const TOOLS = [
  { name: 'get_forecast', title: 'Forecast', description: 'Rain and sun', inputSchema: {} },
  { name: 'get_alerts', inputSchema: {} },
];
const DONE = {
  status: 'done' as const,
  finishedAt: new Date('2026-11-12T10:00:00Z'),
  grade: 'B',
  risk: 'medium',
  coverage: { tools: { covered: true } },
  definitions: { tools: TOOLS, prompts: null, resources: null, resourceTemplates: null, instructions: null },
};

describe('what search reads of the catalog', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let db: Db;
  let engine: SearchEngine;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = createDb(database.url);
    engine = createSearchEngine({ db, meilisearch: null });
    const acme = await db.publisher.create({ data: { slug: 'acme', displayName: 'Acme', level: 'verified' } });
    await db.namespace.create({
      data: {
        name: 'com.acme',
        proofKind: 'dns',
        proof: {},
        isProven: true,
        provenAt: new Date(),
        publisherId: acme.id,
      },
    });
  });
  afterAll(async () => {
    await db.$disconnect();
    await database.drop();
  });

  it('takes names, tools, packages, marks and how a server runs from its latest version', async () => {
    const id = await addServer(db, {
      name: 'com.acme/weather',
      description: 'Weather of a place',
      category: 'travel',
      tags: ['rain'],
      manifest: {
        title: 'Weather',
        packages: [
          { registryType: 'npm', identifier: '@acme/weather', transport: { type: 'stdio' } },
          { registryType: 'npm', identifier: '@acme/weather-lite', transport: { type: 'stdio' } },
        ],
        remotes: [{ type: 'streamable-http', url: 'https://acme.example/mcp' }],
      },
      row: { signatureState: 'signed', provenanceState: 'matches', publishedAt: new Date('2026-11-11T00:00:00Z') },
      scan: DONE,
    });
    expect(await buildSearchRecord(db, id)).toMatchObject({
      serverId: id,
      name: 'com.acme/weather',
      title: 'Weather',
      toolNames: ['get_forecast', 'get_alerts'],
      toolDescriptions: ['Forecast', 'Rain and sun'],
      keywords: ['travel', 'rain', '@acme/weather', '@acme/weather-lite'],
      facets: {
        grade: 'B',
        signature: 'signed',
        publisher: 'verified',
        risk: 'medium',
        runsAs: ['npm', 'remote'],
        category: 'travel',
        origin: 'published',
      },
    });
    expect(await loadServerCards([id], db)).toEqual([
      {
        name: 'com.acme/weather',
        title: 'Weather',
        description: 'Weather of a place',
        version: '1.0.0',
        status: 'active',
        origin: 'published',
        category: 'travel',
        marks: {
          publisher: { level: 'verified', slug: 'acme', displayName: 'Acme', proof: 'dns' },
          signature: { state: 'signed', provenance: 'matches' },
          scan: {
            status: 'done',
            grade: 'B',
            accusations: 0,
            scannedAt: '2026-11-12T10:00:00.000Z',
            coverage: { tools: { covered: true } },
          },
          risk: 'medium',
        },
        toolCount: 2,
        runsAs: ['npm', 'remote'],
        publishedAt: '2026-11-11T00:00:00.000Z',
      },
    ]);
  });

  it('says none, nothing and unverified where there is no scan, no definition and no publisher', async () => {
    const id = await addServer(db, { name: 'org.nobody/plain', description: 'Plain' });
    const [card] = await loadServerCards([id], db);
    expect(card).toMatchObject({ title: null, category: null, toolCount: null, runsAs: [] });
    expect(card?.marks).toEqual({
      publisher: { level: 'unverified', slug: null, displayName: null, proof: null },
      signature: { state: 'none', provenance: 'none' },
      scan: { status: 'none', grade: null, accusations: 0, scannedAt: null, coverage: null },
      risk: null,
    });
  });

  it('never gives a mirrored version the publisher of its namespace', async () => {
    const id = await addServer(db, { name: 'com.acme/copied', description: 'A copy', row: { origin: 'mirrored' } });
    const [card] = await loadServerCards([id], db);
    expect(card?.marks.publisher).toEqual({ level: 'unverified', slug: null, displayName: null, proof: null });
    expect((await buildSearchRecord(db, id))?.facets).toMatchObject({ publisher: 'unverified', origin: 'mirrored' });
  });

  it('keeps the report that counts while a new scan runs, and tells an empty list of tools from none seen', async () => {
    const definitions = { ...DONE.definitions, tools: [] };
    const id = await addServer(db, { name: 'com.acme/quiet', description: 'Quiet', scan: { ...DONE, definitions } });
    const { id: versionId } = await db.version.findFirstOrThrow({ where: { serverId: id } });
    await db.scan.create({
      data: { versionId, reason: 'again', status: 'running', createdAt: new Date('2099-01-01') },
    });
    const [card] = await loadServerCards([id], db);
    expect(card).toMatchObject({ toolCount: 0, marks: { scan: { status: 'running', grade: 'B' } } });
  });

  it('takes the latest version that is not deleted, and nothing when all are', async () => {
    const name = 'com.acme/moving';
    const id = await addServer(db, { name, description: 'Old words', row: { isLatest: false } });
    await addServer(db, { name, description: 'New words', version: '2.0.0' });
    expect((await buildSearchRecord(db, id))?.description).toBe('New words');

    await db.version.updateMany({ where: { serverId: id, version: '2.0.0' }, data: { status: 'deleted' } });
    expect((await loadServerCards([id], db))[0]).toMatchObject({ version: '1.0.0', description: 'Old words' });

    await db.version.updateMany({ where: { serverId: id }, data: { status: 'deleted' } });
    expect(await buildSearchRecord(db, id)).toBeNull();
    expect(await loadServerCards([id], db)).toEqual([]);
  });

  it('reads manifests and definitions that hold something else than it expects', async () => {
    const id = await addServer(db, {
      name: 'com.acme/odd',
      description: 'Odd',
      manifest: { packages: 'none', remotes: null, title: 7 },
      scan: { ...DONE, definitions: { tools: [{ name: 5 }, 'x', null, { description: ['y'] }] } },
    });
    expect(await buildSearchRecord(db, id)).toMatchObject({
      toolNames: [],
      toolDescriptions: [],
      facets: { runsAs: [] },
    });
    expect(await loadServerCards([id], db)).toHaveLength(1);
  });

  it('keeps the order of the ids and leaves out what is not there', async () => {
    const [a, b] = await Promise.all(
      ['first', 'second'].map((name) => addServer(db, { name: `com.order/${name}`, description: name })),
    );
    const cards = await loadServerCards([b!, 'missing', a!], db);
    expect(cards.map((card) => card.name)).toEqual(['com.order/second', 'com.order/first']);
    expect(await loadServerCards([], db)).toEqual([]);
    expect(await buildSearchRecords(db, [])).toEqual([]);
  });

  it('finds a server once it is indexed, and no more once its versions are deleted', async () => {
    const id = await addServer(db, { name: 'com.acme/heron', description: 'Counts herons', scan: DONE });
    const herons = () => searchWith(engine, { text: 'herons', filters: {}, limit: 5, offset: 0 });
    expect((await herons()).total).toBe(0);
    await indexServers([id, id], engine);
    expect(await herons()).toMatchObject({ total: 1, note: null, servers: [{ name: 'com.acme/heron' }] });

    await db.version.updateMany({ where: { serverId: id }, data: { status: 'deleted' } });
    await indexServers([id], engine);
    expect(await herons()).toEqual({ total: 0, note: null, servers: [] });
    expect(await db.searchPush.count()).toBe(0);
  });

  it('reads a server only when its turn to write has come, so that the last to write has the newest state', async () => {
    const id = await addServer(db, { name: 'com.acme/busy', description: 'old state' });
    let indexing: Promise<void> | undefined;
    await db.$transaction(async (tx) => {
      await lockSearchWrites(tx);
      indexing = indexServers([id], engine);
      await untilSomebodyWaits(tx);
      const manifest = { name: 'com.acme/busy', description: 'new state', version: '1.0.0' };
      await db.version.updateMany({ where: { serverId: id }, data: { manifest } });
    });
    await indexing;
    expect((await db.searchDocument.findUniqueOrThrow({ where: { serverId: id } })).description).toBe('new state');
  });

  it('counts facets so that a chosen value does not hide the others of its kind', async () => {
    await reindexAll({}, engine);
    const counts = await facetsWith(engine, { text: '', filters: { publisher: ['verified'], grade: ['B'] } });
    expect(counts.publisher).toMatchObject({ verified: 3 });
    expect(counts.grade).toEqual({ B: 3 });
    const other = await facetsWith(engine, { text: '', filters: { publisher: ['unverified'] } });
    expect(other.publisher.verified).toBeGreaterThan(0);
    expect(other.grade).toEqual({});
  });

  it.each([
    ['EATH', ['com.acme/weather']],
    ['forecast', ['com.acme/weather']],
    ['com.order/', ['com.order/first', 'com.order/second']],
    ['f_r', []],
    ['%', []],
    ['_', []],
    ['\\', []],
  ])('ranks for the registry API, whose search is a part of names: %j', async (text, expected) => {
    await reindexAll({}, engine);
    const ids = await rankServers({ text, limit: 5 }, engine);
    expect((await loadServerCards(ids, db)).map((card) => card.name)).toEqual(expected);
  });

  it('a rebuild brings back what was lost and takes away what nobody has', async () => {
    await db.searchDocument.deleteMany();
    await db.searchWord.create({ data: { word: 'leftover', documents: 3 } });
    const { done, total } = await reindexAll({}, engine);
    expect(done).toBe(total);
    expect(await db.searchWord.findUnique({ where: { word: 'leftover' } })).toBeNull();
    expect((await searchWith(engine, { text: 'forecast', filters: {}, limit: 5, offset: 0 })).servers[0]?.name).toBe(
      'com.acme/weather',
    );
  });
});

async function untilSomebodyWaits(tx: Tx): Promise<void> {
  for (;;) {
    const rows = await tx.$queryRaw<{ waiting: boolean }[]>`
      select exists (select from pg_locks 
        where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())) as waiting`;
    if (rows[0]?.waiting) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
