import { describe, expect, it } from 'vitest';
import { authOptions } from '#lib/auth/auth-options.ts';
import { ADMIN_EMAIL, createAdminSignInLink, ensureAdmin, needsFirstAdmin } from '#lib/auth/create-sign-in-link.ts';
import { findToken, issueToken } from '#lib/auth/tokens.ts';
import { config, resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { createUser, testInstance } from '../instance.ts';

testInstance();

describe('the one-time link', () => {
  it('leaves only a hash in the database, and ends older links', async () => {
    const first = new URL(await createAdminSignInLink(config(), new Date()));
    await createAdminSignInLink(config(), new Date());
    const rows = await db().verificationToken.findMany({ where: { identifier: ADMIN_EMAIL } });
    expect(rows).toHaveLength(1);
    expect(rows[0]!.token).toMatch(/^[0-9a-f]{64}$/);
    expect(first.searchParams.get('token')).not.toBe(rows[0]!.token);
    expect(await needsFirstAdmin()).toBe(true);
  });

  it('never makes an admin of an account that came through a provider', async () => {
    const admin = await ensureAdmin();
    const account = { userId: admin.id, type: 'oauth', provider: 'oidc', providerAccountId: '1' };
    const { id } = await db().account.create({ data: account });
    await expect(createAdminSignInLink(config(), new Date())).rejects.toMatchObject({ code: 'CONFLICT' });
    await db().account.delete({ where: { id } });
    await db().user.update({ where: { id: admin.id }, data: { isInstanceAdmin: false } });
    await expect(ensureAdmin()).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('cannot be asked for from outside', async () => {
    const allowed = authOptions().callbacks?.signIn?.({ email: { verificationRequest: true } } as never);
    expect(await allowed).toBe(false);
  });
});

describe('single sign-on', () => {
  it('keeps who signed in, whatever else the provider sends, and no token', async () => {
    const user = await createUser('Somebody');
    const sent = {
      userId: user.id,
      type: 'oauth',
      provider: 'oidc',
      providerAccountId: '7',
      access_token: 'secret',
      refresh_expires_in: 1,
      ext_expires_in: 2,
    };
    await authOptions().adapter?.linkAccount?.(sent as never);
    expect(await db().account.findFirstOrThrow({ where: { providerAccountId: '7' } })).toMatchObject({
      userId: user.id,
      access_token: null,
    });
  });

  it('takes no address that the provider did not verify', async () => {
    Object.assign(process.env, {
      OIDC_ISSUER: 'https://login.example.com',
      OIDC_CLIENT_ID: 'x',
      OIDC_CLIENT_SECRET: 'y',
    });
    resetConfig();
    const oidc = authOptions().providers.find(({ id }) => id === 'oidc') as unknown as {
      profile(profile: object): { email: string | null };
    };
    expect(oidc.profile({ sub: '1', email: ADMIN_EMAIL }).email).toBeNull();
    expect(oidc.profile({ sub: '1', email: ADMIN_EMAIL, email_verified: 'true' }).email).toBeNull();
    expect(oidc.profile({ sub: '1', email: 'a@example.com', email_verified: true }).email).toBe('a@example.com');
  });
});

describe('tokens', () => {
  it('are found by their secret alone, for their kind and their time', async () => {
    const user = await createUser('Owner');
    const actor = { type: 'user', id: user.id, name: user.name } as const;
    const now = new Date('2026-01-01T00:00:00Z');
    const { secret } = await db().$transaction((tx) =>
      issueToken(tx, { kind: 'gateway', name: 'edge', expiresInDays: 1, createdById: user.id, actor, now }),
    );
    const row = await db().accessToken.findFirstOrThrow({ where: { name: 'edge' } });
    expect(JSON.stringify(row)).not.toContain(secret);
    const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
    expect(await findToken({ secret, kind: 'gateway', now: later(23) })).toMatchObject({ name: 'edge' });
    expect(await findToken({ secret, kind: 'gateway', now: later(24) })).toBeNull();
    expect(await findToken({ secret, kind: 'publish', now: later(1) })).toBeNull();
    expect(await findToken({ secret: `${secret}x`, kind: 'gateway', now: later(1) })).toBeNull();
    expect(await findToken({ secret: row.hash, kind: 'gateway', now: later(1) })).toBeNull();
  });
});
