import { generateKeyPairSync } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { pullFeed } from '#lib/feed/client/index.ts';
import { keyKeeperOf } from '#lib/feed/store/change-keys.ts';
import { refreshFeeds } from '#lib/feed/store/refresh-feeds.ts';
import { rotateKey } from '#lib/feed/store/rotate-key.ts';
import { testInstance } from '../../instance.ts';
import { vaultDouble } from '../support/key-services.ts';
import { serve, serverFeed } from '../support/server-feed.ts';
import { tempDir } from '../support/temp-dir.ts';

testInstance();

const MINUTE = 60_000;

test('a feed key in Vault signs publications, and is not asked for each new lease of the timestamp', async () => {
  await serve();
  const feed = await serverFeed();
  const trust = await feed.trust();
  let isAway = false;
  const { url, seen } = await vaultDouble({
    key: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
    override: () => (isAway ? { status: 503, body: { errors: ['Vault is sealed'] } } : null),
  });
  Object.assign(process.env, { VAULT_ADDR: url, VAULT_TOKEN: 's.token' });
  resetConfig();
  onTestFinished(() => {
    delete process.env.VAULT_ADDR;
    delete process.env.VAULT_TOKEN;
    resetConfig();
  });
  await rotateKey({
    keeper: keyKeeperOf(feed.owner, feed.slug),
    role: 'feed',
    place: 'vault:transit/feed',
    overlapDays: 0,
  });
  expect(await db().feedKey.findFirst({ where: { orgId: feed.orgId, provider: 'vault' } })).toMatchObject({
    reference: { mount: 'transit', name: 'feed', version: 3 },
    sealed: null,
  });
  const stateDir = await tempDir();
  expect((await pullFeed({ trust, stateDir })).head.serial).toBe(2);

  // Targets and head; then nothing for the timestamps of two hours.
  const asked = () => seen.filter(({ path }) => path.includes('/sign/')).length;
  expect(asked()).toBe(2);
  const start = Date.now();
  for (const minutes of [6, 12, 18]) await refreshFeeds({ now: new Date(start + minutes * MINUTE) });
  expect(asked()).toBe(2);
  await refreshFeeds({ now: new Date(start + 125 * MINUTE) });
  expect(asked()).toBe(3);

  // Away: the head keeps its lease, the timestamp goes on, nothing is published unsigned.
  isAway = true;
  const late = new Date(start + 250 * MINUTE);
  expect((await refreshFeeds({ now: late })).failed).toBe(1);
  const row = await db().feed.findUniqueOrThrow({ where: { orgId: feed.orgId } });
  expect(row.freshUntil!.getTime()).toBe(late.getTime() + 15 * MINUTE);
  await expect(feed.publish()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  expect((await db().feed.findUniqueOrThrow({ where: { orgId: feed.orgId } })).serial).toBe(2);
});

test('one broken feed does not keep the others from being signed anew', async () => {
  const [broken, good] = [await serverFeed(), await serverFeed()];
  await db().feedKey.updateMany({ where: { orgId: broken.orgId }, data: { sealed: Buffer.from('damaged') } });
  const later = new Date(Date.now() + 400 * MINUTE);
  const [one, two] = await Promise.all([refreshFeeds({ now: later }), refreshFeeds({ now: later })]);
  expect(one.failed + two.failed).toBeGreaterThanOrEqual(1);
  const fresh = await db().feed.findUniqueOrThrow({ where: { orgId: good.orgId } });
  expect(fresh.freshUntil!.getTime()).toBe(later.getTime() + 15 * MINUTE);
  // Two workers at once: the second sees that the first was there.
  expect(fresh.timestampVersion).toBe(2);
});
