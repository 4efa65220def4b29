import { beforeAll, describe, expect, it } from 'vitest';
import { changeServerStatus, changeVersionStatus } from '#lib/catalog/change-status.ts';
import { getServerPage } from '#lib/catalog/get-server-page.ts';
import { rootAges } from '#lib/catalog/server-trust.ts';
import { requestSync } from '#lib/catalog/sync/request-sync.ts';
import { db } from '#lib/db/db.ts';
import { storePackageChecks } from '#lib/packages/store-package-checks.ts';
import { publishTestVersion, testInstance } from '../instance.ts';

testInstance();

const ACTOR = { type: 'system', name: 'test' } as const;
const RIGHTS = { permissions: [{ action: 'edit', resource: '*' }], actor: ACTOR } as const;

describe('the page of a server', () => {
  beforeAll(async () => {
    const namespaces = {
      create: {
        name: 'com.acme',
        proofKind: 'dns' as const,
        proof: { kind: 'dns', form: 'bound', domain: 'acme.com', expected: 'x' },
        provenAt: new Date(),
        isProven: true,
      },
    };
    await db().publisher.create({ data: { slug: 'acme', displayName: 'Acme', level: 'verified', namespaces } });
    for (const name of ['com.acme/new', 'com.acme/old', 'com.acme/gone', 'com.acme/half', 'com.acme/mirrored'])
      await publishTestVersion(name, '1.0.0');
    await publishTestVersion('com.acme/half', '1.1.0');
  });

  it('has the proof of the publisher that answers for the version', async () => {
    expect(await getServerPage({ name: 'com.acme/new' })).toMatchObject({
      namespaceProof: { name: 'com.acme', standing: 'proven', proof: { domain: 'acme.com' } },
      moves: { movedTo: null, movedFrom: [] },
      isGone: false,
      upstream: null,
      packageChecks: [],
    });
  });

  it('says where the server went, and on the new page what it was before', async () => {
    await db().serverMove.create({
      data: {
        fromName: 'com.acme/old',
        toName: 'com.acme/new',
        state: 'accepted',
        message: '',
        offeredById: 'x',
        expiresAt: new Date(),
      },
    });
    expect((await getServerPage({ name: 'com.acme/old' }))?.moves.movedTo).toBe('com.acme/new');
    expect((await getServerPage({ name: 'com.acme/new' }))?.moves.movedFrom).toEqual(['com.acme/old']);
  });

  it('is gone when every version is deleted, with the reason and the date', async () => {
    const now = new Date('2026-11-01T00:00:00Z');
    await changeServerStatus({
      serverName: 'com.acme/gone',
      status: 'deleted',
      statusMessage: 'Over.',
      now,
      ...RIGHTS,
    });
    expect(await getServerPage({ name: 'com.acme/gone' })).toMatchObject({
      isGone: true,
      statusMessage: 'Over.',
      statusChangedAt: now.toISOString(),
    });
  });

  it('is not gone while one version is left, also not on the page of a deleted one', async () => {
    await changeVersionStatus({ serverName: 'com.acme/half', version: '1.1.0', status: 'deleted', ...RIGHTS });
    expect(await getServerPage({ name: 'com.acme/half' })).toMatchObject({ version: '1.0.0', isGone: false });
    expect(await getServerPage({ name: 'com.acme/half', version: '1.1.0' })).toMatchObject({ isGone: false });
  });

  it('names the upstream of a mirrored version and when it was last synced, and no publisher', async () => {
    const source = 'https://upstream.example';
    await db().version.updateMany({
      where: { serverName: 'com.acme/mirrored' },
      data: { origin: 'mirrored', source },
    });
    expect((await getServerPage({ name: 'com.acme/mirrored' }))?.upstream).toBeNull();
    const finishedAt = '2026-11-20T10:00:00.000Z';
    await db().syncSource.create({ data: { name: 'up', baseUrl: source, filters: {}, lastRun: { finishedAt } } });
    expect(await getServerPage({ name: 'com.acme/mirrored' })).toMatchObject({
      namespaceProof: null,
      upstream: { name: 'up', baseUrl: source, syncedAt: finishedAt },
    });
  });

  it('keeps what registries said in the order of the manifest, with the date', async () => {
    const { id } = await db().version.findFirstOrThrow({ where: { serverName: 'com.acme/new' } });
    const now = new Date('2026-11-19T00:00:00Z');
    const check = { label: 'npm x', code: 'NOT_OFFERED', state: 'not_offered', message: '', facts: {} } as const;
    const results = [
      { ...check, packageIndex: 1, kind: 'ownership' as const },
      { ...check, packageIndex: 0, kind: 'provenance' as const },
    ];
    await db().$transaction((tx) => storePackageChecks(tx, { versionId: id, results, actor: ACTOR, now }));
    const checks = (await getServerPage({ name: 'com.acme/new' }))?.packageChecks;
    expect(checks).toMatchObject([
      { packageIndex: 0, state: 'not_offered', checkedAt: now.toISOString() },
      { packageIndex: 1 },
    ]);
  });
});

describe('how current a trust root is', () => {
  const root = { kind: 'custom', trustedRoot: {}, sha256: 'x', thresholds: {}, source: 'test' };
  const at = new Date('2026-11-10T00:00:00Z');

  it('is told for those that are there', async () => {
    await db().trustRoot.createMany({
      data: [
        { ...root, name: 'uploaded', fetchedAt: at },
        { ...root, name: 'followed', fetchedAt: at, checkedAt: at, tufMirror: 'https://tuf.example' },
        {
          ...root,
          name: 'silent',
          tufMirror: 'https://tuf.example',
          lastError: { code: 'x', message: 'x', since: '', lastOkAt: null },
        },
      ],
    });
    expect(Object.fromEntries(await rootAges(['uploaded', 'followed', 'silent', 'public-good', 'removed']))).toEqual({
      uploaded: { kind: 'added', at: at.toISOString() },
      followed: { kind: 'refreshed', at: at.toISOString() },
      silent: { kind: 'refreshed', at: null },
      'public-good': { kind: 'shipped', at: null },
    });
  });
});

describe('asking for a sync', () => {
  const source = { baseUrl: 'https://a.example', filters: {} };
  const now = new Date('2026-11-20T00:00:00Z');

  it('makes a source due, whatever failed before', async () => {
    const nextRunAt = new Date('2026-12-01T00:00:00Z');
    await db().syncSource.create({ data: { ...source, name: 'a', failures: 5, nextRunAt } });
    expect(await requestSync({ name: 'a', now })).toBe('queued');
    expect(await db().syncSource.findUniqueOrThrow({ where: { name: 'a' } })).toMatchObject({
      nextRunAt: now,
      failures: 5,
    });
  });

  it('leaves one alone that a worker is at', async () => {
    const leaseUntil = new Date('2026-11-20T00:05:00Z');
    await db().syncSource.create({ data: { ...source, name: 'b', leaseUntil } });
    expect(await requestSync({ name: 'b', now })).toBe('crawling');
  });

  it.each([
    ['disabled', 'CONFLICT'],
    ['missing', 'NOT_FOUND'],
  ])('is refused for a source that is %s', async (name, code) => {
    if (name === 'disabled') await db().syncSource.create({ data: { ...source, name, isEnabled: false } });
    await expect(requestSync({ name, now })).rejects.toMatchObject({ code });
  });
});
