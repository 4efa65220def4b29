import { expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { pullFeed } from '#lib/feed/client/index.ts';
import { keyKeeperOf } from '#lib/feed/store/change-keys.ts';
import { changePathKey } from '#lib/feed/store/change-path-key.ts';
import { createUser, testInstance } from '../../instance.ts';
import { serve, serverFeed } from '../support/server-feed.ts';
import { tempDir } from '../support/temp-dir.ts';

testInstance();

test('the old address is 404 at once, its streams end, and tokens go on', async () => {
  const url = await serve();
  const feed = await serverFeed();
  const [before, token] = [await feed.trust(), await feed.token()];
  expect((await fetch(`${before.baseUrl}/head`)).status).toBe(200);
  const stream = await fetch(`${before.baseUrl}/events`);
  const reader = stream.body!.getReader();
  await changePathKey({ keeper: keyKeeperOf(feed.owner, feed.slug) });
  await expect.poll(async () => (await fetch(`${before.baseUrl}/head`)).status, { timeout: 1000 }).toBe(404);
  const after = await feed.trust();
  expect(after.baseUrl).not.toBe(before.baseUrl);
  expect((await pullFeed({ trust: after, stateDir: await tempDir() })).head.serial).toBe(1);
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${url}/orgs/${feed.slug}/feed/head`, { headers })).status).toBe(200);
  for (let read = await reader.read(); !read.done; ) read = await reader.read();
  expect(await db().auditEvent.count({ where: { chain: feed.orgId, kind: 'feed.path-key-changed' } })).toBe(1);
});

test('only who manages the keys changes it', async () => {
  const feed = await serverFeed();
  const stranger = await createUser('Stranger');
  expect(() => keyKeeperOf(stranger, feed.slug)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});
