/**
 * `node bench/sync.ts [VERSIONS [VERSIONS-PER-SERVER]]`: how many versions a second the sync takes over from an upstream, at
 * its first crawl and at a full one that finds nothing new (20,000 versions, 4 a server unless told otherwise). The upstream
 * is synthetic, on loopback; the database a throw-away embedded server.
 */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { addSyncSource, runSync } from '../lib/catalog/sync/index.ts';
import { resetConfig } from '../lib/config/config.ts';
import { closeDb, db } from '../lib/db/db.ts';
import { startEmbeddedPostgres } from '../lib/db/embedded-postgres.ts';
import { applyMigrations } from '../lib/db/migrate.ts';

const PAGE = 100;
const total = Number(process.argv[2] ?? 20_000);
const perServer = Number(process.argv[3] ?? 4);
const projectDir = path.resolve(import.meta.dirname, '..');

/** About the size of a usual manifest: 1.2 kB. */
function item(i: number) {
  const name = `io.github.owner-${String(Math.floor(i / perServer / 3)).padStart(6, '0')}/server-${Math.floor(i / perServer)}`;
  const version = `1.${i % perServer}.0`;
  const published = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
  return {
    server: {
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name,
      description: `Synthetic server ${i} for measuring how fast a mirror fills`,
      title: `Server ${i}`,
      version,
      repository: { url: `https://github.com/owner/server-${i}`, source: 'github' },
      packages: [
        {
          registryType: 'npm',
          identifier: `@owner/server-${i}`,
          version,
          transport: { type: 'stdio' },
          environmentVariables: Array.from({ length: 4 }, (_, n) => ({
            name: `SETTING_${n}`,
            description: 'A setting that this server reads when it starts, with a description of usual length.',
            isRequired: n === 0,
            isSecret: n === 1,
          })),
        },
      ],
    },
    _meta: {
      'io.modelcontextprotocol.registry/official': {
        status: i % 50 === 0 ? 'deleted' : 'active',
        statusChangedAt: published,
        publishedAt: published,
        updatedAt: published,
        isLatest: i % perServer === perServer - 1,
      },
    },
  };
}

const upstream = http.createServer((request, response) => {
  const from = Number(new URL(request.url!, 'http://localhost').searchParams.get('cursor') ?? 0);
  const servers = Array.from({ length: Math.min(PAGE, total - from) }, (_, i) => item(from + i));
  const next = from + servers.length;
  const metadata = { count: servers.length, ...(next < total ? { nextCursor: String(next) } : {}) };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ servers, metadata }));
});
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
try {
  Object.assign(process.env, {
    DATABASE_URL: postgres.url,
    HALLMARK_DATA_DIR: dataDir,
    HALLMARK_PRIVATE_NETWORKS: '127.0.0.1',
    HALLMARK_JOBS: 'off',
  });
  resetConfig();
  await applyMigrations({ databaseUrl: postgres.url, projectDir });
  const { port } = upstream.address() as AddressInfo;
  const { id } = await addSyncSource({
    baseUrl: `http://127.0.0.1:${port}`,
    actor: { type: 'system', name: 'bench' },
  });
  for (const what of ['first crawl', 'full crawl, nothing new']) {
    const started = performance.now();
    let peak = 0;
    const outcome = await runSync({
      sourceId: id,
      isFull: true,
      onProgress: ({ pages, seen }) => {
        peak = Math.max(peak, process.memoryUsage().rss);
        if (pages % 50 === 0) {
          const rate = Math.round(seen / ((performance.now() - started) / 1000));
          process.stderr.write(`${what}: ${seen} of ${total}, ${rate} versions a second\n`);
        }
      },
    });
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(
      `${what}: ${outcome.state}, ${total} versions in ${seconds.toFixed(1)} s, ${Math.round(total / seconds)} versions a second, ${Math.round(peak / 1e6)} MB at most\n`,
    );
  }
  process.stdout.write(`${await db().version.count()} versions, ${await db().searchDocument.count()} documents\n`);
} finally {
  await closeDb();
  await postgres.stop();
  upstream.close();
  fs.rmSync(dataDir, { recursive: true, force: true });
}
