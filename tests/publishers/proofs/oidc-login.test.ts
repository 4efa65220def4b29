import { generateKeyPairSync } from 'node:crypto';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grantOfRequest } from '#lib/auth/grants.ts';
import { verifyRegistryToken } from '#lib/auth/registry-token.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { createOutbound, createResolver, type Outbound } from '#lib/outbound/index.ts';
import { registryAudiences } from '#lib/publishers/proofs/exchange-github-oidc.ts';
import { createUser, testInstance } from '#tests/instance.ts';
import { startIssuer, type TestIssuer } from '#tests/support/oidc-issuer.ts';
import { proofKit } from './proof-kit.ts';

testInstance();
const kit = proofKit();

let github: TestIssuer;
let company: TestIssuer;
/** A client of its own for each test, since keys are remembered by client. */
let outbound: Outbound;

beforeAll(() => {
  Object.assign(process.env, {
    GITHUB_OIDC_ISSUER: 'https://actions.example',
    OIDC_ISSUER: 'https://login.example',
    OIDC_CLIENT_ID: 'hallmark',
    OIDC_CLIENT_SECRET: 'secret',
  });
  resetConfig();
});
afterAll(() => {
  for (const name of ['GITHUB_OIDC_ISSUER', 'OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'])
    delete process.env[name];
  resetConfig();
});
beforeEach(async () => {
  kit.dns.set('actions.example', { A: ['127.0.0.1'] });
  kit.dns.set('login.example', { A: ['127.0.0.1'] });
  github = await startIssuer(kit.web, 'actions.example', () => kit.now);
  company = await startIssuer(kit.web, 'login.example', () => kit.now);
  outbound = createOutbound({
    resolver: createResolver([kit.dns.address]),
    ca: kit.web.ca,
    port: () => kit.web.port,
    privateNetworks: parsePrivateNetworks('127.0.0.1'),
  });
});

const WORKFLOW = {
  sub: 'repo:AcmeCorp/weather:ref:refs/heads/main',
  aud: 'http://hallmark.test',
  repository: 'AcmeCorp/weather',
  repository_owner: 'AcmeCorp',
  repository_owner_id: '700',
};
const workflow = (claims: JWTPayload = {}) => github.token({ ...WORKFLOW, ...claims });
const login = (token: string) => kit.post('github-oidc', { oidc_token: token }, { outbound });
const seconds = (offset = 0) => Math.floor(kit.now.getTime() / 1000) + offset;

describe('a login of a workflow', () => {
  it('covers the namespace of the repository’s owner and keeps its number', async () => {
    const { status, body } = await login(await workflow());
    expect(status, JSON.stringify(body)).toBe(200);
    expect(await verifyRegistryToken({ token: String(body.registry_token), now: kit.now })).toEqual({
      method: 'github-oidc',
      subject: WORKFLOW.sub,
      permissions: [{ action: 'publish', resource: 'io.github.AcmeCorp/*' }],
      proof: { kind: 'github', via: 'oidc', login: 'AcmeCorp', ownerId: '700' },
    });
  });

  it('reads the keys once, and again when the issuer has a new one', async () => {
    await login(await workflow());
    await login(await workflow({ jti: 'another' }));
    expect(github.reads).toEqual(['/.well-known/openid-configuration', '/keys']);
    await github.rotate();
    kit.later(60_000);
    expect((await login(await workflow())).status).toBe(200);
    expect(github.reads).toHaveLength(4);
  });

  it('does not read them for each token with an unknown key', async () => {
    await login(await workflow());
    for (let i = 0; i < 5; i++) {
      const token = await github.token({ ...WORKFLOW, jti: String(i) }, { kid: `made-up-${i}` });
      expect((await login(token)).body.check?.code).toBe('TOKEN_SIGNATURE');
    }
    expect(github.reads).toHaveLength(2);
  });

  it('is not asked about at all when it cannot hold', async () => {
    await login(await workflow({ aud: 'https://registry.modelcontextprotocol.io' }));
    await login(await workflow({ iss: 'https://evil.example' }));
    await login('a.b.c');
    expect(github.reads).toEqual([]);
  });
});

describe('tokens of a workflow that are refused', () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const claims = () => ({ iss: 'https://actions.example', iat: seconds(), exp: seconds(300), ...WORKFLOW });

  it.each<[string, () => Promise<string> | string, string, string]>([
    [
      'for the official registry',
      () => workflow({ aud: 'https://registry.modelcontextprotocol.io' }),
      'TOKEN_AUDIENCE',
      'TOKEN_AUDIENCE',
    ],
    ['for Sigstore', () => workflow({ aud: 'sigstore' }), 'TOKEN_AUDIENCE', 'TOKEN_AUDIENCE'],
    ['for everybody', () => workflow({ aud: 'mcp-registry' }), 'TOKEN_AUDIENCE', 'TOKEN_AUDIENCE'],
    [
      'for our address and a path',
      () => workflow({ aud: 'http://hallmark.test/x' }),
      'TOKEN_AUDIENCE',
      'TOKEN_AUDIENCE',
    ],
    [
      'for a longer name',
      () => workflow({ aud: 'http://hallmark.test.evil.example' }),
      'TOKEN_AUDIENCE',
      'TOKEN_AUDIENCE',
    ],
    ['for nobody', () => workflow({ aud: undefined }), 'TOKEN_AUDIENCE', 'TOKEN_AUDIENCE'],
    ['of another issuer', () => workflow({ iss: 'https://evil.example' }), 'PROOF_FAILED', 'TOKEN_ISSUER'],
    ['of the company’s issuer', () => company.token(WORKFLOW), 'PROOF_FAILED', 'TOKEN_ISSUER'],
    ['that expired', () => workflow({ iat: seconds(-600), exp: seconds(-60) }), 'PROOF_FAILED', 'TOKEN_EXPIRED'],
    ['that never expire', () => workflow({ exp: undefined }), 'PROOF_FAILED', 'TOKEN_MALFORMED'],
    ['that begin later', () => workflow({ nbf: seconds(60) }), 'PROOF_FAILED', 'TOKEN_EXPIRED'],
    ['that were made later', () => workflow({ iat: seconds(60) }), 'PROOF_FAILED', 'TOKEN_EXPIRED'],
    ['that were made a day ago', () => workflow({ iat: seconds(-86_400) }), 'PROOF_FAILED', 'TOKEN_EXPIRED'],
    [
      'by a key of somebody else',
      () => new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(stranger),
      'PROOF_FAILED',
      'TOKEN_SIGNATURE',
    ],
    ['with alg none', () => new UnsecuredJWT(claims()).encode(), 'PROOF_FAILED', 'TOKEN_ALGORITHM'],
    [
      'with a shared secret',
      () => new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'key-1' }).sign(Buffer.alloc(32)),
      'PROOF_FAILED',
      'TOKEN_ALGORITHM',
    ],
    [
      'with another algorithm of the same key',
      () => github.token(WORKFLOW, { alg: 'RS256', kid: 'unknown' }),
      'PROOF_FAILED',
      'TOKEN_SIGNATURE',
    ],
    ['without an owner', () => workflow({ repository_owner: undefined }), 'PROOF_FAILED', 'TOKEN_MALFORMED'],
    [
      'without the owner’s number',
      () => workflow({ repository_owner_id: undefined }),
      'PROOF_FAILED',
      'TOKEN_MALFORMED',
    ],
    ['with a wildcard for the owner', () => workflow({ repository_owner: '*' }), 'PROOF_FAILED', 'TOKEN_MALFORMED'],
    ['with a path for the owner', () => workflow({ repository_owner: 'a/b' }), 'PROOF_FAILED', 'TOKEN_MALFORMED'],
    ['that are none', () => 'hello', 'PROOF_FAILED', 'TOKEN_MALFORMED'],
    ['without a signature', async () => (await workflow()).replace(/\.[^.]*$/, '.'), 'PROOF_FAILED', 'TOKEN_SIGNATURE'],
  ])('%s', async (_, make, code, detail) => {
    const { status, body } = await login(await make());
    expect([status, body.code, body.check?.code]).toEqual([401, code, detail]);
  });

  it('a second time', async () => {
    const token = await workflow();
    expect((await login(token)).status).toBe(200);
    expect((await login(token)).body.code).toBe('PROOF_REPLAYED');
  });

  it('a second time with another encoding of the same signature', async () => {
    const token = await workflow();
    // 256 bytes leave four bits of the last character without a meaning.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1];
    const decoded = [token, twin].map((text) => Buffer.from(text.split('.')[2]!, 'base64url').toString('hex'));
    expect(decoded[0]).toBe(decoded[1]);
    expect((await login(token)).status).toBe(200);
    expect((await login(twin)).status).toBe(401);
  });
});

describe('an issuer that cannot be read', () => {
  const document = (body: unknown) =>
    kit.web.set('https://actions.example/.well-known/openid-configuration', { body: JSON.stringify(body) });

  it.each<[string, () => void]>([
    ['answers 500', () => kit.web.set('https://actions.example/keys', { status: 500 })],
    ['has no JSON', () => kit.web.set('https://actions.example/keys', { body: '<html>' })],
    ['has no keys', () => kit.web.set('https://actions.example/keys', { body: '{}' })],
    [
      'says that it is another',
      () => document({ issuer: 'https://evil.example', jwks_uri: 'https://actions.example/keys' }),
    ],
    [
      'names keys at a private address',
      () => document({ issuer: 'https://actions.example', jwks_uri: 'https://10.0.0.1/keys' }),
    ],
    [
      'names keys by http',
      () => document({ issuer: 'https://actions.example', jwks_uri: 'http://other.example/keys' }),
    ],
    ['has an answer without end', () => kit.web.set('https://actions.example/keys', { body: ' '.repeat(500_000) })],
  ])('%s', async (_, break_) => {
    break_();
    const { status, body } = await login(await workflow());
    expect([status, body.check?.code]).toEqual([401, 'ISSUER_UNAVAILABLE']);
  });
});

describe('audiences of this registry', () => {
  it.each([
    ['https://hallmark.example', ['https://hallmark.example', 'https://hallmark.example:443']],
    [
      'https://Hallmark.example/base',
      ['https://hallmark.example', 'https://Hallmark.example/base', 'https://hallmark.example:443'],
    ],
    ['http://localhost:3000', ['http://localhost:3000']],
  ])('%s', (publicUrl, audiences) => {
    expect(registryAudiences(publicUrl)).toEqual(audiences);
  });
});

describe('a login of an admin by single sign-on', () => {
  const CLAIMS = { sub: '42', aud: 'hallmark', email: 'Root@example.org', email_verified: true };
  const admin = async (claims: JWTPayload) =>
    kit.post('oidc', { oidc_token: await company.token({ ...CLAIMS, ...claims }) }, { outbound });

  beforeAll(async () => {
    await createUser('Root', { isInstanceAdmin: true });
    await createUser('Worker');
  });

  it('may edit and publish everything', async () => {
    const { status, body } = await admin({});
    expect(status, JSON.stringify(body)).toBe(200);
    expect(await verifyRegistryToken({ token: String(body.registry_token), now: kit.now })).toEqual({
      method: 'oidc',
      subject: 'root@example.org',
      permissions: [
        { action: 'edit', resource: '*' },
        { action: 'publish', resource: '*' },
      ],
      proof: null,
    });
  });

  it.each<[string, JWTPayload, string]>([
    ['with an address that nobody verified', { email_verified: false }, 'NOT_AN_ADMIN'],
    ['with an address of which nothing is said', { email_verified: undefined }, 'NOT_AN_ADMIN'],
    ['with a word for a truth', { email_verified: 'true' }, 'NOT_AN_ADMIN'],
    ['without an address', { email: undefined }, 'NOT_AN_ADMIN'],
    ['of somebody else', { email: 'worker@example.org' }, 'NOT_AN_ADMIN'],
    ['of nobody here', { email: 'stranger@example.org' }, 'NOT_AN_ADMIN'],
    ['with a pattern for an address', { email: '%@example.org' }, 'NOT_AN_ADMIN'],
    ['with an address that would be a pattern', { email: 'r__t@example.org' }, 'NOT_AN_ADMIN'],
    ['for another client', { aud: 'other-client' }, 'TOKEN_AUDIENCE'],
    ['for this registry instead of its client', { aud: 'http://hallmark.test' }, 'TOKEN_AUDIENCE'],
  ])('is refused %s', async (_, claims, code) => {
    expect((await admin(claims)).body.check?.code).toBe(code);
  });

  it('is refused with a token of a workflow', async () => {
    const token = await github.token({ ...CLAIMS });
    expect((await kit.post('oidc', { oidc_token: token }, { outbound })).body.check?.code).toBe('TOKEN_ISSUER');
  });

  it('is good once', async () => {
    const token = await company.token(CLAIMS);
    expect((await kit.post('oidc', { oidc_token: token }, { outbound })).status).toBe(200);
    expect((await kit.post('oidc', { oidc_token: token }, { outbound })).body.code).toBe('PROOF_REPLAYED');
  });

  it('ends with the rights of the person', async () => {
    const { body } = await admin({});
    const authorization = `Bearer ${body.registry_token}`;
    const grant = () =>
      grantOfRequest(new Request('http://hallmark.test', { method: 'POST', headers: { authorization } }), kit.now);
    expect((await grant()).actor.name).toBe('root@example.org');
    await db().user.updateMany({ where: { email: 'root@example.org' }, data: { isInstanceAdmin: false } });
    expect((await admin({})).body.check?.code).toBe('NOT_AN_ADMIN');
    await expect(grant()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('does not exist without a provider', async () => {
    for (const name of ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']) delete process.env[name];
    resetConfig();
    expect((await admin({})).status).toBe(404);
  });
});
