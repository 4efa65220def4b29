import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { create } from 'tar';
import { expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { readFeedArchive } from '#lib/feed/client/feed-archive.ts';
import { loadAcceptedFeed, pullFeed } from '#lib/feed/client/index.ts';
import { keyKeeperOf } from '#lib/feed/store/change-keys.ts';
import { exportFeed } from '#lib/feed/store/export-feed.ts';
import { rotateKey } from '#lib/feed/store/rotate-key.ts';
import { testInstance } from '../../instance.ts';
import { serve, serverFeed } from '../support/server-feed.ts';
import { tempDir } from '../support/temp-dir.ts';

testInstance();

const DAY = 86_400_000;
const noNetwork: typeof fetch = async () => {
  throw new Error('there is no network here');
};

async function exported(days = 14) {
  await serve();
  const feed = await serverFeed();
  const trust = await feed.trust();
  const keeper = keyKeeperOf(feed.owner, feed.slug);
  const { bytes, until } = await exportFeed({ keeper, days });
  const archive = path.join(await tempDir(), 'feed.tar');
  await writeFile(archive, bytes);
  return { feed, trust, keeper, archive, until };
}

test('an archive is verified as the feed itself, and good for its lease', async () => {
  const { trust, archive, until } = await exported();
  const stateDir = await tempDir();
  const pulled = await pullFeed({ trust, stateDir, archive, fetch: noNetwork });
  expect(pulled).toMatchObject({ changed: true, warnings: [], head: { serial: 1, offline: true } });
  expect(Math.abs(pulled.freshUntil.getTime() - until.getTime())).toBeLessThan(2000);
  expect((await loadAcceptedFeed({ trust, stateDir }))?.freshUntil).toEqual(pulled.freshUntil);
  const inTime = new Date(Date.now() + 13 * DAY);
  expect((await pullFeed({ trust, stateDir, archive, now: inTime })).changed).toBe(false);
  const late = new Date(Date.now() + 15 * DAY);
  await expect(pullFeed({ trust, stateDir, archive, now: late })).rejects.toMatchObject({ code: 'FEED_EXPIRED' });
});

test('a lease beyond that of the TUF documents publishes them anew', async () => {
  await serve();
  const feed = await serverFeed();
  await db().org.update({ where: { id: feed.orgId }, data: { settings: { airgapDays: 90 } } });
  const { bytes, serial } = await exportFeed({ keeper: keyKeeperOf(feed.owner, feed.slug), days: 90 });
  const archive = path.join(await tempDir(), 'feed.tar');
  await writeFile(archive, bytes);
  const now = new Date(Date.now() + 89 * DAY);
  const { head } = await pullFeed({ trust: await feed.trust(), stateDir: await tempDir(), archive, now });
  expect([serial, head.serial]).toEqual([2, 2]);
});

test('the head of an archive is refused over the network: nobody freezes a gateway with it', async () => {
  const { trust, archive } = await exported();
  const documents = await readFeedArchive(archive);
  const head = new Uint8Array(documents.get('head')!);
  const intercepted: typeof fetch = async (input, init) =>
    String(input).endsWith('/head') ? new Response(head) : fetch(input, init);
  await expect(pullFeed({ trust, stateDir: await tempDir(), fetch: intercepted })).rejects.toMatchObject({
    code: 'FEED_OFFLINE_HEAD',
  });
});

test('who imported an archive reads the feed online afterwards, and an old archive is a rollback', async () => {
  const { feed, trust, archive } = await exported();
  const stateDir = await tempDir();
  await pullFeed({ trust, stateDir, archive });
  expect((await pullFeed({ trust, stateDir })).changed).toBe(false);
  await feed.publish();
  await expect.poll(async () => (await pullFeed({ trust, stateDir })).head.serial, { timeout: 3000 }).toBe(2);
  await expect(pullFeed({ trust, stateDir, archive })).rejects.toMatchObject({ code: 'FEED_ROLLBACK' });
});

test('an archive brings the whole chain of roots along', async () => {
  const { trust, keeper } = await exported();
  await rotateKey({ keeper, role: 'feed', overlapDays: 0 });
  const { bytes } = await exportFeed({ keeper, days: 1 });
  const archive = path.join(await tempDir(), 'later.tar');
  await writeFile(archive, bytes);
  const { head } = await pullFeed({ trust, stateDir: await tempDir(), archive, fetch: noNetwork });
  expect(head.tufRootVersion).toBe(2);
});

test.each([0, 31, 1.5, -1])('a lease of %d days is refused', async (days) => {
  await serve();
  const feed = await serverFeed();
  const keeper = keyKeeperOf(feed.owner, feed.slug);
  await expect(exportFeed({ keeper, days })).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
});

test.each([
  ['another file', 'FEED_MALFORMED', async () => Buffer.from('not a tar at all'.repeat(100))],
  ['an empty file', 'FEED_MALFORMED', async () => Buffer.alloc(0)],
  ['a cut archive', 'FEED_MALFORMED', async (archive: string) => (await readFile(archive)).subarray(0, 1100)],
  [
    'a path out of the archive',
    'FEED_MALFORMED',
    async () => {
      const dir = await tempDir();
      await writeFile(path.join(dir, 'passwd'), 'x');
      const file = path.join(dir, 'evil.tar');
      await create({ file, cwd: dir, prefix: '../../etc' }, ['passwd']);
      return readFile(file);
    },
  ],
] as const)('%s is no archive', async (_name, code, bytesOf) => {
  const { trust, archive } = await exported();
  await writeFile(archive, await bytesOf(archive));
  await expect(pullFeed({ trust, stateDir: await tempDir(), archive })).rejects.toMatchObject({ code });
});

test('a missing archive cannot be read', async () => {
  const { trust } = await exported();
  await expect(pullFeed({ trust, stateDir: await tempDir(), archive: '/nowhere.tar' })).rejects.toMatchObject({
    code: 'FEED_UNREACHABLE',
  });
});
