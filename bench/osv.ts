/**
 * `node bench/osv.ts [ADVISORIES]`: how fast copies of OSV databases are imported, how long the packages of one server are looked
 * up, and how long a catalog is looked up again after an import (20,000 advisories for each ecosystem unless told
 * otherwise). The advisories are made up (`bench/osv-dump.ts`), the database is a throw-away embedded server.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { closeDb, db } from '../lib/db/db.ts';
import { startEmbeddedPostgres } from '../lib/db/embedded-postgres.ts';
import { applyMigrations } from '../lib/db/migrate.ts';
import { runLookUpAgain } from '../lib/scans/look-up-again/index.ts';
import { findVulnerabilities, importDump } from '../lib/scans/vulnerabilities/index.ts';
import { osvDump, packageName, shapeOf } from './osv-dump.ts';

const shape = shapeOf(Number(process.argv[2] ?? 20_000));
const projectDir = path.resolve(import.meta.dirname, '..');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-osv-'));
const postgres = await startEmbeddedPostgres({ dataDir: path.join(dir, 'postgres') });
process.env.DATABASE_URL = postgres.url;
process.env.HALLMARK_URL = 'http://127.0.0.1:4999';

const rounds = 50;
const SERVERS = 2_000;
const TREE = 120;

try {
  await applyMigrations({ databaseUrl: postgres.url, projectDir });
  for (const ecosystem of ['npm', 'PyPI'] as const) {
    const file = path.join(dir, `${ecosystem}.jsonl`);
    const lines = [...osvDump(ecosystem, shape)].map((advisory) => JSON.stringify(advisory));
    fs.writeFileSync(file, lines.join('\n'));
    const size = `${(fs.statSync(file).size / 2 ** 20).toFixed(0)} MiB`;
    for (const which of ['first import', 'the same again']) {
      const began = performance.now();
      const { advisories, skipped } = await importDump({ file, ecosystem, onSkip: () => {}, onProgress: () => {} });
      const seconds = (performance.now() - began) / 1_000;
      console.log(
        `${ecosystem}, ${which}: ${advisories} advisories (${size}, ${skipped} skipped) in ${seconds.toFixed(1)} s, ${Math.round(advisories / seconds)} a second`,
      );
    }
    for (const packages of [1, TREE, 1_000]) {
      const installed = Array.from({ length: packages }, (_, i) => ({
        ...{ name: packageName(i * 3), version: '1.4.0', parent: i === 0 ? null : 0 },
      }));
      const times: number[] = [];
      let found = 0;
      for (let round = 0; round < rounds; round++) {
        const began = performance.now();
        found = (await findVulnerabilities({ ecosystem, installed }))?.length ?? 0;
        times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      console.log(
        `${ecosystem}, ${packages} packages looked up: median ${times[rounds / 2]!.toFixed(1)} ms, slowest ${times.at(-1)!.toFixed(1)} ms, ${found} found`,
      );
    }
  }
  await lookUpCatalog();
} finally {
  await closeDb();
  await postgres.stop();
  fs.rmSync(dir, { recursive: true, force: true });
}

/** Servers with a tree of packages each, every tenth of which has one that advisories are about. */
async function lookUpCatalog(): Promise<void> {
  for (let i = 0; i < SERVERS; i++) {
    const name = `org.bench/server-${i}`;
    const identifier = `own-${i}`;
    const tree = Array.from({ length: TREE }, (_, at) => ({
      ...{
        name: at === 0 ? identifier : at === 1 && i % 10 === 0 ? packageName(i) : `clean-${i}-${at}`,
        version: '1.4.0',
      },
      parent: at === 0 ? null : 0,
    }));
    const manifest = {
      ...{ $schema: '', name, description: '', version: '1.0.0' },
      packages: [{ registryType: 'npm', identifier, version: '1.4.0', transport: { type: 'stdio' } }],
    };
    const server = await db().server.create({ data: { name, namespace: 'org.bench' } });
    const version = await db().version.create({
      data: {
        ...{ serverId: server.id, serverName: name, version: '1.0.0', manifest, manifestBytes: Buffer.from('{}') },
        ...{
          manifestSha256: '',
          manifestJcsSha256: '',
          origin: 'published',
          publishedAt: new Date(),
          updatedAt: new Date(),
        },
      } as never,
    });
    const scan = await db().scan.create({
      data: {
        ...{ versionId: version.id, status: 'done', reason: 'bench', finishedAt: new Date(), rulesetVersion: '1' },
        ...{ findings: [], permissions: [], coverage: { vulnerabilities: { covered: true } }, grade: null },
        packageFacts: { registryType: 'npm', identifier, version: '1.4.0', source: 'bundled', observed: null, tree },
      },
    });
    await db().version.update({ where: { id: version.id }, data: { currentScanId: scan.id } });
  }
  const began = performance.now();
  const pace = { yieldMs: 0, restRatio: 0, restMs: 0 };
  const run = await runLookUpAgain({ signal: new AbortController().signal, maxMs: 3_600_000, pace });
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `${SERVERS} versions of ${TREE} packages after the imports: ${run.done} looked up, ${run.changed} changed, ${run.failed} failed, in ${seconds.toFixed(1)} s without rests`,
  );
}
