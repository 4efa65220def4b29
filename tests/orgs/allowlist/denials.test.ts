import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { isDenied } from '#lib/orgs/allowlist/denials.ts';
import { denyTarget } from '#lib/orgs/allowlist/deny-target.ts';
import { liftDenial } from '#lib/orgs/allowlist/lift-denial.ts';
import { endLockdown, startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { reinstateEntry } from '#lib/orgs/allowlist/reinstate-entry.ts';
import { suspendEntry } from '#lib/orgs/allowlist/suspend-entry.ts';
import { tendAllowlist } from '#lib/orgs/allowlist/tend-allowlist.ts';
import { publishTestVersion, testInstance, toolsOf } from '#tests/instance.ts';
import { approve, approved, daysAfter, kinds, orgWith, published, stateOf, T0 } from './support.ts';

testInstance();

type Denied = Pick<Parameters<typeof denyTarget>[0], 'kind' | 'target' | 'version'>;

describe('a denial', () => {
  it.each<[string, Denied, string[], string[]]>([
    [
      'server',
      { kind: 'server', target: 'org.deny-server/one' },
      ['org.deny-server/two 1.0.0'],
      ['org.deny-server/one'],
    ],
    [
      'version',
      { kind: 'version', target: 'org.deny-version/one', version: '1.0.0' },
      ['org.deny-version/one 1.1.0', 'org.deny-version/two 1.0.0'],
      ['org.deny-version/one 1.0.0'],
    ],
    [
      'namespace',
      { kind: 'namespace', target: 'org.deny-namespace' },
      [],
      ['org.deny-namespace/one', 'org.deny-namespace/two'],
    ],
  ])(
    'of a %s wins over what is approved, changes no entry, and is over when it is lifted',
    async (kind, target, allowed, refused) => {
      const org = await orgWith(`deny-${kind}`);
      const [one, two] = [`org.deny-${kind}/one`, `org.deny-${kind}/two`];
      await approved(org, one);
      await approved(org, one, { version: '1.1.0', now: daysAfter(1) });
      await approved(org, two);
      const before = (await published(org.orgId)).allowlist.servers;
      const denied = { viewer: org.viewer, orgSlug: org.slug, ...target };
      const { id } = await denyTarget({ ...denied, reason: 'known bad', advisory: 'CVE-2026-1' });
      expect(await published(org.orgId)).toMatchObject({ allowed, refused });
      expect((await stateOf(org.orgId, one)).entry).toBe('approved');
      await expect(denyTarget({ ...denied, reason: 'again' })).rejects.toMatchObject({ code: 'CONFLICT' });
      await liftDenial({ viewer: org.viewer, orgSlug: org.slug, denialId: id, reason: 'mended' });
      expect((await published(org.orgId)).allowlist.servers).toEqual(before);
      expect((await published(org.orgId)).refused).toEqual([]);
      expect((await kinds(org.orgId)).slice(-2)).toEqual(['deny.added', 'deny.lifted']);
      await expect(
        liftDenial({ viewer: org.viewer, orgSlug: org.slug, denialId: id, reason: 'again' }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  it('refuses approvals, and says how to lift it', async () => {
    const org = await orgWith('deny-approvals');
    const name = 'org.deny-approvals/files';
    await publishTestVersion(name, '1.0.0', { tools: toolsOf('read_file'), now: T0 });
    await denyTarget({
      viewer: org.viewer,
      orgSlug: org.slug,
      kind: 'namespace',
      target: 'org.deny-approvals',
      reason: 'no',
    });
    await expect(approve(org, name)).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining('lifted under Allowlist, Denials'),
    });
    expect(await db().allowlistEntry.count({ where: { orgId: org.orgId } })).toBe(0);
  });

  it('keeps what is suspended from coming back', async () => {
    const org = await orgWith('deny-reinstate');
    const name = 'org.deny-reinstate/files';
    await approved(org, name);
    const target = { viewer: org.viewer, orgSlug: org.slug, serverName: name, reason: 'look' };
    await suspendEntry(target);
    await denyTarget({ viewer: org.viewer, orgSlug: org.slug, kind: 'server', target: name, reason: 'bad' });
    await expect(reinstateEntry(target)).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('keeps a denied version out of a range', async () => {
    const org = await orgWith('deny-range');
    const name = 'org.deny-range/files';
    for (const version of ['1.0.0', '1.1.0'])
      await publishTestVersion(name, version, { tools: toolsOf('read_file'), now: T0 });
    await denyTarget({
      viewer: org.viewer,
      orgSlug: org.slug,
      kind: 'version',
      target: name,
      version: '1.1.0',
      reason: 'bad',
    });
    await approve(org, name, { terms: { versionRule: { kind: 'range', range: '^1.0.0' } } });
    expect((await published(org.orgId)).allowed).toEqual([`${name} 1.0.0`]);
  });

  it('names its server as the catalog spells it', async () => {
    const org = await orgWith('deny-case');
    await publishTestVersion('org.Deny-Case/Files', '1.0.0', { tools: toolsOf('read_file'), now: T0 });
    await denyTarget({
      viewer: org.viewer,
      orgSlug: org.slug,
      kind: 'server',
      target: ' ORG.deny-case/files ',
      reason: 'no',
    });
    expect((await published(org.orgId)).refused).toEqual(['org.Deny-Case/Files']);
  });

  it('is about nothing else, however alike', async () => {
    const org = await orgWith('deny-alike');
    const deny = (denied: Denied) => denyTarget({ viewer: org.viewer, orgSlug: org.slug, ...denied, reason: 'no' });
    await deny({ kind: 'namespace', target: 'com.example' });
    await deny({ kind: 'server', target: 'net.example/a' });
    await deny({ kind: 'version', target: 'org.example/a', version: '1.0.0' });
    const asked = (serverName: string, version: string | null) =>
      isDenied(db(), { orgId: org.orgId, serverName, version }).then((denial) => denial !== null);
    expect(await asked('com.example/a', '1.0.0')).toBe(true);
    expect(await asked('com.example', null)).toBe(false);
    expect(await asked('com.example.evil/a', '1.0.0')).toBe(false);
    expect(await asked('com/example', '1.0.0')).toBe(false);
    expect(await asked('net.example/a', null)).toBe(true);
    expect(await asked('net.example/ab', '1.0.0')).toBe(false);
    expect(await asked('org.example/a', '1.0.0')).toBe(true);
    expect(await asked('org.example/a', '1.0.0-rc.1')).toBe(false);
    expect(await asked('org.example/a', null)).toBe(false);
  });

  it.each<[string, Denied]>([
    ['a server without a slash', { kind: 'server', target: 'files' }],
    ['a namespace with a slash', { kind: 'namespace', target: 'com.example/files' }],
    ['a version without one', { kind: 'version', target: 'com.example/files' }],
    ['nothing', { kind: 'namespace', target: ' ' }],
    ['a line feed', { kind: 'namespace', target: 'com\nexample' }],
  ])('of %s is refused', async (what, denied) => {
    const org = await orgWith(`deny-${what.replaceAll(' ', '-')}`);
    await expect(denyTarget({ viewer: org.viewer, orgSlug: org.slug, ...denied, reason: 'no' })).rejects.toMatchObject({
      code: 'UNPROCESSABLE',
    });
  });
});

describe('a lockdown', () => {
  it('has the feed say nothing but that, until it ends', async () => {
    const org = await orgWith('lockdown');
    await approved(org, 'org.lockdown/files');
    const before = (await published(org.orgId)).allowlist.servers;
    const order = { viewer: org.viewer, orgSlug: org.slug, reason: 'incident 7' };
    await startLockdown(order);
    expect((await published(org.orgId)).allowlist).toMatchObject({ mode: 'lockdown', servers: [] });
    await expect(startLockdown(order)).rejects.toMatchObject({ code: 'LOCKDOWN' });
    await approved(org, 'org.lockdown/other');
    expect((await published(org.orgId)).allowlist).toMatchObject({ mode: 'lockdown', servers: [] });
    await endLockdown(order);
    const { allowlist } = await published(org.orgId);
    expect(allowlist.mode).toBe('allowlist');
    expect(allowlist.servers).toMatchObject([...before, { name: 'org.lockdown/other' }]);
    await expect(endLockdown(order)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('works when the list itself is broken', async () => {
    const org = await orgWith('lockdown-broken');
    await approved(org, 'org.lockdown-broken/files');
    await db().allowlistVersion.updateMany({ where: { entry: { orgId: org.orgId } }, data: { feedEntry: 'broken' } });
    await startLockdown({ viewer: org.viewer, orgSlug: org.slug, reason: 'incident' });
    expect((await published(org.orgId)).allowlist.mode).toBe('lockdown');
  });

  it('stands where the feed cannot be signed, and is published as soon as it can', async () => {
    const org = await orgWith('lockdown-keyless');
    await approved(org, 'org.lockdown-keyless/files');
    const keys = await db().feedKey.findMany({ where: { orgId: org.orgId } });
    await db().feedKey.updateMany({ where: { orgId: org.orgId }, data: { sealed: new Uint8Array(64) } });
    const order = { viewer: org.viewer, orgSlug: org.slug, reason: 'incident' };
    expect(await startLockdown(order)).toEqual({ serial: null });
    expect((await published(org.orgId)).allowlist.mode).toBe('allowlist');
    await expect(endLockdown(order)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    for (const { id, sealed } of keys) await db().feedKey.update({ where: { id }, data: { sealed } });
    expect(await tendAllowlist()).toMatchObject({ published: 1 });
    expect((await published(org.orgId)).allowlist.mode).toBe('lockdown');
  });
});
