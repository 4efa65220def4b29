import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchFilters } from '#lib/catalog/views.ts';
import { createDb, type Db } from '#lib/db/db.ts';
import { createPostgresIndex, recountWords } from '#lib/search/postgres-index.ts';
import type { SearchRecord } from '#lib/search/types.ts';
import { createTestDatabase } from '../database.ts';
import { describeSearchIndex } from './behaviour.ts';
import { CATALOG, record } from './records.ts';

async function openDatabase(options = {}) {
  const database = await createTestDatabase();
  const db = createDb(database.url, options);
  return {
    db,
    close: async () => {
      await db.$disconnect();
      await database.drop();
    },
  };
}

const announce = (db: Db) => async (records: SearchRecord[]) => {
  await db.server.createMany({
    data: records.map(({ serverId, name }) => ({ id: serverId, name, namespace: name.split('/')[0]! })),
    skipDuplicates: true,
  });
};

describeSearchIndex('postgres', async () => {
  const { db, close } = await openDatabase();
  return { index: createPostgresIndex(db), announce: announce(db), close };
});

describe('the table of known words', () => {
  let db: Db;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ db, close } = await openDatabase());
    await announce(db)(CATALOG);
  });
  afterAll(() => close());

  const counted = async () => new Map((await db.searchWord.findMany()).map((row) => [row.word, row.documents]));
  const isExact = async () => {
    const kept = [...(await counted())].filter(([, documents]) => documents > 0).sort();
    await db.$transaction((tx) => recountWords(tx));
    expect(kept).toEqual([...(await counted())].sort());
  };

  it('counts each document once, through additions, changes and removals', async () => {
    const index = createPostgresIndex(db);
    await index.upsert(CATALOG);
    expect((await counted()).get('gaug')).toBe(30);
    await index.upsert([...CATALOG.slice(0, 5), ...CATALOG.slice(0, 5)]);
    await index.upsert(CATALOG.slice(0, 3).map((one) => ({ ...one, description: 'entirely different' })));
    expect((await counted()).get('entirely')).toBe(3);
    await index.remove(CATALOG.slice(10).map((one) => one.serverId));
    expect((await counted()).get('gaug')).toBe(0);
    await isExact();
  });

  it('stays exact when many write at once', async () => {
    const index = createPostgresIndex(db);
    const changed = (round: number) =>
      CATALOG.map((one) => ({ ...one, description: `round ${round} ${one.description}` }));
    await Promise.all([
      index.upsert(CATALOG),
      ...[1, 2, 3].map((round) => index.upsert(changed(round))),
      index.upsert(changed(4).reverse()),
      index.remove(CATALOG.slice(0, 20).map((one) => one.serverId)),
    ]);
    await isExact();
  });
});

describe('with many documents, a search reads indexes and not tables', () => {
  let db: Db;
  let close: () => Promise<void>;
  beforeAll(async () => {
    // One connection: the server's counters belong to a connection until it reports them.
    ({ db, close } = await openDatabase({ connections: 1 }));
    const many = Array.from({ length: 3000 }, (_, i) =>
      record({
        name: `io.github.bulk/server-${i}`,
        title: `Thing ${i.toString(36)}x${(i * 7919) % 3000}`,
        description: `Handles item${i} of kind${i % 50}`,
        tools: { [`do_item_${i}`]: 'Does it' },
        facets: { category: `category-${i % 300}` },
      }),
    );
    await announce(db)(many);
    await createPostgresIndex(db).upsert(many);
    await db.$executeRaw`vacuum analyze "SearchDocument"`;
    await db.$executeRaw`vacuum analyze "SearchWord"`;
  });
  afterAll(() => close());

  it.each<[string, string, SearchFilters, string[]]>([
    ['words', 'item77 kind27 ', {}, ['SearchDocument_vector_idx', 'SearchWord_pkey']],
    ['a beginning', 'item299', {}, ['SearchDocument_vector_idx', 'SearchWord_pkey']],
    ['a typing error', 'itme2999 ', {}, ['SearchDocument_vector_idx', 'SearchWord_word_trgm_idx']],
    ['filters alone', '', { category: ['category-7'] }, ['SearchDocument_facets_idx']],
  ])('for %s', async (_, text, filters, expected) => {
    const used = await indexesUsed(db, async () => {
      const { total } = await createPostgresIndex(db).search({ text, filters, limit: 10, offset: 0 });
      expect(total).toBeGreaterThan(0);
    });
    expect(used).toEqual(expect.arrayContaining(expected));
  });
});

/** Runs `work` and returns the indexes of the search that were scanned for it, by the server's own counters. */
async function indexesUsed(db: Db, work: () => Promise<void>): Promise<string[]> {
  const scans = async () => {
    await db.$executeRaw`select pg_stat_force_next_flush()`;
    const rows = await db.$queryRaw<{ name: string; scans: bigint }[]>`
      select indexrelname as name, idx_scan as scans from pg_stat_user_indexes
      where relname in ('SearchDocument', 'SearchWord')`;
    return new Map(rows.map((row) => [row.name, row.scans]));
  };
  const before = await scans();
  await work();
  const after = await scans();
  return [...after].filter(([name, count]) => count > (before.get(name) ?? 0n)).map(([name]) => name);
}
