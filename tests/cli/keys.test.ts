import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { pullFeed } from '#lib/feed/client/index.ts';
import { serve, serverFeed } from '../feed/support/server-feed.ts';
import { tempDir } from '../feed/support/temp-dir.ts';
import { testInstance } from '../instance.ts';
import { runHallmark } from '../run-hallmark.ts';

testInstance();

const SLOW = 180_000;

type Key = { keyid: string; role: string; algorithm: string; provider: string; place: string | null; state: string };

/** An organization whose feed is served, and `hallmark keys` for it. */
async function commands() {
  await serve();
  const feed = await serverFeed();
  const keys = async (...args: string[]) => runHallmark(['keys', ...args, '--org', feed.slug]);
  const list = async (...args: string[]) => JSON.parse((await keys('list', '--json', ...args)).stdout) as Key[];
  const keyOf = async (role: string) => (await list()).find((key) => key.role === role)!.keyid;
  return { feed, trust: await feed.trust(), keys, list, keyOf, dir: await tempDir() };
}

/** Fails with what the command printed, which says more than its code. */
const ok = ({ code, stdout, stderr }: Awaited<ReturnType<typeof runHallmark>>) => {
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
};

test(
  'list, rotate and retire',
  async () => {
    const { trust, keys, list, keyOf } = await commands();
    const old = await keyOf('feed');
    const lines = ok(await keys('list'))
      .trim()
      .split('\n');
    expect(lines.map((line) => line.split(/ +/))).toMatchObject([
      ['root', expect.stringMatching(/^[0-9a-f]{16}$/), 'ed25519', 'sealed', 'in', 'use'],
      ['feed', old.slice(0, 16), 'ed25519', 'sealed', 'in', 'use'],
      ['freshness', expect.stringMatching(/^[0-9a-f]{16}$/), 'ed25519', 'sealed', 'in', 'use'],
    ]);
    const stateDir = await tempDir();
    await pullFeed({ trust, stateDir });
    expect(ok(await keys('rotate', 'feed', '--algorithm', 'ecdsa-p256', '--overlap-days', '3'))).toMatch(
      /New feed key [0-9a-f]{64}\. The old one signs until .+ Published as serial 2\./,
    );
    const [before, after] = (await list()).filter(({ role }) => role === 'feed');
    expect(before).toMatchObject({ keyid: old, state: expect.stringMatching(/^signs until /) });
    expect(after).toMatchObject({ algorithm: 'ecdsa-p256', state: 'in use' });
    expect(ok(await keys('retire', old.slice(0, 8), '--reason', 'moved on'))).toBe('Retired. Published as serial 3.\n');
    expect((await list()).filter(({ role }) => role === 'feed')).toHaveLength(1);
    expect(await list('--all')).toContainEqual(expect.objectContaining({ keyid: old, state: 'retired: moved on' }));
    expect((await pullFeed({ trust, stateDir })).head).toMatchObject({ serial: 3, tufRootVersion: 3 });
  },
  SLOW,
);

test(
  'a key in a file, and wrong calls',
  async () => {
    const { keys, list, keyOf, dir } = await commands();
    ok(await runHallmark(['keys', 'recovery', 'generate', '--out', path.join(dir, 'feed.pem')]));
    ok(await keys('rotate', 'feed', '--place', `pem:${path.join(dir, 'feed.pem')}`, '--overlap-days', '0'));
    expect((await list()).filter(({ role }) => role === 'feed')).toMatchObject([
      { provider: 'pem', place: path.join(dir, 'feed.pem') },
    ]);
    for (const [args, message] of [
      [['rotate', 'targets'], /There is no role targets: give /],
      [['retire', await keyOf('root'), '--reason', 'no'], /This is the only root key/],
      [['retire', 'ffffffffffff', '--reason', 'no'], /no key in use whose id begins with ffffffffffff/],
      [['export', await keyOf('feed'), '--out', path.join(dir, 'out.pem')], /not in the database \(pem\)/],
    ] as [string[], RegExp][]) {
      const { code, stderr } = await keys(...args);
      expect({ args, code, stderr }).toEqual({ args, code: 1, stderr: expect.stringMatching(message) });
    }
    // What failed leaves no file behind: the next try would be refused.
    await expect(stat(path.join(dir, 'out.pem'))).rejects.toMatchObject({ code: 'ENOENT' });
    const foreign = await runHallmark(['keys', 'list', '--org', 'nobody']);
    expect([foreign.code, foreign.stderr]).toEqual([1, 'There is no organization "nobody".\n']);
  },
  SLOW,
);

describe('with the root key offline', () => {
  test(
    'the kit leaves once; renewal and the drill ask for it; gateways come back after a stolen feed key',
    async () => {
      const { feed, trust, keys, keyOf, dir } = await commands();
      const file = path.join(dir, 'root.pem');
      await writeFile(path.join(dir, 'taken.pem'), 'mine');
      const taken = await keys('root', 'kit', '--out', path.join(dir, 'taken.pem'));
      expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('taken.pem exists')]);
      expect(ok(await keys('root', 'kit', '--out', file))).toContain('nowhere else');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(file, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
      const again = await keys('root', 'kit', '--out', path.join(dir, 'again.pem'));
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('not on this instance any more')]);

      const stateDir = await tempDir();
      await pullFeed({ trust, stateDir });
      const refused = await keys('root', 'renew');
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('kept offline')]);
      expect(ok(await keys('root', 'renew', '--root-key', file))).toMatch(/^Root 2 is good for a year/);

      const stolen = await keyOf('feed');
      const compromise = ['compromise', stolen.slice(0, 12), '--reason', 'laptop lost'];
      expect((await keys(...compromise)).code).toBe(1);
      expect(ok(await keys(...compromise, '--root-key', file))).toMatch(/New feed key .+\n(.|\n)*Epoch 2 begins\./);
      const { head } = await pullFeed({ trust, stateDir });
      expect(head).toMatchObject({ epoch: 2, tufRootVersion: 3 });
      expect(ok(await keys('list', '--all'))).toMatch(
        new RegExp(`feed +${stolen.slice(0, 16)}.+compromised: laptop lost`),
      );

      expect(ok(await keys('recover', '--reason', 'serials used up', '--root-key', file))).toContain('Epoch 3 begins.');
      expect((await pullFeed({ trust, stateDir })).head.epoch).toBe(3);
      expect((await pullFeed({ trust: await feed.trust(), stateDir: await tempDir() })).head.epoch).toBe(3);
    },
    SLOW,
  );

  test(
    'a recovery key that never was here takes over',
    async () => {
      const { trust, keys, list, keyOf, dir } = await commands();
      const own = path.join(dir, 'recovery.pem');
      ok(await runHallmark(['keys', 'recovery', 'generate', '--out', own, '--algorithm', 'ecdsa-p256']));
      const old = await keyOf('root');
      const wrongHalf = await keys('root', 'adopt', '--public', own);
      expect([wrongHalf.code, wrongHalf.stderr]).toEqual([1, expect.stringContaining('This is a private key')]);
      expect(ok(await keys('root', 'adopt', '--public', `${own}.pub`))).toContain('is a root key now');
      const early = await keys('retire', old, '--reason', 'kept offline');
      expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('give its private part')]);
      expect(ok(await keys('retire', old, '--reason', 'kept offline', '--root-key', own))).not.toContain(
        'still names it',
      );
      expect((await list()).filter(({ role }) => role === 'root')).toMatchObject([
        { algorithm: 'ecdsa-p256', provider: 'offline', state: 'kept offline' },
      ]);
      expect((await pullFeed({ trust, stateDir: await tempDir() })).head.tufRootVersion).toBe(3);
    },
    SLOW,
  );
});

test(
  'export writes one private key; rewrap moves all to another master key',
  async () => {
    const { feed, keys, keyOf, dir } = await commands();
    const out = path.join(dir, 'feed.pem');
    expect(ok(await keys('export', (await keyOf('feed')).slice(0, 10), '--out', out))).toContain('signs for');
    expect(await readFile(out, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(await db().auditEvent.count({ where: { chain: feed.orgId, kind: 'feed.key-exported' } })).toBe(1);

    const master = path.join(dir, 'new-master.key');
    const sealed = await db().feedKey.count({ where: { sealed: { not: null } } });
    expect(ok(await runHallmark(['keys', 'rewrap', '--to', master]))).toContain(
      `${sealed} keys are sealed under the master key of ${master}`,
    );
    const before = await keys('rotate', 'freshness');
    expect([before.code, before.stderr]).toEqual([1, expect.stringContaining('cannot be opened')]);
    process.env.HALLMARK_MASTER_KEY_FILE = master;
    resetConfig();
    ok(await keys('rotate', 'freshness'));
    expect(await feed.publish()).toBe(3);
  },
  SLOW,
);
