import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { findVulnerabilities, importDump, importedAt } from '#lib/scans/vulnerabilities/index.ts';
import { OSV_LIMITS } from '#lib/scans/vulnerabilities/types.ts';
import { testInstance } from '../../instance.ts';
import { zip } from '../../packages/support/zip.ts';
import { runHallmark } from '../../run-hallmark.ts';

testInstance();

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-osv-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
beforeEach(async () => {
  await db().osvAdvisory.deleteMany();
  await db().osvImport.deleteMany();
});

type Parts = { modified?: string; withdrawn?: string; aliases?: string[]; affected?: object[]; severity?: object[] };

const about = (name: string, fixed: string, ecosystem = 'npm') => ({
  package: { ecosystem, name },
  ranges: [{ type: ecosystem === 'npm' ? 'SEMVER' : 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
});

const advisory = (id: string, { modified = '2026-01-01T00:00:00Z', ...parts }: Parts = {}) => ({
  id,
  modified,
  summary: `Fault ${id}`,
  affected: [about('left', '1.2.0')],
  ...parts,
});

let files = 0;
function lines(...entries: (object | string)[]): string {
  files += 1;
  const file = path.join(dir, `${files}.jsonl`);
  fs.writeFileSync(
    file,
    entries.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry))).join('\n'),
  );
  return file;
}

async function take(
  file: string,
  { ecosystem = 'npm' as 'npm' | 'PyPI', signal = undefined as AbortSignal | undefined } = {},
) {
  const skipped: string[] = [];
  const progress: [number, number][] = [];
  const report = await importDump({
    file,
    ecosystem,
    signal,
    onSkip: ({ name, reason }) => skipped.push(`${name}: ${reason}`),
    onProgress: (done, total) => progress.push([done, total]),
  });
  return { report, skipped, progress };
}

const found = async (version: string, name = 'left', ecosystem: 'npm' | 'PyPI' = 'npm') =>
  (await findVulnerabilities({ ecosystem, installed: [{ name, version, parent: null }] }))?.map(({ id }) => id);

describe('an import', () => {
  test.each([
    ['lines', () => lines(advisory('GHSA-1'), '', advisory('GHSA-2', { affected: [about('right', '3.0.0')] }))],
    [
      'a ZIP',
      () => {
        const file = path.join(dir, 'all.zip');
        const entry = (id: string, parts?: Parts) => ({
          name: `${id}.json`,
          content: JSON.stringify(advisory(id, parts)),
        });
        fs.writeFileSync(file, zip([entry('GHSA-1'), entry('GHSA-2', { affected: [about('right', '3.0.0')] })]));
        return file;
      },
    ],
    [
      'a folder',
      () => {
        const folder = fs.mkdtempSync(path.join(dir, 'folder-'));
        fs.writeFileSync(path.join(folder, 'a.json'), JSON.stringify(advisory('GHSA-1')));
        fs.writeFileSync(
          path.join(folder, 'b.json'),
          JSON.stringify(advisory('GHSA-2', { affected: [about('right', '3.0.0')] })),
        );
        fs.writeFileSync(path.join(folder, 'README.md'), 'no advisory');
        return folder;
      },
    ],
  ])('reads %s', async (_, make) => {
    const { report, skipped, progress } = await take(make());
    expect(report).toEqual({ total: 2, done: 2, advisories: 2, skipped: 0, resumedAt: 0 });
    expect(skipped).toEqual([]);
    expect(progress.at(-1)).toEqual([2, 2]);
    expect(await found('1.0.0')).toEqual(['GHSA-1']);
    expect(await found('2.0.0', 'right')).toEqual(['GHSA-2']);
    expect(await found('1.2.0')).toEqual([]);
    expect(await importedAt('npm')).toBeInstanceOf(Date);
  });

  test('done twice changes nothing', async () => {
    const file = lines(advisory('GHSA-1'), advisory('GHSA-2'));
    const rows = () => db().osvAdvisory.findMany({ orderBy: [{ id: 'asc' }] });
    await take(file);
    const before = await rows();
    expect((await take(file)).report).toMatchObject({ done: 2, advisories: 2, resumedAt: 0 });
    expect(await rows()).toEqual(before);
  });

  test('goes on where it was stopped', async () => {
    const file = lines(...Array.from({ length: OSV_LIMITS.batch + 10 }, (_, i) => advisory(`GHSA-${i}`)));
    const stop = new AbortController();
    const stopped = await importDump({
      file,
      ecosystem: 'npm',
      signal: stop.signal,
      onSkip: () => {},
      onProgress: () => stop.abort(),
    });
    expect(stopped).toMatchObject({ done: OSV_LIMITS.batch, total: OSV_LIMITS.batch + 10 });
    expect(await importedAt('npm')).toBeNull();
    expect(await findVulnerabilities({ ecosystem: 'npm', installed: [] })).toBeNull();

    const { report } = await take(file);
    expect(report).toMatchObject({
      done: OSV_LIMITS.batch + 10,
      advisories: OSV_LIMITS.batch + 10,
      resumedAt: OSV_LIMITS.batch,
    });
    expect(await db().osvAdvisory.count()).toBe(OSV_LIMITS.batch + 10);
    expect(await importedAt('npm')).toBeInstanceOf(Date);
  });

  test('a newer entry takes the place of an older one, with its packages', async () => {
    await take(lines(advisory('GHSA-1', { affected: [about('left', '1.2.0'), about('right', '2.0.0')] })));
    await take(lines(advisory('GHSA-1', { modified: '2026-02-01T00:00:00Z', affected: [about('left', '1.1.0')] })));
    expect(await found('1.1.5')).toEqual([]);
    expect(await found('1.0.0')).toEqual(['GHSA-1']);
    expect(await found('1.0.0', 'right')).toEqual([]);
    await take(lines(advisory('GHSA-1', { modified: '2025-01-01T00:00:00Z', affected: [about('right', '9.0.0')] })));
    expect(await found('1.0.0', 'right')).toEqual([]);
  });

  test('a withdrawn entry clears, and an older copy does not bring it back', async () => {
    await take(lines(advisory('GHSA-1')));
    await take(lines(advisory('GHSA-1', { modified: '2026-03-01T00:00:00Z', withdrawn: '2026-03-01T00:00:00Z' })));
    expect(await found('1.0.0')).toEqual([]);
    await take(lines(advisory('GHSA-1'), advisory('GHSA-9', { affected: [about('other', '1.0.0')] })));
    expect(await found('1.0.0')).toEqual([]);
  });

  test('takes the entries of its ecosystem only', async () => {
    const file = lines(
      advisory('GHSA-1', { affected: [about('left', '1.2.0'), about('Left_Pad', '1.2.0', 'PyPI')] }),
      advisory('GO-1', { affected: [about('left', '9.0.0', 'Go')] }),
    );
    expect((await take(file, { ecosystem: 'PyPI' })).report).toMatchObject({ done: 2, advisories: 1 });
    expect(await found('1.0.0')).toBeUndefined();
    expect(await found('1.0', 'left.pad', 'PyPI')).toEqual(['GHSA-1']);
  });

  test('a bad entry is named and skipped, its neighbours stay', async () => {
    const tooMany = {
      package: { ecosystem: 'npm', name: 'x' },
      versions: Array(OSV_LIMITS.versions + 1).fill('1.0.0'),
    };
    const { report, skipped } = await take(
      lines(
        '{"id": "GHSA-1"',
        '[]',
        JSON.stringify({ modified: '2026-01-01T00:00:00Z' }),
        JSON.stringify({ id: 'GHSA-2' }),
        advisory('GHSA-3', { affected: [{ package: { ecosystem: 'npm', name: '' } }] }),
        advisory('GHSA-4', { affected: [tooMany] }),
        advisory('GHSA-5\u0000\ud800'),
      ),
    );
    expect(report).toMatchObject({ done: 7, advisories: 1, skipped: 6 });
    expect(skipped).toEqual([
      'line 1: it is not JSON',
      'line 2: it is no JSON object',
      'line 3: it has no usable "id"',
      'line 4: GHSA-2 has no usable "modified"',
      'line 5: GHSA-3 is about a package without a usable name',
      'line 6: GHSA-4 lists more versions of x than are read',
    ]);
    expect(await found('1.0.0')).toHaveLength(1);
  });

  test('a line that is too long is skipped without being kept', async () => {
    const file = lines(' '.repeat(OSV_LIMITS.entryBytes + 1), advisory('GHSA-1'));
    expect((await take(file)).report).toMatchObject({ done: 2, skipped: 1, advisories: 1 });
  });

  test('a ZIP entry that unpacks to more than is said is skipped', async () => {
    const file = path.join(dir, 'bomb.zip');
    const content = Buffer.alloc(1024 * 1024, 0x20);
    fs.writeFileSync(
      file,
      zip([
        { name: 'a.json', content, claims: { unpacked: 10 } },
        { name: 'b.json', content: JSON.stringify(advisory('GHSA-1')) },
      ]),
    );
    const { report, skipped } = await take(file);
    expect(report).toMatchObject({ advisories: 1, skipped: 1 });
    expect(skipped[0]).toMatch(/^a\.json: too many bytes/);
  });

  test.each([
    ['no file', () => path.join(dir, 'nothing'), 'NOT_FOUND'],
    ['an empty file', () => lines(''), 'UNPROCESSABLE'],
    ['an empty folder', () => fs.mkdtempSync(path.join(dir, 'empty-')), 'UNPROCESSABLE'],
    [
      'half a ZIP',
      () => {
        const file = path.join(dir, 'half.zip');
        fs.writeFileSync(file, zip([{ name: 'a.json', content: '{}' }]).subarray(0, 30));
        return file;
      },
      'UNPROCESSABLE',
    ],
  ])('%s is refused', async (_, make, code) => {
    await expect(take(make())).rejects.toMatchObject({ code });
  });
});

test('hallmark osv import says what it did, and that the way on is the same command', async () => {
  const file = lines(advisory('GHSA-1'), '{');
  const env = { DATABASE_URL: process.env.DATABASE_URL!, HALLMARK_DATA_DIR: process.env.HALLMARK_DATA_DIR! };
  const { code, stdout, stderr } = await runHallmark(['osv', 'import', file, '--ecosystem', 'npm'], env);
  expect(stderr).toContain('line 2: skipped: it is not JSON');
  expect(stdout).toBe(
    '2 of 2 entries: 1 advisory about npm packages, 1 skipped. Scans use them, and a worker looks the versions in the catalog up again.\n',
  );
  expect(code).toBe(0);
  expect(await found('1.0.0')).toEqual(['GHSA-1']);

  const unknown = await runHallmark(['osv', 'import', file, '--ecosystem', 'Go'], env);
  expect(unknown.code).not.toBe(0);
  expect(unknown.stderr).toMatch(/npm, PyPI/);
});

describe('a match', () => {
  const SCORE = [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }];

  test('carries the way to the package, the score and the fix', async () => {
    await take(lines(advisory('GHSA-1', { aliases: ['CVE-2026-1'], severity: SCORE })));
    const installed = [
      { name: 'weather', version: '1.0.0', parent: null },
      { name: 'middle', version: '2.0.0', parent: 0 },
      { name: 'left', version: '1.1.0', parent: 1 },
    ];
    expect(await findVulnerabilities({ ecosystem: 'npm', installed })).toEqual([
      {
        id: 'GHSA-1',
        aliases: ['CVE-2026-1'],
        summary: 'Fault GHSA-1',
        name: 'left',
        version: '1.1.0',
        path: ['weather@1.0.0', 'middle@2.0.0', 'left@1.1.0'],
        score: 9.8,
        level: null,
        fixed: ['1.2.0'],
        isMalware: false,
      },
    ]);
  });

  test('one fault under several names is told once, by the name with a score', async () => {
    await take(
      lines(
        advisory('PYSEC-1', { aliases: ['CVE-2026-1'], affected: [about('left', '1.2', 'PyPI')] }),
        advisory('GHSA-1', { aliases: ['CVE-2026-1'], severity: SCORE, affected: [about('left', '1.2', 'PyPI')] }),
        advisory('GHSA-2', { affected: [about('left', '1.2', 'PyPI')] }),
      ),
      { ecosystem: 'PyPI' },
    );
    const facts = await findVulnerabilities({
      ecosystem: 'PyPI',
      installed: [{ name: 'Left', version: '1.0', parent: null }],
    });
    expect(facts?.map(({ id, aliases }) => [id, aliases])).toEqual([
      ['GHSA-1', ['CVE-2026-1', 'PYSEC-1']],
      ['GHSA-2', []],
    ]);
  });

  test('parents that go round do not hang', async () => {
    await take(lines(advisory('GHSA-1')));
    const installed = [
      { name: 'left', version: '1.0.0', parent: 1 },
      { name: 'b', version: '1.0.0', parent: 0 },
    ];
    expect((await findVulnerabilities({ ecosystem: 'npm', installed }))?.[0]?.path).toHaveLength(2);
  });
});
