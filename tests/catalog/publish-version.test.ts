import { describe, expect, it } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import { getServerPage } from '#lib/catalog/get-server-page.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { db } from '#lib/db/db.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { bytesOf, createUser, manifestOf, publishTestVersion, testInstance, viewerOf } from '../instance.ts';

testInstance();

const codes = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'ok' : (result.reason as { code: string }).code)).sort();

describe('publications at the same time', () => {
  it('of several versions of a new server all succeed, and the highest is the one latest', async () => {
    const versions = ['1.1.0', '1.3.0', '1.2.0', '1.0.0'];
    const results = await Promise.allSettled(versions.map((version) => publishTestVersion('org.race/many', version)));
    expect(codes(results)).toEqual(['ok', 'ok', 'ok', 'ok']);
    const latest = await db().version.findMany({ where: { serverName: 'org.race/many', isLatest: true } });
    expect(latest.map(({ version }) => version)).toEqual(['1.3.0']);
  });

  it('of one version let one win and tell the others that it exists', async () => {
    const results = await Promise.allSettled([1, 2, 3].map(() => publishTestVersion('org.race/same', '1.0.0')));
    expect(codes(results)).toEqual(['VERSION_EXISTS', 'VERSION_EXISTS', 'ok']);
  });

  it('of names in which "_" and another character stand at one place both win', async () => {
    await publishTestVersion('com.acme/line-tool', '1.0.0');
    await publishTestVersion('com.acme/line_tool', '1.0.0');
    await expect(publishTestVersion('com.acme/Line_Tool', '1.0.0')).rejects.toMatchObject({ code: 'NAME_TAKEN' });
  });

  it('of names that differ only in case let one win', async () => {
    const results = await Promise.allSettled(
      ['delta', 'Delta'].map((name) => publishTestVersion(`org.race/${name}`, '1.0.0')),
    );
    expect(codes(results)).toEqual(['NAME_TAKEN', 'ok']);
  });
});

describe('the versions of a server', () => {
  it('have 32 MiB of manifests together at most', async () => {
    await publishTestVersion('org.room/large', '1.0.0');
    const manifestBytes = Buffer.alloc(32 * 1024 * 1024 - 100);
    await db().version.updateMany({ where: { serverName: 'org.room/large' }, data: { manifestBytes } });
    await expect(publishTestVersion('org.room/large', '1.0.1')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await db().version.count({ where: { serverName: 'org.room/large' } })).toBe(1);
  });
});

describe('the publisher of a version', () => {
  it('is not who holds the namespace when the version is an example that we wrote', async () => {
    await publishVersion({
      manifestBytes: bytesOf(manifestOf('io.github.holder/example', '1.0.0')),
      grant: grantFor({ type: 'system', name: 'test' }, ['io.github.holder']),
      origin: 'example',
    });
    await publishTestVersion('io.github.holder/own', '1.0.0');
    const admin = await createUser('Admin', { isInstanceAdmin: true });
    await createPublisher({ viewer: admin, slug: 'holder', displayName: 'Holder' });
    await claimNamespace({ viewer: await viewerOf(admin.id), publisherSlug: 'holder', namespace: 'io.github.holder' });
    expect((await getServerPage({ name: 'io.github.holder/example' }))?.marks.publisher.displayName).toBeNull();
    expect((await getServerPage({ name: 'io.github.holder/own' }))?.marks.publisher.displayName).toBe('Holder');
  });
});
