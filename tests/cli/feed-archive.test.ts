import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { announceFeed } from '#lib/feed/store/feed-changes.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { serve, serverFeed } from '../feed/support/server-feed.ts';
import { tempDir } from '../feed/support/temp-dir.ts';
import { publishTestVersion, testInstance, toolsOf } from '../instance.ts';
import { runHallmark } from '../run-hallmark.ts';

testInstance();

const SLOW = 180_000;
const NAME = 'io.github.acme/weather';

/** An organization that allows one server, and the folder that is carried to the other side. */
async function instance() {
  const url = await serve();
  const feed = await serverFeed();
  const dir = await tempDir();
  const trust = path.join(dir, 'feed-trust.json');
  await writeFile(trust, JSON.stringify(await feed.trust()));
  return { url, feed, dir, trust, at: (name: string) => path.join(dir, name) };
}

test(
  'an archive is carried to a network without the instance, and feed pull and gateway use it there',
  async () => {
    const { feed, trust, at } = await instance();
    await publishTestVersion(NAME, '1.0.0', { tools: toolsOf('get_forecast') });
    await approveVersion({
      viewer: feed.owner,
      orgSlug: feed.slug,
      serverName: NAME,
      version: '1.0.0',
      reason: 'test',
      toolPolicy: { default: 'allow', rules: {} },
    });
    const exported = await runHallmark(['feed', 'export', '--org', feed.slug, '--out', at('feed.tar'), '--ttl', '7d']);
    expect(exported).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Serial 2 of org-\d+, good until /) });

    // The other side: another home, an address where nothing answers, no database.
    const away = JSON.parse(await readFile(trust, 'utf8'));
    const offline = at('offline-trust.json');
    await writeFile(offline, JSON.stringify({ ...away, baseUrl: 'https://127.0.0.1:1/nowhere' }));
    await mkdir(at('home'));
    const env = { HOME: at('home'), DATABASE_URL: '', HALLMARK_DATA_DIR: at('no-instance') };
    const imported = await runHallmark(['feed', 'import', at('feed.tar'), '--trust', offline], env);
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringMatching(/serial 2, new, good until/) });
    expect(imported.stdout).toContain(path.join(at('home'), '.hallmark', 'feed'));

    const pull = ['feed', 'pull', '--trust', offline, '--out', at('allowlist.json')];
    expect((await runHallmark(pull, env)).code).toBe(3);
    expect(await runHallmark([...pull, '--archive', at('feed.tar')], env)).toMatchObject({ code: 0 });
    const allowlist = JSON.parse(await readFile(at('allowlist.json'), 'utf8'));
    expect(allowlist.servers.map(({ name }: { name: string }) => name)).toEqual([NAME]);

    const gateway = await runHallmark(['gateway', 'check', '--trust', offline, '--', NAME], env);
    expect({ ...gateway, all: gateway.stdout + gateway.stderr }).toMatchObject({
      code: 0,
      all: expect.stringContaining('get_forecast'),
    });
  },
  SLOW,
);

test(
  'wrong exports and archives that prove nothing',
  async () => {
    const { feed, dir, trust, at } = await instance();
    const other = await serverFeed();
    const out = ['--out', at('feed.tar')];
    for (const [args, code, message] of [
      [['export', '--org', feed.slug, ...out, '--ttl', '2 weeks'], 2, /give days, e\.g\. 14d/],
      [['export', '--org', feed.slug, ...out, '--ttl', '400'], 1, /good for 1 to \d+ days/],
      [['export', '--org', 'nobody', ...out], 1, /no organization "nobody"/],
      [['import', at('feed.tar'), '--trust', trust, '--state', at('state')], 3, /feed\.tar/],
    ] as [string[], number, RegExp][]) {
      const { code: ended, stderr } = await runHallmark(['feed', ...args]);
      expect({ args, ended, stderr }).toEqual({ args, ended: code, stderr: expect.stringMatching(message) });
    }
    expect(await readdir(dir)).toEqual(['feed-trust.json']);
    expect((await runHallmark(['feed', 'export', '--org', other.slug, ...out])).code).toBe(0);
    const foreign = await runHallmark(['feed', 'import', at('feed.tar'), '--trust', trust, '--state', at('state')]);
    expect(foreign).toMatchObject({ code: 1, stderr: expect.stringMatching(/is not accepted \(FEED_/) });
  },
  SLOW,
);

test(
  'after a restored backup, the head of a gateway makes the serials go on',
  async () => {
    const { feed, trust, at } = await instance();
    const row = await db().feed.findUniqueOrThrow({ where: { orgId: feed.orgId } });
    for (let i = 0; i < 3; i++) await feed.publish();
    const state = at('state');
    const pulled = await runHallmark(['feed', 'pull', '--trust', trust, '--state', state, '--out', at('list.json')]);
    expect(pulled).toMatchObject({ code: 0 });
    // The dump is older than what the gateway saw, and the machine is new.
    await db().feedPublication.deleteMany({ where: { orgId: feed.orgId, serial: { gt: row.serial } } });
    await db().feed.update({ where: { orgId: feed.orgId }, data: row });
    await rm(path.join(config().dataDir, 'feed-high-water'), { recursive: true, force: true });
    const { orgId, epoch, serial } = row;
    await db().$transaction((tx) => announceFeed(tx, { orgId, epoch, serial }));

    const accepted = path.join(state, 'accepted');
    const [name] = (await readdir(accepted)).filter((entry) => !entry.includes('.'));
    const head = path.join(accepted, name!, 'head.json');
    const recovered = await runHallmark(['feed', 'recover', '--org', feed.slug, '--head', head]);
    expect(recovered).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Went on at serial \d+\.\n$/) });
    const again = await runHallmark(['feed', 'recover', '--org', feed.slug, '--head', head]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') });
    const next = await runHallmark(['feed', 'pull', '--trust', trust, '--state', state, '--out', at('list.json')]);
    expect(next).toMatchObject({ code: 0, stdout: expect.stringContaining('new since the last time') });

    const tampered = JSON.parse(await readFile(head, 'utf8'));
    tampered.payload = Buffer.from(
      Buffer.from(tampered.payload, 'base64')
        .toString()
        .replace(/"serial":4/, '"serial":9999'),
    ).toString('base64');
    await writeFile(at('forged.json'), JSON.stringify(tampered));
    const forged = await runHallmark(['feed', 'recover', '--org', feed.slug, '--head', at('forged.json')]);
    expect(forged).toMatchObject({ code: 1, stderr: expect.stringMatching(/proves nothing \(FEED_/) });
  },
  SLOW,
);
