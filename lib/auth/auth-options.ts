import { PrismaAdapter } from '@auth/prisma-adapter';
import type { NextAuthOptions } from 'next-auth';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { nextAuthProviders } from './providers.ts';
import { sessionSecret } from './session-secret.ts';

/** Sessions are rows, so that signing out, or removing an account, ends them at once. */
export function authOptions(): NextAuthOptions {
  const settings = config();
  return {
    adapter: PrismaAdapter(db() as unknown as Parameters<typeof PrismaAdapter>[0]) as NextAuthOptions['adapter'],
    providers: nextAuthProviders(settings),
    secret: sessionSecret(settings),
    session: { strategy: 'database', maxAge: 30 * 86_400, updateAge: 86_400 },
    pages: { signIn: '/signin', error: '/signin', verifyRequest: '/signin' },
    callbacks: {
      // Nobody may ask for a link from outside: links come from the server's own terminal.
      signIn: ({ email }) => !email?.verificationRequest,
      session: ({ session, user }) => ({ ...session, user: { ...session.user, id: user.id } }),
    },
  };
}
