import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from '#lib/auth/tokens.ts';
import { actorOf, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { atomXml } from '#lib/http/atom/atom-xml.ts';
import { orgFeedAddress } from '#lib/http/atom/org-feed.ts';
import { handleMachineRequest } from '#lib/http/handle-machine-request.ts';
import { append } from '../../audit/chains.ts';
import { createUser, publishTestVersion, testInstance, viewerOf } from '../../instance.ts';
import { newOrg } from '../../webhooks/kit.ts';

testInstance();

type Parsed = { id: string; title: string; updated: string; links: Record<string, string>; entries: ParsedEntry[] };
type ParsedEntry = {
  id: string;
  title: string;
  summary: string;
  link: string;
  updated: string;
  author: string;
  elements: string[];
};

/** Read by expat, which refuses whatever is not well-formed. */
function parse(xml: string): Parsed {
  const script = `
import sys, json, xml.etree.ElementTree as T
A = '{http://www.w3.org/2005/Atom}'
f = T.fromstring(sys.stdin.buffer.read())
text = lambda e, n: (e.find(A + n).text or '') if e.find(A + n) is not None else ''
print(json.dumps({'id': text(f,'id'), 'title': text(f,'title'), 'updated': text(f,'updated'),
  'links': {l.get('rel'): l.get('href') for l in f.findall(A+'link')},
  'entries': [{'id': text(e,'id'), 'title': text(e,'title'), 'summary': text(e,'summary'), 'updated': text(e,'updated'),
    'link': e.find(A+'link').get('href'), 'author': text(e.find(A+'author'),'name'),
    'elements': [c.tag.replace(A,'') for c in e.iter()]} for e in f.findall(A+'entry')]}))`;
  return JSON.parse(execFileSync('python3', ['-c', script], { input: xml, encoding: 'utf8' }));
}

const get = async (path: string, headers: Record<string, string> = {}) =>
  (await handleMachineRequest(new Request(`http://localhost${path}`, { headers })))!;
const feed = async (path: string, headers: Record<string, string> = {}) => {
  const response = await get(path, headers);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
  return parse(await response.text());
};
const pathOf = (address: string) => new URL(address).pathname;

let org: Awaited<ReturnType<typeof newOrg>>;
let address: string;
let admin: Viewer;

beforeAll(async () => {
  admin = await createUser('Admin', { isInstanceAdmin: true });
  await publishTestVersion('com.example/weather', '1.0.0', { now: new Date('2026-11-01T00:00:00Z') });
  await publishTestVersion('com.example/weather', '1.1.0', { now: new Date('2026-11-02T00:00:00Z') });
  org = await newOrg();
  address = await orgFeedAddress({ viewer: org.owner, orgSlug: org.slug });
  await append(org.id, 'allowlist.revoked', {
    subject: { server: 'com.example/weather', version: '1.0.0' },
    data: { reason: 'old' },
  });
  await append(org.id, 'org.member-joined', { subject: { member: 'Secret Person' } });
});

describe('feeds of the catalog', () => {
  it('a server shows its versions, newest first, with absolute links', async () => {
    const { links, entries, updated } = await feed('/servers/com.example/weather/feed.xml');
    expect(links).toEqual({
      alternate: 'http://hallmark.test/servers/com.example/weather',
      self: 'http://hallmark.test/servers/com.example/weather/feed.xml',
    });
    expect(entries.map(({ title }) => title)).toEqual([
      'com.example/weather 1.1.0 was published',
      'com.example/weather 1.0.0 was published',
    ]);
    expect(entries[0]!.link).toBe('http://hallmark.test/servers/com.example/weather?version=1.1.0');
    expect(updated).toBe(entries[0]!.updated);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(2);
  });

  it('a server shows accusations and a changed status', async () => {
    const { versionId } = await publishTestVersion('com.example/bad', '1.0.0');
    const scan = await db().scan.create({
      data: {
        versionId,
        status: 'done',
        reason: 'test',
        rulesetVersion: '1',
        finishedAt: new Date(),
        accusations: 1,
        activeAccusations: 1,
        activeRules: ['HM-TOOL-001'],
      } as never,
    });
    await db().version.update({
      where: { id: versionId },
      data: { currentScanId: scan.id, status: 'deprecated', statusMessage: 'use </title>other' },
    });
    const { entries } = await feed('/servers/com.example/bad/feed.xml');
    expect(entries.map(({ title }) => title).toSorted()).toEqual([
      'com.example/bad 1.0.0 has accusations',
      'com.example/bad 1.0.0 is deprecated',
      'com.example/bad 1.0.0 was published',
    ]);
    expect(entries.find(({ title }) => title.endsWith('accusations'))!.link).toContain('version=1.0.0&tab=findings');
    expect(entries.find(({ title }) => title.endsWith('deprecated'))!.summary).toBe('use &lt;/title&gt;other');
  });

  it('new servers are in one of their own', async () => {
    const { entries, links } = await feed('/feed.xml');
    expect(entries.map(({ title }) => title)).toContain('com.example/weather 1.1.0');
    expect(links.self).toBe('http://hallmark.test/feed.xml');
  });

  it('a publisher shows what is under its namespaces', async () => {
    const publisher = await db().publisher.create({ data: { slug: 'acme', displayName: 'A<c>me & Sons' } });
    await db().namespace.create({
      data: {
        name: 'com.example',
        publisherId: publisher.id,
        proofKind: 'dns',
        proof: {},
        provenAt: new Date(),
      } as never,
    });
    await publishTestVersion('org.other/thing', '1.0.0');
    const { title, entries } = await feed('/publishers/acme/feed.xml');
    expect(title).toBe('A<c>me & Sons on Hallmark');
    expect(entries.length).toBeGreaterThan(2);
    expect(entries.every((entry) => entry.title.startsWith('com.example/'))).toBe(true);
  });

  it.each([
    '/servers/com.example/none/feed.xml',
    '/servers/com.example/%00/feed.xml',
    '/servers/com.example/%ff/feed.xml',
    '/publishers/none/feed.xml',
  ])('%s is not there', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('is not sent again while it is the same', async () => {
    const first = await get('/servers/com.example/weather/feed.xml');
    const etag = first.headers.get('etag')!;
    const second = await get('/servers/com.example/weather/feed.xml', { 'if-none-match': etag });
    expect([second.status, await second.text()]).toEqual([304, '']);
    await publishTestVersion('com.example/weather', '1.2.0');
    expect((await get('/servers/com.example/weather/feed.xml', { 'if-none-match': etag })).status).toBe(200);
  });

  it('takes no other method', async () => {
    const response = await handleMachineRequest(new Request('http://localhost/feed.xml', { method: 'POST' }));
    expect([response!.status, response!.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('hostile words in a feed', () => {
  it.each([
    ['the end of CDATA', 'a]]><entry><title>forged</title></entry><![CDATA['],
    ['elements', '</title></entry><entry><id>x</id>'],
    ['entities', '&xxe; &amp; &#x41; <!ENTITY x SYSTEM "file:///etc/passwd">'],
    ['markup that a reader would run', '<img src=x onerror=alert(1)>'],
    ['controls and what XML has no place for', 'a\u0000b\u0008c\u001Bd\uFFFEe\uFFFFf\uD800g'],
    ['invisible and turned text', 'a\u202Eb\u200Bc\u2028d\u{E0041}'],
  ])('%s stay words', (_, words) => {
    const entry = {
      id: 'urn:x:1',
      title: words,
      summary: words,
      author: words,
      link: 'http://h.test/?a=1&b="<',
      at: new Date(0),
    };
    const xml = atomXml({
      id: 'urn:x',
      title: words,
      link: 'http://h.test/',
      self: 'http://h.test/feed.xml',
      since: new Date(0),
      entries: [entry],
    });
    const { entries } = parse(xml);
    expect(entries).toHaveLength(1);
    expect(entries[0]!.elements.toSorted()).toEqual([
      'author',
      'entry',
      'id',
      'link',
      'name',
      'summary',
      'title',
      'updated',
    ]);
    expect(entries[0]!.title).not.toMatch(/[<>]|[\u202E\u200B\u2028]/);
    expect(xml).not.toMatch(/<!ENTITY|<!DOCTYPE|[\u202E\u200B\u2028\uFFFE\uFFFF]/);
  });
});

describe('the feed of an organization', () => {
  it('shows decisions to whoever has its address, and nothing else', async () => {
    const { entries, title, links } = await feed(pathOf(address));
    expect(title).toBe(`Decisions of Org ${org.slug.slice(4)}`);
    expect(entries.map((entry) => entry.title)).toEqual(['Revoked com.example/weather 1.0.0: old']);
    expect(links.self).toBe(address);
  });

  it('is not for shared caches, search engines and referrers', async () => {
    const { headers } = await get(pathOf(address));
    expect([
      headers.get('cache-control'),
      headers.get('vary'),
      headers.get('x-robots-tag'),
      headers.get('referrer-policy'),
    ]).toEqual(['private, no-cache', 'Authorization', 'noindex', 'no-referrer']);
  });

  const tokenOf = async (owner: Viewer, orgId: string, kind: 'view' | 'gateway', teamId?: string) => {
    const { id, secret } = await db().$transaction((tx) =>
      issueToken(tx, {
        kind,
        name: 't',
        expiresInDays: 1,
        createdById: owner.id,
        orgId,
        actor: actorOf(owner),
        now: new Date(),
      }),
    );
    if (teamId) await db().accessToken.update({ where: { id }, data: { teamId } });
    return { authorization: `Bearer ${secret}` };
  };

  it('answers a view token of the organization', async () => {
    const headers = await tokenOf(org.owner, org.id, 'view');
    expect((await feed(`/orgs/${org.slug}/feed.xml`, headers)).entries).toHaveLength(1);
  });

  it('ends with the key of the registry view', async () => {
    const other = await newOrg();
    const before = await orgFeedAddress({ viewer: other.owner, orgSlug: other.slug });
    await db().org.update({ where: { id: other.id }, data: { viewKey: 'changed' } });
    expect((await get(pathOf(before))).status).toBe(404);
  });

  it('is not there for others', async () => {
    const other = await newOrg();
    const { viewKey } = await db().org.findUniqueOrThrow({ where: { id: org.id } });
    const theirs = pathOf(await orgFeedAddress({ viewer: other.owner, orgSlug: other.slug }));
    const team = await db().team.create({ data: { orgId: org.id, slug: 'team', displayName: 'Team' } });
    const cases: [string, string, Record<string, string>, number][] = [
      ['the key of another organization', theirs.replace(other.slug, org.slug), {}, 404],
      ['the key of the registry view', `/orgs/${org.slug}/atom/${viewKey}/feed.xml`, {}, 404],
      ['an empty key', `/orgs/${org.slug}/atom//feed.xml`, {}, 404],
      ['no token', `/orgs/${org.slug}/feed.xml`, {}, 401],
      ['nonsense for a token', `/orgs/${org.slug}/feed.xml`, { authorization: 'Bearer hmk_view_x' }, 401],
      [
        'a view token of another organization',
        `/orgs/${org.slug}/feed.xml`,
        await tokenOf(other.owner, other.id, 'view'),
        404,
      ],
      [
        'a gateway token of the organization',
        `/orgs/${org.slug}/feed.xml`,
        await tokenOf(org.owner, org.id, 'gateway'),
        401,
      ],
      [
        'a view token of one of its teams',
        `/orgs/${org.slug}/feed.xml`,
        await tokenOf(org.owner, org.id, 'view', team.id),
        404,
      ],
      ['an organization that is none', '/orgs/none/feed.xml', await tokenOf(org.owner, org.id, 'view'), 404],
    ];
    for (const [name, path, headers, status] of cases)
      expect([name, (await get(path, headers)).status]).toEqual([name, status]);
    await expect(orgFeedAddress({ viewer: other.owner, orgSlug: org.slug })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await db().orgMember.create({ data: { orgId: org.id, userId: admin.id, role: 'requester' } });
    await expect(orgFeedAddress({ viewer: await viewerOf(admin.id), orgSlug: org.slug })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
