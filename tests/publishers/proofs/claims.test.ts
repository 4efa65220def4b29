import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { holdNamespace } from '#lib/publishers/hold-namespace.ts';
import { cancelClaim, checkClaim, listClaims, type ProofKind, startClaim } from '#lib/publishers/proofs/index.ts';
import { createUser, testInstance, viewerOf } from '#tests/instance.ts';
import { proofKit } from './proof-kit.ts';

testInstance();
const kit = proofKit();

let owner: Viewer;
let stranger: Viewer;

beforeAll(async () => {
  const user = await createUser('Owner');
  await createPublisher({ viewer: user, slug: 'acme', displayName: 'Acme' });
  owner = await viewerOf(user.id);
  const other = await createUser('Stranger');
  await createPublisher({ viewer: other, slug: 'other', displayName: 'The Others' });
  stranger = await viewerOf(other.id);
});
beforeEach(async () => {
  await db().$transaction([
    db().namespaceClaim.deleteMany(),
    db().namespace.deleteMany(),
    db().account.deleteMany(),
    db().publisher.deleteMany({ where: { members: { none: {} } } }),
  ]);
});

const start = (namespace: string, method: ProofKind, viewer = owner, publisherSlug = 'acme') =>
  startClaim({ viewer, publisherSlug, namespace, method, now: kit.now });
const check = (
  claimId: string,
  { viewer = owner, githubToken = null as string | null, outbound = kit.outbound } = {},
) => checkClaim({ viewer, claimId, githubToken, now: kit.now, outbound });

async function refusal(asked: Promise<unknown>) {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof DomainError ? error.code : `not refused: ${String(error)}`;
}

const NAME = '_hallmark-challenge.example.com';
const FILE = 'https://example.com/.well-known/hallmark-verify';

describe('a claim by DNS', () => {
  it('says what to show, bound to this registry, the namespace and a nonce', async () => {
    const claim = await start('com.example', 'dns');
    const value = `hallmark-verify=hallmark.test/com.example/${claim.nonce}`;
    expect(claim).toMatchObject({ namespace: 'com.example', method: 'dns', domain: 'example.com', lastCheck: null });
    expect(claim.nonce).toMatch(/^[0-9a-f]{32}$/);
    expect(claim.instructions.map(({ copy }) => copy)).toEqual([
      NAME,
      value,
      `${NAME}. 300 IN TXT "${value}"`,
      `dig +short TXT ${NAME}`,
      null,
    ]);
  });

  it('ends with the publisher holding the namespace, verified', async () => {
    const claim = await start('com.example', 'dns');
    kit.dns.set(NAME, { TXT: ['something else', claim.instructions[1]!.copy!] });
    const seen = await check(claim.id);
    expect(seen).toEqual({
      at: kit.now.toISOString(),
      ok: true,
      code: 'PROVEN',
      message: 'com.example is proven for Acme.',
      seen: [
        { what: `TXT ${NAME}`, value: 'something else' },
        { what: `TXT ${NAME}`, value: claim.instructions[1]!.copy },
      ],
    });
    const row = await db().namespace.findUniqueOrThrow({
      where: { name: 'com.example' },
      include: { publisher: true },
    });
    expect(row).toMatchObject({
      isProven: true,
      proofKind: 'dns',
      proof: { kind: 'dns', form: 'bound', domain: 'example.com', expected: claim.instructions[1]!.copy },
      lastCheck: { code: 'PROVEN' },
      publisher: { slug: 'acme', level: 'verified' },
    });
    expect(await listClaims(row.publisherId, kit.now)).toEqual([]);
  });

  it('is the same claim when it is begun again, and another one after seven days', async () => {
    const first = await start('com.example', 'dns');
    expect((await start('com.example', 'dns')).nonce).toBe(first.nonce);
    kit.later(7 * 86_400_000);
    expect((await check(first.id)).code).toBe('CHALLENGE_EXPIRED');
    expect((await start('com.example', 'dns')).nonce).not.toBe(first.nonce);
  });

  it.each<[string, (value: string) => void, string]>([
    ['nothing', () => undefined, 'RECORD_MISSING'],
    ['another nonce', (v) => kit.dns.set(NAME, { TXT: [v.replace(/.$/, 'x')] }), 'RECORD_MISMATCH'],
    [
      'the value for another registry',
      (v) => kit.dns.set(NAME, { TXT: [v.replace('hallmark.test', 'evil.test')] }),
      'RECORD_MISMATCH',
    ],
    [
      'the value for another namespace',
      (v) => kit.dns.set(NAME, { TXT: [v.replace('com.example', 'com.other')] }),
      'RECORD_MISMATCH',
    ],
    ['the value in a sentence', (v) => kit.dns.set(NAME, { TXT: [`please see ${v}`] }), 'RECORD_MISSING'],
    ['the value with more after it', (v) => kit.dns.set(NAME, { TXT: [`${v}, ok`] }), 'RECORD_MISMATCH'],
    ['the value at the domain itself', (v) => kit.dns.set('example.com', { TXT: [v] }), 'RECORD_MISPLACED'],
    ['the value with the domain twice', (v) => kit.dns.set(`${NAME}.example.com`, { TXT: [v] }), 'RECORD_MISPLACED'],
    [
      'an official record, which says nothing of who asks',
      () => kit.dns.set('example.com', { TXT: ['v=MCPv1; k=ed25519; p=AAAA'] }),
      'RECORD_MISSING',
    ],
    ['failing name servers', () => kit.dns.set(NAME, 'fail'), 'NAME_SERVERS_FAILED'],
  ])('with %s proves nothing, and says what was seen', async (_, show, code) => {
    const claim = await start('com.example', 'dns');
    show(claim.instructions[1]!.copy!);
    const result = await check(claim.id);
    expect([result.ok, result.code]).toEqual([false, code]);
    expect(result.seen.length).toBeGreaterThan(0);
    expect((await listClaims(owner.publishers[0]!.id, kit.now))[0]?.lastCheck).toEqual(result);
    expect(await db().namespace.count()).toBe(0);
  });

  it('does not let somebody else use what the domain shows', async () => {
    const claim = await start('com.example', 'dns');
    kit.dns.set(NAME, { TXT: [claim.instructions[1]!.copy!] });
    const theirs = await start('com.example', 'dns', stranger, 'other');
    expect((await check(theirs.id, { viewer: stranger })).code).toBe('RECORD_MISMATCH');
  });

  it('of a subdomain asks the subdomain', async () => {
    const claim = await start('com.example.api', 'dns');
    expect(claim.instructions[0]!.copy).toBe('_hallmark-challenge.api.example.com');
  });
});

describe('a claim begun several times at once', () => {
  it('is one claim', async () => {
    const claims = await Promise.all(Array.from({ length: 6 }, () => start('com.example', 'dns')));
    expect(new Set(claims.map(({ id }) => id)).size).toBe(1);
  });
});

describe('a claim by a file', () => {
  it('finds its line among others', async () => {
    const claim = await start('com.example', 'http');
    expect(claim.instructions[0]!.copy).toBe(FILE);
    kit.web.set(FILE, {
      body: `# registries\r\nhallmark-verify=other.test/com.example/1\r\n  ${claim.instructions[1]!.copy}  \r\n`,
    });
    expect(await check(claim.id)).toMatchObject({ ok: true });
    expect(await db().namespace.findFirst()).toMatchObject({ proofKind: 'http', isProven: true });
  });

  it.each<[string, (value: string) => Parameters<typeof kit.web.set>[1], string]>([
    ['a 404 with the line', (body) => ({ status: 404, body }), 'STATUS_UNEXPECTED'],
    ['a 500', () => ({ status: 500, body: 'oops' }), 'STATUS_UNEXPECTED'],
    ['a page', () => ({ body: '<html>' }), 'RECORD_MISSING'],
    ['the line inside a page', (v) => ({ body: `<p>${v}</p>` }), 'RECORD_MISSING'],
    ['the line of another claim', (v) => ({ body: v.replace(/.$/, 'x') }), 'RECORD_MISMATCH'],
    [
      'a redirect to www',
      () => ({ status: 301, headers: { location: 'https://www.example.com/.well-known/hallmark-verify' } }),
      'REDIRECT_REFUSED',
    ],
    [
      'a redirect to a private address',
      () => ({ status: 302, headers: { location: 'https://192.168.0.1/' } }),
      'REDIRECT_REFUSED',
    ],
    ['an endless page', (v) => ({ body: `${v}\n${'x'.repeat(10_000)}` }), 'ANSWER_TOO_LARGE'],
  ])('with %s proves nothing', async (_, answer, code) => {
    const claim = await start('com.example', 'http');
    kit.web.set(FILE, answer(claim.instructions[1]!.copy!));
    expect(await check(claim.id)).toMatchObject({ ok: false, code });
  });

  it('says the status and the first bytes, with hostile text made visible', async () => {
    const claim = await start('com.example', 'http');
    kit.web.set(FILE, { status: 403, body: '\u202Eevil\u0000' });
    expect((await check(claim.id)).seen).toEqual([
      { what: FILE, value: 'status 403, 8 bytes' },
      { what: 'first bytes', value: '\\u{202E}evil\\u{0}' },
    ]);
  });

  it('is not looked for inside the network', async () => {
    const claim = await start('com.example', 'http');
    expect((await check(claim.id, { outbound: kit.strict })).code).toBe('ADDRESS_REFUSED');
  });
});

describe('a claim of a GitHub name', () => {
  const linkAccount = (id: number) =>
    db().account.create({
      data: { userId: owner.id, type: 'oauth', provider: 'github', providerAccountId: String(id) },
    });

  it('holds for the account that the person signed in with, and asks GitHub for its name of today', async () => {
    kit.github.accounts = [{ login: 'OctoCat', id: 583231 }];
    await linkAccount(583231);
    const claim = await start('io.github.OctoCat', 'github');
    expect(await check(claim.id)).toMatchObject({
      ok: true,
      seen: [{ what: 'account', value: 'OctoCat (583231)' }],
    });
    expect(await db().namespace.findFirst()).toMatchObject({
      proof: { kind: 'github', via: 'account', login: 'OctoCat', ownerId: '583231' },
    });
  });

  it('holds for an organization by a token of an owner, which is not stored', async () => {
    kit.github.tokens.set('gho_owner', {
      login: 'boss',
      id: 5,
      organizations: [{ login: 'AcmeCorp', id: 700, role: 'admin' }],
    });
    const claim = await start('io.github.AcmeCorp', 'github');
    expect(await check(claim.id, { githubToken: 'gho_owner' })).toMatchObject({
      ok: true,
      seen: [
        { what: 'account', value: 'boss (5)' },
        { what: 'organization that it owns', value: 'AcmeCorp (700)' },
      ],
    });
    const rows = JSON.stringify([
      await db().namespace.findMany(),
      await db().namespaceClaim.findMany(),
      await db().auditEvent.findMany(),
    ]);
    expect(rows).toContain('"ownerId":"700"');
    expect(rows).not.toContain('gho_owner');
  });

  it.each<[string, string, string | null, string]>([
    ['of somebody else', 'io.github.somebody', null, 'GITHUB_NOT_OWNER'],
    ['of an organization, without a token', 'io.github.AcmeCorp', null, 'GITHUB_NOT_OWNER'],
    ['of an organization that one is a member of', 'io.github.MemberOnly', 'gho_boss', 'GITHUB_NOT_OWNER'],
    ['in another case', 'io.github.octocat', null, 'NAMESPACE_CASE'],
    ['with a wrong token', 'io.github.OctoCat', 'gho_wrong', 'GITHUB_TOKEN_REFUSED'],
    ['with half a sentence for a token', 'io.github.OctoCat', 'my token', 'GITHUB_TOKEN_REFUSED'],
  ])('%s proves nothing', async (_, namespace, githubToken, code) => {
    kit.github.accounts = [{ login: 'OctoCat', id: 583231 }];
    kit.github.tokens.set('gho_boss', {
      login: 'boss',
      id: 5,
      organizations: [{ login: 'MemberOnly', id: 9, role: 'member' }],
    });
    await linkAccount(583231);
    const claim = await start(namespace, 'github');
    expect(await check(claim.id, { githubToken })).toMatchObject({ ok: false, code });
  });

  it.each([
    ['without a GitHub account', null, 'GITHUB_NOT_LINKED'],
    ['with an account that GitHub does not have any more', 42, 'GITHUB_NOT_LINKED'],
  ])('%s proves nothing', async (_, id, code) => {
    if (id) await linkAccount(id);
    const claim = await start('io.github.OctoCat', 'github');
    expect(await check(claim.id)).toMatchObject({ ok: false, code });
  });

  it('proves nothing while GitHub limits the rate of questions', async () => {
    kit.github.tokens.set('gho_owner', { login: 'boss', id: 5 });
    kit.github.organizationsAnswer = { status: 403, headers: { 'x-ratelimit-remaining': '0' } };
    const claim = await start('io.github.boss', 'github');
    expect(await check(claim.id, { githubToken: 'gho_owner' })).toMatchObject({
      ok: false,
      code: 'GITHUB_UNAVAILABLE',
    });
  });
});

describe('claims that are not begun', () => {
  it.each<[string, ProofKind, string]>([
    ['com', 'dns', 'UNPROCESSABLE'],
    ['uk.co', 'dns', 'UNPROCESSABLE'],
    ['io.github', 'dns', 'UNPROCESSABLE'],
    ['io.github.acme', 'dns', 'UNPROCESSABLE'],
    ['io.github.acme', 'http', 'UNPROCESSABLE'],
    ['com.example', 'github', 'UNPROCESSABLE'],
    ['1.0.0.127', 'http', 'UNPROCESSABLE'],
    ['com.example/x', 'dns', 'UNPROCESSABLE'],
    ['com.Example', 'dns', 'NAMESPACE_CASE'],
  ])('%s by %s', async (namespace, method, code) => {
    expect(await refusal(start(namespace, method))).toBe(code);
  });

  it('of what other people hold', async () => {
    const now = kit.now;
    const proof = { kind: 'dns', form: 'official', domain: 'example.com', key: 'k' } as const;
    const actor = { type: 'system', name: 'test' } as const;
    const other = stranger.publishers[0]!.id;
    await db().$transaction((tx) =>
      holdNamespace(tx, { namespace: 'com.example', proof, publisherId: other, actor, now }),
    );
    await expect(start('com.example', 'dns')).rejects.toThrow('com.example is held by The Others (other).');
    expect(await refusal(start('com.exampie', 'dns'))).toBe('NAMESPACE_LOOKALIKE');
    expect((await start('com.exampie', 'dns', stranger, 'other')).namespace).toBe('com.exampie');
  });

  it('for a publisher that one does not belong to, or only maintains', async () => {
    expect(await refusal(start('com.example', 'dns', stranger, 'acme'))).toBe('NOT_FOUND');
    const helper = await createUser('Helper');
    await db().publisherMember.create({
      data: { userId: helper.id, publisherId: owner.publishers[0]!.id, role: 'maintainer' },
    });
    expect(await refusal(start('com.example', 'dns', await viewerOf(helper.id), 'acme'))).toBe('FORBIDDEN');
  });

  it('beside twenty others', async () => {
    for (let i = 0; i < 20; i++) await start(`com.many${'x'.repeat(i)}`, 'dns');
    expect(await refusal(start('com.example', 'dns'))).toBe('CONFLICT');
  });
});

describe('claims of others', () => {
  it('are neither checked nor cancelled', async () => {
    const claim = await start('com.example', 'dns');
    expect(await refusal(check(claim.id, { viewer: stranger }))).toBe('NOT_FOUND');
    expect(await refusal(cancelClaim({ viewer: stranger, claimId: claim.id }))).toBe('NOT_FOUND');
    await cancelClaim({ viewer: owner, claimId: claim.id });
    expect(await refusal(check(claim.id))).toBe('NOT_FOUND');
  });

  it('that are finished at the same moment are finished once', async () => {
    const claim = await start('com.example', 'dns');
    kit.dns.set(NAME, { TXT: [claim.instructions[1]!.copy!] });
    const results = await Promise.all([1, 2, 3].map(() => refusal(check(claim.id))));
    expect(results.filter((code) => code === 'not refused: null')).toHaveLength(1);
  });

  it('take over a namespace that a login of the official protocol made', async () => {
    const proof = { kind: 'dns', form: 'official', domain: 'example.com', key: 'k' } as const;
    const actor = { type: 'token', id: 'dns:example.com', name: 'example.com' } as const;
    await db().$transaction((tx) => holdNamespace(tx, { namespace: 'com.example', proof, actor, now: kit.now }));
    const claim = await start('com.example', 'dns');
    kit.dns.set(NAME, { TXT: [claim.instructions[1]!.copy!] });
    expect(await check(claim.id)).toMatchObject({ ok: true });
    expect(await db().namespace.findFirst({ include: { publisher: true } })).toMatchObject({
      publisher: { slug: 'acme' },
    });
    expect(await db().publisher.findUnique({ where: { slug: 'com-example' } })).toBeNull();
  });
});
