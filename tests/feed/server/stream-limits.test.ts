import { expect, onTestFinished, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { type FeedHint, watchHints } from '#lib/feed/client/index.ts';
import { hearsFeedChanges } from '#lib/feed/store/feed-changes.ts';
import { endEventStreams, eventStream, openStreams, STREAM_LIMITS } from '#lib/http/feed/event-stream.ts';
import { openFeedBySlug } from '#lib/http/feed/open-feeds.ts';
import { testInstance } from '../../instance.ts';
import { serve, serverFeed } from '../support/server-feed.ts';

testInstance();

test('one organization cannot take the streams of others, and a process holds only so many', async () => {
  await serve();
  const [feed, other] = [await serverFeed(), await serverFeed()];
  const open = (await openFeedBySlug(feed.slug))!;
  for (let i = 0; i < STREAM_LIMITS.perOrg; i++) expect(eventStream({ feed: open, token: null }).status).toBe(200);
  expect(openStreams()).toBe(STREAM_LIMITS.perOrg);
  const { baseUrl } = await feed.trust();
  const refused = await fetch(`${baseUrl}/events`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60']);
  expect(await refused.json()).toMatchObject({ code: 'BUSY' });
  const admitted = await fetch(`${(await other.trust()).baseUrl}/events`);
  expect(admitted.status).toBe(200);
  await admitted.body!.cancel();
  await expect.poll(openStreams).toBe(STREAM_LIMITS.perOrg);

  // As many organizations as it takes to fill the process.
  for (let i = openStreams(); i < STREAM_LIMITS.total; i++) {
    const orgId = `org-${Math.floor(i / STREAM_LIMITS.perOrg)}`;
    expect(eventStream({ feed: { ...open, orgId }, token: null }).status).toBe(200);
  }
  expect((await fetch(`${(await other.trust()).baseUrl}/events`)).status).toBe(503);
  // Polls are answered all the same.
  expect((await fetch(`${baseUrl}/head`)).status).toBe(200);
  expect(openStreams()).toBe(STREAM_LIMITS.total);
  endEventStreams();
  expect(openStreams()).toBe(0);
});

test('while the database is not heard, serials are asked for every second', async () => {
  await serve();
  const feed = await serverFeed();
  const hints: FeedHint[] = [];
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const trust = await feed.trust();
  void watchHints({ trust, signal: abort.signal, onHint: (hint) => hints.push(hint), random: () => 0 });
  await expect.poll(() => hints.length).toBe(1);
  await expect.poll(hearsFeedChanges, { timeout: 20_000 }).toBe(true);

  // The listener's connection is cut, and every new one goes where nothing answers; queries keep their pool.
  const address = process.env.DATABASE_URL!;
  const restore = () => {
    process.env.DATABASE_URL = address;
  };
  onTestFinished(restore);
  process.env.DATABASE_URL = 'postgresql://nobody@127.0.0.1:1/none';
  await db().$queryRaw`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'hallmark-listener' and datname = current_database()`;
  await expect.poll(hearsFeedChanges).toBe(false);
  await feed.publish();
  await expect.poll(() => hints.at(-1)?.serial, { timeout: 5000 }).toBe(2);
  expect(hearsFeedChanges()).toBe(false);
  // What is served is never older than a second either.
  await expect
    .poll(async () => Number(JSON.parse(atob((await (await fetch(`${trust.baseUrl}/head`)).json()).payload)).serial))
    .toBe(2);
  restore();
  await expect.poll(hearsFeedChanges, { timeout: 20_000 }).toBe(true);
  await feed.publish();
  await expect.poll(() => hints.at(-1)?.serial, { timeout: 3000 }).toBe(3);
}, 60_000);
