import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { EXPORT_CLIENTS, type ExportClientId } from '#lib/exports/index.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { downloadExport } from '#lib/orgs/published/download-export.ts';
import { issueViewToken } from '#lib/orgs/view-tokens.ts';
import { createUser, viewerOf } from '../instance.ts';
import { approve, servedOrgs } from './support/served-orgs.ts';

const served = servedOrgs();
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const get = (address: string, init: RequestInit = {}) =>
  fetch(`${served.origin}${address}`, { redirect: 'manual', ...init });
const byKey = (file: string) => `/orgs/acme/exports/k/${served.acme.viewKey}/${file}`;
const clients = Object.entries(EXPORT_CLIENTS) as [ExportClientId, { file: string; contentType: string }][];

describe('exports of an organization', () => {
  it.each(clients)('%s is served with a validator and for one reader', async (_, { file, contentType }) => {
    const answer = await get(byKey(file));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(`${contentType}; charset=utf-8`);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(answer.headers.get('vary')).toContain('Authorization');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await answer.text();
    expect(text).not.toContain('org.secret');
    const again = await get(byKey(file), { headers: { 'if-none-match': answer.headers.get('etag')! } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await get(byKey(file), { method: 'HEAD' });
    expect([head.status, head.headers.get('etag')]).toEqual([200, answer.headers.get('etag')]);
  });

  it('change with the publication', async () => {
    const before = await get(byKey('managed-settings.json'));
    expect(await before.text()).toContain('mcp.notes.example.com');
    await revokeVersion({
      viewer: served.owner,
      orgSlug: 'acme',
      serverName: 'com.example/notes',
      version: '2.0.0',
      reason: 'a test',
    });
    const after = await get(byKey('managed-settings.json'), {
      headers: { 'if-none-match': before.headers.get('etag')! },
    });
    expect(after.status).toBe(200);
    const { allowedMcpServers, deniedMcpServers } = (await after.json()) as Record<string, unknown[]>;
    expect(JSON.stringify(allowedMcpServers)).not.toContain('mcp.notes.example.com');
    expect(deniedMcpServers).toEqual([{ serverUrl: 'https://mcp.notes.example.com/mcp' }]);
    await approve(served.owner, 'acme', 'com.example/notes', '2.0.0');
  });

  it('have their notes beside them', async () => {
    const { serial, counts, notes } = (await (await get(byKey('catalog.yaml.notes.json'))).json()) as {
      serial: number;
      counts: { listed: number; leftOut: number };
      notes: { code: string }[];
    };
    expect(serial).toBeGreaterThan(1);
    expect(counts.leftOut).toBe(counts.listed);
    expect(notes.map(({ code }) => code)).toContain('NOT_AN_IMAGE');
  });

  it('are read with a token, and by nobody else', async () => {
    const { acme, other } = served;
    const file = 'managed-settings.json';
    for (const token of [acme.viewToken, acme.gatewayToken]) {
      expect((await get(`/orgs/acme/exports/${file}`, bearer(token))).status).toBe(200);
    }
    const attempts: [number, string, RequestInit?][] = [
      [401, `/orgs/acme/exports/${file}`],
      [401, `/orgs/none/exports/${file}`],
      [401, `/orgs/acme/exports/${file}`, bearer('hmk_view_x')],
      [404, `/orgs/acme/exports/${file}`, bearer(other.viewToken)],
      [404, `/orgs/acme/exports/k/${other.viewKey}/${file}`],
      [404, `/orgs/other/exports/k/${acme.viewKey}/${file}`],
      [404, `/orgs/${acme.id}/exports/k/${acme.viewKey}/${file}`],
      [404, `/orgs/acme/exports/k/${acme.viewKey}/passwd`],
      [404, `/orgs/acme/exports/k/${acme.viewKey}/..%2f..%2fmanaged-settings.json`],
      [404, `/orgs/acme/exports/k/${acme.viewKey}/constructor`],
      [404, `/orgs/acme/exports/k/${acme.viewKey}/${file}%00`],
      [404, `${byKey(file)}?team=nobody`],
      [422, `${byKey(file)}?teams=data`],
      [422, `${byKey(file)}?team=a&team=b`],
      [422, `${byKey(file)}?askAs=maybe`],
      [405, byKey(file), { method: 'POST' }],
    ];
    for (const [status, address, init] of attempts) {
      const answer = await get(address, init);
      expect([address, answer.status]).toEqual([address, status]);
      expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401);
      expect(await answer.text()).not.toContain('serverCommand');
    }
  });

  it('of a team token hold the team only', async () => {
    const team = await db().team.create({ data: { orgId: served.acme.id, slug: 'empty', displayName: 'Empty' } });
    await approve(served.owner, 'acme', 'com.example/notes', '2.0.0');
    const { token } = await issueViewToken({
      viewer: served.owner,
      orgSlug: 'acme',
      name: 't',
      expiresInDays: 1,
      teamSlug: 'empty',
    });
    const answer = await get('/orgs/acme/exports/managed-settings.json', bearer(token));
    expect(((await answer.json()) as { allowedMcpServers: unknown[] }).allowedMcpServers).toEqual([]);
    expect((await get('/orgs/acme/exports/managed-settings.json?team=other', bearer(token))).status).toBe(404);
    await db().team.update({ where: { id: team.id }, data: { archivedAt: new Date() } });
  });

  it('leave a trace where a person downloads them in the console, and only there', async () => {
    const events = () => db().auditEvent.count({ where: { chain: served.acme.id, kind: 'exports.downloaded' } });
    await get(byKey('mcp.json'));
    expect(await events()).toBe(0);
    const made = await downloadExport({ viewer: served.owner, orgSlug: 'acme', client: 'vscode', asked: {} });
    expect(made.text).toBe(await (await get(byKey('mcp.json'))).text());
    expect(await events()).toBe(1);
    const requester = await createUser('Rita');
    await db().orgMember.create({ data: { orgId: served.acme.id, userId: requester.id, role: 'requester' } });
    for (const [viewer, code] of [
      [null, 'UNAUTHENTICATED'],
      [await viewerOf(requester.id), 'FORBIDDEN'],
      [await createUser('Stranger'), 'NOT_FOUND'],
    ] as const) {
      await expect(downloadExport({ viewer, orgSlug: 'acme', client: 'vscode', asked: {} })).rejects.toMatchObject({
        code,
      });
    }
    expect(await events()).toBe(1);
  });

  it('leave a session to the console', async () => {
    const answer = await get('/orgs/acme/exports/mcp.json', { headers: { cookie: 'session=x' } });
    expect(await answer.text()).toContain('a page for');
    const withKey = await get(byKey('mcp.json'), { headers: { cookie: 'session=x' } });
    expect(withKey.headers.get('content-type')).toContain('json');
  });
});

describe('/.well-known/mcp-trust-configuration', () => {
  const discovery = (query = '') => get(`/.well-known/mcp-trust-configuration${query}`);

  it('has addresses and nothing to trust', async () => {
    const text = await (await discovery('?org=acme')).text();
    const { organization } = JSON.parse(text) as { organization: Record<string, string> };
    expect(organization.registry).toBe(`${served.origin}/orgs/acme/registry`);
    expect(text).not.toContain(served.acme.viewKey);
    expect(text).not.toMatch(/BEGIN|keyid|sha256/);
  });

  it('does not tell which organizations there are', async () => {
    const [known, unknown] = await Promise.all(
      ['acme', 'none'].map(async (org) => (await (await discovery(`?org=${org}`)).text()).replaceAll(org, 'ORG')),
    );
    expect(known).toBe(unknown);
    expect(await (await discovery()).text()).toContain('/orgs/{org}/registry');
    for (const org of ['a/../b', 'x"y', '', 'A'])
      expect((await discovery(`?org=${encodeURIComponent(org)}`)).status).toBe(400);
    expect((await get('/.well-known/mcp-trust-configuration', { method: 'POST' })).status).toBe(405);
  });
});

it('each surface has a route of the app, for other servers than ours', () => {
  const app = path.join(import.meta.dirname, '../../app');
  for (const file of [
    'orgs/[org]/registry/[[...path]]',
    'orgs/[org]/exports/[...file]',
    '.well-known/mcp-trust-configuration',
  ]) {
    expect(fs.existsSync(path.join(app, file, 'route.ts'))).toBe(true);
  }
});
