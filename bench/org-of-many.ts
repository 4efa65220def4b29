/** An organization with a long allowlist on a throw-away embedded server, for the benches beside this file. Nothing is fetched. */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { loadViewer, type Viewer } from '../lib/auth/viewer.ts';
import { resetConfig } from '../lib/config/config.ts';
import { closeDb, db } from '../lib/db/db.ts';
import { startEmbeddedPostgres } from '../lib/db/embedded-postgres.ts';
import { applyMigrations } from '../lib/db/migrate.ts';
import { instanceMasterKey } from '../lib/feed/store/keys.ts';
import { createOrg } from '../lib/orgs/create-org.ts';

const BATCH = 1000;
const projectDir = path.resolve(import.meta.dirname, '..');
const TOOLS = ['read', 'write', 'list', 'search', 'delete'];
const hex = () => randomBytes(32).toString('hex');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export const nameOf = (i: number) => `io.github.publisher-${i % 500}/server-${i}`;

export type BenchOrg = { orgId: string; viewer: Viewer };

/** So many servers with one version of five tools each, of which the first `entries` are approved. */
export async function withBenchOrg(
  { servers, entries }: { servers: number; entries: number },
  work: (org: BenchOrg) => Promise<void>,
): Promise<void> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  Object.assign(process.env, {
    DATABASE_URL: postgres.url,
    HALLMARK_DATA_DIR: dataDir,
    HALLMARK_JOBS: 'off',
    HALLMARK_URL: 'http://localhost',
    LOG_LEVEL: 'error',
  });
  resetConfig();
  try {
    await applyMigrations({ databaseUrl: postgres.url, projectDir });
    await instanceMasterKey({ create: true });
    const { id } = await db().user.create({ data: { name: 'bench', email: 'bench@example.org' } });
    const founder = (await loadViewer(id))!;
    const { id: orgId } = await createOrg({ viewer: founder, slug: 'acme', displayName: 'Acme' });
    for (let from = 0; from < servers; from += BATCH) {
      await fill(
        orgId,
        Array.from({ length: Math.min(BATCH, servers - from) }, (_, i) => from + i),
        entries,
      );
    }
    await db().$executeRaw`analyze`;
    await work({ orgId, viewer: (await loadViewer(id))! });
  } finally {
    await closeDb();
    await postgres.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

/** As a publication, a scan and an approval would have left them. */
async function fill(orgId: string, numbers: number[], entries: number): Promise<void> {
  const rows = numbers.map((i) => ({ i, name: nameOf(i), ...contentOf(i) }));
  await db().server.createMany({
    data: rows.map(({ i, name }) => ({ id: `s${i}`, name, namespace: name.split('/')[0]! })),
  });
  await db().version.createMany({
    data: rows.map(({ i, name, manifest, text, pin }) => ({
      id: `v${i}`,
      serverId: `s${i}`,
      serverName: name,
      version: '1.0.0',
      manifestBytes: new Uint8Array(Buffer.from(text)),
      manifest,
      manifestSha256: pin.manifestSha256,
      manifestJcsSha256: pin.manifestJcsSha256,
      origin: 'published' as const,
      isLatest: true,
    })),
  });
  await db().scan.createMany({
    data: rows.map(({ i, digests }) => ({
      id: `c${i}`,
      versionId: `v${i}`,
      status: 'done' as const,
      reason: 'bench',
      grade: 'B',
      toolsDigest: digests.toolsDigest,
      digests,
      finishedAt: new Date(),
    })),
  });
  await db().$executeRaw`update "Version" set "currentScanId" = 'c' || substr(id, 2) where "currentScanId" is null`;
  const approved = rows.filter(({ i }) => i < entries);
  await db().allowlistEntry.createMany({
    data: approved.map(({ i }) => ({ id: `e${i}`, orgId, serverId: `s${i}`, reason: 'bench' })),
  });
  await db().allowlistVersion.createMany({
    data: approved.map(({ i, pin }) => ({
      entryId: `e${i}`,
      versionId: `v${i}`,
      toolPolicy: { default: 'allow', rules: {} },
      reason: 'bench',
      feedEntry: pin,
    })),
  });
}

function contentOf(i: number) {
  const identifier = `@acme/server-${i}`;
  const manifest = {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: nameOf(i),
    title: `Server ${i}`,
    description: `Reads and writes the files of project ${i} and searches in them`,
    version: '1.0.0',
    packages: [{ registryType: 'npm', identifier, version: '1.0.0', transport: { type: 'stdio' } }],
  };
  const text = JSON.stringify(manifest);
  const digests = { toolsDigest: hex(), tools: Object.fromEntries(TOOLS.map((name) => [name, hex()])) };
  const pin = {
    version: '1.0.0',
    manifestSha256: sha256(text),
    manifestJcsSha256: sha256(`jcs ${text}`),
    toolsDigest: digests.toolsDigest,
    tools: { default: 'deny', allow: TOOLS.map((name) => ({ name, digest: digests.tools[name]! })) },
    packages: [
      {
        registryType: 'npm',
        identifier,
        version: '1.0.0',
        purl: `pkg:npm/%40acme/server-${i}@1.0.0`,
        digest: `sha512-${randomBytes(64).toString('base64')}`,
        command: ['npx', '-y', `${identifier}@1.0.0`],
      },
    ],
    remotes: [],
    signer: null,
  };
  return { manifest, text, digests, pin };
}

/** Statements that went to the database since the process began. */
let statements = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
  statements++;
  return (query as (...all: unknown[]) => unknown).apply(this, args);
} as typeof query;

/**
 * Runs it `times` over, `before` what does not count each time, and prints the fastest and the median run, the CPU time of
 * this process, and the statements of the last run.
 */
export async function measure(
  what: string,
  times: number,
  work: (run: number) => Promise<unknown>,
  before?: () => Promise<unknown>,
): Promise<void> {
  const [walls, cpus]: number[][] = [[], []];
  let sent = 0;
  for (let run = 0; run < times; run++) {
    await before?.();
    const [started, cpu, earlier] = [performance.now(), process.cpuUsage(), statements];
    await work(run);
    walls!.push(performance.now() - started);
    cpus!.push(process.cpuUsage(cpu).user / 1000);
    sent = statements - earlier;
  }
  const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
  const digits = median(walls!) < 10 ? 2 : 0;
  const figures = [Math.min(...walls!), median(walls!), median(cpus!)].map((n) => n.toFixed(digits).padStart(8));
  process.stdout.write(`${what.padEnd(58)}${figures.join('')}${String(sent).padStart(8)}\n`);
}

export const printHead = (title: string) =>
  process.stdout.write(`\n${title.padEnd(58)}     min  median     cpu  queries\n`);
