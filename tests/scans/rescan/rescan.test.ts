import { beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { getRescanStatus, listRescanChanges, runRescan } from '#lib/scans/rescan/index.ts';
import { rescanVersion } from '#lib/scans/rescan/rescan-version.ts';
import type { Pace, RescanSummary } from '#lib/scans/rescan/types.ts';
import { RULESET_VERSION } from '#scanners/version.ts';
import { publishTestVersion, testInstance, toolsOf } from '#tests/instance.ts';
import { age, currentScan, publishUnseen } from './stored.ts';

testInstance();

const FAST: Pace = { yieldMs: 0, restRatio: 0, restMs: 0 };
const running = new AbortController().signal;
const run = (options: Partial<Parameters<typeof runRescan>[0]> = {}) =>
  runRescan({ signal: running, pace: FAST, ...options });
const rescanRow = () => db().rescan.findUniqueOrThrow({ where: { rulesetVersion: RULESET_VERSION } });
const events = (kind: string) =>
  db().auditEvent.findMany({ where: { chain: 'instance', kind }, orderBy: { seq: 'asc' } });

/** No version is due, no re-scan was ever made. */
beforeEach(async () => {
  await db().rescanChange.deleteMany();
  await db().rescan.deleteMany();
  await db().scan.updateMany({ where: { status: 'done' }, data: { rulesetVersion: RULESET_VERSION } });
  await db().scan.deleteMany({ where: { status: { not: 'done' } } });
});

describe('a scan of the catalog with newer rules', () => {
  it('has nothing to do, and notes nothing, where every scan is current', async () => {
    await publishTestVersion('org.current/aa', '1.0.0', { tools: toolsOf('read') });
    expect(await run()).toMatchObject({ state: 'nothing', done: 0 });
    expect(await db().rescan.count()).toBe(0);
  });

  it('sees in stored definitions what the older rules did not, and says what changed', async () => {
    const { versionId } = await publishUnseen('org.found/aa');
    const quiet = await publishTestVersion('org.found/bb', '1.0.0', { tools: toolsOf('read') });
    await age(quiet.versionId);
    const before = await currentScan(versionId);

    const outcome = await run();

    expect(outcome).toMatchObject({ state: 'finished', done: 2, changed: 1, failed: 0 });
    const after = await currentScan(versionId);
    expect(after.id).not.toBe(before.id);
    expect(after).toMatchObject({ rulesetVersion: RULESET_VERSION, reason: `ruleset ${RULESET_VERSION}` });
    expect(after.accusations).toBeGreaterThan(0);
    expect(after.toolsDigest).toBe(before.toolsDigest);
    const summary = (await rescanRow()).summary as unknown as RescanSummary;
    expect(summary).toMatchObject({ versions: 2, changed: 1, accused: 1, failed: 0 });
    expect(summary.grades).toEqual([{ from: 'A', to: after.grade, versions: 1 }]);
    expect(summary.rules).toContainEqual(expect.objectContaining({ added: 1, removed: 0 }));
    expect(await listRescanChanges({ rulesetVersion: RULESET_VERSION })).toMatchObject({
      total: 1,
      changes: [{ serverName: 'org.found/aa', gradeBefore: 'A', accusationsBefore: 0, error: null }],
    });
    expect((await events('rescan.finished')).at(-1)?.data).toMatchObject({ versions: 2, changed: 1, accused: 1 });
    expect((await events('scan.accused')).at(-1)?.subject).toEqual({ server: 'org.found/aa', version: '1.0.0' });
  });

  it('goes on where it was stopped, and does no version twice', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `org.stopped/${name}${name}`);
    for (const name of names) await publishUnseen(name);
    const abort = new AbortController();
    const first = await run({ signal: abort.signal, onProgress: (done) => done === 2 && abort.abort() });
    expect(first).toMatchObject({ state: 'open', done: 2 });
    expect(await rescanRow()).toMatchObject({ total: 4, done: 2, finishedAt: null });
    expect(await getRescanStatus()).toMatchObject({ due: 2 });

    expect(await run()).toMatchObject({ state: 'finished', done: 2 });
    expect(await rescanRow()).toMatchObject({ total: 4, done: 4 });
    const scans = await db().scan.groupBy({
      by: ['versionId'],
      where: { version: { serverName: { in: names } }, reason: { startsWith: 'ruleset' } },
      _count: true,
    });
    expect(scans.map(({ _count }) => _count)).toEqual([1, 1, 1, 1]);
    expect(await events('rescan.started')).toHaveLength((await events('rescan.finished')).length);
  });

  it.each([
    ['2020.1.1', true],
    ['2026.9.30', true],
    ['something else', true],
    [RULESET_VERSION, false],
    [`${RULESET_VERSION}.7`, false],
    ['9999.1.1', false],
  ])('a scan with ruleset %s is due: %s', async (rulesetVersion, isDue) => {
    const name = `org.order/${rulesetVersion.replaceAll(/[^a-z0-9]/g, '-')}`;
    const { versionId } = await publishTestVersion(name, '1.0.0', { tools: toolsOf('read') });
    await age(versionId, { rulesetVersion });
    expect((await getRescanStatus()).due).toBe(isDue ? 1 : 0);
    await age(versionId, { rulesetVersion: RULESET_VERSION });
  });

  it('leaves a version with an ordered scan to that scan, and is not finished before', async () => {
    const { versionId } = await publishUnseen('org.ordered/aa');
    const ordered = await db().scan.create({ data: { versionId, reason: 'requested' } });
    expect(await run()).toMatchObject({ state: 'open', done: 0 });
    await db().scan.delete({ where: { id: ordered.id } });
    expect(await run()).toMatchObject({ state: 'finished', done: 1 });
  });

  it('gives way while publications wait, but not for ever', async () => {
    await publishUnseen('org.way/aa');
    const { versionId } = await publishTestVersion('org.way/new', '1.0.0');
    await db().scan.deleteMany({ where: { versionId } });
    await db().scan.create({ data: { versionId, reason: 'publication' } });
    const began = performance.now();
    const outcome = await run({ pace: { ...FAST, yieldMs: 600 } });
    expect(performance.now() - began).toBeGreaterThanOrEqual(600);
    expect(outcome.done).toBe(1);
  });

  it('notes a version that cannot be scanned, goes on, and tries it again when asked', async () => {
    const { versionId } = await publishUnseen('org.broken/aa');
    await publishUnseen('org.broken/bb');
    await age(versionId, { findings: 'no list' as never });
    expect(await run()).toMatchObject({ state: 'finished', done: 1, failed: 1 });
    const { changes } = await listRescanChanges({ rulesetVersion: RULESET_VERSION });
    expect(changes.find(({ serverName }) => serverName === 'org.broken/aa')?.error).toBeTruthy();
    expect(await run()).toMatchObject({ state: 'nothing' });

    await age(versionId, { findings: [] });
    expect(await run({ retryFailed: true })).toMatchObject({ state: 'finished', done: 1, failed: 0 });
    expect(await rescanRow()).toMatchObject({ failed: 0 });
  });

  it('two workers at once do every version once', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await publishUnseen(`org.two/${name}${name}`);
    const [one, two] = await Promise.all([run(), run()]);
    expect(one.done + two.done).toBe(6);
    await run();
    expect(await rescanRow()).toMatchObject({ total: 6, done: 6, finishedAt: expect.any(Date) });
  });

  it('leaves alone a version that is not due any more when its turn comes', async () => {
    const { versionId } = await publishTestVersion('org.late/aa', '1.0.0', { tools: toolsOf('read') });
    expect(await rescanVersion({ versionId, now: new Date() })).toBe('not due');
  });

  it('closes the re-scan of an older ruleset that was not through', async () => {
    await db().rescan.create({ data: { rulesetVersion: '2020.1.1', total: 9, done: 3 } });
    await publishUnseen('org.overtaken/aa');
    await run();
    const row = await db().rescan.findUniqueOrThrow({ where: { rulesetVersion: '2020.1.1' } });
    expect(row.finishedAt).not.toBeNull();
    expect(row.summary).toMatchObject({ overtakenBy: RULESET_VERSION });
  });
});
