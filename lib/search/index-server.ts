import { log } from '#lib/config/log.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import { lockSearchWrites, recountWords, removeDocuments, writeDocuments } from './postgres-index.ts';
import { buildSearchRecords } from './record.ts';
import { type SearchEngine, searchEngine } from './search-engine.ts';
import { isSearchUnavailable } from './types.ts';

/** Servers that one transaction indexes, and that one request to the search server carries. */
const BATCH = 100;

/**
 * Brings the search up to date for these servers after their versions, scans or publishers changed; call it after the
 * transaction that changed them. The database's index is written at once. Meilisearch, where configured, is told too; while
 * it is away the change waits in SearchPush. Never throws: what the caller did is committed, and a failure of the index
 * must not look like a failure of that. It is logged, and the servers wait in SearchOverdue for the workers' sweep.
 */
export async function indexServers(serverIds: string[], engine: SearchEngine = searchEngine()): Promise<void> {
  for (const ids of batches(serverIds)) {
    try {
      await indexBatch(engine, ids);
    } catch (error) {
      log.error(
        { err: error, servers: ids.length },
        'the search index was not brought up to date; the sweep will do it',
      );
      await noteOverdue(engine.db, ids).catch((err: unknown) =>
        log.error({ err, serverIds: ids }, 'the servers to index again could not be noted; run a reindex'),
      );
    }
  }
  if (!engine.meilisearch) return;
  await pushChanges(engine).catch((err: unknown) =>
    log.error({ err }, 'the search server could not be told of changes'),
  );
}

async function indexBatch(engine: SearchEngine, ids: string[]): Promise<void> {
  await engine.db.$transaction(async (tx) => {
    await writeServers(tx, ids);
    if (engine.meilisearch) await notePush(tx, ids);
  });
}

/**
 * Says that these servers have to be indexed. In the transaction that changes them, it makes sure that they will be, even
 * when the process ends before it called indexServers.
 */
export async function noteOverdue(tx: Tx, serverIds: string[]): Promise<void> {
  if (serverIds.length === 0) return;
  await tx.searchOverdue.createMany({ data: serverIds.map((serverId) => ({ serverId })), skipDuplicates: true });
}

/** Servers that one sweep indexes. */
const REPAIR_BATCH = 500;

/**
 * Indexes what waits in SearchOverdue and returns how many servers that were. One at a time, and one that fails goes to
 * the end of the line: a server that cannot be indexed must not hold up the others.
 */
export async function repairSearch(engine: SearchEngine = searchEngine()): Promise<number> {
  const { db } = engine;
  const overdue = await db.searchOverdue.findMany({ orderBy: { since: 'asc' }, take: REPAIR_BATCH });
  let repaired = 0;
  for (const { serverId } of overdue) {
    try {
      await indexBatch(engine, [serverId]);
      repaired += 1;
    } catch (error) {
      log.error({ err: error, serverId }, 'a server could not be indexed');
      await db.searchOverdue.updateMany({ where: { serverId }, data: { since: new Date() } });
    }
  }
  return repaired;
}

/**
 * Tells Meilisearch what waits for it, and returns how many servers that were. 0 when there is nothing, when it is not
 * configured, or when it is still away. A worker calls this now and then, so that an outage heals by itself.
 */
export async function pushChanges(engine: SearchEngine = searchEngine()): Promise<number> {
  const { db, meilisearch, breaker } = engine;
  let pushed = 0;
  while (meilisearch && breaker.mayTry()) {
    const waiting = await db.searchPush.findMany({ orderBy: { since: 'asc' }, take: BATCH });
    if (waiting.length === 0) break;
    const ids = waiting.map(({ serverId }) => serverId);
    const records = await buildSearchRecords(db, ids);
    const present = new Set(records.map((record) => record.serverId));
    try {
      await meilisearch.upsert(records);
      await meilisearch.remove(ids.filter((id) => !present.has(id)));
      breaker.succeeded();
    } catch (error) {
      if (!isSearchUnavailable(error)) throw error;
      breaker.failed();
      log.warn(
        { err: error, waiting: waiting.length },
        'The search server did not take a change; it will be sent again.',
      );
      break;
    }
    // A server that changed meanwhile has another time and stays.
    await db.searchPush.deleteMany({ where: { OR: waiting } });
    pushed += waiting.length;
  }
  return pushed;
}

export type ReindexProgress = { done: number; total: number };

/**
 * Builds both indexes anew from the catalog, without a moment in which they are empty. Throws SearchUnavailableError
 * when Meilisearch is configured and does not answer; the database's index is complete then.
 */
export async function reindexAll(
  { onProgress = () => {} }: { onProgress?: (progress: ReindexProgress) => void } = {},
  engine: SearchEngine = searchEngine(),
): Promise<ReindexProgress> {
  const { db, meilisearch } = engine;
  const total = await db.server.count();
  let done = 0;
  onProgress({ done, total });
  for await (const ids of allServers(engine)) {
    await db.$transaction((tx) => writeServers(tx, ids));
    done += ids.length;
    if (!meilisearch) onProgress({ done, total: Math.max(done, total) });
  }
  await db.$transaction((tx) => recountWords(tx));
  if (meilisearch)
    await rebuildMeilisearch(engine, (servers) => onProgress({ done: servers, total: Math.max(servers, total) }));
  return { done, total: Math.max(done, total) };
}

async function rebuildMeilisearch(engine: SearchEngine, onDone: (servers: number) => void): Promise<void> {
  const meilisearch = engine.meilisearch!;
  const startedAt = new Date();
  await meilisearch.configure();
  let done = 0;
  for await (const ids of allServers(engine)) {
    await meilisearch.upsert(await buildSearchRecords(engine.db, ids));
    done += ids.length;
    onDone(done);
  }
  await meilisearch.removeIndexedBefore(startedAt);
  engine.breaker.succeeded();
  await pushChanges(engine);
}

/**
 * Makes search ready when a process starts: builds what is missing, e.g. after a migration emptied the index or when
 * MEILI_URL is new. Cheap when nothing is missing. A search server that is away is left for later: searches fall back.
 */
export async function prepareSearch(
  { onProgress }: { onProgress?: (progress: ReindexProgress) => void } = {},
  engine: SearchEngine = searchEngine(),
): Promise<void> {
  const { db, meilisearch, breaker } = engine;
  const [servers, documents] = await Promise.all([
    db.server.count({ where: { versions: { some: { status: { not: 'deleted' } } } } }),
    db.searchDocument.count(),
  ]);
  try {
    const isCurrent = servers === documents && (!meilisearch || (await meilisearchHas(engine, servers)));
    if (isCurrent) await pushChanges(engine);
    else await reindexAll({ onProgress }, engine);
  } catch (error) {
    if (!isSearchUnavailable(error)) throw error;
    breaker.failed();
    log.warn({ err: error }, 'The search server does not answer; searches are answered by the database until it does.');
  }
}

async function meilisearchHas({ meilisearch, db }: SearchEngine, servers: number): Promise<boolean> {
  await meilisearch!.configure();
  const [count, waiting] = [await meilisearch!.count(), await db.searchPush.count()];
  return Math.abs(count - servers) <= waiting;
}

async function writeServers(tx: Tx, ids: string[]): Promise<void> {
  // The lock before the reading: whoever writes last has read what is newest.
  await lockSearchWrites(tx);
  // Before the reading too: a note of a change that comes later stays.
  await tx.searchOverdue.deleteMany({ where: { serverId: { in: ids } } });
  const records = await buildSearchRecords(tx, ids);
  const present = new Set(records.map((record) => record.serverId));
  await writeDocuments(tx, records);
  await removeDocuments(
    tx,
    ids.filter((id) => !present.has(id)),
  );
}

async function notePush(tx: Tx, ids: string[]): Promise<void> {
  await tx.$executeRaw`
    insert into "SearchPush" ("serverId", since)
    select id, clock_timestamp() from unnest(array[${Prisma.join([...ids].sort())}]::text[]) as id
    on conflict ("serverId") do update set since = excluded.since`;
}

function* batches(ids: string[]): Generator<string[]> {
  const unique = [...new Set(ids)];
  for (let i = 0; i < unique.length; i += BATCH) yield unique.slice(i, i + BATCH);
}

async function* allServers({ db }: SearchEngine): AsyncGenerator<string[]> {
  let after = '';
  while (true) {
    const page = await db.server.findMany({
      where: { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: BATCH,
      select: { id: true },
    });
    const last = page.at(-1);
    if (!last) return;
    yield page.map(({ id }) => id);
    after = last.id;
  }
}
