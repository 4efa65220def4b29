import { expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { pullFeed } from '#lib/feed/client/index.ts';
import { testInstance } from '../../instance.ts';
import { serve, serverFeed } from '../support/server-feed.ts';
import { tempDir } from '../support/temp-dir.ts';

testInstance();

test('a client reads the feed by path key, and by token without one', async () => {
  await serve();
  const feed = await serverFeed();
  const trust = await feed.trust();
  expect((await pullFeed({ trust, stateDir: await tempDir() })).head).toMatchObject({ org: feed.slug, serial: 1 });
  const withoutKey = { ...trust, baseUrl: trust.baseUrl.replace(/\/k\/.*/, '') };
  const token = await feed.token();
  expect((await pullFeed({ trust: withoutKey, token, stateDir: await tempDir() })).head.serial).toBe(1);
  await expect(pullFeed({ trust: withoutKey, stateDir: await tempDir() })).rejects.toMatchObject({
    code: 'FEED_UNREACHABLE',
  });
});

test('a poll without change is a 304, and a publication is served at once', async () => {
  await serve();
  const feed = await serverFeed();
  const { baseUrl } = await feed.trust();
  const first = await fetch(`${baseUrl}/head`);
  expect(first.headers.get('cache-control')).toBe('private, no-cache');
  const headers = { 'if-none-match': first.headers.get('etag')! };
  expect((await fetch(`${baseUrl}/head`, { headers })).status).toBe(304);
  await feed.publish();
  await expect.poll(async () => (await fetch(`${baseUrl}/head`, { headers })).status, { timeout: 2000 }).toBe(200);
});

test('a head that ran out is a 503 that nobody stores, also for who asks with its ETag', async () => {
  await serve();
  const feed = await serverFeed();
  const { baseUrl } = await feed.trust();
  const etag = (await fetch(`${baseUrl}/head`)).headers.get('etag')!;
  await feed.publish('long ago', new Date(Date.now() - 3_600_000));
  await expect.poll(async () => (await fetch(`${baseUrl}/head`)).status, { timeout: 2000 }).toBe(503);
  const response = await fetch(`${baseUrl}/head`, { headers: { 'if-none-match': etag } });
  expect([response.status, response.headers.get('cache-control')]).toEqual([503, 'no-store']);
  expect(await response.json()).toMatchObject({ code: 'KEYS_UNAVAILABLE' });
});

test('what belongs to another organization does not exist', async () => {
  const url = await serve();
  const [one, other] = [await serverFeed(), await serverFeed()];
  const token = await one.token();
  const { baseUrl } = await one.trust();
  const key = baseUrl.split('/').at(-1)!;
  const { allowlistSha256 } = await db().feedPublication.findFirstOrThrow({ where: { orgId: other.orgId } });
  const headers = { authorization: `Bearer ${token}` };
  for (const [path, init] of [
    [`/orgs/${other.slug}/feed/head`, { headers }],
    [`/orgs/${other.slug}/feed/events`, { headers }],
    [`/orgs/${other.slug}/feed/k/${key}/head`, {}],
    [`/orgs/${other.slug}/feed/k/${key}/events`, {}],
    [`/orgs/${one.slug}/feed/bodies/${allowlistSha256}.json`, { headers }],
    [`/orgs/${other.slug}/feed/ack`, { headers, method: 'POST', body: '{}' }],
    [`/orgs/${other.slug}/feed/ack/head`, { headers, method: 'POST', body: '{}' }],
  ] as const) {
    expect({ path, status: (await fetch(url + path, init)).status }).toEqual({ path, status: 404 });
  }
});

test('a revoked token reads no more within seconds', async () => {
  const url = await serve();
  const feed = await serverFeed();
  const headers = { authorization: `Bearer ${await feed.token()}` };
  const read = async () => (await fetch(`${url}/orgs/${feed.slug}/feed/head`, { headers })).status;
  expect(await read()).toBe(200);
  await db().accessToken.updateMany({ where: { orgId: feed.orgId }, data: { revokedAt: new Date() } });
  await expect.poll(read, { timeout: 3000, interval: 200 }).toBe(401);
});
