import { expect, onTestFinished, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { type FeedHint, type HintState, watchHints } from '#lib/feed/client/index.ts';
import { openStreams } from '#lib/http/feed/event-stream.ts';
import { testInstance } from '../../instance.ts';
import { serve, serverFeed } from '../support/server-feed.ts';

testInstance();

type Watched = { hints: FeedHint[]; states: HintState[]; stop: () => void };

function watch(trust: { baseUrl: string }, token?: string): Watched {
  const [hints, states, abort]: [FeedHint[], HintState[], AbortController] = [[], [], new AbortController()];
  void watchHints({
    trust,
    token,
    signal: abort.signal,
    onHint: (hint) => hints.push(hint),
    onState: (state) => states.push(state),
    random: () => 0,
  });
  onTestFinished(() => abort.abort());
  return { hints, states, stop: () => abort.abort() };
}

test('a stream says the serial at once and each new one within two seconds, and nothing else', async () => {
  await serve();
  const feed = await serverFeed();
  const other = await serverFeed();
  const { hints } = watch(await feed.trust());
  await expect.poll(() => hints).toEqual([{ epoch: 1, serial: 1 }]);
  await other.publish();
  await feed.publish();
  await expect
    .poll(() => hints, { timeout: 2000 })
    .toEqual([
      { epoch: 1, serial: 1 },
      { epoch: 1, serial: 2 },
    ]);
});

test('a publication of another process is heard through the database', async () => {
  await serve();
  const feed = await serverFeed();
  const { hints } = watch(await feed.trust());
  await expect.poll(() => hints.length).toBe(1);
  const change = JSON.stringify({ orgId: feed.orgId, epoch: 1, serial: 7 });
  await db().$executeRaw`select pg_notify('hallmark_feed', ${change})`;
  await expect.poll(() => hints.at(-1), { timeout: 2000 }).toEqual({ epoch: 1, serial: 7 });
});

test('a stream ends when its token is revoked, and the client says so', async () => {
  const url = await serve();
  const feed = await serverFeed();
  const { states } = watch({ baseUrl: `${url}/orgs/${feed.slug}/feed` }, await feed.token());
  await expect.poll(() => states).toEqual([{ state: 'open' }]);
  await db().accessToken.updateMany({ where: { orgId: feed.orgId }, data: { revokedAt: new Date() } });
  await expect
    .poll(() => states.find((state) => state.state === 'closed' && state.status === 401), { timeout: 15_000 })
    .toBeTruthy();
});

test('a client that leaves is forgotten', async () => {
  await serve();
  const feed = await serverFeed();
  const { hints, stop } = watch(await feed.trust());
  await expect.poll(() => hints.length).toBe(1);
  expect(openStreams()).toBe(1);
  stop();
  await expect.poll(openStreams).toBe(0);
});
