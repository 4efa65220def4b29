import { describe, expect, test } from 'vitest';
import { buildPublication, type PublicationInput, refreshFreshness } from '#lib/feed/build-publication.ts';
import { verifyHead } from '#lib/feed/dsse.ts';
import { buildRoot } from '#lib/feed/tuf/root.ts';
import { expiresAt, wholeSeconds } from '#lib/feed/tuf/tuf-format.ts';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import { newKeys, trustKeyOf, version } from './support/test-feed.ts';

const now = new Date('2026-11-20T12:00:00.400Z');
const keys = newKeys();
const input = (overrides: Partial<PublicationInput> = {}): PublicationInput => ({
  org: 'acme',
  epoch: 1,
  serial: 1,
  now,
  servers: [],
  revocations: [],
  keys,
  previous: null,
  ...overrides,
});
const json = (bytes: Buffer | null) => JSON.parse(bytes?.toString('utf8') ?? 'null');

describe('one publication', () => {
  test('names the same bytes in head and TUF targets', async () => {
    const made = await buildPublication(input({ servers: [{ name: 'com.example/a', versions: [version()] }] }));
    const { targets } = json(made.tuf.targets).signed;
    for (const [path, bytes, named] of [
      ['allowlist.json', made.allowlistBytes, made.head.body],
      ['revocations.json', made.revocationsBytes, made.head.revocations],
    ] as const) {
      expect(named).toEqual({ sha256: sha256Hex(bytes), length: bytes.length });
      expect(targets[path]).toEqual({
        length: bytes.length,
        hashes: { sha256: sha256Hex(bytes) },
        custom: { serial: 1 },
      });
    }
  });

  test('has whole seconds everywhere, and a lease of fifteen minutes', async () => {
    const made = await buildPublication(input());
    expect(made.head).toMatchObject({ issuedAt: '2026-11-20T12:00:00Z', expires: '2026-11-20T12:15:01Z' });
    expect(json(made.tuf.timestamp).signed.expires).toBe('2026-11-20T12:15:01Z');
    expect(json(made.tuf.root).signed).toMatchObject({ expires: '2027-11-20T12:00:01Z', consistent_snapshot: true });
    const thresholds = Object.values(json(made.tuf.root).signed.roles as Record<string, { threshold: number }>);
    expect(thresholds.map(({ threshold }) => threshold)).toEqual([1, 1, 1, 1]);
  });

  test('gives the same documents for the same content, in whatever order it was built', async () => {
    const [a, b] = ['com.example/a', 'com.example/b'].map((name) => ({ name, versions: [version()] }));
    const reversed = (entry: typeof a) => Object.fromEntries(Object.entries(entry as object).reverse()) as typeof a;
    const one = await buildPublication(input({ servers: [a, b] as PublicationInput['servers'] }));
    const two = await buildPublication(input({ servers: [reversed(b), reversed(a)] as PublicationInput['servers'] }));
    expect(two.allowlistBytes).toEqual(one.allowlistBytes);
  });

  test('counts every TUF version up and makes no new root', async () => {
    const first = await buildPublication(input());
    const previous = { rootBytes: first.tuf.root as Buffer, versions: first.tuf.versions };
    const second = await buildPublication(input({ serial: 2, previous }));
    expect(second.tuf.versions).toEqual({ root: 1, targets: 2, snapshot: 2, timestamp: 2 });
    expect(second.tuf.root).toBeNull();
    expect(second.head.tufRootVersion).toBe(1);
  });

  test('needs no root key once there is a root', async () => {
    const first = await buildPublication(input());
    const previous = { rootBytes: first.tuf.root as Buffer, versions: first.tuf.versions };
    const offline = { ...keys, root: [] };
    expect((await buildPublication(input({ serial: 2, previous, keys: offline }))).head.serial).toBe(2);
  });
});

describe('nothing is built that readers would refuse', () => {
  const refusals: { name: string; code: string; build: () => Promise<unknown> }[] = [
    {
      name: 'a server listed twice',
      code: 'FEED_BUILD_DUPLICATE',
      build: () => buildPublication(input({ servers: [1, 2].map(() => ({ name: 'com.example/a', versions: [] })) })),
    },
    {
      name: 'a version listed twice',
      code: 'FEED_BUILD_DUPLICATE',
      build: () => buildPublication(input({ servers: [{ name: 'com.example/a', versions: [version(), version()] }] })),
    },
    {
      name: 'a tool listed with two digests',
      code: 'FEED_BUILD_DUPLICATE',
      build: () => {
        const tools = ['1', '2'].map((digest) => ({ name: 'read', digest }));
        const entry = version({ tools: { default: 'deny', allow: tools } });
        return buildPublication(input({ servers: [{ name: 'com.example/a', versions: [entry] }] }));
      },
    },
    {
      name: 'no feed key',
      code: 'FEED_BUILD_NO_SIGNER',
      build: () => buildPublication(input({ keys: { ...keys, feed: [] } })),
    },
    {
      name: 'a feed key that the root does not name',
      code: 'FEED_BUILD_FOREIGN_KEY',
      build: async () => {
        const first = await buildPublication(input());
        const previous = { rootBytes: first.tuf.root as Buffer, versions: first.tuf.versions };
        return buildPublication(input({ serial: 2, previous, keys: { ...keys, feed: newKeys().feed } }));
      },
    },
    {
      name: 'a freshness key that the root does not name',
      code: 'FEED_BUILD_FOREIGN_KEY',
      build: async () => {
        const { head, tuf } = await buildPublication(input());
        const previous = { rootBytes: tuf.root as Buffer, versions: tuf.versions };
        const strange = { feed: keys.feed, freshness: newKeys().freshness };
        return refreshFreshness({ head, snapshotBytes: tuf.snapshot, previous, now, keys: strange });
      },
    },
    {
      name: 'a new root key without the signature of the old one',
      code: 'FEED_BUILD_ROOT_UNSIGNED',
      build: async () => {
        const { bytes } = await buildRoot({ now, keys });
        return buildRoot({ now, keys: { ...keys, root: newKeys().root }, previousRoot: bytes });
      },
    },
    {
      name: 'a threshold that the keys cannot meet',
      code: 'FEED_BUILD_NO_SIGNER',
      build: () => buildRoot({ now, keys, rootThreshold: 2 }),
    },
    {
      name: 'a threshold of zero',
      code: 'FEED_BUILD_NO_SIGNER',
      build: () => buildRoot({ now, keys, rootThreshold: 0 }),
    },
  ];
  test.each(refusals)('$name', async ({ code, build }) => {
    await expect(build()).rejects.toMatchObject({ name: 'FeedBuildError', code });
  });
});

test('a new lease keeps serial and bodies and moves only times and the timestamp', async () => {
  const first = await buildPublication(input());
  const later = new Date(now.getTime() + 300_000);
  const previous = { rootBytes: first.tuf.root as Buffer, versions: first.tuf.versions };
  const fresh = await refreshFreshness({
    head: first.head,
    snapshotBytes: first.tuf.snapshot,
    previous,
    now: later,
    keys,
  });
  expect(fresh.head).toEqual({ ...first.head, issuedAt: '2026-11-20T12:05:00Z', expires: '2026-11-20T12:20:01Z' });
  expect(fresh.versions).toEqual({ ...first.tuf.versions, timestamp: 2 });
  const trust = {
    v: 1 as const,
    org: 'acme',
    baseUrl: 'https://h',
    feedKeys: keys.feed.map(trustKeyOf),
    threshold: 1,
    tufRoot: {},
  };
  const { sha256: allowlistSha256 } = first.head.body;
  const state = { epoch: 1, serial: 1, allowlistSha256, revocationsSha256: first.head.revocations.sha256 };
  expect(verifyHead({ envelope: json(fresh.headEnvelopeBytes), trust, state, now: later }).head).toEqual(fresh.head);
});

test('times are whole seconds: leases rounded up, issue times down', () => {
  expect(expiresAt(now, 1000)).toBe('2026-11-20T12:00:02Z');
  expect(wholeSeconds(now)).toBe('2026-11-20T12:00:00Z');
});
