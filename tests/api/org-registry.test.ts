import http from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { issueAdminToken } from '#lib/auth/admin-tokens.ts';
import { runConformance, textReport } from '#lib/conformance/index.ts';
import { db } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { endLockdown, startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { changeViewKey } from '#lib/orgs/change-view-key.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import { forgetViews } from '#lib/orgs/published/registry-view.ts';
import { issueViewToken } from '#lib/orgs/view-tokens.ts';
import { revokeToken } from '#lib/publishers/publish-tokens.ts';
import { createUser, viewerOf } from '../instance.ts';
import { APPROVED, approve, servedOrgs } from './support/served-orgs.ts';

const served = servedOrgs();
beforeEach(() => forgetViews());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const base = () => `${served.origin}/orgs/acme/registry/k/${served.acme.viewKey}`;
const get = (path: string, init: RequestInit = {}) => fetch(`${served.origin}${path}`, { redirect: 'manual', ...init });
const view = (path: string, init: RequestInit = {}) => fetch(`${base()}${path}`, { redirect: 'manual', ...init });
const name = encodeURIComponent;
type Listed = {
  servers: { server: { name: string; version: string }; _meta: Record<string, Record<string, unknown>> }[];
  metadata: { nextCursor?: string };
};
const list = async (path: string) => (await (await view(path)).json()) as Listed;
const keys = ({ servers }: Listed) => servers.map(({ server }) => `${server.name} ${server.version}`);

describe('the view of an organization', () => {
  it('passes every case of our conformance checks that reads', async () => {
    await revokeFor('com.example/half_way', '1.0.0');
    const report = await runConformance({ baseUrl: base() });
    const failed = report.results.filter(({ outcome }) => outcome === 'failed');
    expect(failed, textReport(report)).toEqual([]);
    expect(report.counts.passed).toBeGreaterThan(60);
    await approve(served.owner, 'acme', 'com.example/half_way', '1.0.0');
  });

  it('lists what is approved and nothing else, under both prefixes', async () => {
    const expected = APPROVED.map(([server, version]) => `${server} ${version}`).sort();
    for (const prefix of ['/v0.1', '/v0']) {
      expect(keys(await list(`${prefix}/servers?limit=100`)).sort()).toEqual(expected);
    }
    expect((await view(`/v0.1/servers/${name('io.github.acme/weather')}/versions/2.0.0`)).status).toBe(404);
    expect((await view(`/v0.1/servers/${name('org.secret/plans')}/versions/latest`)).status).toBe(404);
  });

  it('takes the highest approved version for the latest', async () => {
    const answer = await view(`/v0.1/servers/${name('io.github.acme/weather')}/versions/latest`);
    const { server, _meta } = (await answer.json()) as Listed['servers'][number];
    expect(server.version).toBe('1.1.0');
    expect(_meta['io.modelcontextprotocol.registry/official']).toMatchObject({ isLatest: true, status: 'active' });
    expect(_meta['dev.hallmark/trust']?.approval).toMatchObject({
      org: 'acme',
      tools: { default: 'deny', allow: ['read'], ask: [] },
    });
    const latest = keys(await list('/v0.1/servers?version=latest&limit=100'));
    expect(latest).toContain('io.github.acme/weather 1.1.0');
    expect(latest).not.toContain('io.github.acme/weather 1.0.0');
  });

  it('answers 404 for what is revoked, and tells who follows it by updated_since', async () => {
    const before = new Date(Date.now() - 1000).toISOString();
    const path = `/v0.1/servers/${name('com.example/notes')}/versions/latest`;
    expect((await view(path)).status).toBe(200);
    await revokeFor('com.example/notes', '2.0.0');
    expect((await view(path)).status).toBe(404);
    const { servers } = await list(`/v0.1/servers?limit=100&updated_since=${name(before)}`);
    const found = servers.find(({ server }) => server.name === 'com.example/notes');
    expect(found?._meta['io.modelcontextprotocol.registry/official']).toMatchObject({
      status: 'deleted',
      statusMessage: 'a test',
    });
    await approve(served.owner, 'acme', 'com.example/notes', '2.0.0');
    expect((await view(path)).status).toBe(200);
  });

  it('moves updatedAt of a version that is not the latest any more', async () => {
    await revokeFor('io.github.acme/weather', '1.1.0');
    const since = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await approve(served.owner, 'acme', 'io.github.acme/weather', '1.1.0');
    expect(keys(await list(`/v0.1/servers?updated_since=${name(since)}`))).toEqual([
      'io.github.acme/weather 1.0.0',
      'io.github.acme/weather 1.1.0',
    ]);
  });

  it('shows nothing of a manifest that was replaced after the approval', async () => {
    const path = `/v0.1/servers/${name('org.many/server-11')}/versions/1.0.0`;
    const { manifestSha256 } = await db().version.findFirstOrThrow({ where: { serverName: 'org.many/server-11' } });
    const set = (sha: string) =>
      db().version.updateMany({ where: { serverName: 'org.many/server-11' }, data: { manifestSha256: sha } });
    await set('0'.repeat(64));
    forgetViews();
    expect((await view(path)).status).toBe(404);
    await set(manifestSha256);
  });

  it('is empty in a lockdown', async () => {
    await startLockdown({ viewer: served.owner, orgSlug: 'acme', reason: 'a drill' });
    expect((await list('/v0.1/servers')).servers).toEqual([]);
    expect((await view(`/v0.1/servers/${name('com.example/notes')}/versions/latest`)).status).toBe(404);
    await endLockdown({ viewer: served.owner, orgSlug: 'acme', reason: 'the drill is over' });
    expect((await list('/v0.1/servers')).servers).toHaveLength(30);
  });

  it('finds by name first, by words too, and carries the search over pages', async () => {
    expect(keys(await list('/v0.1/servers?search=WEATHER&version=latest'))).toEqual(['io.github.acme/weather 1.1.0']);
    const seen: string[] = [];
    let page = await list('/v0.1/servers?search=many&limit=10');
    for (;;) {
      seen.push(...keys(page));
      if (!page.metadata.nextCursor) break;
      page = await list(`/v0.1/servers?limit=10&cursor=${page.metadata.nextCursor}`);
    }
    expect(new Set(seen).size).toBe(34);
    expect(seen).toHaveLength(34);
    expect((await list('/v0.1/servers?search=plans')).servers).toEqual([]);
    expect((await list('/v0.1/servers?search=%25')).servers).toEqual([]);
  });

  it('finds a server whose slash was decoded on the way, and a base address with a slash at its end', async () => {
    expect((await view('/v0.1/servers/com.example/notes/versions/latest')).status).toBe(200);
    expect((await view('/v0.1/servers/com.example/notes/versions')).status).toBe(200);
    expect((await view('//v0.1/servers?limit=1')).status).toBe(200);
    const redirect = await view('/v0.1/servers/?limit=1');
    expect([redirect.status, redirect.headers.get('location')]).toEqual([
      308,
      `/orgs/acme/registry/k/${served.acme.viewKey}/v0.1/servers?limit=1`,
    ]);
  });

  it('describes itself at its own address', async () => {
    const text = await (await view('/openapi.yaml')).text();
    expect(text).toContain(`url: ${base()}`);
    expect(text).not.toContain('/v0.1/publish');
  });

  it.each(['', '/', '/v1/servers', '/v0.1', '/v0.1/', '/v0.1/nothing', '/v0.1/publish', '/v0.1/auth/none', '/teams'])(
    'answers %s with a problem in JSON',
    async (path) => {
      const answer = await view(path);
      expect(answer.status === 308 ? 404 : answer.status).toBe(404);
      if (answer.status === 404) expect(answer.headers.get('content-type')).toContain('json');
    },
  );

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('takes no %s', async (method) => {
    const answer = await view('/v0.1/servers', { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});

describe('parts of the view', () => {
  it('of a team has its servers only', async () => {
    await db().team.create({ data: { orgId: served.acme.id, slug: 'data', displayName: 'Data' } });
    const team = await db().team.findFirstOrThrow({ where: { slug: 'data' } });
    const entry = await db().allowlistEntry.findFirstOrThrow({
      where: { orgId: served.acme.id, server: { name: 'com.example/notes' } },
    });
    await db().teamEntry.create({ data: { teamId: team.id, entryId: entry.id, reason: 'needed' } });
    await publishAnew();
    expect(keys(await list('/teams/data/v0.1/servers'))).toEqual(['com.example/notes 2.0.0']);
    expect((await view(`/teams/data/v0.1/servers/${name('io.github.acme/weather')}/versions/latest`)).status).toBe(404);
    expect((await view('/teams/none/v0.1/servers')).status).toBe(404);
    expect((await view('/teams/data/teams/data/v0.1/servers')).status).toBe(404);
    expect((await view('/teams/%00/v0.1/servers')).status).toBeGreaterThanOrEqual(400);

    const { token } = await issueViewToken({
      viewer: served.owner,
      orgSlug: 'acme',
      name: 'data',
      expiresInDays: 1,
      teamSlug: 'data',
    });
    const own = (await (await get('/orgs/acme/registry/v0.1/servers', bearer(token))).json()) as Listed;
    expect(keys(own)).toEqual(['com.example/notes 2.0.0']);
    expect((await get('/orgs/acme/registry/teams/other/v0.1/servers', bearer(token))).status).toBe(404);
    await db().team.update({ where: { id: team.id }, data: { archivedAt: new Date() } });
    expect((await get('/orgs/acme/registry/v0.1/servers', bearer(token))).status).toBe(404);
  });

  it('of an environment has what is locked to it too', async () => {
    const where = { orgId: served.acme.id, server: { name: 'org.many/server-12' } };
    await db().allowlistEntry.updateMany({ where, data: { environments: ['ci'] } });
    await publishAnew();
    const path = `/v0.1/servers/${name('org.many/server-12')}/versions/latest`;
    expect((await view(path)).status).toBe(404);
    expect((await view(`/environments/prod${path}`)).status).toBe(404);
    expect((await view(`/environments/ci${path}`)).status).toBe(200);
    await db().allowlistEntry.updateMany({ where, data: { environments: [] } });
    await publishAnew();
  });
});

describe('who may read', () => {
  const paths = ['/v0.1/servers', '/v0/servers?version=latest', '/v0.1/servers/com.example%2Fnotes/versions/latest'];

  it.each(paths)('a token of the organization reads %s', async (path) => {
    for (const token of [served.acme.viewToken, served.acme.gatewayToken]) {
      const answer = await get(`/orgs/acme/registry${path}`, bearer(token));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');
      expect(answer.headers.get('vary')).toContain('Authorization');
    }
  });

  it('nobody reads another organization, whatever they hold', async () => {
    const { acme, other } = served;
    const attempts: [number, string, RequestInit?][] = [
      [401, '/orgs/acme/registry'],
      [401, '/orgs/none/registry'],
      [401, '/orgs/acme/registry', bearer('hmk_view_nonsense')],
      [401, '/orgs/acme/registry', bearer('hmk_gw_nonsense')],
      [401, '/orgs/acme/registry', { headers: { authorization: 'Basic YTpi' } }],
      [
        401,
        '/orgs/acme/registry',
        bearer(
          (
            await issueAdminToken({
              viewer: await createUser('Ada', { isInstanceAdmin: true }),
              name: 'a',
              expiresInDays: 1,
            })
          ).token,
        ),
      ],
      [404, '/orgs/acme/registry', bearer(other.viewToken)],
      [404, '/orgs/acme/registry', bearer(other.gatewayToken)],
      [404, '/orgs/none/registry', bearer(other.viewToken)],
      [404, `/orgs/${acme.id}/registry`, bearer(acme.viewToken)],
      [404, `/orgs/acme/registry/k/${other.viewKey}`],
      [404, `/orgs/other/registry/k/${acme.viewKey}`],
      [404, `/orgs/none/registry/k/${acme.viewKey}`],
      [404, `/orgs/${acme.id}/registry/k/${acme.viewKey}`],
      [404, `/orgs/acme/registry/k/${acme.viewKey.slice(0, -1)}`],
      [404, `/orgs/acme/registry/k/${acme.viewKey.toUpperCase()}`],
      [404, `/orgs/acme/registry/k/${acme.viewToken}`],
      [404, `/orgs/acme/registry/k/${acme.viewKey}%00`],
      [404, `/orgs/ACME/registry/k/${acme.viewKey}`],
      // A token beside a wrong key does not help the key.
      [404, '/orgs/acme/registry/k/wrong', bearer(acme.viewToken)],
    ];
    for (const [status, path, init] of attempts) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await get(`${path}/v0.1/servers`, { ...init, method });
        expect([path, method, answer.status]).toEqual([path, method, status]);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401);
        expect(await answer.text()).not.toMatch(/plans|weather/);
      }
    }
  });

  it('a refusal of an unknown organization is that of a known one', async () => {
    const bodies = await Promise.all(
      ['acme', 'other', 'none'].map(async (slug) => (await get(`/orgs/${slug}/registry/k/wrong/v0.1/servers`)).text()),
    );
    expect(new Set(bodies).size).toBe(1);
    const without = await Promise.all(
      ['acme', 'none'].map(async (slug) => (await get(`/orgs/${slug}/registry/v0.1/servers`)).text()),
    );
    expect(new Set(without).size).toBe(1);
  });

  it('a token that was revoked reads nothing', async () => {
    const { token } = await issueViewToken({ viewer: served.owner, orgSlug: 'acme', name: 'short', expiresInDays: 1 });
    expect((await get('/orgs/acme/registry/v0.1/servers', bearer(token))).status).toBe(200);
    const row = await db().accessToken.findFirstOrThrow({ where: { name: 'short' } });
    await revokeToken({ viewer: served.owner, tokenId: row.id });
    expect((await get('/orgs/acme/registry/v0.1/servers', bearer(token))).status).toBe(401);
  });

  it('only an owner makes tokens and changes the key, and an old key ends at once', async () => {
    const auditor = await createUser('Audrey');
    await db().orgMember.create({ data: { orgId: served.acme.id, userId: auditor.id, role: 'auditor' } });
    for (const viewer of [await viewerOf(auditor.id), await createUser('Stranger')]) {
      const refused = { code: expect.stringMatching(/FORBIDDEN|NOT_FOUND/) };
      await expect(issueViewToken({ viewer, orgSlug: 'acme', name: 'x', expiresInDays: 1 })).rejects.toMatchObject(
        refused,
      );
      await expect(changeViewKey({ viewer, orgSlug: 'acme' })).rejects.toMatchObject(refused);
    }
    const old = served.acme.viewKey;
    served.acme.viewKey = (await changeViewKey({ viewer: served.owner, orgSlug: 'acme' })).viewKey;
    expect((await get(`/orgs/acme/registry/k/${old}/v0.1/servers`)).status).toBe(404);
    expect((await view('/v0.1/servers')).status).toBe(200);
    const event = await db().auditEvent.findFirstOrThrow({
      where: { chain: served.acme.id, kind: 'view.key-changed' },
    });
    expect(JSON.stringify(event)).not.toContain(served.acme.viewKey);
  });

  it('a preflight is answered without a token and tells nothing', async () => {
    const headers = {
      origin: 'https://github.com',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    const answers = await Promise.all(
      ['acme', 'none'].map((slug) => get(`/orgs/${slug}/registry/v0.1/servers`, { method: 'OPTIONS', headers })),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-methods')).toBe('GET, OPTIONS');
      expect(answer.headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type');
    }
    expect((await get('/orgs/acme/registry/v0.1/servers')).headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each([
    '/orgs/acme/registry/k/KEY/v0.1/../../../../other/registry/v0.1/servers',
    '/orgs/acme/registry/k/KEY/%2e%2e/%2e%2e/%2e%2e/other/registry/v0.1/servers',
    '/orgs/acme/registry/k/KEY/v0.1/servers/..%2f..%2fother/versions/latest',
    '/orgs/acme/registry/k/KEY/v0.1/servers/%2e%2e/versions/latest',
    '//orgs/acme/registry/k/KEY/v0.1/servers/../../../../../etc/passwd/versions/latest',
  ])('%s leads nowhere', async (path) => {
    const status = await raw(path.replace('KEY', served.acme.viewKey));
    expect([400, 401, 404, 200]).toContain(status.code);
    expect(status.body).not.toMatch(/plans|root:/);
  });
});

/** The path as it is: fetch would take its dots away. */
const raw = (path: string) =>
  new Promise<{ code: number; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(served.origin);
    http
      .get({ hostname, port, path, agent: false }, async (response) => {
        let body = '';
        for await (const chunk of response) body += chunk;
        resolve({ code: response.statusCode ?? 0, body });
      })
      .on('error', reject);
  });

async function revokeFor(serverName: string, version: string): Promise<void> {
  await revokeVersion({ viewer: served.owner, orgSlug: 'acme', serverName, version, reason: 'a test' });
}

const publishAnew = () =>
  orgTransaction(served.acme.id, (tx) =>
    publishFeed(tx, {
      orgId: served.acme.id,
      reason: 'a test',
      actor: { type: 'system', name: 'test' },
      now: new Date(),
    }),
  );
