import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importFile } from '#lib/catalog/import/import-file.ts';
import { db } from '#lib/db/db.ts';
import { handleRegistry } from '#lib/http/registry/handle-registry.ts';
import { manifestOf, testInstance } from '../instance.ts';

testInstance();

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-import-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const file = (name: string, text: string) => {
  const target = path.join(dir, name);
  fs.writeFileSync(target, text);
  return target;
};
const line = (name: string, extra: object = {}) =>
  JSON.stringify({
    server: manifestOf(name, '1.0.0'),
    source: 'elsewhere',
    license: 'MIT',
    category: 'data',
    ...extra,
  });
const tool = (name: string) => ({ name, description: `Does ${name}.`, inputSchema: { type: 'object' } });

async function run(target: string, signal?: AbortSignal) {
  const skipped: { line: number; reason: string }[] = [];
  const report = await importFile({ file: target, onSkip: (line) => skipped.push(line), onProgress: () => {}, signal });
  return { report, skipped };
}

describe('importFile', () => {
  it('takes servers over as mirrored, scans those with tools, and leaves the others ungraded', async () => {
    const target = file(
      'two.jsonl',
      `${line('org.import/with', { tools: [tool('read_file')] })}\n\n${line('org.import/without')}\n`,
    );
    expect((await run(target)).report).toMatchObject({ total: 2, imported: 2, skipped: 0 });
    const versions = await db().version.findMany({
      where: { serverName: { startsWith: 'org.import/' } },
      include: { currentScan: true },
      orderBy: { serverName: 'asc' },
    });
    expect(versions.map(({ origin, source, license, isLatest }) => ({ origin, source, license, isLatest }))).toEqual(
      Array.from({ length: 2 }, () => ({ origin: 'mirrored', source: 'elsewhere', license: 'MIT', isLatest: true })),
    );
    expect(versions[0]!.currentScan).toMatchObject({ status: 'done', definitionsOrigin: 'declared', grade: 'A' });
    expect(versions[1]!.currentScan).toMatchObject({
      status: 'done',
      grade: null,
      coverage: { tools: { covered: false } },
    });
  });

  it('changes nothing when the same file comes again', async () => {
    const target = file('again.jsonl', `${line('org.again/one')}\n`);
    await run(target);
    expect((await run(target)).report).toMatchObject({ imported: 0, unchanged: 1 });
  });

  it('reports each bad line with its number and reason, and keeps its neighbours', async () => {
    const lines = [
      line('org.bad/good-1'),
      '{"server": {',
      '{"tools": []}',
      line('no-slash'),
      line('org.bad/tools', { tools: [{ description: 'nameless' }] }),
      '{"server": {"name": "a/b", "name": "c/d"}}',
      line('org.bad/good-2'),
    ];
    const { report, skipped } = await run(file('bad.jsonl', lines.join('\n')));
    expect(report).toMatchObject({ total: 7, imported: 2, skipped: 5 });
    expect(skipped.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(skipped[2]!.reason).toContain('name');
    expect(skipped[3]!.reason).toContain('tools.0.name');
    expect(skipped[4]!.reason).toMatch(/name/);
    expect(await db().server.count({ where: { name: { startsWith: 'org.bad/' } } })).toBe(2);
  });

  it('refuses other content under a version that is already here', async () => {
    await run(file('first.jsonl', line('org.same/one')));
    const other = JSON.stringify({ server: manifestOf('org.same/one', '1.0.0', { title: 'Another' }) });
    const { skipped } = await run(file('second.jsonl', other));
    expect(skipped).toEqual([
      { line: 1, reason: 'org.same/one 1.0.0 is already here with other content; published versions do not change' },
    ]);
  });

  it('takes over names that differ only in case, as other catalogs have them', async () => {
    const { report } = await run(file('case.jsonl', `${line('org.case/Sqlite')}\n${line('org.case/sqlite')}\n`));
    expect(report).toMatchObject({ imported: 2, skipped: 0 });
  });

  it('goes on where it was stopped', async () => {
    const target = file('long.jsonl', Array.from({ length: 120 }, (_, i) => line(`org.long/server-${i}`)).join('\n'));
    const abort = new AbortController();
    const first = await importFile({
      file: target,
      onSkip: () => {},
      onProgress: (done) => done >= 50 && abort.abort(),
      signal: abort.signal,
    });
    expect(first.imported).toBe(50);
    const second = await run(target);
    expect(second.report).toMatchObject({ resumedAt: 50, imported: 120, unchanged: 0, total: 120 });
    expect(await db().server.count({ where: { name: { startsWith: 'org.long/' } } })).toBe(120);
  });

  it('reads a saved page of the registry API with its statuses, byte for byte', async () => {
    const server = JSON.stringify(manifestOf('org.page/one', '1.0.0'), null, 3);
    const official = {
      'io.modelcontextprotocol.registry/official': {
        status: 'deprecated',
        publishedAt: '2025-10-01T00:00:00Z',
        updatedAt: '2025-10-01T00:00:00Z',
        isLatest: true,
      },
    };
    const page = `{"servers": [{"server": ${server}, "_meta": ${JSON.stringify(official)}}], "metadata": {"count": 1}}`;
    expect((await run(file('page.json', page))).report).toMatchObject({ imported: 1 });
    const row = await db().version.findFirstOrThrow({ where: { serverName: 'org.page/one' } });
    expect(Buffer.from(row.manifestBytes).toString()).toBe(server);
    expect(row).toMatchObject({ status: 'deprecated', publishedAt: new Date('2025-10-01T00:00:00Z') });
  });

  it('takes what this registry serves', async () => {
    await run(file('own.jsonl', line('org.round/trip')));
    const response = await handleRegistry(new Request('http://localhost/v0.1/servers/org.round%2Ftrip/versions'));
    const { report } = await run(file('served.json', await response!.text()));
    expect(report).toMatchObject({ total: 1, unchanged: 1, skipped: 0 });
  });

  it('says that a file cannot be read', async () => {
    await expect(run(path.join(dir, 'missing.jsonl'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('missing.jsonl'),
    });
  });
});
