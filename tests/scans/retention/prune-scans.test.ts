import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import type { Definitions } from '#lib/manifest/types.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { compareVersions, type VersionComparison } from '#lib/scans/compare-versions.ts';
import { pruneScans } from '#lib/scans/retention/prune-scans.ts';
import { storeStaticScan } from '#lib/scans/store-scan.ts';
import { createUser, manifestOf, publishTestVersion, testInstance, toolsOf, viewerOf } from '#tests/instance.ts';

testInstance();

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const prune = (now = day(100), keepDays = 30) => pruneScans({ keepDays, now });

/** A version that was scanned on these days and then said these tools. */
async function scanned(name: string, ...scans: [number, Definitions][]) {
  const { versionId } = await publishTestVersion(name, '1.0.0', { now: day(1) });
  await db().scan.deleteMany({ where: { versionId } });
  for (const [at, definitions] of scans) await scanOn(name, versionId, at, definitions);
  return versionId;
}

const scanOn = (name: string, versionId: string, at: number, definitions: Definitions) =>
  db().$transaction((tx) =>
    storeStaticScan(tx, {
      versionId,
      manifest: manifestOf(name, '1.0.0') as never,
      ...{ definitions, reason: `day ${at}`, now: day(at) },
    }),
  );

/** Reasons of the scans that still hold what they saw. */
const whole = async (versionId: string) =>
  (await db().scan.findMany({ where: { versionId }, orderBy: { finishedAt: 'asc' } }))
    .filter(({ definitions, findings, coverage }) => definitions !== null && findings !== null && coverage !== null)
    .map(({ reason }) => reason);

const [A, B, C] = [toolsOf('a'), toolsOf('b'), toolsOf('c')];

describe('old scans', () => {
  it('are emptied, except the one that counts and what it answered before', async () => {
    const versionId = await scanned('org.old/aa', [1, A], [2, B], [3, C], [4, C], [5, C]);
    expect(await prune()).toBe(3);
    expect(await whole(versionId)).toEqual(['day 2', 'day 5']);
    const comparison = await compareVersions({ name: 'org.old/aa', from: '1.0.0', to: '1.0.0', viewer: null });
    expect((comparison as VersionComparison).drift.tools).toMatchObject({ added: ['c'], removed: ['b'] });
    expect(await prune()).toBe(0);
  });

  it('stay while they are young', async () => {
    const versionId = await scanned('org.young/aa', [80, A], [90, A], [91, A]);
    expect(await prune(day(100), 15)).toBe(1);
    expect(await whole(versionId)).toEqual(['day 90', 'day 91']);
  });

  it('that are emptied keep that they were, their grade and the digest of their tools', async () => {
    const versionId = await scanned('org.facts/aa', [1, A], [2, A]);
    await prune();
    const [first] = await db().scan.findMany({ where: { versionId }, orderBy: { finishedAt: 'asc' } });
    expect(first).toMatchObject({
      status: 'done',
      grade: 'A',
      definitions: null,
      permissions: null,
      packageFacts: null,
    });
    expect(first?.toolsDigest).toMatch(/./);
    expect(first?.finishedAt).toEqual(day(1));
  });

  it('that an organization approved stay, and can be compared with', async () => {
    const name = 'org.approved/aa';
    const versionId = await scanned(name, [1, A], [2, A]);
    const owner = await createUser('Olga');
    await createOrg({ viewer: owner, slug: 'acme', displayName: 'Acme' });
    const viewer = await viewerOf(owner.id);
    await approveVersion({
      viewer,
      ...{ orgSlug: 'acme', serverName: name, version: '1.0.0', reason: 'used', now: day(3) },
      toolPolicy: { default: 'deny', rules: { a: 'allow' } },
    });
    for (const [at, tools] of [
      [4, B],
      [5, C],
      [6, C],
    ] as const)
      await scanOn(name, versionId, at, tools);
    await prune();
    expect(await whole(versionId)).toEqual(['day 2', 'day 4', 'day 6']);
    const comparison = await compareVersions({ name, from: '1.0.0', to: '1.0.0', approvedBy: 'acme', viewer });
    expect((comparison as VersionComparison).drift.tools).toMatchObject({ added: ['c'], removed: ['a'] });
  });

  it('are left when the worker stops', async () => {
    const versionId = await scanned('org.stopped/aa', [1, A], [2, A]);
    expect(await pruneScans({ keepDays: 30, now: day(100), signal: AbortSignal.abort() })).toBe(0);
    expect(await whole(versionId)).toHaveLength(2);
  });
});
