/**
 * Measures policies: `node bench/policy.ts [--versions 10000] [--json]`. Prints evaluations per second for texts of several sizes,
 * and a dry run over that many synthetic versions in a PostgreSQL of its own, with the longest time that it kept the process from
 * anything else.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createDb, type Db } from '#lib/db/db.ts';
import { startEmbeddedPostgres } from '#lib/db/embedded-postgres.ts';
import { applyMigrations } from '#lib/db/migrate.ts';
import { checkPolicy } from '#lib/orgs/policy/check-policy.ts';
import { dryRun } from '#lib/orgs/policy/dry-run.ts';
import { evaluatePolicy } from '#lib/orgs/policy/evaluate-policy.ts';
import { composeTemplates, POLICY_TEMPLATES } from '#lib/orgs/policy/templates.ts';
import { factsOf } from '#tests/orgs/policy/facts-fixture.ts';

const { values } = parseArgs({
  options: { versions: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } },
});

const PARAMETERS = { namespaces: 'com.acme, org.synthetic', hosts: 'mcp.acme.com' };
const ofTemplates = (ids: string[]) =>
  composeTemplates(ids.map((id) => ({ id, parameters: PARAMETERS as Record<string, string> })));
const many = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => `@id("p${i}") permit (principal, action, resource) when { resource.namespace == "org.n${i}" };`,
  ).join('\n');

const TEXTS = {
  'one template': ofTemplates(['trusted-read-only']),
  'all templates': ofTemplates(POLICY_TEMPLATES.map(({ id }) => id)),
  '200 policies': many(200),
};

/** `cpuMs` is what the process itself used, whatever else ran on the machine. */
type Speed = { text: string; policies: number; checkMs: number; perSecond: number; ms: number; cpuMs: number };

const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

function speedOf(text: string, cedar: string): Speed {
  const facts = Array.from({ length: 50 }, (_, i) => factsOf({ name: `org.synthetic/s${i}`, ageDays: i }));
  const began = performance.now();
  const { policies } = checkPolicy(cedar);
  const checkMs = performance.now() - began;
  for (const one of facts) evaluatePolicy(cedar, one);
  const started = performance.now();
  const cpu = process.cpuUsage();
  let done = 0;
  while (performance.now() - started < 2_000) {
    evaluatePolicy(cedar, facts[done % facts.length]!);
    done++;
  }
  const ms = (performance.now() - started) / done;
  return { text, policies: policies.length, checkMs, perSecond: 1000 / ms, ms, cpuMs: cpuMsSince(cpu) / done };
}

const speeds = Object.entries(TEXTS).map(([text, cedar]) => speedOf(text, cedar));
const run = await measureDryRun(Number(values.versions));
if (values.json) console.log(JSON.stringify({ speeds, dryRun: run }));
else {
  for (const { text, policies, checkMs, perSecond, ms, cpuMs } of speeds)
    console.log(
      `${text}: ${policies} policies, checked in ${checkMs.toFixed(1)} ms, ${perSecond.toFixed(0)} decisions a second (${ms.toFixed(3)} ms each, ${cpuMs.toFixed(3)} ms of CPU)`,
    );
  console.log(
    `dry run over ${run.versions} versions: ${(run.ms / 1000).toFixed(1)} s (${(run.cpuMs / 1000).toFixed(1)} s of CPU beside the database), ${run.perSecond.toFixed(0)} versions a second, event loop held at most ${run.longestPauseMs.toFixed(0)} ms`,
  );
}

async function measureDryRun(count: number) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
  await applyMigrations({ databaseUrl: postgres.url, projectDir: path.resolve(import.meta.dirname, '..') });
  const db = createDb(postgres.url);
  try {
    const org = await db.org.create({ data: { slug: 'bench', displayName: 'Bench' } });
    await fill(db, count);
    const cedar = TEXTS['all templates'];
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const started = performance.now();
    const cpu = process.cpuUsage();
    const result = await dryRun(db, {
      orgId: org.id,
      cedar,
      policies: checkPolicy(cedar).policies,
      coolDownDays: 7,
      inForce: { cedar: TEXTS['one template'], mode: 'automatic' },
      now: new Date(),
      maxMs: 3_600_000,
    });
    const ms = performance.now() - started;
    const cpuMs = cpuMsSince(cpu);
    delay.disable();
    const { versions } = result.catalog;
    return { versions, ms, cpuMs, perSecond: versions / (ms / 1000), longestPauseMs: delay.max / 1e6 };
  } finally {
    await db.$disconnect();
    await postgres.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Versions with a scan of ten tools and five findings each, written by the database itself. */
async function fill(db: Db, count: number): Promise<void> {
  await db.$executeRaw`
    insert into "Server" (id, name, namespace)
    select 's' || i, 'org.synthetic/server-' || i, 'org.synthetic' from generate_series(1, ${count}::int) i`;
  await db.$executeRaw`
    insert into "Version" (id, "serverId", "serverName", version, "manifestBytes", manifest, "manifestSha256",
      "manifestJcsSha256", origin, "isLatest", license)
    select 'v' || i, 's' || i, 'org.synthetic/server-' || i, '1.0.0', '\\x7b7d',
      jsonb_build_object('name', 'org.synthetic/server-' || i, 'description', repeat('words ', 20), 'version', '1.0.0',
        'packages', '[{"registryType":"npm","identifier":"x","version":"1.0.0","transport":{"type":"stdio"}}]'::jsonb),
      repeat('0', 64), repeat('0', 64), 'published', true, 'MIT' from generate_series(1, ${count}::int) i`;
  await db.$executeRaw`
    insert into "Scan" (id, "versionId", status, reason, "finishedAt", "rulesetVersion", "definitionsOrigin", definitions,
      "toolsDigest", coverage, findings, permissions, grade, risk)
    select 'c' || i, 'v' || i, 'done', 'bench', now(), 'bench', 'declared',
      jsonb_build_object('tools', (select jsonb_agg(jsonb_build_object('name', 'tool_' || t,
        'description', repeat('Does something useful. ', 12), 'inputSchema', '{"type":"object"}'::jsonb,
        'annotations', '{"readOnlyHint":true}'::jsonb)) from generate_series(1, 10) t)),
      repeat('0', 64), '{"manifest":{"covered":true},"tools":{"covered":true}}',
      (select jsonb_agg(jsonb_build_object('class', 'hygiene', 'severity', 'low', 'ruleId', 'rule.' || f, 'fingerprint', 'f' || f,
        'message', repeat('explains ', 30))) from generate_series(1, 5) f),
      '[{"kind":"read","scope":"files","basis":"inferred","evidence":["tool_1"]}]', 'B', 'low'
    from generate_series(1, ${count}::int) i`;
  await db.$executeRaw`update "Version" set "currentScanId" = 'c' || substr(id, 2)`;
}
