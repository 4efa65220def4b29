import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { describeEvent } from '#lib/audit/events.ts';
import { importFile } from '#lib/catalog/import/import-file.ts';
import { db } from '#lib/db/db.ts';
import { handleRegistry } from '#lib/http/registry/handle-registry.ts';
import { manifestOf, testInstance } from '../instance.ts';
import { compact, dir, entry, file, line, namesUnder, OFFICIAL, run } from './import-files.ts';

testInstance();

const tool = (name: string) => ({ name, description: `Does ${name}.`, inputSchema: { type: 'object' } });

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

  it('says that a file holds nothing', async () => {
    await expect(run(file('empty.jsonl', ' \n\n'))).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
  });

  it('keeps category and tags where a later line has none', async () => {
    await run(file('tagged.jsonl', line('org.tagged/one', { tags: ['sql'] })));
    await run(file('untagged.jsonl', compact({ server: manifestOf('org.tagged/one', '2.0.0') })));
    expect(await db().server.findUniqueOrThrow({ where: { name: 'org.tagged/one' } })).toMatchObject({
      category: 'data',
      tags: ['sql'],
    });
  });

  it('refuses a server of a namespace that a publisher holds here, in any case', async () => {
    const publisher = await db().publisher.create({ data: { slug: 'held', displayName: 'Held Inc' } });
    const proofs = { 'org.held': 'granted', 'org.shown': 'demonstration' } as const;
    for (const [name, proofKind] of Object.entries(proofs)) {
      await db().namespace.create({
        data: { name, proofKind, proof: {}, provenAt: new Date(), publisherId: publisher.id },
      });
    }
    const names = ['org.held/one', 'org.HELD/two', 'org.shown/three', 'org.held.more/four'];
    const { skipped } = await run(file('held.jsonl', names.map((name) => line(name)).join('\n')));
    expect(skipped).toEqual(
      ['org.held', 'org.HELD', 'org.shown'].map((namespace, i) => ({
        line: i + 1,
        reason: `${namespace} is held by Held Inc on this registry; only they publish under it`,
      })),
    );
    expect(await namesUnder('org.held.more')).toEqual(['org.held.more/four']);
    expect(await namesUnder('org.held')).toEqual([]);
  });

  it('skips a line whose server somebody else stores at the same moment, and keeps its neighbours', async () => {
    const target = file('race.jsonl', ['a', 'b', 'c'].map((n) => line(`org.race/${n}`)).join('\n'));
    let importing: ReturnType<typeof run> | undefined;
    await db().$transaction(async (tx) => {
      await tx.server.create({ data: { name: 'org.race/b', namespace: 'org.race' } });
      importing = run(target);
      // The import waits for this transaction once it writes the same name.
      await vi.waitFor(
        async () => {
          const [row] = await db().$queryRaw<{ waiting: bigint }[]>`
            select count(*) as waiting from pg_locks l join pg_database d on d.datname = current_database()
            join pg_stat_activity a on a.pid = l.pid and a.datid = d.oid where not l.granted`;
          expect(Number(row!.waiting)).toBeGreaterThan(0);
        },
        { timeout: 15_000 },
      );
    });
    const { report, skipped } = await importing!;
    expect(report).toMatchObject({ imported: 2, skipped: 1 });
    expect(skipped).toEqual([{ line: 2, reason: expect.stringContaining('stored by somebody else') }]);
  });

  it('writes one audit event for each finished run', async () => {
    const target = file('audited.jsonl', `${line('org.audited/one')}\nnope\n`);
    await run(target);
    await run(target);
    const events = await db().auditEvent.findMany({ where: { kind: 'catalog.imported' }, orderBy: { seq: 'asc' } });
    const sentences = events
      .map(({ kind, subject, data }) => describeEvent(kind, { ...(subject as object), ...(data as object) }))
      .filter((sentence) => sentence.includes('audited.jsonl'));
    expect(sentences).toEqual([
      'Imported audited.jsonl: 1 new, 0 updated, 0 unchanged, 1 skipped',
      'Imported audited.jsonl: 0 new, 0 updated, 1 unchanged, 1 skipped',
    ]);
  });
});

describe('the status of a mirrored version', () => {
  const find = (name: string) => db().version.findFirstOrThrow({ where: { serverName: name, version: '1.0.0' } });
  const early = '2025-10-01T00:00:00.000Z';
  const late = '2025-12-01T00:00:00.000Z';

  it('follows a newer page, with its message, and moves the mark of the latest version', async () => {
    const name = 'org.status/one';
    const older = { server: manifestOf(name, '0.9.0'), _meta: { [OFFICIAL]: { publishedAt: early } } };
    await run(
      file('status-1.jsonl', `${compact(older)}\n${compact(entry(name, { status: 'active', publishedAt: early }))}`),
    );
    const before = await find(name);
    expect(before.isLatest).toBe(true);
    const gone = { status: 'deleted', statusMessage: 'Malware', publishedAt: early, statusChangedAt: late };
    const { report } = await run(file('status-2.jsonl', compact({ servers: [entry(name, gone)] })));
    expect(report).toMatchObject({ imported: 0, updated: 1, unchanged: 0, skipped: 0 });
    const after = await find(name);
    expect(after).toMatchObject({ status: 'deleted', statusMessage: 'Malware', isLatest: false });
    expect(after.statusChangedAt.toISOString()).toBe(late);
    expect(after.publishedAt.toISOString()).toBe(early);
    expect(after.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
    expect(await db().version.findFirstOrThrow({ where: { serverName: name, isLatest: true } })).toMatchObject({
      version: '0.9.0',
    });
  });

  it.each<[string, object | undefined]>([
    ['the same status', { status: 'deprecated', statusMessage: 'Old', statusChangedAt: late }],
    ['an older page', { status: 'active', statusChangedAt: early }],
    ['a line that says nothing about it', undefined],
  ])('stays with %s', async (what, official) => {
    const name = `org.stays/${what.replaceAll(' ', '-')}`;
    const stored = { status: 'deprecated', statusMessage: 'Old', statusChangedAt: late, publishedAt: early };
    await run(file(`${what} 1.jsonl`, compact(entry(name, stored))));
    const before = await find(name);
    const { report } = await run(file(`${what} 2.jsonl`, `${compact(entry(name, official))}\n`));
    expect(report).toMatchObject({ updated: 0, unchanged: 1 });
    expect(await find(name)).toEqual(before);
  });

  it.each(['0000-01-01T00:00:00Z', '2025-02-31T00:00:00Z', 'garbage'])('refuses the time %s', async (publishedAt) => {
    const { skipped } = await run(file(`${publishedAt}.jsonl`, compact(entry('org.times/one', { publishedAt }))));
    expect(skipped).toEqual([{ line: 1, reason: expect.stringContaining('not an RFC 3339 timestamp') }]);
  });
});
