import { beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import type { VersionComparison } from '#lib/scans/compare-versions.ts';
import { compareVersions } from '#lib/scans/compare-versions.ts';
import { storeStaticScan } from '#lib/scans/store-scan.ts';
import { versionsAnsweringDifferently } from '#lib/scans/versions-answering-differently.ts';
import { manifestOf, publishTestVersion, testInstance, toolsOf } from '../instance.ts';

testInstance();

const name = 'com.compare/files';
const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute));
const compare = (query: { from?: string; to?: string } = {}, of = name) =>
  compareVersions({ name: of, viewer: null, ...query });

beforeAll(async () => {
  await publishTestVersion(name, '1.0.0', { tools: toolsOf('read_file'), now: at(1) });
  await publishTestVersion(name, '1.1.0', { tools: toolsOf('read_file', 'send_file'), now: at(2) });
  await publishTestVersion(name, '2.0.0', { now: at(3) });
  await publishTestVersion('com.compare/single', '1.0.0', { now: at(1) });
});

describe('two versions', () => {
  it('are by default the latest and the one published before it', async () => {
    const comparison = (await compare()) as VersionComparison;
    expect([comparison.from.version, comparison.to.version]).toEqual(['1.1.0', '2.0.0']);
    expect(comparison.drift.notCompared).toContain('tools');
    expect(comparison.versions.map(({ version }) => version)).toEqual(['2.0.0', '1.1.0', '1.0.0']);
  });

  it('are those that are asked for, with the difference of what their scans saw', async () => {
    const comparison = (await compare({ from: '1.0.0', to: '1.1.0' })) as VersionComparison;
    expect(comparison).toMatchObject({ against: 'versions', drift: { tools: { added: ['send_file'], unchanged: 1 } } });
    expect(comparison.permissions.added.map(({ sentence }) => sentence)).toEqual([
      'Sends data to the service (send_file)',
    ]);
  });

  it('may be asked for backwards', async () => {
    expect(await compare({ from: '1.1.0', to: '1.0.0' })).toMatchObject({
      drift: { tools: { removed: ['send_file'] } },
    });
  });

  it.each([
    [{ from: '9.9.9' }, name],
    [{ to: '9.9.9' }, name],
    [{}, 'com.compare/none'],
  ])('that do not exist: %j of %s', async (query, of) => {
    expect(await compare(query, of)).toBeNull();
  });

  it('need two', async () => {
    expect(await compare({}, 'com.compare/single')).toMatchObject({ reason: 'one-version' });
  });
});

describe('what the scans stored about the packages', () => {
  it('is compared too', async () => {
    const of = 'com.compare/packages';
    await publishTestVersion(of, '1.0.0', { tools: toolsOf('read_file'), now: at(1) });
    await publishTestVersion(of, '1.1.0', { tools: toolsOf('read_file'), now: at(2) });
    const store = (version: string, integrity: string, installScripts: string[]) =>
      db().scan.updateMany({
        where: { version: { serverName: of, version } },
        data: {
          packageFacts: {
            ...{ registryType: 'npm', identifier: 'files', version, integrity, source: 'registry', observed: null },
            metadata: { installScripts },
            tree: [{ name: 'files', version, parent: null }],
          },
        },
      });
    await store('1.0.0', 'sha512-a', []);
    await store('1.1.0', 'sha512-b', ['files@1.1.0']);
    const { drift } = (await compare({}, of)) as VersionComparison;
    expect(drift.worst).toBe('permission-increase');
    expect(drift.changes.map(({ kind }) => kind)).toContain('install-script-added');
  });
});

describe('one version', () => {
  it('that always said the same has no other answer', async () => {
    expect(await compare({ from: '1.0.0', to: '1.0.0' })).toMatchObject({ reason: 'same-answers' });
    expect(await versionsAnsweringDifferently(name)).toEqual(new Set());
  });

  it('that said something else before is compared with that', async () => {
    const { id } = await db().version.findFirstOrThrow({ where: { serverName: name, version: '1.0.0' } });
    await db().$transaction((tx) =>
      storeStaticScan(tx, {
        versionId: id,
        manifest: manifestOf(name, '1.0.0') as never,
        definitions: toolsOf('read_file', 'delete_file'),
        reason: 'again',
        now: at(9),
      }),
    );
    expect(await compare({ from: '1.0.0', to: '1.0.0' })).toMatchObject({
      against: 'answers',
      signerChange: null,
      drift: { tools: { added: ['delete_file'] } },
    });
    expect(await versionsAnsweringDifferently(name)).toEqual(new Set(['1.0.0']));
  });
});
