import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDb, type Db } from '#lib/db/db.ts';
import { indexServers, prepareSearch, pushChanges, reindexAll } from '#lib/search/index-server.ts';
import { createMeilisearchIndex } from '#lib/search/meilisearch-index.ts';
import {
  BREAKER_PAUSE_MS,
  createSearchEngine,
  facetsWith,
  SEARCH_SERVER_AWAY,
  type SearchEngine,
  searchWith,
} from '#lib/search/search-engine.ts';
import { createTestDatabase } from '../database.ts';
import { addServer } from './add-server.ts';

/** A search server that behaves badly, or as it should, on a real socket. */
class FakeSearchServer {
  answer: (request: { path: string; body: string }) => { status: number; body: unknown } | 'hang' | 'cut' = () => ({
    status: 500,
    body: { message: 'broken', code: 'internal', type: 'internal', link: '' },
  });
  readonly requests: string[] = [];
  url = '';
  #server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    this.requests.push(`${request.method} ${request.url}`);
    const answer = this.answer({ path: request.url ?? '', body });
    if (answer === 'hang') return;
    if (answer === 'cut') return request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  #sockets = new Set<Socket>();

  async start() {
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const TASK = { taskUid: 1, indexUid: 'servers', status: 'enqueued', type: 'documentAdditionOrUpdate', enqueuedAt: '' };
const request = { text: 'weather', filters: {}, limit: 10, offset: 0 };

describe('the search with a search server', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let db: Db;
  let server: FakeSearchServer;
  let clock: number;
  let engine: SearchEngine;
  let weatherId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    db = createDb(database.url);
    weatherId = await addServer(db, { name: 'com.acme/weather', description: 'Weather of a place' });
    await indexServers([weatherId], createSearchEngine({ db, meilisearch: null }));
  });
  afterAll(async () => {
    await db.$disconnect();
    await database.drop();
  });
  beforeEach(async () => {
    server = new FakeSearchServer();
    await server.start();
    clock = 1_000_000;
    engine = createSearchEngine({ db, meilisearch: createMeilisearchIndex({ url: server.url }), now: () => clock });
    await db.searchPush.deleteMany();
  });
  afterEach(() => server.stop());

  const fromDatabase = async () => {
    const page = await searchWith(engine, request);
    expect(page).toMatchObject({ total: 1, note: SEARCH_SERVER_AWAY });
    expect(page.servers.map((card) => card.name)).toEqual(['com.acme/weather']);
  };

  it.each<[string, FakeSearchServer['answer']]>([
    ['answers 500', () => ({ status: 500, body: { message: 'broken' } })],
    ['does not know the index', () => ({ status: 404, body: { message: 'Index not found', code: 'index_not_found' } })],
    ['refuses the key', () => ({ status: 403, body: { message: 'Invalid API key', code: 'invalid_api_key' } })],
    ['answers something else', () => ({ status: 200, body: 'hello' })],
    ['cuts the connection', () => 'cut'],
    ['hangs', () => 'hang'],
  ])('that %s, the database answers, and the page says so', async (_, answer) => {
    server.answer = answer;
    await fromDatabase();
    expect(server.requests.length).toBe(1);
  });

  it('that is not there, the database answers, and the page says so', async () => {
    await server.stop();
    await fromDatabase();
    await server.start();
  });

  it('that failed, nobody waits again until the pause is over', async () => {
    await fromDatabase();
    await fromDatabase();
    await facetsWith(engine, { text: 'weather', filters: {} });
    expect(server.requests.length).toBe(1);
    clock += BREAKER_PAUSE_MS - 1;
    await fromDatabase();
    expect(server.requests.length).toBe(1);
    clock += 1;
    await fromDatabase();
    expect(server.requests.length).toBe(2);
  });

  it('that works, its order is shown without a note, and ids that are gone are left out', async () => {
    const otherId = await addServer(db, { name: 'com.acme/other', description: 'Something else' });
    server.answer = () => ({
      status: 200,
      body: {
        hits: [{ serverId: otherId }, { serverId: 'gone' }, { serverId: weatherId }],
        estimatedTotalHits: 3,
        limit: 10,
        offset: 0,
        processingTimeMs: 1,
        query: '',
      },
    });
    const page = await searchWith(engine, request);
    expect(page.note).toBeNull();
    expect(page.servers.map((card) => card.name)).toEqual(['com.acme/other', 'com.acme/weather']);
  });

  it('that came back, it is asked again', async () => {
    await fromDatabase();
    clock += BREAKER_PAUSE_MS;
    server.answer = () => ({ status: 200, body: { hits: [], estimatedTotalHits: 0 } });
    expect(await searchWith(engine, request)).toEqual({ servers: [], total: 0, note: null });
  });

  it('a filter value cannot leave its quotes', async () => {
    let sent = '';
    server.answer = ({ body }) => {
      sent = body;
      return { status: 200, body: { hits: [], estimatedTotalHits: 0 } };
    };
    await searchWith(engine, { ...request, filters: { category: ['a" OR grade = "A', 'b\\'] } });
    expect(JSON.parse(sent).filter).toEqual(['category IN ["a\\" OR grade = \\"A", "b\\\\"]']);
  });

  describe('changes', () => {
    const accept: FakeSearchServer['answer'] = ({ path }) =>
      path.startsWith('/tasks/')
        ? { status: 200, body: { ...TASK, uid: 1, status: 'succeeded' } }
        : path.endsWith('/stats')
          ? { status: 200, body: { numberOfDocuments: 0, isIndexing: false, fieldDistribution: {} } }
          : { status: 202, body: TASK };

    it.each<[string, FakeSearchServer['answer']]>([
      ['answers 500', () => ({ status: 500, body: { message: 'broken' } })],
      ['cuts the connection', () => 'cut'],
    ])('are kept while the server %s, and sent once it is back', async (_, answer) => {
      server.answer = answer;
      await indexServers([weatherId], engine);
      expect(await db.searchPush.count()).toBe(1);

      server.answer = accept;
      expect(await pushChanges(engine)).toBe(0);
      clock += BREAKER_PAUSE_MS;
      expect(await pushChanges(engine)).toBe(1);
      expect(await db.searchPush.count()).toBe(0);
      expect(server.requests.at(-1)).toMatch(/^POST \/indexes\/servers\/documents/);
    });

    it('of a server without versions remove it there and here', async () => {
      const id = await addServer(db, { name: 'com.acme/passing', description: 'Passing by' });
      server.answer = accept;
      await indexServers([id], engine);
      await db.version.updateMany({ where: { serverId: id }, data: { status: 'deleted' } });
      await indexServers([id], engine);
      expect(server.requests.at(-1)).toBe('POST /indexes/servers/documents/delete-batch');
      expect(await db.searchDocument.findUnique({ where: { serverId: id } })).toBeNull();
    });

    it('a rebuild configures, writes everything and removes the rest; without the server it says so', async () => {
      server.answer = accept;
      const seen: number[] = [];
      const { done } = await reindexAll({ onProgress: (progress) => seen.push(progress.done) }, engine);
      expect(done).toBe(await db.server.count());
      expect(seen.at(-1)).toBe(done);
      expect(server.requests).toContain('PATCH /indexes/servers/settings');
      expect(server.requests).toContain('POST /indexes/servers/documents/delete');

      server.answer = () => 'cut';
      await expect(reindexAll({}, engine)).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
    });

    it('at a start, what is missing is built, and a server that is away stops nothing', async () => {
      await db.searchDocument.deleteMany();
      server.answer = () => 'cut';
      await prepareSearch({}, engine);
      await fromDatabase();

      server.answer = accept;
      server.requests.length = 0;
      await prepareSearch({}, engine);
      expect(server.requests.some((line) => line.startsWith('POST /indexes/servers/documents'))).toBe(true);
    });
  });
});
