import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { handleRegistry } from '#lib/http/registry/handle-registry.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { createUser, manifestOf, publishTestVersion, testInstance, viewerOf } from '../instance.ts';

testInstance();

const call = async (path: string, init: RequestInit = {}) => {
  const response = await handleRegistry(new Request(`http://localhost${path}`, init));
  if (!response) throw new Error(`${path} is not a path of the registry`);
  return response;
};
const json = async (path: string, init?: RequestInit) => (await call(path, init)).json();

async function publishToken(slug: string, namespace: string) {
  const admin = await createUser(`Admin-${slug}`, { isInstanceAdmin: true });
  await createPublisher({ viewer: admin, slug, displayName: slug });
  const owner = await viewerOf(admin.id);
  await claimNamespace({ viewer: owner, publisherSlug: slug, namespace });
  const { token } = await issuePublishToken({ viewer: owner, publisherSlug: slug, name: 'ci', expiresInDays: 7 });
  return { token, viewer: owner };
}

const post = (token: string, body: string): RequestInit => ({
  method: 'POST',
  headers: { authorization: `Bearer ${token}` },
  body,
});

describe('publishing', () => {
  it('accepts a version and gives back exactly the bytes that were sent', async () => {
    const { token } = await publishToken('bytes', 'io.github.bytes');
    const body = `${JSON.stringify(manifestOf('io.github.bytes/one', '1.0.0'), null, 4)}\n`;
    const response = await call('/v0.1/publish', post(token, body));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`{"server":${body.trim()},`);
    const read = await call('/v0.1/servers/io.github.bytes%2Fone/versions/1.0.0');
    expect(await read.text()).toContain(`{"server":${body.trim()},`);
    const row = await db().version.findFirstOrThrow({ where: { serverName: 'io.github.bytes/one' } });
    expect(Buffer.from(row.manifestBytes).toString()).toBe(body);
  });

  it('refuses a second publication of a version with 400 and keeps the first', async () => {
    const { token } = await publishToken('twice', 'io.github.twice');
    const first = JSON.stringify(manifestOf('io.github.twice/one', '1.0.0'));
    const second = JSON.stringify(manifestOf('io.github.twice/one', '1.0.0', { title: 'Other' }));
    expect((await call('/v0.1/publish', post(token, first))).status).toBe(200);
    const refused = await call('/v0/publish', post(token, second));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      detail: 'invalid version: cannot publish duplicate version',
      error: 'invalid version: cannot publish duplicate version',
    });
    const kept = await json('/v0.1/servers/io.github.twice%2Fone/versions/1.0.0');
    expect(kept.server.title).toBeUndefined();
  });

  it('names what a token may publish when it publishes something else', async () => {
    const { token } = await publishToken('mine', 'io.github.mine');
    const response = await call(
      '/v0.1/publish',
      post(token, JSON.stringify(manifestOf('io.github.other/thing', '1.0.0'))),
    );
    expect(response.status).toBe(403);
    expect((await response.json()).detail).toBe(
      'You do not have permission to publish this server. You have permission to publish: io.github.mine/*. Attempting to publish: io.github.other/thing',
    );
  });

  it.each([
    ['no header', {}, "Invalid Authorization header format. Expected 'Bearer <token>'"],
    [
      'another scheme',
      { authorization: 'Basic abc' },
      "Invalid Authorization header format. Expected 'Bearer <token>'",
    ],
    ['an unknown token', { authorization: 'Bearer hmk_pub_nonsense' }, 'Invalid or expired Registry JWT token'],
    ['a gateway token', { authorization: 'Bearer hmk_gw_nonsense' }, 'Invalid or expired Registry JWT token'],
  ])('refuses %s with 401', async (_, headers, message) => {
    const response = await call('/v0.1/publish', { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(401);
    expect((await response.json()).detail).toContain(message);
  });

  it('refuses a revoked token', async () => {
    const { token } = await publishToken('revoked', 'io.github.revoked');
    await db().accessToken.updateMany({ data: { revokedAt: new Date() }, where: { publisher: { slug: 'revoked' } } });
    expect((await call('/v0.1/publish', post(token, '{}'))).status).toBe(401);
  });

  it('lists every fault of an invalid manifest with its path', async () => {
    const { token } = await publishToken('faults', 'io.github.faults');
    const body = JSON.stringify({ ...manifestOf('io.github.faults/one', 'latest'), description: '' });
    const answer = await json('/v0.1/publish', post(token, body));
    expect(answer).toMatchObject({ status: 422, detail: 'validation failed', code: 'MANIFEST_INVALID' });
    expect(answer.errors).toContainEqual(expect.objectContaining({ location: 'body.description' }));
    expect(answer.issues.map((issue: { path: string }) => issue.path)).toEqual(
      expect.arrayContaining(['version', 'description']),
    );
  });

  it('refuses a name that differs from a published one only in case', async () => {
    const { token } = await publishToken('case', 'io.github.case');
    expect(
      (await call('/v0.1/publish', post(token, JSON.stringify(manifestOf('io.github.case/one', '1.0.0'))))).status,
    ).toBe(200);
    const twin = await call('/v0.1/publish', post(token, JSON.stringify(manifestOf('io.github.case/One', '1.0.0'))));
    expect(await twin.json()).toMatchObject({ status: 400, code: 'NAME_TAKEN' });
  });

  it('refuses a body over 1 MiB', async () => {
    const { token } = await publishToken('large', 'io.github.large');
    const response = await call('/v0.1/publish', post(token, `{"x":"${'a'.repeat(1_100_000)}"}`));
    expect(response.status).toBe(413);
  });

  it('writes the audit event in the same transaction', async () => {
    const { token } = await publishToken('audited', 'io.github.audited');
    await call('/v0.1/publish', post(token, JSON.stringify(manifestOf('io.github.audited/one', '1.0.0'))));
    const events = await db().auditEvent.findMany({ where: { kind: 'version.published' } });
    expect(events.map((event) => (event.subject as { server: string }).server)).toContain('io.github.audited/one');
  });
});

describe('reading', () => {
  it('pages through everything once, in byte order, without an empty page at the end', async () => {
    for (const name of ['b', 'a', 'C', 'd']) await publishTestVersion(`org.paging/${name}x`, '1.0.0');
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page: { servers: { server: { name: string } }[]; metadata: { nextCursor?: string; count: number } } =
        await json(`/v0.1/servers?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.servers.length).toBeGreaterThan(0);
      expect(page.metadata.count).toBe(page.servers.length);
      seen.push(...page.servers.map(({ server }) => server.name));
      cursor = page.metadata.nextCursor;
      if (cursor) expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
      pages += 1;
    } while (cursor && pages < 100);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual([...seen].sort());
    expect(seen.filter((name) => name.startsWith('org.paging/'))).toEqual([
      'org.paging/Cx',
      'org.paging/ax',
      'org.paging/bx',
      'org.paging/dx',
    ]);
  });

  it('keeps the search on page 2, although VS Code drops it there', async () => {
    for (const n of [1, 2, 3]) await publishTestVersion(`org.cursors/zebra-${n}`, '1.0.0');
    const first = await json('/v0.1/servers?search=zebra&limit=2&version=latest');
    const second = await json(`/v0.1/servers?limit=2&version=latest&cursor=${first.metadata.nextCursor}`);
    const names = [...first.servers, ...second.servers].map(({ server }: { server: { name: string } }) => server.name);
    expect(names.sort()).toEqual(['org.cursors/zebra-1', 'org.cursors/zebra-2', 'org.cursors/zebra-3']);
  });

  it('answers latest by version order and tells clients that sync about the flip', async () => {
    const name = 'org.latest/one';
    await publishTestVersion(name, '1.0.0', { now: new Date('2026-01-01T00:00:00Z') });
    await publishTestVersion(name, '2.0.0', { now: new Date('2026-02-01T00:00:00Z') });
    await publishTestVersion(name, '1.5.0', { now: new Date('2026-03-01T00:00:00Z') });
    expect((await json('/v0.1/servers/org.latest%2Fone/versions/latest')).server.version).toBe('2.0.0');
    const { servers } = await json('/v0.1/servers/org.latest%2Fone/versions');
    expect(servers.map(({ server }: { server: { version: string } }) => server.version)).toEqual([
      '1.5.0',
      '2.0.0',
      '1.0.0',
    ]);
    const old = servers.find(({ server }: { server: { version: string } }) => server.version === '1.0.0');
    const official = old._meta['io.modelcontextprotocol.registry/official'];
    expect(official).toMatchObject({
      isLatest: false,
      publishedAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-02-01T00:00:00.000Z',
    });
  });

  it('puts trust beside the official key and adds nothing to the official one', async () => {
    await publishTestVersion('org.meta/one', '1.0.0');
    const { _meta } = await json('/v0.1/servers/org.meta%2Fone/versions/latest');
    expect(Object.keys(_meta).sort()).toEqual(['dev.hallmark/trust', 'io.modelcontextprotocol.registry/official']);
    expect(Object.keys(_meta['io.modelcontextprotocol.registry/official']).sort()).toEqual([
      'isLatest',
      'publishedAt',
      'status',
      'statusChangedAt',
      'updatedAt',
    ]);
    expect(_meta['dev.hallmark/trust']).toMatchObject({
      publisher: { level: 'unverified' },
      signature: { state: 'none' },
      scan: { grade: null },
    });
  });

  it('hides deleted versions unless asked, and gives them to clients that sync', async () => {
    const name = 'org.deleted/one';
    await publishTestVersion(name, '1.0.0');
    await db().version.updateMany({ where: { serverName: name }, data: { status: 'deleted', updatedAt: new Date() } });
    expect((await call('/v0.1/servers/org.deleted%2Fone/versions/latest')).status).toBe(404);
    expect((await call('/v0.1/servers/org.deleted%2Fone/versions/latest?include_deleted=true')).status).toBe(200);
    const synced = await json('/v0.1/servers?updated_since=2020-01-01T00:00:00Z&limit=100');
    expect(synced.servers.map(({ server }: { server: { name: string } }) => server.name)).toContain(name);
  });

  it('answers 304 to the ETag it gave', async () => {
    await publishTestVersion('org.etag/one', '1.0.0');
    const path = '/v0.1/servers/org.etag%2Fone/versions/latest';
    const etag = (await call(path)).headers.get('etag')!;
    expect(etag).toMatch(/^"[^"]+"$/);
    expect((await call(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await call(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it.each([
    ['/v0.1/servers?limit=0', 422, 'validation failed'],
    ['/v0.1/servers?limit=101', 422, 'validation failed'],
    ['/v0.1/servers?limit=ten', 422, 'validation failed'],
    ['/v0.1/servers?cursor=not%20ours', 400, 'Invalid cursor'],
    ['/v0.1/servers?cursor=eyJ2IjoxfQ', 400, 'Invalid cursor'],
    ...[
      'yesterday',
      '2025-02-31T00:00:00Z',
      '2025-02-29T00:00:00Z',
      '2025-01-01T24:00:00Z',
      '2025-01-01T00:00Z',
      '2025-01-01T00:00:00',
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00%2B23:59',
      '9999-12-31T23:59:59-23:59',
      '%2B010000-01-01T00:00:00Z',
    ].map((time): [string, number, string] => [
      `/v0.1/servers?updated_since=${time}`,
      400,
      'Invalid updated_since format: expected RFC3339 timestamp',
    ]),
    [
      '/v0.1/servers?updated_since=2026-01-01T00:00:00Z&include_deleted=false',
      400,
      'Cannot set include_deleted=false when using updated_since',
    ],
    ['/v0.1/servers/no.such%2Fserver/versions', 404, 'Server not found'],
    ['/v0.1/servers/no.such%2Fserver/versions/1.0.0', 404, 'Server version not found'],
    ['/v0.1/nothing', 404, 'Endpoint not found'],
    ['/v0.1/servers/%E0%A4%A/versions', 400, 'broken percent-encoding'],
    ['/v0.1/servers?search=a%00b', 400, 'NUL bytes'],
  ])('%s is %i', async (path, status, message) => {
    const response = await call(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const body = await response.json();
    expect(body.detail).toContain(message);
    expect(body.error).toBe(body.detail);
  });

  it('redirects a slash at the end with 308, and never to another host', async () => {
    const response = await call('/v0.1/servers/?limit=1');
    expect(response.status).toBe(308);
    expect(response.headers.get('location')).toBe('/v0.1/servers?limit=1');
  });

  it('lets every origin read', async () => {
    const response = await call('/v0.1/servers', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, OPTIONS');
    expect(response.headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type');
  });

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2024-02-29t00:00:00z', '2025-01-01T00:00:00+02:00'])(
    'takes the time %s',
    async (time) => {
      expect((await call(`/v0.1/servers?updated_since=${time}`)).status).toBe(200);
    },
  );

  const cursor = { v: 1, q: { search: null, version: null, updatedSince: null, includeDeleted: false }, p: {} };
  const after = { after: ['org.a/b', '1.0.0'] };
  it.each<[string, object, object]>([
    ['a time that is none', { updatedSince: 'garbage' }, after],
    ['a day that does not exist', { updatedSince: '2025-02-31T00:00:00.000Z' }, after],
    ['a year that PostgreSQL does not have', { updatedSince: '0000-01-01T00:00:00.000Z' }, after],
    ['a year past 9999', { updatedSince: '+275760-09-13T00:00:00.000Z' }, after],
    ['U+0000 in the name', {}, { after: ['org.a\0/b', '1.0.0'] }],
    ['U+0000 in the version of the place', {}, { after: ['org.a/b', '1.0.0\0'] }],
    ['U+0000 in the version', { version: '1\0' }, after],
    ['U+0000 in the search', { search: 'a\0' }, { offset: 1 }],
    ['half a character', { version: '\ud800' }, after],
    ['a place before the first', {}, { offset: -1 }],
  ])('refuses a crafted cursor with %s', async (_, query, place) => {
    const crafted = { ...cursor, q: { ...cursor.q, ...query }, p: place };
    const response = await call(`/v0.1/servers?cursor=${Buffer.from(JSON.stringify(crafted)).toString('base64url')}`);
    expect({ status: response.status, detail: (await response.json()).detail }).toEqual({
      status: 400,
      detail: expect.stringContaining('Invalid cursor'),
    });
  });

  it('takes the cursor that the crafted ones differ from', async () => {
    const made = { ...cursor, p: after };
    const response = await call(`/v0.1/servers?cursor=${Buffer.from(JSON.stringify(made)).toString('base64url')}`);
    expect(response.status).toBe(200);
  });

  it('pages on after a search that is cut inside a character', async () => {
    for (const n of [1, 2]) await publishTestVersion(`org.cut/walrus-${n}`, '1.0.0');
    const search = `walrus${' '.repeat(993)}🌍`;
    const first = await json(`/v0.1/servers?limit=1&search=${encodeURIComponent(search)}`);
    expect(first.metadata.nextCursor).toBeDefined();
    expect((await call(`/v0.1/servers?limit=1&cursor=${first.metadata.nextCursor}`)).status).toBe(200);
  });

  it.each([
    ['DELETE', '/v0.1/servers', 'GET, HEAD, OPTIONS'],
    ['GET', '/v0.1/publish', 'POST, OPTIONS'],
  ])('answers %s %s with 405 and what is allowed', async (method, path, allow) => {
    const response = await call(path, { method });
    expect({ status: response.status, allow: response.headers.get('allow') }).toEqual({ status: 405, allow });
  });
});
