import { describe, expect, it } from 'vitest';
import { findBreak } from '#lib/audit/chain.ts';
import { db } from '#lib/db/db.ts';
import type { AllowlistDocument, RevocationsDocument } from '#lib/feed/documents.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { definitionDigests } from '#lib/manifest/index.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { getAllowlist } from '#lib/orgs/allowlist/get-allowlist.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { createUser, publishTestVersion, testInstance, toolsOf, viewerOf } from '#tests/instance.ts';

testInstance();

const ALL = { default: 'allow' as const, rules: {} };

async function orgWithOwner(slug: string) {
  const user = await createUser(`Owner-${slug}`);
  const org = await createOrg({ viewer: user, slug, displayName: slug });
  return { orgId: org.id, viewer: await viewerOf(user.id) };
}

async function published(orgId: string) {
  const row = await db().feedPublication.findFirstOrThrow({ where: { orgId }, orderBy: { serial: 'desc' } });
  const read = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8'));
  return {
    serial: row.serial,
    allowlist: read(row.allowlistBytes) as AllowlistDocument,
    revocations: read(row.revocationsBytes) as RevocationsDocument,
  };
}

describe('an organization', () => {
  it('starts with a signed feed that allows nothing', async () => {
    const { orgId } = await orgWithOwner('fresh');
    expect(await published(orgId)).toMatchObject({
      serial: 1,
      allowlist: { servers: [], default: 'deny', org: 'fresh' },
      revocations: { revocations: [] },
    });
  });

  it('publishes an approval with the pinned digests of the allowed tools only', async () => {
    const { orgId, viewer } = await orgWithOwner('pins');
    await publishTestVersion('org.pins/files', '1.0.0', { tools: toolsOf('read_file', 'write_file') });
    const approval = await approveVersion({
      viewer,
      orgSlug: 'pins',
      serverName: 'org.pins/files',
      version: '1.0.0',
      toolPolicy: { default: 'deny', rules: { 'read_*': 'allow' } },
      reason: 'reading only',
    });
    expect(approval).toMatchObject({ serial: 2, allowedTools: ['read_file'], unmatchedPatterns: [] });
    const { allowlist } = await published(orgId);
    const [version] = allowlist.servers[0]!.versions;
    expect(version!.tools).toEqual({
      default: 'deny',
      allow: [{ name: 'read_file', digest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    expect(version!.packages[0]!.command).toEqual(['npx', '-y', '@acme/weather@1.0.0']);
    expect(version!.packages[0]!.purl).toBe('pkg:npm/%40acme/weather@1.0.0');
  });

  it('moves a revoked version from the allowlist to the revocations', async () => {
    const { orgId, viewer } = await orgWithOwner('revokes');
    await publishTestVersion('org.revokes/files', '1.0.0', { tools: toolsOf('read_file') });
    const target = { viewer, orgSlug: 'revokes', serverName: 'org.revokes/files', version: '1.0.0' };
    await approveVersion({ ...target, toolPolicy: ALL, reason: 'wanted' });
    expect(await revokeVersion({ ...target, reason: 'key stolen' })).toEqual({ serial: 3, revoked: ['1.0.0'] });
    expect(await published(orgId)).toMatchObject({
      serial: 3,
      allowlist: { servers: [] },
      revocations: { revocations: [{ name: 'org.revokes/files', version: '1.0.0', reason: 'key stolen' }] },
    });
    await approveVersion({ ...target, toolPolicy: ALL, reason: 'rotated' });
    expect(await published(orgId)).toMatchObject({
      serial: 4,
      revocations: { revocations: [] },
      allowlist: { servers: [{ name: 'org.revokes/files' }] },
    });
  });

  it('refuses to approve a version whose tools nobody has seen, and publishes nothing', async () => {
    const { orgId, viewer } = await orgWithOwner('unseen');
    await publishTestVersion('org.unseen/files', '1.0.0');
    await expect(
      approveVersion({
        viewer,
        orgSlug: 'unseen',
        serverName: 'org.unseen/files',
        version: '1.0.0',
        toolPolicy: ALL,
        reason: 'hope',
      }),
    ).rejects.toMatchObject({ code: 'NO_TOOLS_SEEN' });
    expect((await published(orgId)).serial).toBe(1);
  });

  it('gives every publication a serial of its own when many happen at once', async () => {
    const { orgId, viewer } = await orgWithOwner('crowd');
    const names = Array.from({ length: 6 }, (_, i) => `org.crowd/server-${i}`);
    for (const name of names) await publishTestVersion(name, '1.0.0', { tools: toolsOf('read_file') });
    const approvals = await Promise.all(
      names.map((serverName) =>
        approveVersion({
          viewer,
          orgSlug: 'crowd',
          serverName,
          version: '1.0.0',
          toolPolicy: ALL,
          reason: 'all at once',
        }),
      ),
    );
    expect(approvals.map(({ serial }) => serial).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
    const { serial, allowlist } = await published(orgId);
    expect(serial).toBe(7);
    expect(allowlist.servers.map(({ name }) => name)).toEqual(names);
  });

  it('refuses to pin other tools than those the reviewer was shown', async () => {
    const { orgId, viewer } = await orgWithOwner('seen');
    await publishTestVersion('org.seen/files', '1.0.0', { tools: toolsOf('read_file') });
    const approval = {
      viewer,
      orgSlug: 'seen',
      serverName: 'org.seen/files',
      version: '1.0.0',
      toolPolicy: ALL,
      reason: 'as shown',
    };
    const { toolsDigest } = definitionDigests(toolsOf('read_file'));
    await expect(approveVersion({ ...approval, seenToolsDigest: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect((await published(orgId)).serial).toBe(1);
    expect(await approveVersion({ ...approval, seenToolsDigest: toolsDigest! })).toMatchObject({ serial: 2 });
  });

  it('starts only the package that was looked at', async () => {
    const { orgId, viewer } = await orgWithOwner('two');
    const packages = [
      { registryType: 'pypi', identifier: 'evil-mcp', version: '1.0.0', transport: { type: 'stdio' } },
      { registryType: 'npm', identifier: 'good-mcp', version: '1.0.0', transport: { type: 'stdio' } },
      { registryType: 'pypi', identifier: 'good-mcp', version: '1.0.0', transport: { type: 'stdio' } },
    ];
    const { versionId } = await publishTestVersion('org.two/files', '1.0.0', {
      tools: toolsOf('read_file'),
      extra: { packages },
    });
    const approval = {
      viewer,
      orgSlug: 'two',
      serverName: 'org.two/files',
      version: '1.0.0',
      toolPolicy: ALL,
      reason: 'scanned',
    };
    await approveVersion(approval);
    const pinned = async () =>
      (await published(orgId)).allowlist.servers[0]!.versions[0]!.packages.map(({ command, digest }) => ({
        command,
        digest,
      }));
    const nothing = { command: null, digest: null };
    expect(await pinned()).toEqual([nothing, nothing, nothing]);
    const packageFacts = { registryType: 'npm', identifier: 'good-mcp', version: '1.0.0', integrity: 'sha512-good' };
    await db().scan.updateMany({ where: { versionId, status: 'done' }, data: { packageFacts } });
    await approveVersion(approval);
    expect(await pinned()).toEqual([
      nothing,
      { command: ['npx', '-y', 'good-mcp@1.0.0'], digest: 'sha512-good' },
      nothing,
    ]);
  });

  it('never loses a revocation to an approval that comes at the same time', async () => {
    const { orgId, viewer } = await orgWithOwner('race');
    for (const version of ['1.0.0', '1.1.0'])
      await publishTestVersion('org.race/files', version, { tools: toolsOf('read_file') });
    const target = { viewer, orgSlug: 'race', serverName: 'org.race/files' };
    for (let round = 0; round < 5; round++) {
      await approveVersion({ ...target, version: '1.0.0', toolPolicy: ALL, reason: 'wanted' });
      await Promise.all([
        revokeVersion({ ...target, version: '1.0.0', reason: 'at once' }),
        approveVersion({ ...target, version: '1.1.0', toolPolicy: ALL, reason: 'at once' }),
      ]);
      const { allowlist } = await published(orgId);
      expect(allowlist.servers.flatMap(({ versions }) => versions.map(({ version }) => version))).toEqual(['1.1.0']);
    }
  });

  it('does not exist for people who are not in it', async () => {
    await orgWithOwner('private');
    const stranger = await createUser('Stranger');
    await expect(getAllowlist({ viewer: stranger, orgSlug: 'private', query: {} })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(
      approveVersion({
        viewer: stranger,
        orgSlug: 'private',
        serverName: 'x/y',
        version: '1',
        toolPolicy: ALL,
        reason: 'mine',
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets only owners and reviewers decide', async () => {
    const { orgId } = await orgWithOwner('roles');
    for (const role of ['requester', 'auditor'] as const) {
      const member = await createUser(`Member-${role}`);
      await db().orgMember.create({ data: { orgId, userId: member.id, role } });
      const viewer = await viewerOf(member.id);
      await expect(
        revokeVersion({ viewer, orgSlug: 'roles', serverName: 'x/y', version: null, reason: 'no right' }),
      ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('keeps an unbroken chain of events, and a changed event shows', async () => {
    const { orgId, viewer } = await orgWithOwner('chain');
    await publishTestVersion('org.chain/files', '1.0.0', { tools: toolsOf('read_file') });
    await approveVersion({
      viewer,
      orgSlug: 'chain',
      serverName: 'org.chain/files',
      version: '1.0.0',
      toolPolicy: ALL,
      reason: 'fine',
    });
    const rows = await db().auditEvent.findMany({ where: { chain: orgId }, orderBy: { seq: 'asc' } });
    const events = rows.map(({ id: _, at, ...event }) => ({ ...event, at: at.toISOString() })) as Parameters<
      typeof findBreak
    >[0];
    expect(events.map(({ kind }) => kind)).toEqual([
      'org.created',
      'feed.published',
      'allowlist.approved',
      'feed.published',
    ]);
    expect(findBreak(events)).toBeNull();
    const changed = events.map((event) => (event.seq === 3 ? { ...event, data: { reason: 'something else' } } : event));
    expect(findBreak(changed)).toMatchObject({ seq: 3, message: expect.stringContaining('changed') });
    expect(findBreak(events.filter(({ seq }) => seq !== 2))).toMatchObject({
      seq: 2,
      message: expect.stringContaining('missing'),
    });
  });

  it('rolls everything back when the feed cannot be signed', async () => {
    const { orgId, viewer } = await orgWithOwner('keyless');
    await publishTestVersion('org.keyless/files', '1.0.0', { tools: toolsOf('read_file') });
    await db().feedKey.updateMany({ where: { orgId, role: 'feed' }, data: { sealed: new Uint8Array(64) } });
    const attempt = approveVersion({
      viewer,
      orgSlug: 'keyless',
      serverName: 'org.keyless/files',
      version: '1.0.0',
      toolPolicy: ALL,
      reason: 'never',
    });
    await expect(attempt).rejects.toBeInstanceOf(DomainError);
    await expect(attempt).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE', status: 503 });
    expect(await db().allowlistEntry.count({ where: { orgId } })).toBe(0);
    expect((await published(orgId)).serial).toBe(1);
  });
});
