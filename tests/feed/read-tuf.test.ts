import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metadata } from '@tufjs/models';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTuf } from '#lib/feed/client/read-tuf.ts';
import { buildSnapshot, buildTargets, buildTimestamp } from '#lib/feed/tuf/build-metadata.ts';
import { metadataBytes, type TufSigned } from '#lib/feed/tuf/sign-metadata.ts';
import { FEED_PATHS } from '#lib/feed/tuf/tuf-format.ts';
import { tempDir } from './support/temp-dir.ts';
import { newKeys, TestFeed, version } from './support/test-feed.ts';

const MINUTE = 60_000;
const FAR_AHEAD = 1_000_000;
const servers = (name: string) => [{ name, versions: [version()] }];

let feed: TestFeed;
beforeEach(async () => {
  feed = await new TestFeed().start();
  await feed.publish({ servers: servers('com.example/a') });
});
afterEach(() => feed.stop());

/** A TUF client with its own cache, pinned to the given root. */
async function client(pinnedRoot: Buffer = feed.files.get(FEED_PATHS.root(1)) as Buffer) {
  const dir = await tempDir();
  await writeFile(path.join(dir, 'root.json'), pinnedRoot);
  return async (now = new Date()) => {
    const tuf = await readTuf({ source: { baseUrl: feed.baseUrl, fetch }, dir, now });
    return { ...tuf, document: JSON.parse((await tuf.allowlist.download()).toString('utf8')) };
  };
}

const refused = (message: RegExp) => ({ code: 'FEED_TUF', message: expect.stringMatching(message) });

async function serve(path: string, metadata: Promise<Metadata<TufSigned>>): Promise<Buffer> {
  const bytes = metadataBytes(await metadata);
  feed.files.set(path, bytes);
  return bytes;
}

/** What somebody who holds the freshness key can do: a timestamp of any version over the true snapshot. */
async function fastForward(signers = feed.keys.freshness): Promise<void> {
  const { tuf } = feed.last as NonNullable<TestFeed['last']>;
  const snapshot = { version: tuf.versions.snapshot, bytes: tuf.snapshot };
  await serve(FEED_PATHS.timestamp(), buildTimestamp({ version: FAR_AHEAD, now: new Date(), signers, snapshot }));
}

describe('attacks on the TUF repository', () => {
  test('rollback: the old repository is served again', async () => {
    const read = await client();
    const old = new Map(feed.files);
    await feed.publish();
    await read();
    feed.files = old;
    await expect(read()).rejects.toMatchObject(refused(/BadVersionError.*less than current/));
  });

  test('freeze: the timestamp expires, with and without a cache', async () => {
    const read = await client();
    await read();
    const later = new Date(Date.now() + 16 * MINUTE);
    await expect(read(later)).rejects.toMatchObject(refused(/timestamp.json is expired/));
    await expect((await client())(later)).rejects.toMatchObject(refused(/timestamp.json is expired/));
    await feed.refresh(later);
    expect((await read(later)).document.serial).toBe(1);
  });

  test('mix and match: a new timestamp with the old snapshot under the new name', async () => {
    const old = feed.files.get(FEED_PATHS.snapshot(1)) as Buffer;
    await feed.publish();
    feed.files.set(FEED_PATHS.snapshot(2), old);
    await expect((await client())()).rejects.toMatchObject(refused(/snapshot/));
  });

  test('an edited allowlist of the same length', async () => {
    const { sha256 } = (feed.last as NonNullable<TestFeed['last']>).head.body;
    feed.tamper(FEED_PATHS.target(sha256, 'allowlist.json'), 'com.example/a', 'com.example/x');
    await expect((await client())()).rejects.toMatchObject(refused(/hash/i));
  });

  test('an edited targets.json', async () => {
    feed.tamper(FEED_PATHS.targets(1), '"serial":1', '"serial":9');
    await expect((await client())()).rejects.toMatchObject(refused(/targets/));
  });

  test('stripped signatures', async () => {
    const timestamp = JSON.parse(feed.files.get(FEED_PATHS.timestamp())?.toString() ?? '');
    feed.files.set(FEED_PATHS.timestamp(), Buffer.from(JSON.stringify({ ...timestamp, signatures: [] })));
    await expect((await client())()).rejects.toMatchObject(refused(/0\/1 keys/));
  });

  test('the freshness key alone cannot make targets', async () => {
    const read = await client();
    await read();
    const now = new Date();
    const stranger = newKeys();
    const { freshness } = feed.keys;
    const documents = { 'allowlist.json': Buffer.from('{}'), 'revocations.json': Buffer.from('{}') };
    const targets = await serve(
      FEED_PATHS.targets(50),
      buildTargets({ version: 50, now, signers: stranger.feed, serial: 50, documents }),
    );
    const snapshot = await serve(
      FEED_PATHS.snapshot(50),
      buildSnapshot({ version: 50, now, signers: freshness, targets: { version: 50, bytes: targets } }),
    );
    await serve(
      FEED_PATHS.timestamp(),
      buildTimestamp({ version: 50, now, signers: freshness, snapshot: { version: 50, bytes: snapshot } }),
    );
    await expect(read()).rejects.toMatchObject(refused(/targets was signed by 0\/1 keys/));
  });

  test('a repository of another organization', async () => {
    const other = new TestFeed({ org: 'acme' });
    await other.publish({ servers: servers('com.example/evil') });
    const read = await client();
    feed.files = other.files;
    await expect(read()).rejects.toMatchObject(refused(/0\/1 keys/));
  });
});

describe('keys of the TUF repository change', () => {
  test('a new freshness key comes with a new root, and the old one is refused from then on', async () => {
    const read = await client();
    await read();
    const old = feed.keys.freshness;
    feed.keys = { ...feed.keys, freshness: newKeys().freshness };
    await feed.publish({ newRoot: {} });
    expect(await read()).toMatchObject({ rootVersion: 2, document: { serial: 2 } });
    await fastForward(old);
    await expect(read()).rejects.toMatchObject(refused(/timestamp was signed by 0\/1 keys/));
  });

  test('a new root key is signed in by the old one; a stranger is not followed; a late reader catches up', async () => {
    const pinned = feed.files.get(FEED_PATHS.root(1)) as Buffer;
    const read = await client();
    await read();
    const first = feed.keys;
    feed.keys = { ...first, root: newKeys().root };
    await feed.publish({ newRoot: { oldRootKeys: first.root } });
    const second = feed.keys;
    feed.keys = { ...second, root: newKeys().root };
    await feed.publish({ newRoot: { oldRootKeys: second.root } });
    expect((await read()).rootVersion).toBe(3);

    const stranger = new TestFeed();
    await stranger.publish();
    for (const _ of [2, 3, 4]) await stranger.publish({ newRoot: {} });
    feed.files.set(FEED_PATHS.root(4), stranger.files.get(FEED_PATHS.root(4)) as Buffer);
    await expect(read()).rejects.toMatchObject(refused(/root was signed by 0\/1 keys/));

    feed.files.delete(FEED_PATHS.root(4));
    expect((await (await client(pinned))()).rootVersion).toBe(3);
  });

  test('a root that two of three keys must sign is not followed with one signature given twice', async () => {
    const [a, b, c] = [newKeys(), newKeys(), newKeys()];
    const strict = await new TestFeed({ keys: { ...a, root: [a, b, c].flatMap(({ root }) => root) } }).start();
    try {
      await strict.publish({ newRoot: { rootThreshold: 2 } });
      feed.files = strict.files;
      const read = await client(strict.rootBytes);
      expect((await read()).rootVersion).toBe(1);
      await strict.publish({ newRoot: { rootThreshold: 2 } });
      const next = JSON.parse(strict.rootBytes.toString('utf8'));
      const one = next.signatures[0];
      for (const signatures of [[one], [one, one]]) {
        feed.files.set(FEED_PATHS.root(2), Buffer.from(JSON.stringify({ ...next, signatures })));
        await expect(read()).rejects.toMatchObject({ code: 'FEED_TUF' });
      }
    } finally {
      await strict.stop();
    }
  });

  test('after a fast-forward the reader is stuck until the root changes the freshness key', async () => {
    const read = await client();
    await read();
    const trueTimestamp = feed.files.get(FEED_PATHS.timestamp()) as Buffer;
    await fastForward();
    await read();
    feed.files.set(FEED_PATHS.timestamp(), trueTimestamp);
    await expect(read()).rejects.toMatchObject(refused(/BadVersionError/));
    feed.keys = { ...feed.keys, freshness: newKeys().freshness };
    await feed.publish({ newRoot: {} });
    expect((await read()).document.serial).toBe(2);
  });
});
