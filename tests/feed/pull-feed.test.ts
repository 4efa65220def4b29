import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadAcceptedFeed, pullFeed } from '#lib/feed/client/index.ts';
import { signHead } from '#lib/feed/dsse.ts';
import { FEED_PATHS } from '#lib/feed/tuf/tuf-format.ts';
import { tempDir } from './support/temp-dir.ts';
import { newKeys, TestFeed, trustKeyOf, version } from './support/test-feed.ts';

const MINUTE = 60_000;
const server = (name: string) => ({ name, versions: [version()] });

let feed: TestFeed;
beforeEach(async () => {
  feed = await new TestFeed().start();
});
afterEach(() => feed.stop());

describe('a good feed', () => {
  test.each(['ed25519', 'ecdsa-p256'] as const)('is read with %s keys', async (algorithm) => {
    feed.keys = newKeys(algorithm);
    await feed.publish({ servers: [server('com.example/b'), server('com.example/a')] });
    const pulled = await pullFeed({ trust: feed.trust(), stateDir: await tempDir() });
    expect(pulled.allowlist.servers.map(({ name }) => name)).toEqual(['com.example/a', 'com.example/b']);
    expect(pulled).toMatchObject({ changed: true, warnings: [], head: { serial: 1, epoch: 1, org: 'acme' } });
    expect(pulled.allowlistBytes).toEqual(feed.last?.allowlistBytes);
    expect(feed.last?.headEnvelopeBytes.length).toBeLessThan(1024);
  });

  test('is asked for with two requests to TUF and one conditional request when nothing changed', async () => {
    await feed.publish();
    const pull = { trust: feed.trust(), stateDir: await tempDir() };
    await pullFeed(pull);
    feed.requests = [];
    expect(await pullFeed(pull)).toMatchObject({ changed: false, head: { serial: 1 } });
    expect(feed.requests).toEqual(['head', FEED_PATHS.root(2), FEED_PATHS.timestamp()]);
  });

  test('gets a new lease without a new serial', async () => {
    const start = new Date();
    await feed.publish({}, start);
    const pull = { trust: feed.trust(), stateDir: await tempDir() };
    await pullFeed({ ...pull, now: start });
    const later = new Date(start.getTime() + 14 * MINUTE);
    await feed.refresh(later);
    const afterFirstLease = new Date(start.getTime() + 20 * MINUTE);
    expect(await pullFeed({ ...pull, now: afterFirstLease })).toMatchObject({ changed: false, head: { serial: 1 } });
  });

  test('is found again in the state directory, byte for byte', async () => {
    await feed.publish({ servers: [server('com.example/a')] });
    const stateDir = await tempDir();
    expect(await loadAcceptedFeed({ trust: feed.trust(), stateDir })).toBeNull();
    const pulled = await pullFeed({ trust: feed.trust(), stateDir });
    const loaded = await loadAcceptedFeed({ trust: feed.trust(), stateDir });
    expect(loaded?.allowlistBytes).toEqual(pulled.allowlistBytes);
    expect(loaded?.head).toEqual(pulled.head);
  });

  test('may be pulled by several processes into one directory at once', async () => {
    await feed.publish();
    const pull = { trust: feed.trust(), stateDir: await tempDir() };
    await pullFeed(pull);
    await feed.publish({ servers: [server('com.example/a')] });
    const all = await Promise.all([1, 2, 3, 4].map(() => pullFeed(pull)));
    expect(all.map(({ head }) => head.serial)).toEqual([2, 2, 2, 2]);
    expect((await loadAcceptedFeed(pull))?.head.serial).toBe(2);
    expect(await readdir(path.join(pull.stateDir, 'work'))).toEqual([]);
  });
});

describe('keys change', () => {
  test('a head signed by the old and the new feed key is read by both kinds of readers', async () => {
    const oldKeys = feed.keys;
    await feed.publish();
    const oldTrust = feed.trust();
    const next = newKeys().feed;
    feed.keys = { ...oldKeys, feed: [...next, ...oldKeys.feed] };
    await feed.publish({ newRoot: { oldRootKeys: oldKeys.root } });
    const newTrust = feed.trust({ feedKeys: next.map(trustKeyOf) });
    expect((await pullFeed({ trust: oldTrust, stateDir: await tempDir() })).head.serial).toBe(2);
    expect((await pullFeed({ trust: newTrust, stateDir: await tempDir() })).head.serial).toBe(2);
  });

  test('a key of the trust file counts no more after its notAfter', async () => {
    await feed.publish();
    const ended = feed.trust();
    ended.feedKeys = ended.feedKeys.map((key) => ({ ...key, notAfter: '2026-01-01T00:00:00Z' }));
    await expect(pullFeed({ trust: ended, stateDir: await tempDir() })).rejects.toMatchObject({
      code: 'FEED_SIGNATURE',
    });
  });

  test('the recovery key ends a burnt serial by raising the epoch', async () => {
    await feed.publish({ serial: 1_000_000 });
    const trust = feed.trust({ recoveryKeys: feed.keys.root.map(trustKeyOf) });
    const stateDir = await tempDir();
    await pullFeed({ trust, stateDir });
    const made = await feed.publish({ epoch: 2, serial: 1 });
    await expect(pullFeed({ trust, stateDir })).rejects.toMatchObject({ code: 'FEED_EPOCH' });
    const signers = [...feed.keys.feed, ...feed.keys.root];
    feed.files.set('head', Buffer.from(JSON.stringify(await signHead(made.head, signers))));
    expect((await pullFeed({ trust, stateDir })).head).toMatchObject({ epoch: 2, serial: 1 });
  });

  test('a newer root is kept even when what follows fails', async () => {
    await feed.publish();
    const trust = feed.trust();
    const stateDir = await tempDir();
    await pullFeed({ trust, stateDir });
    const stolen = feed.keys;
    const beforeRotation = new Map(feed.files);
    feed.keys = { ...newKeys(), root: stolen.root };
    await feed.publish({ newRoot: {} });
    const newTrust = feed.trust({ feedKeys: [...trust.feedKeys, ...feed.keys.feed.map(trustKeyOf)] });
    feed.files.delete(FEED_PATHS.snapshot(2));
    await expect(pullFeed({ trust: newTrust, stateDir })).rejects.toMatchObject({ code: 'FEED_UNREACHABLE' });

    // The holder of the revoked keys now hides the new root and goes on from the old one.
    feed.files = beforeRotation;
    await expect(pullFeed({ trust: newTrust, stateDir })).rejects.toMatchObject({ code: 'FEED_SIGNATURE' });
  });
});

test('a damaged state is an error, not a fresh start', async () => {
  await feed.publish();
  const stateDir = await tempDir();
  await pullFeed({ trust: feed.trust(), stateDir });
  await writeFile(path.join(stateDir, 'state.json'), '{"v":1');
  await expect(pullFeed({ trust: feed.trust(), stateDir })).rejects.toMatchObject({ code: 'FEED_STATE_MALFORMED' });
});

test('the state of another organization is not used', async () => {
  await feed.publish();
  const stateDir = await tempDir();
  await pullFeed({ trust: feed.trust(), stateDir });
  await expect(pullFeed({ trust: { ...feed.trust(), org: 'other' }, stateDir })).rejects.toMatchObject({
    code: 'FEED_STATE_MALFORMED',
  });
});

test('a silent feed is given up after the timeout, and the secret of its address is not told', async () => {
  await feed.publish();
  const hang: typeof fetch = (_url, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
  const pull = pullFeed({ trust: feed.trust(), stateDir: await tempDir(), fetch: hang, timeoutMs: 30 });
  await expect(pull).rejects.toMatchObject({
    code: 'FEED_UNREACHABLE',
    message: expect.not.stringContaining('secret'),
  });
});
