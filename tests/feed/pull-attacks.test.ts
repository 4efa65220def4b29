import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadAcceptedFeed, pullFeed } from '#lib/feed/client/index.ts';
import { FEED_HEAD_PAYLOAD_TYPE, type FeedTrust } from '#lib/feed/documents.ts';
import { signHead } from '#lib/feed/dsse.ts';
import type { FeedErrorCode } from '#lib/feed/feed-error.ts';
import { generateLocalKey } from '#lib/feed/keys/local-key.ts';
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

/** Each attack starts from a client that accepted serial 2; it must be refused and leave serial 2 in place. */
type Attack = {
  name: string;
  code: FeedErrorCode;
  attack: (feed: TestFeed, before: Map<string, Buffer>) => Promise<void> | void;
  trust?: (trust: FeedTrust, feed: TestFeed) => FeedTrust;
  now?: () => Date;
};

const attacks: Attack[] = [
  {
    name: 'rollback: all of serial 1 is served again',
    code: 'FEED_ROLLBACK',
    attack: (feed, before) => {
      feed.files = before;
    },
  },
  {
    name: 'freeze: the head is not signed anew',
    code: 'FEED_EXPIRED',
    attack: () => {},
    now: () => new Date(Date.now() + 16 * MINUTE),
  },
  {
    name: 'mix and match: a new head over an old body',
    code: 'FEED_BODY_MISMATCH',
    attack: async (feed, before) => {
      const old = [...before].find(([path]) => path.startsWith('bodies/'))?.[1] as Buffer;
      await feed.publish({ servers: [server('com.example/c')] });
      feed.files.set(FEED_PATHS.body(feed.last?.head.body.sha256 as string), old);
    },
  },
  {
    name: 'an edited allowlist',
    code: 'FEED_BODY_MISMATCH',
    attack: async (feed) => {
      await feed.publish({ servers: [server('com.example/c')] });
      feed.tamper(FEED_PATHS.body(feed.last?.head.body.sha256 as string), 'com.example/c', 'com.example/x');
    },
  },
  {
    name: 'revocations edited away',
    code: 'FEED_BODY_MISMATCH',
    attack: async (feed) => {
      await feed.publish({ revocations: [{ name: 'com.example/c', reason: 'bad', at: '2026-01-01T00:00:00Z' }] });
      feed.tamper(FEED_PATHS.body(feed.last?.head.revocations.sha256 as string), 'com.example/c', 'com.example/d');
    },
  },
  {
    name: 'an edited head',
    code: 'FEED_SIGNATURE',
    attack: async (feed) => {
      await feed.publish();
      const envelope = JSON.parse(feed.files.get('head')?.toString() ?? '');
      const payload = Buffer.from(envelope.payload, 'base64').toString().replace('"serial":3', '"serial":9');
      feed.files.set(
        'head',
        Buffer.from(JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') })),
      );
    },
  },
  {
    name: 'a foreign key',
    code: 'FEED_SIGNATURE',
    attack: async (feed) => {
      const stranger = generateLocalKey({ role: 'feed' });
      const head = { ...(feed.last?.head as NonNullable<TestFeed['last']>['head']), serial: 3 };
      feed.files.set('head', Buffer.from(JSON.stringify(await signHead(head, [stranger]))));
    },
  },
  {
    name: 'the feed of another organization under the same key',
    code: 'FEED_WRONG_ORG',
    attack: async (feed) => {
      const other = new TestFeed({ org: 'other', keys: feed.keys });
      await other.publish({ serial: 9 });
      feed.files = other.files;
    },
  },
  {
    name: 'equivocation: another list under the accepted serial',
    code: 'FEED_EQUIVOCATION',
    attack: async (feed) => {
      await feed.publish({ serial: 2, servers: [server('com.example/evil')] });
    },
  },
  {
    name: 'one signature repeated to reach a threshold of two',
    code: 'FEED_SIGNATURE',
    attack: async (feed) => {
      await feed.publish();
      const envelope = JSON.parse(feed.files.get('head')?.toString() ?? '');
      envelope.signatures.push(envelope.signatures[0]);
      feed.files.set('head', Buffer.from(JSON.stringify(envelope)));
    },
    trust: (trust) => ({
      ...trust,
      threshold: 2,
      feedKeys: [...trust.feedKeys, trustKeyOf(generateLocalKey({ role: 'feed' }))],
    }),
  },
  ...[undefined, [], null].map(
    (signatures): Attack => ({
      name: `signatures stripped to ${JSON.stringify(signatures) ?? 'nothing'}`,
      code: signatures ? 'FEED_SIGNATURE' : 'FEED_MALFORMED',
      attack: async (feed) => {
        await feed.publish();
        const envelope = JSON.parse(feed.files.get('head')?.toString() ?? '');
        feed.files.set('head', Buffer.from(JSON.stringify({ ...envelope, signatures })));
      },
    }),
  ),
  {
    name: 'the epoch raised without a recovery key',
    code: 'FEED_EPOCH',
    attack: async (feed) => {
      await feed.publish({ epoch: 2, serial: 1 });
    },
  },
  {
    name: 'a lower serial, signed anew',
    code: 'FEED_ROLLBACK',
    attack: async (feed) => {
      await feed.publish({ serial: 1 });
    },
  },
  {
    name: 'a head issued far in the future',
    code: 'FEED_CLOCK',
    attack: async (feed) => {
      await feed.publish({}, new Date(Date.now() + 5 * MINUTE));
    },
  },
  {
    name: 'garbage instead of a head',
    code: 'FEED_MALFORMED',
    attack: (feed) => {
      feed.files.set('head', Buffer.from('<html>captive portal</html>'));
    },
  },
  {
    name: 'another payload type',
    code: 'FEED_MALFORMED',
    attack: async (feed) => {
      await feed.publish();
      feed.tamper('head', FEED_HEAD_PAYLOAD_TYPE, 'application/vnd.in-toto+json');
    },
  },
  {
    name: 'an endless head',
    code: 'FEED_TOO_LARGE',
    attack: (feed) => {
      feed.files.set('head', Buffer.alloc(1024 * 1024, 32));
    },
  },
  {
    name: 'an outage',
    code: 'FEED_UNREACHABLE',
    attack: (feed) => {
      feed.outage = 503;
    },
  },
  {
    name: 'a body that is withheld',
    code: 'FEED_UNREACHABLE',
    attack: async (feed) => {
      await feed.publish({ servers: [server('com.example/c')] });
      feed.files.delete(FEED_PATHS.body(feed.last?.head.body.sha256 as string));
    },
  },
  {
    name: 'TUF metadata that is withheld',
    code: 'FEED_UNREACHABLE',
    attack: (feed) => {
      feed.files.delete(FEED_PATHS.timestamp());
    },
  },
  {
    name: 'profiles that disagree: a new head over the old TUF repository',
    code: 'FEED_PROFILES_DISAGREE',
    attack: async (feed) => {
      const tuf = [...feed.files].filter(([path]) => path.startsWith('tuf/'));
      await feed.publish({ servers: [server('com.example/c')] });
      for (const [path, bytes] of tuf) feed.files.set(path, bytes);
    },
  },
  {
    name: 'profiles that disagree: the old head over a new TUF repository',
    code: 'FEED_PROFILES_DISAGREE',
    attack: async (feed) => {
      const head = feed.files.get('head') as Buffer;
      await feed.publish({ servers: [server('com.example/c')] });
      feed.files.set('head', head);
    },
  },
  {
    name: 'a newer TUF root that is withheld',
    code: 'FEED_PROFILES_DISAGREE',
    attack: async (feed) => {
      const old = feed.keys;
      feed.keys = { ...old, root: newKeys().root };
      await feed.publish({ newRoot: { oldRootKeys: old.root } });
      feed.files.delete(FEED_PATHS.root(2));
    },
  },
  {
    name: 'TUF bytes that are not the body',
    code: 'FEED_TUF',
    attack: async (feed) => {
      await feed.publish({ servers: [server('com.example/c')] });
      const sha256 = feed.last?.head.body.sha256 as string;
      feed.tamper(FEED_PATHS.target(sha256, 'allowlist.json'), 'com.example/c', 'com.example/x');
    },
  },
  {
    name: 'edited TUF targets',
    code: 'FEED_TUF',
    attack: async (feed) => {
      await feed.publish();
      feed.tamper(FEED_PATHS.targets(3), '"serial":3', '"serial":4');
    },
  },
];

describe('an attacked feed is refused and the accepted one stays', () => {
  test.each(attacks)('$name', async ({ code, attack, trust: changeTrust, now }) => {
    await feed.publish({ servers: [server('com.example/a')] });
    const before = new Map(feed.files);
    await feed.publish({ servers: [server('com.example/b')] });
    const stateDir = await tempDir();
    const trust = feed.trust();
    await pullFeed({ trust, stateDir });
    const stateBefore = await readFile(path.join(stateDir, 'state.json'), 'utf8');

    await attack(feed, before);
    const pull = { trust: changeTrust?.(trust, feed) ?? trust, stateDir, now: now?.() ?? new Date() };
    await expect(pullFeed(pull)).rejects.toMatchObject({ name: 'FeedError', code });

    expect(await readFile(path.join(stateDir, 'state.json'), 'utf8')).toBe(stateBefore);
    expect((await loadAcceptedFeed({ trust, stateDir }))?.head.serial).toBe(2);
  });
});
