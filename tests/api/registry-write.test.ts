import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueAdminToken } from '#lib/auth/admin-tokens.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { handleRegistry } from '#lib/http/registry/handle-registry.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { createUser, manifestOf, testInstance, viewerOf } from '../instance.ts';

testInstance();

const OFFICIAL = 'io.modelcontextprotocol.registry/official';

async function call(
  path: string,
  { token, method = 'GET', body }: { token?: string; method?: string; body?: unknown } = {},
) {
  const response = await handleRegistry(
    new Request(`http://localhost${path}`, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
  if (!response) throw new Error(`${path} is not a path of the registry`);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

/** A publisher that holds a namespace, with its token. */
async function publisher(slug: string) {
  const admin = await createUser(`Admin-${slug}`, { isInstanceAdmin: true });
  await createPublisher({ viewer: admin, slug, displayName: slug });
  const viewer = await viewerOf(admin.id);
  await claimNamespace({ viewer, publisherSlug: slug, namespace: `io.github.${slug}` });
  const { token } = await issuePublishToken({ viewer, publisherSlug: slug, name: 'ci', expiresInDays: 7 });
  const publish = async (name: string, version: string, extra = {}) => {
    const answer = await call('/v0.1/publish', {
      token,
      method: 'POST',
      body: manifestOf(`io.github.${slug}/${name}`, version, extra),
    });
    expect(answer).toMatchObject({ status: 200 });
  };
  return { viewer, token, publish };
}

const pathOf = (name: string, version?: string) =>
  `/v0.1/servers/${encodeURIComponent(name)}${version ? `/versions/${encodeURIComponent(version)}` : ''}`;
const patch = (token: string, body: unknown) => ({ token, method: 'PATCH', body });

describe('status of one version', () => {
  it('goes from any to any other, with its message, and moves latest', async () => {
    const { token, publish } = await publisher('status');
    const name = 'io.github.status/one';
    await publish('one', '1.0.0');
    await publish('one', '2.0.0');
    const before = await db().version.findFirstOrThrow({ where: { serverName: name, version: '1.0.0' } });

    const deleted = await call(
      `${pathOf(name, '2.0.0')}/status`,
      patch(token, { status: 'deleted', statusMessage: 'bad' }),
    );
    expect(deleted.body._meta[OFFICIAL]).toMatchObject({ status: 'deleted', statusMessage: 'bad', isLatest: false });
    expect((await call(pathOf(name, '2.0.0'))).status).toBe(404);
    expect((await call(`${pathOf(name, '2.0.0')}?include_deleted=true`)).status).toBe(200);
    const latest = await call(pathOf(name, 'latest'));
    expect(latest.body.server.version).toBe('1.0.0');
    // A client that syncs by updated_since sees the older version become the latest.
    expect(Date.parse(latest.body._meta[OFFICIAL].updatedAt)).toBeGreaterThan(before.updatedAt.getTime());
    expect(latest.body._meta[OFFICIAL].statusChangedAt).toBe(before.statusChangedAt.toISOString());

    const restored = await call(`${pathOf(name, '2.0.0')}/status`, patch(token, { status: 'active' }));
    expect(restored.body._meta[OFFICIAL]).toMatchObject({ status: 'active', isLatest: true });
    expect(restored.body._meta[OFFICIAL].statusMessage).toBeUndefined();
  });

  it('keeps statusChangedAt when only the message changes', async () => {
    const { token, publish } = await publisher('message');
    const path = `${pathOf('io.github.message/one', '1.0.0')}/status`;
    await publish('one', '1.0.0');
    const first = await call(path, patch(token, { status: 'deprecated', statusMessage: 'old' }));
    const second = await call(path, patch(token, { status: 'deprecated', statusMessage: 'older' }));
    const [a, b] = [first.body._meta[OFFICIAL], second.body._meta[OFFICIAL]];
    expect(b.statusMessage).toBe('older');
    expect(b.statusChangedAt).toBe(a.statusChangedAt);
  });

  it.each([
    ['a status that does not exist', { status: 'yanked' }, 422, 'validation failed'],
    ['no status', {}, 422, 'validation failed'],
    ['a message of 501 characters', { status: 'deleted', statusMessage: 'x'.repeat(501) }, 422, 'validation failed'],
    [
      'a message with active',
      { status: 'active', statusMessage: 'x' },
      400,
      'status_message cannot be provided when setting status to active',
    ],
    [
      'no change',
      { status: 'active' },
      400,
      'No changes to apply: status and message are already set to the provided values',
    ],
    ['duplicate keys', '{"status":"deleted","status":"active"}', 400, 'The body cannot be read'],
    ['something that is not JSON', 'status=deleted', 400, 'The body cannot be read'],
  ])('refuses %s', async (_, body, status, detail) => {
    const slug = `bad${randomBytes(6).toString('hex')}`;
    const name = `io.github.${slug}`;
    const { token, publish } = await publisher(slug);
    await publish('one', '1.0.0');
    const answer = await call(`${pathOf(`${name}/one`, '1.0.0')}/status`, patch(token, body));
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
    expect(answer.body.error).toBe(answer.body.detail);
    expect((await call(pathOf(`${name}/one`, '1.0.0'))).body._meta[OFFICIAL].status).toBe('active');
  });

  it('tells apart what does not exist, whose it is not, and who asks without a token', async () => {
    const { token, publish } = await publisher('whose');
    const other = await publisher('other');
    await publish('one', '1.0.0');
    const path = `${pathOf('io.github.whose/one', '1.0.0')}/status`;
    expect((await call(path, patch(other.token, { status: 'deleted' }))).body).toMatchObject({
      status: 403,
      detail: 'You do not have publish or edit permissions for this server',
    });
    expect((await call(path, { method: 'PATCH', body: { status: 'deleted' } })).status).toBe(401);
    const missing = await call(`${pathOf('io.github.whose/one', '9.0.0')}/status`, patch(token, { status: 'deleted' }));
    expect(missing.body).toMatchObject({ status: 404, detail: 'Server version not found' });
  });
});

describe('status of all versions', () => {
  it('changes all that are not so yet and says which', async () => {
    const { token, publish } = await publisher('bulk');
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) await publish('one', version);
    const name = 'io.github.bulk/one';
    await call(`${pathOf(name, '1.0.0')}/status`, patch(token, { status: 'deprecated' }));
    const answer = await call(`${pathOf(name)}/status`, patch(token, { status: 'deprecated' }));
    expect(answer.body.updatedCount).toBe(2);
    expect(answer.body.servers.map((item: { server: { version: string } }) => item.server.version).sort()).toEqual([
      '1.1.0',
      '2.0.0',
    ]);
    const again = await call(`${pathOf(name)}/status`, patch(token, { status: 'deprecated' }));
    expect(again.body.detail).toBe('No changes to apply: all versions already have the requested status and message');
  });

  it('leaves the deleted server findable for those who ask for deleted ones', async () => {
    const { token, publish } = await publisher('gone');
    await publish('one', '1.0.0');
    await call(`${pathOf('io.github.gone/one')}/status`, patch(token, { status: 'deleted' }));
    expect((await call(pathOf('io.github.gone/one', 'latest'))).status).toBe(404);
    const found = await call(`${pathOf('io.github.gone/one', 'latest')}?include_deleted=true`);
    expect(found.body._meta[OFFICIAL]).toMatchObject({ status: 'deleted', isLatest: true });
  });
});

describe('addresses of remotes', () => {
  const remotes = [{ type: 'streamable-http', url: 'https://mcp.unique.example/mcp' }];

  it('belong to one server name until its versions are deleted, also on restoring', async () => {
    const a = await publisher('remotea');
    const b = await publisher('remoteb');
    await a.publish('one', '1.0.0', { remotes });
    await a.publish('one', '1.1.0', { remotes });
    const taken = await call('/v0.1/publish', {
      token: b.token,
      method: 'POST',
      body: manifestOf('io.github.remoteb/one', '1.0.0', { remotes }),
    });
    expect(taken.body).toMatchObject({
      status: 400,
      code: 'REMOTE_TAKEN',
      detail: 'remote URL https://mcp.unique.example/mcp is already used by server io.github.remotea/one',
    });
    await call(`${pathOf('io.github.remotea/one')}/status`, patch(a.token, { status: 'deleted' }));
    await b.publish('one', '1.0.0', { remotes });
    const restored = await call(
      `${pathOf('io.github.remotea/one', '1.0.0')}/status`,
      patch(a.token, { status: 'active' }),
    );
    expect(restored.body).toMatchObject({ status: 400, code: 'REMOTE_TAKEN' });
  });

  it('may be shared where the admin says so', async () => {
    const shared = [{ type: 'sse', url: 'https://gateway.shared.example/sse' }];
    const a = await publisher('shareda');
    const b = await publisher('sharedb');
    process.env.HALLMARK_UNIQUE_REMOTES = 'false';
    resetConfig();
    try {
      await a.publish('one', '1.0.0', { remotes: shared });
      await b.publish('one', '1.0.0', { remotes: shared });
    } finally {
      delete process.env.HALLMARK_UNIQUE_REMOTES;
      resetConfig();
    }
  });
});

describe('editing a version', () => {
  async function editable(slug: string) {
    const made = await publisher(slug);
    await made.publish('one', '1.0.0');
    const { token: adminToken } = await issueAdminToken({ viewer: made.viewer, name: 'mend', expiresInDays: 1 });
    return { ...made, adminToken, name: `io.github.${slug}/one`, path: pathOf(`io.github.${slug}/one`, '1.0.0') };
  }

  it('replaces the manifest for an admin, byte for byte, and keeps the old one', async () => {
    const { adminToken, name, path } = await editable('edit');
    const before = await db().version.findFirstOrThrow({ where: { serverName: name } });
    const body = `${JSON.stringify(manifestOf(name, '1.0.0', { title: 'Mended' }), null, 2)}\n`;
    const answer = await call(path, { token: adminToken, method: 'PUT', body });
    expect(answer).toMatchObject({ status: 200, body: { server: { title: 'Mended' } } });
    const after = await db().version.findFirstOrThrow({ where: { serverName: name }, include: { revisions: true } });
    expect(Buffer.from(after.manifestBytes).toString()).toBe(body);
    expect(after.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
    expect(after.revisions).toHaveLength(1);
    expect(Buffer.from(after.revisions[0]!.manifestBytes)).toEqual(Buffer.from(before.manifestBytes));
  });

  it('takes a status along', async () => {
    const { adminToken, name, path } = await editable('editstatus');
    const body = manifestOf(name, '1.0.0', { title: 'Old' });
    const answer = await call(`${path}?status=deprecated&status_message=use%202`, {
      token: adminToken,
      method: 'PUT',
      body,
    });
    expect(answer.body._meta[OFFICIAL]).toMatchObject({ status: 'deprecated', statusMessage: 'use 2' });
  });

  it.each([
    ['another name', { name: 'io.github.editbad/two' }, 400, 'Cannot rename server'],
    ['another version', { version: '1.0.1' }, 400, 'Version in request body must match URL path parameter'],
    ['a manifest against its schema', { description: '' }, 422, 'validation failed'],
  ])('refuses %s', async (_, change, status, detail) => {
    const slug = `editbad${randomBytes(6).toString('hex')}`;
    const { adminToken, name, path } = await editable(slug);
    const answer = await call(path, {
      token: adminToken,
      method: 'PUT',
      body: { ...manifestOf(name, '1.0.0'), ...change },
    });
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
  });

  it('is not for publishers, nor for somebody who is no admin any more', async () => {
    const { token, adminToken, viewer, name, path } = await editable('noedit');
    const body = manifestOf(name, '1.0.0', { title: 'Mine' });
    expect((await call(path, { token, method: 'PUT', body })).body).toMatchObject({
      status: 403,
      detail: 'You do not have edit permissions for this server',
    });
    await db().user.update({ where: { id: viewer.id }, data: { isInstanceAdmin: false } });
    expect((await call(path, { token: adminToken, method: 'PUT', body })).status).toBe(401);
  });

  it('says 404 for a version that does not exist', async () => {
    const { adminToken, name } = await editable('noversion');
    const answer = await call(pathOf(name, '3.0.0'), {
      token: adminToken,
      method: 'PUT',
      body: manifestOf(name, '3.0.0'),
    });
    expect(answer.body).toMatchObject({ status: 404, detail: 'Server version not found' });
  });
});

describe('a namespace that changed hands', () => {
  it('is closed to the tokens of the publisher that had it', async () => {
    const a = await publisher('handsa');
    const b = await publisher('handsb');
    const to = await db().publisher.findUniqueOrThrow({ where: { slug: 'handsb' } });
    await db().namespace.update({ where: { name: 'io.github.handsa' }, data: { publisherId: to.id } });
    const body = manifestOf('io.github.handsa/one', '1.0.0');
    expect((await call('/v0.1/publish', { token: a.token, method: 'POST', body })).status).toBe(403);
    expect((await call('/v0.1/publish', { token: b.token, method: 'POST', body })).status).toBe(200);
  });
});

describe('a server that moved', () => {
  it('takes no new version and says where it went, also when all of it is deleted', async () => {
    const { token, publish } = await publisher('moved');
    await publish('old', '1.0.0');
    await publish('new', '1.0.0');
    await db().serverMove.create({
      data: {
        fromName: 'io.github.moved/old',
        toName: 'io.github.moved/new',
        state: 'accepted',
        message: '',
        offeredById: 'x',
        expiresAt: new Date(),
      },
    });
    const refused = await call('/v0.1/publish', {
      token,
      method: 'POST',
      body: manifestOf('io.github.moved/old', '1.1.0'),
    });
    expect(refused.body).toMatchObject({ status: 400, code: 'SERVER_MOVED', movedTo: 'io.github.moved/new' });
    const read = await call(pathOf('io.github.moved/old', 'latest'));
    expect(read.body._meta['dev.hallmark/trust'].movedTo).toBe('io.github.moved/new');
    await call(`${pathOf('io.github.moved/old')}/status`, patch(token, { status: 'deleted' }));
    expect((await call(pathOf('io.github.moved/old', 'latest'))).body).toMatchObject({
      status: 404,
      movedTo: 'io.github.moved/new',
    });
  });
});

describe('what the registry says of itself', () => {
  it('has version, health with the client id for GitHub, and ping', async () => {
    expect((await call('/v0.1/version')).body).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      git_commit: 'unknown',
      build_time: 'unknown',
    });
    expect((await call('/v0.1/health')).body).toEqual({ status: 'ok', github_client_id: '' });
    expect((await call('/v0/ping')).body).toEqual({ pong: true });
  });

  it('keeps the headers that GitHub Copilot asks for where an address also takes PUT', async () => {
    const headers = { origin: 'https://example.com' };
    const get = await handleRegistry(new Request('http://localhost/v0.1/servers/a%2Fb/versions/1.0.0', { headers }));
    expect(get?.headers.get('access-control-allow-methods')).toBe('GET, OPTIONS');
    const preflight = await handleRegistry(
      new Request('http://localhost/v0.1/servers/a%2Fb/versions/1.0.0', {
        method: 'OPTIONS',
        headers: { ...headers, 'access-control-request-method': 'PUT' },
      }),
    );
    expect(preflight?.headers.get('access-control-allow-methods')).toBe('GET, PUT, OPTIONS');
  });
});
