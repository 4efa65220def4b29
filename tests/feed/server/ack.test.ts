import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { acknowledge, pullFeed } from '#lib/feed/client/index.ts';
import type { FeedTrust } from '#lib/feed/documents.ts';
import { signHead } from '#lib/feed/dsse.ts';
import { generateLocalKey } from '#lib/feed/keys/local-key.ts';
import { announceFeed } from '#lib/feed/store/feed-changes.ts';
import { refreshFeeds } from '#lib/feed/store/refresh-feeds.ts';
import { testInstance } from '../../instance.ts';
import { type ServerFeed, serve, serverFeed } from '../support/server-feed.ts';
import { tempDir } from '../support/temp-dir.ts';

testInstance();

const report = { instance: 'build-1', program: 'test/1', appliedAt: new Date() };
const FEED_TABLES = [
  'epoch',
  'serial',
  'rootVersion',
  'targetsVersion',
  'snapshotVersion',
  'timestampVersion',
] as const;

/** The feed as it was, as a restored dump would have it; the data folder stays unless told otherwise. */
async function backup(feed: ServerFeed, trust: FeedTrust) {
  const row = await db().feed.findUniqueOrThrow({ where: { orgId: feed.orgId } });
  return async () => {
    await db().feedPublication.deleteMany({ where: { orgId: feed.orgId, serial: { gt: row.serial } } });
    const { headBytes, timestampBytes, freshUntil } = row;
    const counters = Object.fromEntries(FEED_TABLES.map((name) => [name, row[name]]));
    await db().feed.update({
      where: { orgId: feed.orgId },
      data: { ...counters, headBytes, timestampBytes, freshUntil },
    });
    // A restored database is a restarted server; here it only has to forget what it served.
    await db().$transaction((tx) => announceFeed(tx, { orgId: feed.orgId, epoch: row.epoch, serial: row.serial }));
    await expect.poll(async () => (await pullFeed({ trust, stateDir: await tempDir() })).head.serial).toBe(row.serial);
  };
}

const forgetHighWater = () => rm(path.join(config().dataDir, 'feed-high-water'), { recursive: true, force: true });
const jumps = (feed: ServerFeed) => db().auditEvent.count({ where: { chain: feed.orgId, kind: 'feed.serial-jumped' } });

test('what a gateway applies is kept, once per running copy', async () => {
  await serve();
  const feed = await serverFeed();
  const [trust, token] = [await feed.trust(), await feed.token()];
  const accepted = await pullFeed({ trust, stateDir: await tempDir() });
  const problem = { code: 'FEED_EXPIRED', message: 'The head expired.' };
  expect(await acknowledge({ trust, token, feed: accepted, report: { ...report, environment: 'prod' } })).toBe(
    'recorded',
  );
  expect(await acknowledge({ trust, token, feed: accepted, report: { ...report, problem } })).toBe('recorded');
  const rows = await db().feedGateway.findMany({ where: { orgId: feed.orgId } });
  expect(rows).toMatchObject([{ instance: 'build-1', epoch: 1, serial: 1, problem: 'The head expired.' }]);
});

test('a restored backup does not give out serials again: this machine remembers how far they were', async () => {
  await serve();
  const feed = await serverFeed();
  const trust = await feed.trust();
  const stateDir = await tempDir();
  const restore = await backup(feed, trust);
  for (let i = 0; i < 3; i++) await feed.publish();
  await pullFeed({ trust, stateDir });
  await refreshFeeds({ dueWithinMs: 86_400_000 });
  await restore();
  const serial = await feed.publish();
  expect(serial).toBeGreaterThan(4);
  expect((await pullFeed({ trust, stateDir })).head.serial).toBe(serial);
  expect(await jumps(feed)).toBe(1);
});

test('a restored backup on a new machine: the first gateway that is ahead proves it with its head', async () => {
  await serve();
  const feed = await serverFeed();
  const [trust, token, stateDir] = [await feed.trust(), await feed.token(), await tempDir()];
  const restore = await backup(feed, trust);
  for (let i = 0; i < 3; i++) await feed.publish();
  const accepted = await pullFeed({ trust, stateDir });
  await restore();
  await forgetHighWater();
  await expect(pullFeed({ trust, stateDir })).rejects.toMatchObject({ code: 'FEED_ROLLBACK' });
  expect(await acknowledge({ trust, token, feed: accepted, report })).toBe('ahead');
  expect((await pullFeed({ trust, stateDir })).head.serial).toBeGreaterThan(4);
  expect(await jumps(feed)).toBe(1);
});

test('a token alone cannot move the serial', async () => {
  const url = await serve();
  const feed = await serverFeed();
  const [trust, token] = [await feed.trust(), await feed.token()];
  const { head } = await pullFeed({ trust, stateDir: await tempDir() });
  const headers = { authorization: `Bearer ${token}` };
  const post = async (path: string, body: string) => {
    const response = await fetch(`${url}/orgs/${feed.slug}/feed/${path}`, { method: 'POST', headers, body });
    return [response.status, ((await response.json().catch(() => ({}))) as { code?: string }).code];
  };
  const far = { ...head, serial: 2_000_000 };
  const ack = { v: 1, instance: 'x', program: 'x', headSha256: 'a'.repeat(64), appliedAt: new Date().toISOString() };
  const stranger = generateLocalKey({ role: 'feed' });
  const own = (await db().feedKey.findFirstOrThrow({ where: { orgId: feed.orgId, role: 'feed' } })).keyid;
  const signed = async (changed: object, id = stranger.id) =>
    JSON.stringify(await signHead({ ...far, ...changed } as typeof head, [{ ...stranger, id }]));
  const known = JSON.parse(
    Buffer.from((await db().feed.findUniqueOrThrow({ where: { orgId: feed.orgId } })).headBytes!).toString(),
  );
  const attacks: [string, string, (string | number | undefined)[]][] = [
    ['ack', JSON.stringify({ ...ack, epoch: 1, serial: 2_000_000 }), [409, 'SERIAL_AHEAD']],
    ['ack', JSON.stringify({ ...ack, epoch: 9, serial: 1 }), [409, 'SERIAL_AHEAD']],
    ['ack', JSON.stringify({ ...ack, epoch: 1, serial: 1e15 }), [400, 'BAD_REQUEST']],
    ['ack', JSON.stringify({ ...ack, epoch: 1, serial: 1, instance: 'x'.repeat(101) }), [400, 'BAD_REQUEST']],
    ['ack', '{', [400, 'BAD_REQUEST']],
    ['ack', 'x'.repeat(20_000), [413, 'TOO_LARGE']],
    ['ack/head', await signed({}), [422, 'UNPROCESSABLE']],
    ['ack/head', await signed({}, own), [422, 'UNPROCESSABLE']],
    ['ack/head', JSON.stringify({ ...known, signatures: [] }), [422, 'UNPROCESSABLE']],
    ['ack/head', '[]', [422, 'UNPROCESSABLE']],
    ['ack/head', JSON.stringify(known), [204, undefined]],
  ];
  for (const [path, body, answer] of attacks) {
    expect({ body: body.slice(0, 80), answer: await post(path, body) }).toEqual({ body: body.slice(0, 80), answer });
  }
  expect((await db().feed.findUniqueOrThrow({ where: { orgId: feed.orgId } })).serial).toBe(1);
  expect(await jumps(feed)).toBe(0);
});
