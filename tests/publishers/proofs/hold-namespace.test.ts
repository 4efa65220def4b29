import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { holdNamespace } from '#lib/publishers/hold-namespace.ts';
import type { Proof } from '#lib/publishers/proofs/types.ts';
import { createUser, testInstance } from '#tests/instance.ts';

testInstance();

const NOW = new Date('2026-03-01T12:00:00Z');
const ACTOR = { type: 'token', id: 'dns:x', name: 'x' } as const;
const dns = (domain: string, key = 'ed25519:AAAA'): Proof => ({ kind: 'dns', form: 'official', domain, key });
const github = (login: string, ownerId: string, owners: { login: string; id: string }[] = []): Proof => ({
  kind: 'github',
  via: 'token',
  login,
  ownerId,
  owners,
});

let admin: Viewer;
let publisherId: string;

beforeAll(async () => {
  admin = await createUser('Admin', { isInstanceAdmin: true });
});
beforeEach(async () => {
  await db().$transaction([
    db().namespace.deleteMany(),
    db().publisherMember.deleteMany(),
    db().publisher.deleteMany(),
  ]);
  publisherId = (await createPublisher({ viewer: admin, slug: 'acme', displayName: 'Acme' })).id;
});

const hold = (namespace: string, proof: Proof, to?: string, now = NOW) =>
  db().$transaction((tx) =>
    holdNamespace(tx, { namespace, proof, ...(to ? { publisherId: to } : {}), actor: ACTOR, now }),
  );

async function refusal(asked: Promise<unknown>) {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof DomainError ? error.code : `not refused: ${String(error)}`;
}

const row = (name: string) => db().namespace.findUniqueOrThrow({ where: { name }, include: { publisher: true } });

describe('a login of the official protocol', () => {
  it('makes a publisher without members, which is verified and says no more than the namespace', async () => {
    const { publisherId: made } = await hold('com.example', dns('example.com'));
    expect(await row('com.example')).toMatchObject({
      publisherId: made,
      isProven: true,
      proofKind: 'dns',
      confirmedAt: NOW,
      failingSince: null,
      publisher: { slug: 'com-example', displayName: 'com.example', level: 'verified' },
    });
    expect(await db().publisherMember.count({ where: { publisherId: made } })).toBe(0);
  });

  it('checks again after about a day', async () => {
    await hold('com.example', dns('example.com'));
    const hours = ((await row('com.example')).nextCheckAt!.getTime() - NOW.getTime()) / 3_600_000;
    expect(hours).toBeGreaterThanOrEqual(22);
    expect(hours).toBeLessThanOrEqual(26);
  });

  it('finds a free short name', async () => {
    await createPublisher({ viewer: admin, slug: 'com-example', displayName: 'Somebody' });
    await hold('com.example', dns('example.com'));
    expect((await row('com.example')).publisher.slug).toMatch(/^com-example-[0-9a-f]{7}$/);
  });

  it('by DNS holds what is under the domain, by HTTP it does not', async () => {
    await hold('com.example.api', dns('example.com'));
    expect((await row('com.example.api')).proof).toMatchObject({ domain: 'example.com' });
    const file: Proof = { kind: 'http', form: 'official', domain: 'example.com', key: 'ed25519:AAAA' };
    expect(await refusal(hold('com.example.other', file))).toBe('NAMESPACE_FORBIDDEN');
  });

  it.each<[string, string, Proof]>([
    ['another domain', 'com.other', dns('example.com')],
    ['a domain that begins alike', 'com.examples', dns('example.com')],
    ['a GitHub name by its domain', 'io.github.acme', dns('acme.github.io')],
    ['every GitHub name', 'io.github.acme', dns('github.io')],
    ['another account', 'io.github.other', github('acme', '1')],
    ['a domain by a GitHub account', 'com.acme', github('acme', '1')],
  ])('does not hold %s', async (_, namespace, proof) => {
    expect(await refusal(hold(namespace, proof))).toBe('NAMESPACE_FORBIDDEN');
  });

  it('keeps of a GitHub login what concerns the namespace', async () => {
    const login = github('octocat', '1', [{ login: 'AcmeCorp', id: '700' }]);
    await hold('io.github.AcmeCorp', login);
    expect((await row('io.github.AcmeCorp')).proof).toEqual({
      kind: 'github',
      via: 'token',
      login: 'AcmeCorp',
      ownerId: '700',
    });
    expect(await refusal(hold('io.github.acmecorp', login))).toBe('NAMESPACE_CASE');
  });

  it('confirms what it made, also with a new key', async () => {
    const { publisherId: made } = await hold('com.example', dns('example.com'));
    await db().namespace.update({ where: { name: 'com.example' }, data: { isProven: false, failingSince: NOW } });
    const later = new Date(NOW.getTime() + 86_400_000);
    await hold('com.example', dns('example.com', 'ed25519:BBBB'), undefined, later);
    expect(await row('com.example')).toMatchObject({
      publisherId: made,
      isProven: true,
      failingSince: null,
      confirmedAt: later,
      proof: { key: 'ed25519:BBBB' },
    });
  });

  it('tells of the same proof once', async () => {
    await hold('com.example', dns('example.com'));
    const count = () => db().auditEvent.count({ where: { kind: 'namespace.proven' } });
    const before = await count();
    await hold('com.example', dns('example.com'));
    expect(await count()).toBe(before);
  });

  it('does not keep the proof of other people alive', async () => {
    await hold('com.example', dns('example.com', 'ed25519:THEIRS'), publisherId);
    await db().namespace.update({ where: { name: 'com.example' }, data: { failingSince: NOW } });
    await hold('com.example', dns('example.com', 'ed25519:OTHER'));
    expect(await row('com.example')).toMatchObject({
      publisherId,
      failingSince: NOW,
      proof: { key: 'ed25519:THEIRS' },
    });
  });

  it('does not verify a publisher that an admin granted the namespace', async () => {
    await claimNamespace({ viewer: admin, publisherSlug: 'acme', namespace: 'com.example', now: NOW });
    await hold('com.example', dns('example.com'));
    expect(await row('com.example')).toMatchObject({
      publisherId,
      isProven: false,
      proofKind: 'granted',
      publisher: { level: 'unverified' },
    });
  });
});

describe('a claim', () => {
  it('proves a namespace that was granted', async () => {
    await claimNamespace({ viewer: admin, publisherSlug: 'acme', namespace: 'com.example', now: NOW });
    await hold('com.example', dns('example.com'), publisherId);
    expect(await row('com.example')).toMatchObject({
      isProven: true,
      proofKind: 'dns',
      publisher: { level: 'verified' },
    });
  });

  it('takes over what a login made, and its publisher goes', async () => {
    const { publisherId: made } = await hold('com.example', dns('example.com'));
    await hold('com.example', dns('example.com'), publisherId);
    expect((await row('com.example')).publisherId).toBe(publisherId);
    expect(await db().publisher.findUnique({ where: { id: made } })).toBeNull();
  });

  it('leaves a publisher that still holds something, with the level that is left', async () => {
    const { publisherId: made } = await hold('com.example', dns('example.com'));
    await db().namespace.create({
      data: { name: 'org.example', publisherId: made, proofKind: 'granted', proof: {}, provenAt: NOW },
    });
    await hold('com.example', dns('example.com'), publisherId);
    expect(await db().publisher.findUnique({ where: { id: made } })).toMatchObject({ level: 'unverified' });
  });

  it('does not take a namespace from other people: it says who holds it', async () => {
    const other = await createPublisher({ viewer: admin, slug: 'other', displayName: 'The Others' });
    await hold('com.example', dns('example.com'), other.id);
    await expect(hold('com.example', dns('example.com'), publisherId)).rejects.toThrow(
      'com.example is held by The Others (other). Its owners can transfer it to you.',
    );
    expect(await refusal(hold('com.example', dns('example.com'), publisherId))).toBe('NAME_TAKEN');
  });
});

describe('names that people could mix up', () => {
  beforeEach(async () => {
    await hold('io.github.acme', github('acme', '1'));
    await hold('com.google', dns('google.com'));
  });

  it.each<[string, Proof, string]>([
    ['io.github.Acme', github('Acme', '2'), 'NAMESPACE_CASE'],
    ['io.github.acrne', github('acrne', '2'), 'NAMESPACE_LOOKALIKE'],
    ['io.github.ac-me', github('ac-me', '2'), 'NAMESPACE_LOOKALIKE'],
    ['com.goog1e', dns('goog1e.com'), 'NAMESPACE_LOOKALIKE'],
    ['com.xn--ggle-55da', dns('xn--ggle-55da.com'), 'NAMESPACE_LOOKALIKE'],
    ['com.Google', dns('google.com'), 'NAMESPACE_CASE'],
    ['uk.co', dns('co.uk'), 'UNPROCESSABLE'],
    ['io.github', dns('github.io'), 'UNPROCESSABLE'],
  ])('%s is refused', async (namespace, proof, code) => {
    expect(await refusal(hold(namespace, proof))).toBe(code);
    expect(await refusal(hold(namespace, proof, publisherId))).toBe(code);
  });

  it('are allowed to the same publisher, account or domain', async () => {
    await hold('io.github.acme', github('acme', '1'), publisherId);
    await hold('io.github.ac-me', github('ac-me', '2'), publisherId);
    await hold('com.example.a1', dns('example.com'));
    await hold('com.example.al', dns('example.com'));
  });

  it('are granted by an admin who has looked', async () => {
    await claimNamespace({ viewer: admin, publisherSlug: 'acme', namespace: 'com.goog1e', now: NOW });
    await hold('com.goog1e', dns('goog1e.com'), publisherId);
    expect(await row('com.goog1e')).toMatchObject({ isProven: true });
  });

  it('of two that arrive together one is let in', async () => {
    const names = ['com.wave', 'com.vvave', 'com.wa-ve', 'com.vv-ave'];
    const results = await Promise.all(names.map((name) => refusal(hold(name, dns(`${name.slice(4)}.com`)))));
    expect(results.filter((code) => code === 'NAMESPACE_LOOKALIKE')).toHaveLength(3);
    expect(await db().namespace.count({ where: { name: { in: names } } })).toBe(1);
  });

  it('and blocked ones are not even granted', async () => {
    process.env.HALLMARK_BLOCKED_NAMESPACES = 'com.evil';
    resetConfig();
    try {
      expect(await refusal(hold('com.evil.sub', dns('evil.com')))).toBe('NAMESPACE_BLOCKED');
      const grant = claimNamespace({ viewer: admin, publisherSlug: 'acme', namespace: 'com.evil', now: NOW });
      expect(await refusal(grant)).toBe('NAMESPACE_BLOCKED');
    } finally {
      delete process.env.HALLMARK_BLOCKED_NAMESPACES;
      resetConfig();
    }
  });

  it.each([
    ['io.github.ACME', 'NAME_TAKEN'],
    ['com.Example', 'NAMESPACE_CASE'],
    ['uk.co', 'UNPROCESSABLE'],
    ['io.github', 'UNPROCESSABLE'],
  ])('%s is not granted either', async (namespace, code) => {
    expect(await refusal(claimNamespace({ viewer: admin, publisherSlug: 'acme', namespace, now: NOW }))).toBe(code);
  });
});
