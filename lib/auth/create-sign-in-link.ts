import { createHash, randomBytes } from 'node:crypto';
import type { Config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
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
    await tx.user.upsert({
      where: { email: ADMIN_EMAIL },
      create: { email: ADMIN_EMAIL, name: 'Admin', isInstanceAdmin: true },
      update: { isInstanceAdmin: true },
    });
    await tx.verificationToken.deleteMany({ where: { identifier: ADMIN_EMAIL } });
    await tx.verificationToken.create({
      data: { identifier: ADMIN_EMAIL, token: hash, expires: new Date(now.getTime() + LINK_HOURS * 3_600_000) },
    });
  });
  const query = new URLSearchParams({ callbackUrl: settings.publicUrl, token, email: ADMIN_EMAIL });
  return `${settings.publicUrl}/api/auth/callback/${LINK_PROVIDER}?${query}`;
}
