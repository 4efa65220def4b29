import { createHash, randomBytes } from 'node:crypto';
import { appendEvent } from '#lib/audit/append-event.ts';
import type { Config } from '#lib/config/config.ts';
import { type Db, db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { LINK_HOURS, LINK_PROVIDER } from './providers.ts';
import { sessionSecret } from './session-secret.ts';

export const ADMIN_EMAIL = 'admin@localhost';

/** True until somebody has signed in as an instance admin: only then does a start print a link. */
export async function needsFirstAdmin(): Promise<boolean> {
  return (
    (await db().user.count({
      where: { isInstanceAdmin: true, OR: [{ emailVerified: { not: null } }, { accounts: { some: {} } }] },
    })) === 0
  );
}

/**
 * A link that signs in once, within 24 hours, as the instance admin. Older unused links stop working. The database
 * holds only the hash that NextAuth compares: sha256 of token and secret.
 */
export async function createAdminSignInLink(settings: Config, now: Date): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const hash = createHash('sha256')
    .update(`${token}${sessionSecret(settings)}`)
    .digest('hex');
  await db().$transaction(async (tx) => {
    const admin = await ensureAdmin(tx);
    await tx.verificationToken.deleteMany({ where: { identifier: ADMIN_EMAIL } });
    await tx.verificationToken.create({
      data: { identifier: ADMIN_EMAIL, token: hash, expires: new Date(now.getTime() + LINK_HOURS * 3_600_000) },
    });
    const actor = { type: 'system', name: 'Hallmark' } as const;
    await appendEvent(tx, {
      orgId: null,
      kind: 'admin.link-made',
      actor,
      subject: {},
      data: { userId: admin.id },
      now,
    });
  });
  const query = new URLSearchParams({ callbackUrl: settings.publicUrl, token, email: ADMIN_EMAIL });
  return `${settings.publicUrl}/api/auth/callback/${LINK_PROVIDER}?${query}`;
}

/**
 * The account that one-time links sign in to. Made before the web server first listens, so that nobody can sign in with
 * its address through a provider and be promoted. Throws CONFLICT when an account of a provider has the address.
 */
export async function ensureAdmin(tx: Tx | Db = db()): Promise<{ id: string }> {
  const existing = await tx.user.findUnique({
    where: { email: ADMIN_EMAIL },
    select: { id: true, isInstanceAdmin: true, accounts: { select: { id: true } } },
  });
  if (!existing) return tx.user.create({ data: { email: ADMIN_EMAIL, name: 'Admin', isInstanceAdmin: true } });
  if (!existing.isInstanceAdmin || existing.accounts.length > 0) {
    throw new DomainError(
      'CONFLICT',
      `The account ${ADMIN_EMAIL} belongs to somebody who signed in through a provider. Remove it from the database first.`,
    );
  }
  return existing;
}
