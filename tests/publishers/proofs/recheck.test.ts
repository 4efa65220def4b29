import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { holdNamespace } from '#lib/publishers/hold-namespace.ts';
import { checkNamespaceNow, type Proof, recheckNamespaces } from '#lib/publishers/proofs/index.ts';
import { createUser, publishTestVersion, testInstance, viewerOf } from '#tests/instance.ts';
import { ed25519Key, proofKit } from './proof-kit.ts';

testInstance();
const kit = proofKit();
const key = ed25519Key();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let owner: Viewer;
let publisherId: string;

beforeAll(async () => {
  const user = await createUser('Owner');
  publisherId = (await createPublisher({ viewer: user, slug: 'acme', displayName: 'Acme' })).id;
  owner = await viewerOf(user.id);
});
beforeEach(async () => {
  await db().namespace.deleteMany();
  await db().publisher.update({ where: { id: publisherId }, data: { level: 'unverified' } });
  await db().searchOverdue.deleteMany();
});

const OFFICIAL: Proof = { kind: 'dns', form: 'official', domain: 'example.com', key: key.id };
const BOUND_DNS: Proof = {
  kind: 'dns',
  form: 'bound',
  domain: 'example.com',
  expected: 'hallmark-verify=h/com.example/1',
};
const BOUND_HTTP: Proof = {
  kind: 'http',
  form: 'bound',
  domain: 'example.com',
  expected: 'hallmark-verify=h/com.example/1',
};
const OFFICIAL_HTTP: Proof = { kind: 'http', form: 'official', domain: 'example.com', key: key.id };
const GITHUB: Proof = { kind: 'github', via: 'token', login: 'AcmeCorp', ownerId: '700' };

const hold = (proof: Proof, namespace = proof.kind === 'github' ? `io.github.${proof.login}` : 'com.example') =>
  db().$transaction((tx) =>
    holdNamespace(tx, { namespace, proof, publisherId, actor: { type: 'system', name: 'test' }, now: kit.now }),
  );
const recheck = (limit = 100) => recheckNamespaces({ now: kit.now, outbound: kit.outbound, limit });
const row = () => db().namespace.findFirstOrThrow({ include: { publisher: true } });
const kindsSince = async (seq: number) =>
  (await db().auditEvent.findMany({ where: { seq: { gt: seq } }, orderBy: { seq: 'asc' } })).map(({ kind }) => kind);
const lastSeq = async () => (await db().auditEvent.findFirst({ orderBy: { seq: 'desc' } }))?.seq ?? 0;

/** What each proof needs to be seen. */
const shows: Record<string, () => void> = {
  'official DNS': () => kit.dns.set('example.com', { TXT: [key.record] }),
  'bound DNS': () => kit.dns.set('_hallmark-challenge.example.com', { TXT: ['hallmark-verify=h/com.example/1'] }),
  'official HTTP': () => kit.web.set('https://example.com/.well-known/mcp-registry-auth', { body: key.record }),
  'bound HTTP': () =>
    kit.web.set('https://example.com/.well-known/hallmark-verify', { body: 'hallmark-verify=h/com.example/1' }),
  GitHub: () => {
    kit.github.accounts = [{ login: 'AcmeCorp', id: 700 }];
  },
};

describe('a proof is looked at again', () => {
  it.each<[string, Proof, string]>([
    ['official DNS', OFFICIAL, 'RECORD_MISSING'],
    ['bound DNS', BOUND_DNS, 'RECORD_MISSING'],
    ['official HTTP', OFFICIAL_HTTP, 'STATUS_UNEXPECTED'],
    ['bound HTTP', BOUND_HTTP, 'STATUS_UNEXPECTED'],
    ['GitHub', GITHUB, 'GITHUB_ACCOUNT_CHANGED'],
  ])('%s: holds while it is there, fails when it is gone', async (name, proof, code) => {
    await hold(proof);
    shows[name]!();
    kit.later(27 * HOUR);
    expect(await recheck()).toEqual({ checked: 1, failed: 0, lapsed: 0 });
    expect(await row()).toMatchObject({ isProven: true, confirmedAt: kit.now, failingSince: null });

    kit.dns.clear();
    kit.dns.set('example.com', { A: ['127.0.0.1'] });
    kit.web.clear();
    kit.github.clear();
    kit.later(27 * HOUR);
    expect(await recheck()).toEqual({ checked: 1, failed: 1, lapsed: 0 });
    expect(await row()).toMatchObject({ isProven: true, failingSince: kit.now, lastCheck: { ok: false, code } });
  });

  it.each<[string, () => void]>([
    ['the domain shows another key', () => kit.dns.set('example.com', { TXT: [ed25519Key().record] })],
    ['the key is cut', () => kit.dns.set('example.com', { TXT: [key.record.slice(0, -3)] })],
  ])('and fails when %s', async (_, change) => {
    await hold(OFFICIAL);
    change();
    kit.later(27 * HOUR);
    expect(await recheck()).toMatchObject({ failed: 1 });
  });

  it.each<[string, { login: string; id: number }[], boolean]>([
    ['somebody else has the name now', [{ login: 'AcmeCorp', id: 701 }], false],
    ['the account has another name now', [{ login: 'AcmeInc', id: 700 }], false],
    ['only the case of the name changed', [{ login: 'acmecorp', id: 700 }], true],
  ])('on GitHub when %s', async (_, accounts, ok) => {
    await hold(GITHUB);
    kit.github.accounts = accounts;
    kit.later(27 * HOUR);
    await recheck();
    expect((await row()).lastCheck).toMatchObject({ ok });
  });

  it('not before its time, and by one worker', async () => {
    await hold(OFFICIAL);
    shows['official DNS']!();
    kit.later(21 * HOUR);
    expect((await recheck()).checked).toBe(0);
    kit.later(6 * HOUR);
    const results = await Promise.all([recheck(), recheck(), recheck()]);
    expect(results.map(({ checked }) => checked).sort()).toEqual([0, 0, 1]);
  });

  it('oldest first, at most as many as asked', async () => {
    for (const name of ['one', 'two', 'three']) {
      await hold({ ...OFFICIAL, domain: `${name}.example` } as Proof, `example.${name}`);
    }
    kit.later(27 * HOUR);
    expect((await recheck(2)).checked).toBe(2);
    expect((await recheck(2)).checked).toBe(1);
    expect((await recheck(2)).checked).toBe(0);
  });

  it('does not touch a namespace that was granted', async () => {
    await db().namespace.create({
      data: {
        name: 'com.granted',
        publisherId,
        proofKind: 'granted',
        proof: {},
        provenAt: kit.now,
        nextCheckAt: kit.now,
      },
    });
    expect((await recheck()).checked).toBe(0);
  });

  it('asks GitHub as the app of this instance where there is one', async () => {
    Object.assign(process.env, { GITHUB_CLIENT_ID: 'app', GITHUB_CLIENT_SECRET: 'secret' });
    resetConfig();
    try {
      await hold(GITHUB);
      kit.later(27 * HOUR);
      await recheck();
      expect(kit.github.requests.at(-1)).toEqual({
        path: '/users/AcmeCorp',
        authorization: `Basic ${Buffer.from('app:secret').toString('base64')}`,
      });
    } finally {
      delete process.env.GITHUB_CLIENT_ID;
      delete process.env.GITHUB_CLIENT_SECRET;
      resetConfig();
    }
  });

  it('forgets used proofs and challenges that are over', async () => {
    await db().usedProof.create({ data: { hash: 'old', expiresAt: new Date(kit.now.getTime() - 1) } });
    await db().usedProof.create({ data: { hash: 'new', expiresAt: new Date(kit.now.getTime() + 1) } });
    await recheck();
    expect((await db().usedProof.findMany()).map(({ hash }) => hash)).toEqual(['new']);
  });
});

describe('seven days of failure', () => {
  it('end what rests on the proof, and its return brings it back', async () => {
    await publishTestVersion('com.example/weather', '1.0.0');
    await hold(OFFICIAL);
    await db().searchOverdue.deleteMany();
    expect((await row()).publisher.level).toBe('verified');
    let seq = await lastSeq();

    kit.later(27 * HOUR);
    const failedAt = kit.now;
    await recheck();
    expect(await kindsSince(seq)).toEqual(['namespace.check-failed']);
    seq = await lastSeq();
    // Looked at every few hours, nothing more happens until the week is over.
    while (kit.now.getTime() + 8 * HOUR < failedAt.getTime() + 7 * DAY) {
      kit.later(8 * HOUR);
      expect(await recheck()).toEqual({ checked: 1, failed: 1, lapsed: 0 });
      expect(await row()).toMatchObject({ isProven: true, failingSince: failedAt, publisher: { level: 'verified' } });
    }
    expect(await kindsSince(seq)).toEqual([]);

    kit.later(8 * HOUR);
    expect(await recheck()).toEqual({ checked: 1, failed: 1, lapsed: 1 });
    expect(await row()).toMatchObject({ isProven: false, failingSince: failedAt, publisher: { level: 'unverified' } });
    expect(await kindsSince(seq)).toEqual(['namespace.lapsed', 'publisher.level-changed']);
    seq = await lastSeq();

    kit.later(8 * HOUR);
    expect(await recheck()).toEqual({ checked: 1, failed: 1, lapsed: 0 });
    expect(await kindsSince(seq)).toEqual([]);

    shows['official DNS']!();
    kit.later(8 * HOUR);
    expect(await recheck()).toEqual({ checked: 1, failed: 0, lapsed: 0 });
    expect(await row()).toMatchObject({ isProven: true, failingSince: null, publisher: { level: 'verified' } });
    expect(await kindsSince(seq)).toEqual(['namespace.recovered', 'publisher.level-changed']);
  });

  it('bring the search up to date', async () => {
    await publishTestVersion('com.example/search', '1.0.0');
    await hold(OFFICIAL);
    const levelOf = async () => {
      const server = await db().server.findUniqueOrThrow({
        where: { name: 'com.example/search' },
        include: { searchDocument: true },
      });
      return JSON.stringify(server.searchDocument?.facets);
    };
    shows['official DNS']!();
    kit.later(27 * HOUR);
    await db().namespace.updateMany({ data: { isProven: false } });
    await recheck();
    expect(await levelOf()).toContain('"verified"');
    kit.dns.clear();
    await db().namespace.updateMany({ data: { failingSince: new Date(kit.now.getTime() - 7 * DAY) } });
    kit.later(27 * HOUR);
    expect(await recheck()).toMatchObject({ lapsed: 1 });
    expect(await levelOf()).toContain('"unverified"');
  });

  it('need to be a week: one that recovers begins anew', async () => {
    await hold(OFFICIAL);
    kit.later(27 * HOUR);
    await recheck();
    kit.later(6 * DAY);
    shows['official DNS']!();
    await recheck();
    kit.dns.clear();
    kit.later(2 * DAY);
    expect(await recheck()).toEqual({ checked: 1, failed: 1, lapsed: 0 });
  });

  it('take an official publisher’s mark too, and recovery gives back verified only', async () => {
    await hold(OFFICIAL);
    await db().publisher.update({ where: { id: publisherId }, data: { level: 'official' } });
    await db().namespace.updateMany({ data: { failingSince: new Date(kit.now.getTime() - 7 * DAY) } });
    kit.later(27 * HOUR);
    await recheck();
    expect((await row()).publisher.level).toBe('unverified');
    shows['official DNS']!();
    kit.later(8 * HOUR);
    await recheck();
    expect((await row()).publisher.level).toBe('verified');
  });

  it('leave a publisher verified for another namespace', async () => {
    await hold(OFFICIAL);
    await hold({ ...OFFICIAL, domain: 'second.example' } as Proof, 'example.second');
    kit.dns.set('second.example', { TXT: [key.record] });
    await db().namespace.updateMany({
      where: { name: 'com.example' },
      data: { failingSince: new Date(kit.now.getTime() - 7 * DAY) },
    });
    kit.later(27 * HOUR);
    expect(await recheck()).toEqual({ checked: 2, failed: 1, lapsed: 1 });
    expect((await row()).publisher.level).toBe('verified');
  });

  it('of GitHub being away do not count, and do not keep a failing proof alive', async () => {
    await hold(GITHUB);
    kit.github.outage = { status: 403, headers: { 'x-ratelimit-remaining': '0' } };
    for (let day = 0; day < 10; day++) {
      kit.later(27 * HOUR);
      await recheck();
    }
    expect(await row()).toMatchObject({
      isProven: true,
      failingSince: null,
      lastCheck: { code: 'GITHUB_UNAVAILABLE' },
    });
    kit.github.outage = null;
    kit.later(27 * HOUR);
    await recheck();
    kit.github.outage = { status: 500 };
    kit.later(8 * DAY);
    await recheck();
    expect((await row()).isProven).toBe(true);
    kit.github.outage = null;
    kit.later(2 * HOUR);
    expect(await recheck()).toMatchObject({ lapsed: 1 });
  });
});

describe('check now', () => {
  it('looks at once, writes down what was seen, and is for members', async () => {
    await hold(OFFICIAL);
    expect(
      await checkNamespaceNow({ viewer: owner, namespace: 'com.example', now: kit.now, outbound: kit.outbound }),
    ).toMatchObject({
      ok: false,
      code: 'RECORD_MISSING',
      seen: [{ what: 'TXT example.com', value: 'no TXT records' }],
    });
    expect(await row()).toMatchObject({ failingSince: kit.now, lastCheck: { code: 'RECORD_MISSING' } });
    const stranger = await createUser('Stranger');
    await expect(checkNamespaceNow({ viewer: stranger, namespace: 'com.example' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(checkNamespaceNow({ viewer: owner, namespace: 'com.nobody' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('does not write over a proof that was made meanwhile', async () => {
    await hold(OFFICIAL);
    kit.dns.set('example.com', () => ({ TXT: [] }));
    // The name server takes its time, and the owner proves it in another way.
    const looking = checkNamespaceNow({
      viewer: owner,
      namespace: 'com.example',
      now: kit.now,
      outbound: {
        ...kit.outbound,
        txt: async (name) => {
          await hold(BOUND_DNS);
          return kit.outbound.txt(name);
        },
      },
    });
    expect((await looking).ok).toBe(false);
    expect(await row()).toMatchObject({ failingSince: null, proof: { form: 'bound' } });
  });

  it('says that a grant has nothing to look at', async () => {
    await db().namespace.create({
      data: { name: 'com.granted', publisherId, proofKind: 'granted', proof: {}, provenAt: kit.now },
    });
    await expect(checkNamespaceNow({ viewer: owner, namespace: 'com.granted' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});
