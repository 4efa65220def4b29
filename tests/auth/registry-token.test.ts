import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { issueRegistryToken, verifyRegistryToken } from '#lib/auth/registry-token.ts';
import { config, resetConfig } from '#lib/config/config.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { ProvenAuthority } from '#lib/publishers/proofs/types.ts';
import { testInstance } from '../instance.ts';

testInstance();

const NOW = new Date('2026-03-01T12:00:00.500Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

const authority: ProvenAuthority = {
  method: 'dns',
  subject: 'example.com',
  permissions: [
    { action: 'publish', resource: 'com.example/*' },
    { action: 'publish', resource: 'com.example.*' },
  ],
  proof: { kind: 'dns', form: 'official', domain: 'example.com', key: 'ed25519:AAAA' },
};

const issue = () => issueRegistryToken({ authority, now: NOW });

async function refusalOf(token: string, now = NOW) {
  const error = await verifyRegistryToken({ token, now }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) return `not refused: ${String(error)}`;
  return [error.status, error.code, error.details.reason ?? null];
}

/** A token with the claims of a real one, by another key. */
async function forged(claims: object, { alg = 'EdDSA', key = generateKeyPairSync('ed25519').privateKey } = {}) {
  const real = decodeJwt((await issue()).registry_token);
  return new SignJWT({ ...real, ...claims }).setProtectedHeader({ alg }).sign(key);
}

describe('a registry token', () => {
  it('is an EdDSA JWT of five minutes with the official claims, our audience and an id', async () => {
    const { registry_token, expires_at } = await issue();
    const seconds = Math.floor(NOW.getTime() / 1000);
    expect(expires_at).toBe(seconds + 300);
    expect(decodeProtectedHeader(registry_token)).toEqual({ alg: 'EdDSA', typ: 'JWT' });
    expect(decodeJwt(registry_token)).toMatchObject({
      iss: 'mcp-registry',
      aud: 'http://hallmark.test',
      iat: seconds,
      nbf: seconds,
      exp: expires_at,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      auth_method: 'dns',
      auth_method_sub: 'example.com',
      permissions: authority.permissions,
    });
  });

  it('says what it was issued for, until it expires', async () => {
    const { registry_token } = await issue();
    expect(await verifyRegistryToken({ token: registry_token, now: later(299) })).toEqual(authority);
    expect(await refusalOf(registry_token, later(300))).toEqual([401, 'UNAUTHENTICATED', 'TOKEN_EXPIRED']);
  });

  it('is refused in the words of the official registry', async () => {
    await expect(verifyRegistryToken({ token: 'x.y.z', now: NOW })).rejects.toThrow(
      'Invalid or expired Registry JWT token',
    );
  });
});

describe('tokens that are refused', () => {
  it.each<[string, () => Promise<string>, unknown[]]>([
    ['of another key', () => forged({}), [401, 'UNAUTHENTICATED', 'TOKEN_SIGNATURE']],
    [
      'with alg none',
      async () => new UnsecuredJWT(decodeJwt((await issue()).registry_token)).encode(),
      [401, 'UNAUTHENTICATED', 'TOKEN_ALGORITHM'],
    ],
    [
      'signed by the public key as a shared secret',
      () => forged({}, { alg: 'HS256', key: randomBytes(32) as never }),
      [401, 'UNAUTHENTICATED', 'TOKEN_ALGORITHM'],
    ],
    [
      'signed with RSA',
      () => forged({}, { alg: 'RS256', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }),
      [401, 'UNAUTHENTICATED', 'TOKEN_ALGORITHM'],
    ],
    ['for another registry', () => forged({ aud: 'https://other.example' }), [401, 'TOKEN_AUDIENCE', null]],
    ['that is none', async () => 'hello', [401, 'UNAUTHENTICATED', 'TOKEN_MALFORMED']],
    ['that is empty', async () => '', [401, 'UNAUTHENTICATED', 'TOKEN_MALFORMED']],
    [
      'with permissions that were added',
      async () => {
        const [header, payload, signature] = (await issue()).registry_token.split('.');
        const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString());
        claims.permissions.push({ action: 'publish', resource: '*' });
        return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
      },
      [401, 'UNAUTHENTICATED', 'TOKEN_SIGNATURE'],
    ],
    [
      'with another header',
      async () => {
        const [, payload, signature] = (await issue()).registry_token.split('.');
        return [Buffer.from('{"alg":"none"}').toString('base64url'), payload, signature].join('.');
      },
      [401, 'UNAUTHENTICATED', 'TOKEN_ALGORITHM'],
    ],
  ])('%s', async (_, make, expected) => {
    expect(await refusalOf(await make())).toEqual(expected);
  });

  it('of this very key, but made for another address of the instance', async () => {
    const { registry_token } = await issue();
    process.env.HALLMARK_URL = 'http://other-name.test';
    resetConfig();
    try {
      expect(config().publicUrl).toBe('http://other-name.test');
      expect(await refusalOf(registry_token)).toEqual([401, 'TOKEN_AUDIENCE', null]);
    } finally {
      process.env.HALLMARK_URL = 'http://hallmark.test';
      resetConfig();
    }
  });

  it('by a key of another instance, which has another master key', async () => {
    const { registry_token } = await issue();
    process.env.HALLMARK_MASTER_KEY = randomBytes(32).toString('base64');
    resetConfig();
    try {
      expect(await refusalOf(registry_token)).toEqual([401, 'UNAUTHENTICATED', 'TOKEN_SIGNATURE']);
    } finally {
      delete process.env.HALLMARK_MASTER_KEY;
      resetConfig();
    }
    expect(await refusalOf(registry_token)).toBe('not refused: null');
  });

  it('when the master key is gone: the keys are named, not the token', async () => {
    process.env.HALLMARK_MASTER_KEY_FILE = '/nowhere/master.key';
    resetConfig();
    try {
      expect(await refusalOf('a.b.c')).toEqual([503, 'KEYS_UNAVAILABLE', null]);
    } finally {
      delete process.env.HALLMARK_MASTER_KEY_FILE;
      resetConfig();
    }
  });
});
