/**
 * `node bench/feed.ts [ENTRIES]`: what a publication and a poll cost, with an allowlist of 10,000 entries unless told
 * otherwise. Everything is made here, on a throw-away embedded server; nothing is fetched.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { issueToken } from '../lib/auth/tokens.ts';
import { resetConfig } from '../lib/config/config.ts';
import { closeDb, db } from '../lib/db/db.ts';
import { startEmbeddedPostgres } from '../lib/db/embedded-postgres.ts';
import { applyMigrations } from '../lib/db/migrate.ts';
import { instanceMasterKey } from '../lib/feed/store/keys.ts';
import { createFeed, publishFeed } from '../lib/feed/store/publish-feed.ts';
import { refreshFeeds } from '../lib/feed/store/refresh-feeds.ts';
import { handleFeed } from '../lib/http/feed/handle-feed.ts';
import { createRequestListener } from '../lib/http/node-server.ts';
import { allowedContent } from '../lib/orgs/allowlist/feed-content.ts';
import { orgTransaction } from '../lib/orgs/org-transaction.ts';

const ENTRIES = Number(process.argv[2] ?? 10_000);
const POLLS = 50_000;
const BATCH = 1000;
const projectDir = path.resolve(import.meta.dirname, '..');
const actor = { type: 'system', name: 'bench' } as const;

const say = (what: string, text: string) => process.stdout.write(`${what.padEnd(56)}${text}\n`);
const ms = (from: number) => performance.now() - from;
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const hex = () => randomBytes(32).toString('hex');

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
Object.assign(process.env, {
  DATABASE_URL: postgres.url,
  HALLMARK_DATA_DIR: dataDir,
  HALLMARK_URL: 'http://localhost',
  LOG_LEVEL: 'error',
});
resetConfig();
try {
  await applyMigrations({ databaseUrl: postgres.url, projectDir });
  await instanceMasterKey({ create: true });
  const org = await db().org.create({ data: { slug: 'acme', displayName: 'Acme' } });
  await db().$transaction((tx) => createFeed(tx, { orgId: org.id, org: 'acme', actor, now: new Date() }));
  await fill(org.id);
  await publishing(org.id);
  await polling(org.id);
} finally {
  await closeDb();
  await postgres.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
}

/** Entries with one version of five tools each, as an approval would have pinned them. */
async function fill(orgId: string): Promise<void> {
  for (let from = 0; from < ENTRIES; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, ENTRIES - from) }, (_, i) => from + i);
    const nameOf = (i: number) => `io.github.publisher-${i % 500}/server-${i}`;
    await db().server.createMany({
      data: numbers.map((i) => ({ id: `s${i}`, name: nameOf(i), namespace: nameOf(i).split('/')[0]! })),
    });
    await db().version.createMany({
      data: numbers.map((i) => ({
        id: `v${i}`,
        serverId: `s${i}`,
        serverName: nameOf(i),
        version: '1.0.0',
        manifestBytes: new Uint8Array(2),
        manifest: {},
        manifestSha256: 'a'.repeat(64),
        manifestJcsSha256: 'b'.repeat(64),
        origin: 'published' as const,
      })),
    });
    await db().allowlistEntry.createMany({
      data: numbers.map((i) => ({ id: `e${i}`, orgId, serverId: `s${i}`, reason: 'bench' })),
    });
    await db().allowlistVersion.createMany({
      data: numbers.map((i) => ({
        entryId: `e${i}`,
        versionId: `v${i}`,
        toolPolicy: { default: 'allow', rules: {} },
        reason: 'bench',
        feedEntry: {
          version: '1.0.0',
          manifestSha256: hex(),
          manifestJcsSha256: hex(),
          toolsDigest: hex(),
          tools: {
            default: 'deny',
            allow: ['read', 'write', 'list', 'search', 'delete'].map((name) => ({ name, digest: hex() })),
          },
          packages: [
            {
              registryType: 'npm',
              identifier: `@acme/server-${i}`,
              version: '1.0.0',
              purl: `pkg:npm/%40acme/server-${i}@1.0.0`,
              digest: `sha512-${randomBytes(64).toString('base64')}`,
              command: ['npx', '-y', `@acme/server-${i}@1.0.0`],
            },
          ],
          remotes: [],
          signer: null,
        },
      })),
    });
  }
}

async function publishing(orgId: string): Promise<void> {
  const [reads, publications, leases, cpu]: number[][] = [[], [], [], []];
  for (let i = 0; i < 7; i++) {
    let started = performance.now();
    await db().$transaction((tx) => allowedContent(tx, orgId));
    reads!.push(ms(started));
    started = performance.now();
    const before = process.cpuUsage();
    await orgTransaction(orgId, (tx) => publishFeed(tx, { orgId, reason: 'bench', actor, now: new Date() }));
    publications!.push(ms(started));
    cpu!.push(process.cpuUsage(before).user / 1000);
    started = performance.now();
    await refreshFeeds({ dueWithinMs: 86_400_000 });
    leases!.push(ms(started));
  }
  const { allowlistBytes } = await db().feedPublication.findFirstOrThrow({ orderBy: { serial: 'desc' } });
  say(`${ENTRIES} entries, allowlist of`, `${(allowlistBytes.length / 1e6).toFixed(1)} MB`);
  const both = (times: number[]) => `${Math.min(...times).toFixed(0)} ms, median ${median(times).toFixed(0)} ms`;
  say('publication, fastest of 7 (committed)', both(publications!));
  say('  of it: computing in this process, on all its threads', both(cpu!));
  say('  of it: reading what is allowed', both(reads!));
  say('new lease of head and timestamp, median of 7', `${median(leases!).toFixed(1)} ms`);
}

async function polling(orgId: string): Promise<void> {
  const { pathKey } = await db().feed.findUniqueOrThrow({ where: { orgId } });
  const user = await db().user.create({ data: { name: 'bench' } });
  const now = new Date();
  const { secret } = await db().$transaction((tx) =>
    issueToken(tx, { kind: 'gateway', name: 'bench', expiresInDays: 1, createdById: user.id, orgId, actor, now }),
  );
  const ways: [string, string, Record<string, string>][] = [
    ['by path key', `/orgs/acme/feed/k/${pathKey}/head`, {}],
    ['by token', '/orgs/acme/feed/head', { authorization: `Bearer ${secret}` }],
  ];
  for (const [way, address, headers] of ways) {
    const first = await handleFeed(new Request(`http://localhost${address}`, { headers }));
    const conditional = { ...headers, 'if-none-match': first!.headers.get('etag')! };
    const times: number[] = [];
    for (let i = 0; i < POLLS; i++) {
      const started = performance.now();
      const response = await handleFeed(new Request(`http://localhost${address}`, { headers: conditional }));
      times.push(ms(started));
      if (response!.status !== 304) throw new Error(`answered ${response!.status}`);
    }
    const sorted = times.toSorted((a, b) => a - b);
    const mean = times.reduce((sum, time) => sum + time, 0) / POLLS;
    const p99 = sorted[Math.floor(POLLS * 0.99)]!;
    say(`poll ${way}, 304, handler`, `mean ${mean.toFixed(4)} ms, p99 ${p99.toFixed(4)} ms`);
    await overHttp(way, address, conditional);
  }
}

/** Through the whole server, keep-alive, sixteen at a time; the client runs in this process too and is part of the time. */
async function overHttp(way: string, address: string, headers: Record<string, string>): Promise<void> {
  const server = http.createServer(createRequestListener(async (_, response) => response.writeHead(404).end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const poll = () =>
    new Promise<void>((resolve, reject) => {
      http
        .get({ agent, port, host: '127.0.0.1', path: address, headers }, (response) => {
          response.resume();
          response.once('end', resolve);
        })
        .once('error', reject);
    });
  const total = 20_000;
  let left = total;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left-- > 0) await poll();
    }),
  );
  const took = ms(started);
  say(
    `poll ${way}, 304, over HTTP with its client`,
    `${(took / total).toFixed(3)} ms, ${Math.round((total / took) * 1000)} a second`,
  );
  agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
