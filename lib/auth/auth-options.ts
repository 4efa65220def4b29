import { PrismaAdapter } from '@auth/prisma-adapter';
import type { NextAuthOptions } from 'next-auth';
import type { AdapterAccount, AdapterUser } from 'next-auth/adapters';
import { appendEvent } from '#lib/audit/append-event.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { takeGroupClaims } from '#lib/orgs/members/take-group-claims.ts';
import { GROUP_CLAIM, LINK_PROVIDER, nextAuthProviders, OIDC_PROVIDER } from './providers.ts';
import { sessionSecret } from './session-secret.ts';

/** Sessions are rows, so that signing out, or removing an account, ends them at once. */
export function authOptions(): NextAuthOptions {
  const settings = config();
  return {
    adapter: sparingAdapter(),
    providers: nextAuthProviders(settings),
    secret: sessionSecret(settings),
    session: { strategy: 'database', maxAge: 30 * 86_400, updateAge: 86_400 },
    pages: { signIn: '/signin', error: '/signin', verifyRequest: '/signin' },
    callbacks: {
      // Nobody may ask for a link from outside: links come from the server's own terminal.
      signIn: ({ email }) => !email?.verificationRequest,
      session: ({ session, user }) => ({ ...session, user: { ...session.user, id: user.id } }),
    },
    events: {
      signIn: async ({ user, account, profile }) => {
        if (account?.provider === OIDC_PROVIDER) {
          const claim = (profile as Record<string, unknown> | undefined)?.[GROUP_CLAIM];
          await takeGroupClaims({ userId: user.id, claim });
        }
        if (account?.provider !== LINK_PROVIDER) return;
        const actor = { type: 'user', id: user.id, name: user.name ?? 'Admin' } as const;
        await db().$transaction((tx) =>
          appendEvent(tx, { orgId: null, kind: 'admin.signed-in', actor, subject: {}, now: new Date() }),
        );
      },
    },
  };
}

/**
 * The Prisma adapter, which would store every field of a provider's token answer. Providers send fields that no table
 * has (Keycloak, Entra, GitHub Apps), and the tokens themselves are never used: only who signed in is kept.
 */
function sparingAdapter(): NonNullable<NextAuthOptions['adapter']> {
  const adapter = PrismaAdapter(db() as unknown as Parameters<typeof PrismaAdapter>[0]) as NonNullable<
    NextAuthOptions['adapter']
  >;
  return {
    ...adapter,
    createUser: ({ [GROUP_CLAIM]: _, ...user }: Omit<AdapterUser, 'id'> & { [GROUP_CLAIM]?: unknown }) =>
      adapter.createUser!(user as AdapterUser),
    linkAccount: ({ userId, type, provider, providerAccountId }: AdapterAccount) =>
      adapter.linkAccount?.({ userId, type, provider, providerAccountId }),
  };
}
