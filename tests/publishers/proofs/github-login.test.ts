import { describe, expect, it } from 'vitest';
import { verifyRegistryToken } from '#lib/auth/registry-token.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { testInstance } from '#tests/instance.ts';
import type { TestMembership } from '#tests/support/github-api.ts';
import { proofKit } from './proof-kit.ts';

testInstance();
const kit = proofKit();

const ACME = { login: 'AcmeCorp', id: 700, role: 'admin' } as const;
const person = (organizations: TestMembership[] = []) =>
  kit.github.tokens.set('gho_good', { login: 'OctoCat', id: 583231, organizations });

const login = (token = 'gho_good') => kit.post('github-at', { github_token: token });

async function resources() {
  const { status, body } = await login();
  expect(status, JSON.stringify(body)).toBe(200);
  const { permissions } = await verifyRegistryToken({ token: String(body.registry_token), now: kit.now });
  return permissions.map(({ action, resource }) => `${action} ${resource}`);
}

describe('a login with a GitHub token', () => {
  it('covers the account and the organizations that it owns, in GitHub’s own spelling', async () => {
    person([
      ACME,
      { login: 'only-member', id: 701, role: 'member' },
      { login: 'invited', id: 702, role: 'admin', state: 'pending' },
    ]);
    expect(await resources()).toEqual(['publish io.github.OctoCat/*', 'publish io.github.AcmeCorp/*']);
  });

  it('keeps the numbers of the accounts, and not the token', async () => {
    person([ACME]);
    const { body } = await login();
    expect(await verifyRegistryToken({ token: String(body.registry_token), now: kit.now })).toMatchObject({
      method: 'github-at',
      subject: 'OctoCat',
      proof: {
        kind: 'github',
        via: 'token',
        login: 'OctoCat',
        ownerId: '583231',
        owners: [{ login: 'AcmeCorp', id: '700' }],
      },
    });
    expect(JSON.stringify(await db().auditEvent.findMany())).not.toContain('gho_good');
    expect(kit.github.requests.every(({ authorization }) => authorization === 'Bearer gho_good')).toBe(true);
  });

  it('may be repeated: an access token is not for one use', async () => {
    person();
    expect([(await login()).status, (await login()).status]).toEqual([200, 200]);
  });

  it('reads every page of organizations', async () => {
    person(
      Array.from({ length: 230 }, (_, i) => ({
        login: `org-${i}`,
        id: 1000 + i,
        role: i % 100 === 7 ? 'admin' : 'member',
      })),
    );
    expect(await resources()).toEqual([
      'publish io.github.OctoCat/*',
      'publish io.github.org-7/*',
      'publish io.github.org-107/*',
      'publish io.github.org-207/*',
    ]);
  });

  it('leaves out an organization whose name is none', async () => {
    person([{ login: '*', id: 1, role: 'admin' }, { login: 'a/b', id: 2, role: 'admin' }, ACME]);
    expect(await resources()).toEqual(['publish io.github.OctoCat/*', 'publish io.github.AcmeCorp/*']);
  });

  it.each([
    ['an OAuth token without read:org', { status: 403, headers: { 'x-oauth-scopes': 'read:user, user:email' } }],
    ['a fine-grained token', { status: 403, body: { message: 'Resource not accessible by personal access token' } }],
    ['a workflow’s token', { status: 403, body: { message: 'Resource not accessible by integration' } }],
  ])('with %s covers the account alone', async (_, answer) => {
    person([ACME]);
    kit.github.organizationsAnswer = answer;
    expect(await resources()).toEqual(['publish io.github.OctoCat/*']);
  });
});

describe('a login with a GitHub token fails closed', () => {
  it.each([
    ['a 403 without a reason', { status: 403, body: { message: 'Forbidden' } }],
    ['a 403 for a token that may read organizations', { status: 403, headers: { 'x-oauth-scopes': 'read:org' } }],
    ['a used-up rate limit', { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-oauth-scopes': '' } }],
    ['a secondary rate limit', { status: 403, headers: { 'retry-after': '60', 'x-oauth-scopes': '' } }],
    ['single sign-on', { status: 403, headers: { 'x-github-sso': 'required; url=x', 'x-oauth-scopes': '' } }],
    ['a 429', { status: 429 }],
    ['a 401', { status: 401 }],
    ['a 404', { status: 404 }],
    ['a 500', { status: 500, body: 'oops' }],
    ['a 304', { status: 304 }],
    ['no JSON', { status: 200, body: 'hello' }],
    ['no list', { status: 200, body: { login: 'x' } }],
    ['a list of something else', { status: 200, body: [{ role: 'admin', state: 'active' }] }],
    [
      'a full page without end',
      {
        status: 200,
        body: Array.from({ length: 100 }, (_, i) => ({
          state: 'active',
          role: 'admin',
          organization: { login: `o${i}`, id: i + 1 },
        })),
      },
    ],
    ['a redirect to another host', { status: 302, headers: { location: 'https://10.0.0.1/' } }],
    ['an answer without end', { status: 200, body: `[${' '.repeat(2_000_000)}]` }],
  ])('at %s in the list of organizations', async (_, answer) => {
    person([ACME]);
    kit.github.organizationsAnswer = answer;
    const { status, body } = await login();
    expect([status, body.code, body.check?.code]).toEqual([401, 'PROOF_FAILED', 'GITHUB_UNAVAILABLE']);
    expect(body.detail).toMatch(/^Token exchange failed: /);
    expect(kit.github.requests[1]?.path).toBe('/user/memberships/orgs');
  });

  it.each([
    ['wrong', 'gho_bad', 'GITHUB_TOKEN_REFUSED'],
    ['empty', '', 'GITHUB_TOKEN_REFUSED'],
    ['with a line break', 'gho_good\r\nx-evil: 1', 'GITHUB_TOKEN_REFUSED'],
    ['that is a sentence', 'gho_good and more', 'GITHUB_TOKEN_REFUSED'],
  ])('with a token that is %s', async (_, token, code) => {
    person();
    const { status, body } = await login(token);
    expect([status, body.check?.code]).toEqual([401, code]);
  });

  it.each([
    ['is down', { status: 503 }],
    ['answers with another account form', { status: 200, body: { login: 'octo cat', id: 1 } }],
    ['answers without a number', { status: 200, body: { login: 'OctoCat' } }],
    ['answers with a wildcard for a name', { status: 200, body: { login: '*', id: 1 } }],
  ])('when GitHub %s', async (_, outage) => {
    person();
    kit.github.outage = outage;
    expect((await login()).body.check?.code).toBe('GITHUB_UNAVAILABLE');
  });

  it('without a token in the body, as the official registry answers', async () => {
    const { status, body } = await kit.post('github-at', {});
    expect([status, body.detail, body.errors]).toEqual([
      422,
      'validation failed',
      [{ message: 'expected string', location: 'body.github_token' }],
    ]);
  });

  it('shows hostile text of GitHub’s answer harmlessly', async () => {
    person();
    kit.github.organizationsAnswer = { status: 500, body: `\u202E${'x'.repeat(9000)}` };
    const { body } = await login();
    expect(body.check?.seen[0]?.value).toMatch(/^status 500: \\u\{202E\}x+… \(9001 characters\)$/);
  });

  it('for a blocked account', async () => {
    person();
    process.env.HALLMARK_BLOCKED_NAMESPACES = 'io.github.octocat';
    resetConfig();
    try {
      expect((await login()).body.code).toBe('NAMESPACE_BLOCKED');
    } finally {
      delete process.env.HALLMARK_BLOCKED_NAMESPACES;
      resetConfig();
    }
  });
});

describe('anonymous logins', () => {
  it('do not exist unless the instance allows them', async () => {
    expect((await kit.post('none', '')).status).toBe(404);
    process.env.HALLMARK_ANONYMOUS_PUBLISHING = 'true';
    resetConfig();
    try {
      const { status, body } = await kit.post('none', '');
      expect(status).toBe(200);
      expect(await verifyRegistryToken({ token: String(body.registry_token), now: kit.now })).toEqual({
        method: 'none',
        subject: 'anonymous',
        permissions: [
          { action: 'publish', resource: 'io.modelcontextprotocol.anonymous/*' },
          { action: 'edit', resource: 'io.modelcontextprotocol.anonymous/*' },
        ],
        proof: null,
      });
    } finally {
      delete process.env.HALLMARK_ANONYMOUS_PUBLISHING;
      resetConfig();
    }
  });
});
