import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { type PackageCheckResult, storePackageChecks } from '#lib/packages/index.ts';
import type { PackageFacts } from '#lib/scans/acquire/snapshot.ts';
import { gatherFacts } from '#lib/scans/facts/gather-facts.ts';
import { NO_DEFINITIONS } from '#lib/scans/no-definitions.ts';
import { importDump } from '#lib/scans/vulnerabilities/index.ts';
import { scanSnapshot } from '#scanners/run.ts';
import { manifestOf, publishTestVersion, testInstance } from '../instance.ts';

testInstance();

const NOW = new Date('2026-11-20T00:00:00Z');
const NAME = 'com.acme/weather';
const manifest = manifestOf(NAME, '1.0.0') as unknown as Manifest;
const FETCHED = {
  registryType: 'npm',
  identifier: '@acme/weather',
  version: '1.0.0',
  source: 'registry',
  metadata: {
    firstPublishedAt: '2026-11-10T00:00:00.000Z',
    publishedAt: '2026-11-19T00:00:00.000Z',
    lastPublishedAt: '2026-11-19T00:00:00.000Z',
    deprecated: null,
    maintainers: 1,
    repository: 'https://github.com/acme/weather',
    installScripts: ['@acme/weather@1.0.0'],
  },
  tree: [
    { name: '@acme/weather', version: '1.0.0', parent: null },
    { name: 'left', version: '1.0.0', parent: 0 },
  ],
} as unknown as PackageFacts;

let versionId: string;
beforeAll(async () => {
  const publisher = await db().publisher.create({ data: { slug: 'acme', displayName: 'Acme', level: 'verified' } });
  await db().namespace.create({
    data: { name: 'com.acme', proofKind: 'dns', proof: {}, isProven: true, provenAt: NOW, publisherId: publisher.id },
  });
  ({ versionId } = await publishTestVersion(NAME, '1.0.0'));
  await publishTestVersion('com.unknown/other', '1.0.0');
});

const gather = (fetched: PackageFacts | null, of: Manifest = manifest) =>
  gatherFacts({ versionId, manifest: of, fetched, now: NOW });

test('before anybody was asked nothing is guessed, and the coverage says so', async () => {
  const { facts, coverage } = await gather(null);
  expect(facts).toMatchObject({
    at: NOW.toISOString(),
    packages: [{ packageIndex: 0, registry: null, checks: [], vulnerabilities: null, lookedUp: null }],
    holder: { slug: 'acme', isVerified: true },
  });
  expect(coverage).toEqual({
    registry: { covered: false, reason: 'The registry of @acme/weather was not asked yet.' },
    vulnerabilities: {
      covered: false,
      reason: 'No OSV database of npm was imported; an admin can do so with hallmark osv import.',
    },
  });
});

test('the names of proven namespaces are known, those of others only where they are used', async () => {
  const { facts } = await gather(null);
  expect(facts.known?.map(({ name }) => name)).toEqual([NAME]);
  expect(facts.known?.[0]).toMatchObject({
    holder: { slug: 'acme', isVerified: true },
    packages: [{ registryType: 'npm', identifier: '@acme/weather' }],
  });
});

test('a server without packages has nothing to ask about', async () => {
  const { coverage } = await gather(null, { ...manifest, packages: [] });
  expect(coverage.registry).toEqual({ covered: false, reason: 'The manifest names no package.' });
});

test('what was fetched for another package is not believed for this one', async () => {
  const { facts } = await gather({ ...FETCHED, version: '2.0.0' });
  expect(facts.packages[0]?.registry).toBeNull();
});

describe('with answers', () => {
  beforeAll(async () => {
    const base = { packageIndex: 0, label: 'npm @acme/weather 1.0.0' } as const;
    const results: PackageCheckResult[] = [
      {
        ...base,
        kind: 'ownership',
        state: 'failed',
        code: 'NAME_DIFFERS',
        message: 'It names com.other/x.',
        facts: {},
      },
      {
        ...base,
        kind: 'digest',
        state: 'proven',
        code: 'DIGEST_KNOWN',
        message: 'It is sha512:a.',
        facts: { digests: [], release: { deprecated: 'use @acme/forecast', maintainers: 3, hasInstallScript: true } },
      },
    ];
    const actor = { type: 'system', name: 'test' } as const;
    await db().$transaction((tx) => storePackageChecks(tx, { versionId, results, actor, now: NOW }));
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-facts-')), 'osv.jsonl');
    const affected = [
      { package: { ecosystem: 'npm', name: 'left' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] },
    ];
    fs.writeFileSync(file, JSON.stringify({ id: 'GHSA-1', modified: '2026-01-01T00:00:00Z', summary: 'x', affected }));
    await importDump({ file, ecosystem: 'npm', onSkip: () => {}, onProgress: () => {} });
    fs.rmSync(path.dirname(file), { recursive: true });
  });

  test('stored answers are enough where nothing was fetched', async () => {
    const { facts, coverage } = await gather(null);
    expect(facts.packages[0]).toMatchObject({
      registry: { deprecated: 'use @acme/forecast', maintainers: 3, installScripts: ['@acme/weather@1.0.0'] },
      checks: [{ code: 'NAME_DIFFERS' }, { code: 'DIGEST_KNOWN' }],
      vulnerabilities: [],
      lookedUp: 'package',
    });
    expect(coverage.registry).toEqual({ covered: true });
    expect(coverage.vulnerabilities.reason).toMatch(/only the package itself/);
  });

  test('a package that was fetched is newer than them, and brings its tree', async () => {
    const { facts, coverage } = await gather(FETCHED);
    expect(facts.packages[0]).toMatchObject({
      registry: { deprecated: null, maintainers: 1, firstPublishedAt: '2026-11-10T00:00:00.000Z' },
      vulnerabilities: [{ id: 'GHSA-1', path: ['@acme/weather@1.0.0', 'left@1.0.0'] }],
      lookedUp: 'tree',
    });
    expect(coverage).toEqual({ registry: { covered: true }, vulnerabilities: { covered: true } });
  });

  test('they become findings', async () => {
    const { facts } = await gather(FETCHED);
    const { findings } = scanSnapshot({ manifest, definitions: NO_DEFINITIONS, facts });
    const ids = findings.map(({ ruleId, severity }) => `${ruleId} ${severity}`);
    expect(ids).toEqual(
      expect.arrayContaining([
        'pkg.not-owned medium',
        'pkg.install-script low',
        'pkg.known-vulnerability low',
        'pkg.young info',
      ]),
    );
    expect(ids).not.toContain('pkg.deprecated low');
  });
});
