import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { runLookUpAgain } from '#lib/scans/look-up-again/index.ts';
import type { Pace } from '#lib/scans/rescan/types.ts';
import { importDump } from '#lib/scans/vulnerabilities/index.ts';
import type { Finding } from '#scanners/types.ts';
import { publishTestVersion, testInstance, toolsOf } from '#tests/instance.ts';
import { currentScan } from '../rescan/stored.ts';

testInstance();

const FAST: Pace = { yieldMs: 0, restRatio: 0, restMs: 0 };
const running = new AbortController().signal;
const run = (options: Partial<Parameters<typeof runLookUpAgain>[0]> = {}) =>
  runLookUpAgain({ signal: running, pace: FAST, ...options });

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-look-up-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

type Advisory = { id: string; name: string; fixed: string; modified?: string; withdrawn?: string; ecosystem?: string };

let files = 0;
async function take(ecosystem: 'npm' | 'PyPI', ...advisories: Advisory[]): Promise<void> {
  files += 1;
  const file = path.join(dir, `${files}.jsonl`);
  const lines = advisories.map(({ id, name, fixed, modified = '2026-01-01T00:00:00Z', ...rest }) =>
    JSON.stringify({
      id,
      modified,
      ...rest,
      summary: `Fault ${id}`,
      database_specific: { severity: 'HIGH' },
      affected: [
        {
          package: { ecosystem, name },
          ranges: [{ type: ecosystem === 'npm' ? 'SEMVER' : 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
        },
      ],
    }),
  );
  fs.writeFileSync(file, lines.join('\n'));
  await importDump({ file, ecosystem, onSkip: () => {}, onProgress: () => {} });
}

/** The same bytes give the same import. */
async function takeTwice(advisory: Advisory): Promise<void> {
  await take('npm', advisory);
  await take('npm', advisory);
}

/** A version of a server with one package, about which an import was looked up already. */
async function publish(name: string, identifier: string, { registryType = 'npm', brings = [] as string[] } = {}) {
  const packages = [{ registryType, identifier, version: '1.0.0', transport: { type: 'stdio' } }];
  const { versionId } = await publishTestVersion(name, '1.0.0', { tools: toolsOf('read'), extra: { packages } });
  const tree = [identifier, ...brings].map((one, i) => ({ name: one, version: '1.0.0', parent: i === 0 ? null : 0 }));
  await db().scan.deleteMany({ where: { versionId, status: 'queued' } });
  await db().scan.updateMany({
    where: { currentOf: { id: versionId } },
    data: {
      packageFacts: { registryType, identifier, version: '1.0.0', source: 'bundled', observed: null, tree },
      coverage: { ...((await currentScan(versionId)).coverage as object), vulnerabilities: { covered: true } },
    },
  });
  return versionId;
}

const faultsOf = async (versionId: string) =>
  ((await currentScan(versionId)).findings as unknown as Finding[])
    .filter(({ ruleId }) => ruleId === 'pkg.known-vulnerability' || ruleId === 'pkg.malware')
    .map(({ evidence }) => evidence?.excerpt);
const scansOf = (versionId: string) => db().scan.count({ where: { versionId } });

/** Nothing was imported, and the versions of other tests were never scanned. */
beforeEach(async () => {
  await db().osvAdvisory.deleteMany();
  await db().osvImport.deleteMany();
  await db().version.updateMany({ data: { currentScanId: null } });
});

describe('after an import of advisories', () => {
  it('there is nothing to do before one, and nothing after it was done', async () => {
    expect(await run()).toMatchObject({ state: 'nothing' });
    await take('npm', { id: 'GHSA-none', name: 'nobody-has-this', fixed: '2.0.0' });
    expect(await run()).toMatchObject({ state: 'finished', done: 0 });
    expect(await run()).toMatchObject({ state: 'nothing' });
  });

  it('versions with a package that it is about get a scan with the fault, others are left alone', async () => {
    const own = await publish('org.own/aa', 'left');
    const brings = await publish('org.brings/aa', 'top', { brings: ['left'] });
    const other = await publish('org.other/aa', 'right');
    const [before, scans] = [await currentScan(own), await scansOf(other)];
    await take('npm', { id: 'GHSA-left', name: 'left', fixed: '1.2.0' });

    expect(await run()).toMatchObject({ state: 'finished', done: 2, changed: 2, failed: 0 });

    expect(await faultsOf(own)).toEqual(['left: GHSA-left (left@1.0.0)']);
    expect(await faultsOf(brings)).toEqual(['left: GHSA-left (top@1.0.0 › left@1.0.0)']);
    expect(await scansOf(other)).toBe(scans);
    const after = await currentScan(own);
    expect(after).toMatchObject({ reason: 'advisories', rulesetVersion: before.rulesetVersion, grade: 'D' });
    expect(after.toolsDigest).toBe(before.toolsDigest);
  });

  it('of PyPI, names count in their canonical form', async () => {
    const version = await publish('org.python/aa', 'Left_Pad', { registryType: 'pypi' });
    await take('PyPI', { id: 'PYSEC-1', name: 'left-pad', fixed: '1.2.0' });
    expect(await run()).toMatchObject({ done: 1, changed: 1 });
    expect(await faultsOf(version)).toHaveLength(1);
  });

  it('a withdrawn advisory takes its finding back, and the same copy again changes nothing', async () => {
    const version = await publish('org.withdrawn/aa', 'left');
    const fault = { id: 'GHSA-left', name: 'left', fixed: '1.2.0' };
    await take('npm', fault);
    await run();
    expect(await faultsOf(version)).toHaveLength(1);
    const scans = await scansOf(version);
    await take('npm', fault);
    expect(await run()).toMatchObject({ state: 'finished', changed: 0 });
    expect(await scansOf(version)).toBe(scans);

    await take('npm', { ...fault, modified: '2026-02-01T00:00:00Z', withdrawn: '2026-02-01T00:00:00Z' });
    expect(await run()).toMatchObject({ changed: 1 });
    expect(await faultsOf(version)).toEqual([]);
    expect((await currentScan(version)).grade).toBe('A');
  });

  it('an advisory that is not about the installed version any more takes its finding back', async () => {
    const version = await publish('org.narrowed/aa', 'left');
    await take('npm', { id: 'GHSA-left', name: 'left', fixed: '1.2.0' });
    await run();
    await take('npm', { id: 'GHSA-left', name: 'left', fixed: '0.9.0', modified: '2026-02-01T00:00:00Z' });
    expect(await run()).toMatchObject({ changed: 1 });
    expect(await faultsOf(version)).toEqual([]);
  });

  it('a package that turns out to be malicious is an accusation, and noted', async () => {
    const version = await publish('org.malicious/aa', 'left');
    await take('npm', { id: 'MAL-2026-1', name: 'left', fixed: '9.0.0' });
    await run();
    expect(await currentScan(version)).toMatchObject({ accusations: 1, grade: 'F' });
    const noted = await db().auditEvent.findMany({ where: { chain: 'instance', kind: 'scan.accused' } });
    expect(noted.at(-1)?.subject).toEqual({ server: 'org.malicious/aa', version: '1.0.0' });
  });

  it('versions that nobody could look up before the first import are looked up', async () => {
    const version = await publish('org.first/aa', 'left');
    const no = { vulnerabilities: { covered: false, reason: 'No OSV database of npm was imported.' } };
    await db().scan.updateMany({ where: { currentOf: { id: version } }, data: { coverage: no } });
    await take('npm', { id: 'GHSA-none', name: 'nobody-has-this', fixed: '2.0.0' });
    expect(await run()).toMatchObject({ done: 1, changed: 1 });
    expect((await currentScan(version)).coverage).toMatchObject({ vulnerabilities: { covered: true } });
  });

  it('goes on where it was stopped, and does no version twice', async () => {
    const versions = [];
    for (const name of ['a', 'b', 'c']) versions.push(await publish(`org.stopped/${name}${name}`, 'left'));
    await take('npm', { id: 'GHSA-left', name: 'left', fixed: '1.2.0' });
    const abort = new AbortController();
    const first = await run({ signal: abort.signal, onProgress: (done) => done === 2 && abort.abort() });
    expect(first).toMatchObject({ state: 'open', done: 2 });
    expect(await run()).toMatchObject({ state: 'finished', done: 1, changed: 1 });
    for (const version of versions) expect(await faultsOf(version)).toHaveLength(1);
  });

  it('a second import before the first was done leaves nothing out', async () => {
    const [left, right] = [await publish('org.two/left', 'left'), await publish('org.two/right', 'right')];
    await take('npm', { id: 'GHSA-left', name: 'left', fixed: '1.2.0' });
    await take('npm', { id: 'GHSA-right', name: 'right', fixed: '1.2.0' });
    expect(await run()).toMatchObject({ state: 'finished', changed: 2 });
    expect([await faultsOf(left), await faultsOf(right)].flat()).toHaveLength(2);
    expect(await run()).toMatchObject({ state: 'nothing' });
  });

  it('the same copy twice before it was done leaves nothing out', async () => {
    const version = await publish('org.twice/aa', 'left');
    const fault = { id: 'GHSA-left', name: 'left', fixed: '1.2.0' };
    await takeTwice(fault);
    expect(await run()).toMatchObject({ state: 'finished', changed: 1 });
    expect(await faultsOf(version)).toHaveLength(1);
  });
});
