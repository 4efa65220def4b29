import { expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { pullFeed } from '#lib/feed/client/index.ts';
import { keyKeeperOf } from '#lib/feed/store/change-keys.ts';
import { prunePublications } from '#lib/feed/store/prune-publications.ts';
import { rotateKey } from '#lib/feed/store/rotate-key.ts';
import { testInstance } from '../../instance.ts';
import { type ServerFeed, serve, serverFeed } from '../support/server-feed.ts';
import { tempDir } from '../support/temp-dir.ts';

testInstance();

const DAY = 86_400_000;
const serials = async (feed: ServerFeed) =>
  (await db().feedPublication.findMany({ where: { orgId: feed.orgId }, orderBy: { serial: 'asc' } })).map(
    ({ serial }) => serial,
  );
const age = (feed: ServerFeed, through: number, days: number) =>
  db().feedPublication.updateMany({
    where: { orgId: feed.orgId, serial: { lte: through } },
    data: { publishedAt: new Date(Date.now() - days * DAY) },
  });

test('what is old and not among the newest goes; readers who were away since the first still come along', async () => {
  await serve();
  const [feed, quiet] = [await serverFeed(), await serverFeed()];
  const [trust, stateDir] = [await feed.trust(), await tempDir()];
  await pullFeed({ trust, stateDir });
  await rotateKey({ keeper: keyKeeperOf(feed.owner, feed.slug), role: 'feed', overlapDays: 0 });
  for (let i = 0; i < 6; i++) await feed.publish();
  await age(feed, 5, 31);
  await age(quiet, 1, 400);
  expect(await prunePublications({ keepNewest: 2 })).toBe(5);
  expect(await serials(feed)).toEqual([6, 7, 8]);
  // A feed that nobody changes keeps its only one.
  expect(await serials(quiet)).toEqual([1]);
  for (const dir of [stateDir, await tempDir()]) {
    expect((await pullFeed({ trust, stateDir: dir })).head).toMatchObject({ serial: 8, tufRootVersion: 2 });
  }
  expect(await feed.publish()).toBe(9);
});

test('what is younger than the longest lease stays, and so do the newest fifty', async () => {
  await serve();
  const feed = await serverFeed();
  for (let i = 0; i < 3; i++) await feed.publish();
  await age(feed, 2, 29);
  expect(await prunePublications({ keepNewest: 1 })).toBe(0);
  await age(feed, 2, 400);
  expect(await prunePublications()).toBe(0);
  expect(await serials(feed)).toEqual([1, 2, 3, 4]);
});
