import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { pullFeed } from '#lib/feed/client/index.ts';
import { readTuf } from '#lib/feed/client/read-tuf.ts';
import type { FeedHead, FeedTrust } from '#lib/feed/documents.ts';
import { signHead } from '#lib/feed/dsse.ts';
import type { KeyProvider } from '#lib/feed/keys/key-provider.ts';
import { changeKeys, type KeyKeeper, keyKeeperOf, operatorKeeper } from '#lib/feed/store/change-keys.ts';
import { declareCompromised } from '#lib/feed/store/declare-compromised.ts';
import { openFeedKeys } from '#lib/feed/store/keys.ts';
import { adoptRecoveryKey, exportKey, takeRecoveryKit } from '#lib/feed/store/recovery-key.ts';
import { refreshFeeds } from '#lib/feed/store/refresh-feeds.ts';
import { renewRoot, tendRoots } from '#lib/feed/store/renew-root.ts';
import { retireDueKeys, retireKey } from '#lib/feed/store/retire-key.ts';
import { rewrapKeys } from '#lib/feed/store/rewrap-keys.ts';
import { OVERLAP_DAYS, rotateKey } from '#lib/feed/store/rotate-key.ts';
import { buildTimestamp } from '#lib/feed/tuf/build-metadata.ts';
import { metadataBytes } from '#lib/feed/tuf/sign-metadata.ts';
import { createUser, testInstance, viewerOf } from '../../instance.ts';
import { type ServerFeed, serve, serverFeed } from '../support/server-feed.ts';
import { tempDir } from '../support/temp-dir.ts';

testInstance();

const DAY = 86_400_000;
let feed: ServerFeed;
let trust: FeedTrust;
let keeper: KeyKeeper;
beforeEach(async () => {
  await serve();
  feed = await serverFeed();
  trust = await feed.trust();
  keeper = keyKeeperOf(feed.owner, feed.slug);
});

const keysOf = (role: 'feed' | 'freshness' | 'root') =>
  db().feedKey.findMany({ where: { orgId: feed.orgId, role, retiredAt: null }, orderBy: { createdAt: 'asc' } });
const keyIdOf = async (role: 'feed' | 'freshness' | 'root') => (await keysOf(role))[0]!.keyid;
const signerOf = async (role: 'feed' | 'freshness' | 'root'): Promise<KeyProvider> =>
  (await openFeedKeys(await keysOf(role), feed.slug, [role]))[role][0]!;
const servedHead = async () => (await fetch(`${trust.baseUrl}/head`)).json() as Promise<{ signatures: object[] }>;

/** The feed with other bytes under some paths, as somebody on the way would serve it. */
const intercepted =
  (documents: Record<string, Buffer>): typeof fetch =>
  async (input, init) => {
    const document = documents[String(input).slice(trust.baseUrl.length + 1)];
    return document ? new Response(new Uint8Array(document)) : fetch(input, init);
  };

/** tuf-js as any other TUF client would use it, pinned to the root of the trust file. */
async function tufReader() {
  const dir = await tempDir();
  await writeFile(path.join(dir, 'root.json'), JSON.stringify(trust.tufRoot));
  return (read: typeof fetch = fetch, now = new Date()) =>
    readTuf({ source: { baseUrl: trust.baseUrl, fetch: read }, dir, now });
}

describe('rotation', () => {
  test('old and new feed key sign for thirty days, then the old one is retired and nobody needs a new trust file', async () => {
    const [regular, away] = [await tempDir(), await tempDir()];
    await pullFeed({ trust, stateDir: away });
    const old = await keyIdOf('feed');
    const { keyid } = await rotateKey({ keeper, role: 'feed' });
    expect((await servedHead()).signatures).toHaveLength(2);
    await pullFeed({ trust, stateDir: regular });
    const newTrust = await feed.trust();
    expect(newTrust.feedKeys.map((key) => [key.keyid, key.notAfter !== undefined])).toEqual([
      [old, true],
      [keyid, false],
    ]);
    expect(await retireDueKeys({ now: new Date(Date.now() + 29 * DAY) })).toBe(0);
    const later = new Date(Date.now() + (OVERLAP_DAYS.feed + 1) * DAY);
    expect(await retireDueKeys({ now: later })).toBe(1);
    await refreshFeeds({ now: new Date(), dueWithinMs: 365 * DAY });
    await feed.publish();
    expect((await servedHead()).signatures).toHaveLength(1);
    for (const stateDir of [regular, away, await tempDir()]) {
      expect((await pullFeed({ trust, stateDir })).head.tufRootVersion).toBe(3);
    }
    const [row] = await db().feedKey.findMany({ where: { orgId: feed.orgId, keyid: old } });
    expect(row).toMatchObject({ sealed: null, retiredReason: 'its successor signs alone' });
  });

  test('to ECDSA P-256 and back', async () => {
    const [stateDir, read] = [await tempDir(), await tufReader()];
    await rotateKey({ keeper, role: 'feed', algorithm: 'ecdsa-p256', overlapDays: 0 });
    await rotateKey({ keeper, role: 'freshness', algorithm: 'ecdsa-p256', overlapDays: 0 });
    expect((await pullFeed({ trust, stateDir })).head.tufRootVersion).toBe(3);
    expect((await read()).rootVersion).toBe(3);
    await rotateKey({ keeper, role: 'root', algorithm: 'ecdsa-p256', overlapDays: 0 });
    await rotateKey({ keeper, role: 'feed', overlapDays: 0 });
    expect((await pullFeed({ trust, stateDir })).head.tufRootVersion).toBe(5);
    expect((await read()).rootVersion).toBe(5);
  });

  test('of the freshness key is followed by tuf-js and by our client', async () => {
    const [stateDir, read] = [await tempDir(), await tufReader()];
    await pullFeed({ trust, stateDir });
    await read();
    await rotateKey({ keeper, role: 'freshness' });
    expect((await pullFeed({ trust, stateDir })).head.serial).toBe(2);
    expect((await read()).rootVersion).toBe(2);
    expect(await retireDueKeys({ now: new Date(Date.now() + 2 * DAY) })).toBe(1);
    await feed.publish();
    expect((await read()).rootVersion).toBe(3);
  });

  test('of the root key is signed by the old and the new one', async () => {
    const read = await tufReader();
    await rotateKey({ keeper, role: 'root' });
    expect((await retireKey({ keeper, keyid: await keyIdOf('root'), reason: 'moved' })).isInRoot).toBe(false);
    expect((await read()).rootVersion).toBe(3);
    expect((await feed.trust()).recoveryKeys).toHaveLength(1);
  });

  test('the root is renewed sixty days before its end, by the job where its key is here', async () => {
    expect(await tendRoots({ now: new Date(Date.now() + 300 * DAY) })).toEqual({ renewed: 0, reminded: 0 });
    const { renewed } = await tendRoots({ now: new Date(Date.now() + 310 * DAY) });
    expect(renewed).toBeGreaterThanOrEqual(1);
    expect(await db().feedRoot.count({ where: { orgId: feed.orgId } })).toBe(2);
  });
});

describe('the root key is kept offline', () => {
  test('the recovery kit is given once and needed from then on', async () => {
    const { pem, keyid } = await takeRecoveryKit({ keeper });
    expect(keyid).toBe(trust.recoveryKeys?.[0]?.keyid);
    await expect(takeRecoveryKit({ keeper })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(rotateKey({ keeper, role: 'feed' })).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    const stranger = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const rootKeyPem of [stranger, 'nonsense', pem.slice(0, 60)]) {
      await expect(rotateKey({ keeper, role: 'feed', rootKeyPem })).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    }
    await feed.publish();
    await rotateKey({ keeper, role: 'feed', rootKeyPem: pem });
    expect((await keysOf('root')).map(({ provider, sealed }) => [provider, sealed])).toEqual([['offline', null]]);
    expect((await pullFeed({ trust, stateDir: await tempDir() })).head.tufRootVersion).toBe(2);
  });

  test('its end is said once in the audit log', async () => {
    await takeRecoveryKit({ keeper });
    const now = new Date(Date.now() + 320 * DAY);
    await tendRoots({ now });
    await tendRoots({ now });
    const told = { chain: feed.orgId, kind: 'feed.root-expiring' };
    expect(await db().auditEvent.count({ where: told })).toBe(1);
  });

  test('a recovery key that was made elsewhere is taken over, and replaces the one that is here', async () => {
    const made = generateKeyPairSync('ed25519');
    const pem = made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await expect(adoptRecoveryKey({ keeper, publicPem: pem })).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    const publicPem = made.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await adoptRecoveryKey({ keeper, publicPem });
    await expect(adoptRecoveryKey({ keeper, publicPem })).rejects.toMatchObject({ code: 'CONFLICT' });
    const [before] = await keysOf('root');
    await retireKey({ keeper, keyid: before!.keyid, reason: 'offline now', rootKeyPem: pem });
    // A reader that pinned only the first root key follows the chain, and accepts what the new one says.
    const stateDir = await tempDir();
    await pullFeed({ trust, stateDir });
    await declareCompromised({
      keeper,
      keyids: [await keyIdOf('feed')],
      reason: 'drill',
      rootKeyPem: pem,
    });
    expect((await pullFeed({ trust, stateDir })).head).toMatchObject({ epoch: 2 });
  });
});

describe('the drill for stolen keys', () => {
  test('a stolen feed key that burnt the serial: a new epoch brings every reader back and the thief is refused', async () => {
    const [burnt, away] = [await tempDir(), await tempDir()];
    await pullFeed({ trust, stateDir: away });
    const stolen = await signerOf('feed');
    // The thief signs a huge serial. A gateway that reads the signed head alone would take it; ours wants TUF as well.
    const { head } = await pullFeed({ trust, stateDir: burnt });
    const state = path.join(burnt, 'state.json');
    const remembered = JSON.parse(await (await import('node:fs/promises')).readFile(state, 'utf8'));
    await writeFile(state, JSON.stringify({ ...remembered, serial: 2_000_000_000 }));
    await expect(pullFeed({ trust, stateDir: burnt })).rejects.toMatchObject({ code: 'FEED_ROLLBACK' });

    const drill = await declareCompromised({ keeper, keyids: [stolen.id.slice(0, 12)], reason: 'laptop stolen' });
    expect(drill).toMatchObject({ epoch: 2, added: [{ role: 'freshness' }, { role: 'feed' }] });
    expect((await pullFeed({ trust, stateDir: burnt })).head.epoch).toBe(2);

    // The lease is signed anew without the recovery key; who was away finds the recovery head beside it.
    await refreshFeeds({ dueWithinMs: 365 * DAY, now: new Date(Date.now() + 6 * 60_000) });
    await feed.publish();
    expect((await pullFeed({ trust, stateDir: away })).head).toMatchObject({ epoch: 2, serial: drill.serial + 1 });
    expect((await pullFeed({ trust, stateDir: await tempDir() })).head.epoch).toBe(2);

    const forged = async (changes: Partial<FeedHead>) =>
      Buffer.from(JSON.stringify(await signHead({ ...head, ...changes, serial: 99 }, [stolen])));
    for (const [changes, code] of [
      [{}, 'FEED_SIGNATURE'],
      [{ epoch: 2 }, 'FEED_SIGNATURE'],
      [{ epoch: 3, feedKeys: trust.feedKeys }, 'FEED_SIGNATURE'],
    ] as const) {
      const read = intercepted({ head: await forged(changes), recovery: await forged({ epoch: 3 }) });
      await expect(pullFeed({ trust, stateDir: away, fetch: read })).rejects.toMatchObject({ code });
    }
  });

  test('a stolen freshness key that fast-forwarded TUF readers: a new root makes them forget', async () => {
    const read = await tufReader();
    await read();
    const stolen = await signerOf('freshness');
    const { snapshotBytes } = await db().feedPublication.findFirstOrThrow({ where: { orgId: feed.orgId } });
    const forged = await buildTimestamp({
      version: 1_000_000,
      now: new Date(),
      signers: [stolen],
      snapshot: { version: 1, bytes: Buffer.from(snapshotBytes) },
    });
    await read(intercepted({ 'tuf/metadata/timestamp.json': metadataBytes(forged) }));
    await expect(read()).rejects.toMatchObject({ code: 'FEED_TUF' });
    const drill = await declareCompromised({ keeper, keyids: [stolen.id], reason: 'server broken into' });
    expect(drill.epoch).toBeNull();
    expect((await read()).rootVersion).toBe(2);
    await expect(read(intercepted({ 'tuf/metadata/timestamp.json': metadataBytes(forged) }))).rejects.toMatchObject({
      code: 'FEED_TUF',
    });
  });

  test('a stolen root key is replaced for readers that come before the thief', async () => {
    const stateDir = await tempDir();
    await pullFeed({ trust, stateDir });
    const stolen = await keyIdOf('root');
    const read = await tufReader();
    await declareCompromised({ keeper, keyids: [stolen], reason: 'found in a backup' });
    expect((await pullFeed({ trust, stateDir })).head.epoch).toBe(2);
    expect((await read()).rootVersion).toBe(2);
    expect((await feed.trust()).recoveryKeys?.map(({ keyid }) => keyid)).not.toContain(stolen);
  });

  test('a drill after a drill', async () => {
    const stateDir = await tempDir();
    await pullFeed({ trust, stateDir });
    await declareCompromised({ keeper, keyids: [await keyIdOf('feed')], reason: 'one' });
    await pullFeed({ trust, stateDir });
    await declareCompromised({ keeper, keyids: [await keyIdOf('feed')], reason: 'two' });
    for (const dir of [stateDir, await tempDir()]) {
      expect((await pullFeed({ trust, stateDir: dir })).head.epoch).toBe(3);
    }
  });
});

describe('what is refused', () => {
  test('a reviewer, a stranger and nobody change no keys', async () => {
    const person = await createUser(`Reviewer of ${feed.slug}`);
    expect(() => keyKeeperOf(person, feed.slug)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    await db().orgMember.create({ data: { orgId: feed.orgId, userId: person.id, role: 'reviewer' } });
    const reviewer = await viewerOf(person.id);
    expect(() => keyKeeperOf(reviewer, feed.slug)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    expect(() => keyKeeperOf(null, feed.slug)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    await expect(operatorKeeper('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each([
    [
      'the only key of a role is not retired',
      'CONFLICT',
      async () => retireKey({ keeper, keyid: await keyIdOf('feed'), reason: 'x' }),
    ],
    ['a key that is not in use', 'NOT_FOUND', () => retireKey({ keeper, keyid: 'ffffffffffff', reason: 'x' })],
    [
      'a key of another organization',
      'NOT_FOUND',
      async () => {
        const other = keyKeeperOf(
          (await serverFeed()).owner,
          `${feed.slug.replace(/\d+$/, (n) => String(Number(n) + 1))}`,
        );
        return retireKey({ keeper: other, keyid: await keyIdOf('feed'), reason: 'x' });
      },
    ],
    [
      'a drill without a reason',
      'UNPROCESSABLE',
      async () => declareCompromised({ keeper, keyids: [await keyIdOf('feed')], reason: ' ' }),
    ],
    ['an overlap of years', 'UNPROCESSABLE', () => rotateKey({ keeper, role: 'feed', overlapDays: 1000 })],
    [
      'a freshness key in KMS',
      'UNPROCESSABLE',
      () => rotateKey({ keeper, role: 'freshness', place: 'aws-kms:alias/x' }),
    ],
    ['a place that is none', 'UNPROCESSABLE', () => rotateKey({ keeper, role: 'feed', place: 'smartcard:1' })],
    [
      'Vault without configuration',
      'UNPROCESSABLE',
      () => rotateKey({ keeper, role: 'feed', place: 'vault:transit/x' }),
    ],
  ] as const)('%s', async (_name, code, work) => {
    const before = await db().feed.findUniqueOrThrow({ where: { orgId: feed.orgId } });
    await expect(work()).rejects.toMatchObject({ code });
    expect((await db().feed.findUniqueOrThrow({ where: { orgId: feed.orgId } })).serial).toBe(before.serial);
  });

  test('a change that fails leaves no key and no root', async () => {
    const failing = changeKeys({
      keeper,
      now: new Date(),
      change: async () => {
        throw new Error('in between');
      },
    });
    await expect(failing).rejects.toThrow('in between');
    expect(await db().feedRoot.count({ where: { orgId: feed.orgId } })).toBe(1);
  });
});

test('an exported key stays here and is in the audit log; renewing the root by hand counts up', async () => {
  const { pem, role } = await exportKey({ keeper, keyid: await keyIdOf('feed') });
  expect([role, pem.startsWith('-----BEGIN PRIVATE KEY-----')]).toEqual(['feed', true]);
  expect(await db().auditEvent.count({ where: { chain: feed.orgId, kind: 'feed.key-exported' } })).toBe(1);
  expect((await renewRoot({ keeper })).version).toBe(2);
});

test('all keys are sealed under another master key, or none', async () => {
  const { instanceMasterKey } = await import('#lib/feed/store/keys.ts');
  const { key: from } = await instanceMasterKey();
  const to = Buffer.alloc(32, 7);
  await expect(rewrapKeys({ from: to, to: from })).rejects.toMatchObject({ code: 'SEALED_KEY_OPEN' });
  const count = await rewrapKeys({ from, to });
  expect(count).toBe(await db().feedKey.count({ where: { sealed: { not: null } } }));
  await expect(feed.publish()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  await rewrapKeys({ from: to, to: from });
  expect(await feed.publish()).toBe(2);
});
