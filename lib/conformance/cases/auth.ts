import { registryTokenSchema } from '#lib/http/registry/schemas.ts';
import { ensure, expectRefusal, isObject, parseBody, requireOffered } from '../assertions.ts';
import { CaseSkip } from '../outcome.ts';
import { inArea, SOURCES } from './define.ts';

/** Sixty-four bytes that are nobody's signature. */
const SIGNATURE = 'ab'.repeat(64);
const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

export const authCases = inArea('auth', [
  {
    id: 'auth-members',
    title: 'An exchange without the members it needs is refused with 422 or 400',
    why: 'A publisher learns what is missing, and nothing is asked elsewhere for it.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      for (const method of ['dns', 'http', 'github-at', 'github-oidc']) {
        expectRefusal(requireOffered(await registry.post(`/v0.1/auth/${method}`, {})), 400, 422);
      }
    },
  },
  {
    id: 'auth-old-timestamp',
    title: 'A signed timestamp that is old, or no time, is refused',
    why: 'A signature that was seen once could be used for ever.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      for (const method of ['dns', 'http']) {
        for (const timestamp of ['2020-01-01T00:00:00Z', 'yesterday']) {
          const body = { domain: 'example.com', timestamp, signed_timestamp: SIGNATURE };
          expectRefusal(requireOffered(await registry.post(`/v0.1/auth/${method}`, body)), 400, 401, 422);
        }
      }
    },
  },
  {
    id: 'auth-address',
    title: 'A proof for an address, a local name or a path in place of a domain is refused with a status of 4xx',
    why: 'The registry would ask its own network for anybody who names it.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      const domains = [
        '127.0.0.1',
        '169.254.169.254',
        '[::1]',
        'localhost',
        'a.example/..',
        'user@a.example',
        'a.example:80',
      ];
      for (const method of ['dns', 'http']) {
        for (const domain of domains) {
          const body = { domain, timestamp: now(), signed_timestamp: SIGNATURE };
          expectRefusal(requireOffered(await registry.post(`/v0.1/auth/${method}`, body)), 400, 401, 403, 422);
        }
      }
    },
  },
  {
    id: 'auth-token',
    title: 'An exchange gives a JWT with permissions that expires within the hour',
    why: '`mcp-publisher` stores `registry_token` and `expires_at` and sends the token until then.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      const answer = await registry.post('/v0.1/auth/none', {});
      if ((answer.status >= 400 && answer.status < 500) || answer.status === 501) {
        throw new CaseSkip('The registry gives no token without a proof (/auth/none).');
      }
      const { registry_token: token, expires_at: expiresAt } = parseBody(
        answer,
        registryTokenSchema,
        'registry_token and expires_at',
      );
      const seconds = expiresAt - Date.now() / 1000;
      ensure(seconds > 0 && seconds <= 3600, answer, 'expires_at within the hour', `in ${Math.round(seconds)} seconds`);
      const claims = claimsOf(token);
      ensure(Array.isArray(claims.permissions), answer, 'a JWT with `permissions`', JSON.stringify(claims));
      ensure(claims.exp === expiresAt, answer, `the claim exp ${expiresAt}`, String(claims.exp));
    },
  },
]);

function claimsOf(token: string) {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isObject(claims) ? claims : {};
  } catch {
    return {};
  }
}
