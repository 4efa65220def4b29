/**
 * `node bench/search.ts [SERVERS …]`: how long searches take in PostgreSQL, by kind of text and size of the catalog
 * (1,000 and 20,000 servers unless told otherwise). Makes its own catalog from a fixed seed on a throw-away embedded server.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SearchFilters } from '../lib/catalog/views.ts';
import { createDb } from '../lib/db/db.ts';
import { startEmbeddedPostgres } from '../lib/db/embedded-postgres.ts';
import { applyMigrations } from '../lib/db/migrate.ts';
import { createPostgresIndex } from '../lib/search/postgres-index.ts';
import type { SearchRecord } from '../lib/search/types.ts';

const ROUNDS = 40;
const BATCH = 200;
const projectDir = path.resolve(import.meta.dirname, '..');
const sizes = process.argv.slice(2).map(Number);

/** Mulberry32: small, and the same numbers on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SYLLABLES = 'ba ce do fi gu ka le mo ni pu ra se to vi xu ya zo bri cla dro fle gra plu sta tri'.split(' ');
const VERBS = 'get list create update delete search read write send query run export import find count check'.split(
  ' ',
);
const NOUNS =
  'file issue message table document page record user event image task note repository email customer invoice order ticket log metric'.split(
    ' ',
  );
const BRANDS = 'postgres github slack kubernetes notion stripe redis docker jira gmail'.split(' ');
const CATEGORIES = 'database devops productivity search finance ai communication monitoring'.split(' ');
const GRADES = ['A', 'B', 'C', 'D', null, null];

/** Word frequencies as in natural language (Zipf): few words are everywhere, most are rare. */
function makeWords(next: () => number) {
  const invent = () => Array.from({ length: 2 + Math.floor(next() * 3) }, () => pick(next, SYLLABLES)).join('');
  const rare = Array.from({ length: 20_000 }, invent);
  const common = [
    ...VERBS,
    ...NOUNS,
    ...'data api access manage with your and the for cloud service tools agent'.split(' '),
  ];
  return () => (next() < 0.6 ? pick(next, common) : rare[Math.floor(next() ** 3 * rare.length)]!);
}

const pick = <T>(next: () => number, list: readonly T[]): T => list[Math.floor(next() * list.length)]!;

function* generate(count: number): Generator<SearchRecord> {
  const next = random(20261112);
  const word = makeWords(next);
  const sentence = (length: number) => Array.from({ length }, word).join(' ');
  for (let i = 0; i < count; i++) {
    const brand = next() < 0.15 ? pick(next, BRANDS) : word();
    // Half of a real catalog has no tool definitions; a few servers have very many.
    const tools = next() < 0.5 ? 0 : Math.ceil(next() ** 4 * 120);
    yield {
      serverId: `s${i}`,
      name: `io.github.${word()}${i}/${brand}-${pick(next, NOUNS)}-${i}`,
      title: `${brand} ${pick(next, NOUNS)}`,
      description: sentence(8 + Math.floor(next() * 20)),
      toolNames: Array.from({ length: tools }, () => `${pick(next, VERBS)}_${word()}_${pick(next, NOUNS)}`),
      toolDescriptions: Array.from({ length: tools }, () => sentence(10 + Math.floor(next() * 60))),
      keywords: [word(), word()],
      facets: {
        grade: pick(next, GRADES),
        signature: next() < 0.1 ? 'signed' : 'none',
        publisher: next() < 0.1 ? 'verified' : 'unverified',
        risk: pick(next, ['low', 'medium', 'high']),
        runsAs: [pick(next, ['npm', 'pypi', 'oci', 'remote'])],
        category: pick(next, CATEGORIES),
        origin: 'mirrored',
      },
      updatedAt: new Date('2026-11-12T10:00:00Z'),
    };
  }
}

const KINDS: [kind: string, text: string, filters?: SearchFilters][] = [
  ['everything, by name', ''],
  ['filters alone', '', { category: ['database'], grade: ['A'] }],
  ['one name', 'kubernetes'],
  ['name and tool', 'query postgres'],
  ['three words', 'send slack message'],
  ['a tool', 'read_file'],
  ['two common words', 'create data '],
  ['one very common word', 'data '],
  ['while typing, 2 letters', 'po'],
  ['while typing, 4 letters', 'post'],
  ['typing error', 'kuberntes'],
  ['typing error and a word', 'query postgers'],
  ['phrase', '"create issue" github'],
  ['unknown words only', 'xyzzyplugh qwertzuio'],
  ['within a name', 'ubernete'],
  ['words and a filter', 'github issue', { grade: ['A', 'B'], runsAs: ['npm'] }],
  ['ten words', 'how to send slack message and create jira ticket for customer invoice in notion page'],
];

async function measure(work: () => Promise<unknown>): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(ROUNDS * 0.5)]!, p95: times[Math.floor(ROUNDS * 0.95)]! };
}

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
try {
  await applyMigrations({ databaseUrl: postgres.url, projectDir });
  const db = createDb(postgres.url);
  const index = createPostgresIndex(db);
  for (const size of sizes.length > 0 ? sizes : [1000, 20_000]) {
    await db.$executeRaw`truncate "SearchDocument", "SearchWord"`;
    await db.server.deleteMany();
    const started = performance.now();
    let batch: SearchRecord[] = [];
    const flush = async () => {
      await db.server.createMany({
        data: batch.map((r) => ({ id: r.serverId, name: r.name, namespace: r.name.split('/')[0]! })),
      });
      await index.upsert(batch);
      batch = [];
    };
    for (const record of generate(size)) if (batch.push(record) === BATCH) await flush();
    if (batch.length > 0) await flush();
    const seconds = (performance.now() - started) / 1000;
    await db.$executeRaw`vacuum analyze "SearchDocument"`;
    await db.$executeRaw`vacuum analyze "SearchWord"`;
    const words = await db.searchWord.count();
    process.stdout.write(
      `\n${size} servers, ${words} known words, indexed in ${seconds.toFixed(1)} s (${Math.round(size / seconds)} a second)\n`,
    );
    process.stdout.write(`${'kind'.padEnd(26)}${'hits'.padStart(8)}${'p50 ms'.padStart(10)}${'p95 ms'.padStart(10)}\n`);
    for (const [kind, text, filters = {}] of KINDS) {
      const { total } = await index.search({ text, filters, limit: 20, offset: 0 });
      const { p50, p95 } = await measure(() => index.search({ text, filters, limit: 20, offset: 0 }));
      process.stdout.write(
        `${kind.padEnd(26)}${String(total).padStart(8)}${p50.toFixed(1).padStart(10)}${p95.toFixed(1).padStart(10)}\n`,
      );
    }
    const { p50, p95 } = await measure(() => index.facets({ text: 'data ', filters: {} }));
    process.stdout.write(
      `${'facets of a common word'.padEnd(26)}${''.padStart(8)}${p50.toFixed(1).padStart(10)}${p95.toFixed(1).padStart(10)}\n`,
    );
  }
  await db.$disconnect();
} finally {
  await postgres.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
}
