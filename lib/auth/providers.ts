import GitHubImport from 'next-auth/providers/github';
import type { OAuthConfig, Provider } from 'next-auth/providers/index';
import { type Config, config } from '#lib/config/config.ts';

/** Node gives a CommonJS module as its default export, bundlers the function itself. */
const GitHub = ((GitHubImport as unknown as { default?: typeof GitHubImport }).default ??
  GitHubImport) as typeof GitHubImport;

/** Field of a profile that carries the group claim from the ID token to the events of the sign-in. */
export const GROUP_CLAIM = 'groupClaim';
/** Id of the single sign-on; part of its callback address. */
export const OIDC_PROVIDER = 'oidc';
/** Id of the one-time link's provider; part of its address. */
export const LINK_PROVIDER = 'link';
export const LINK_HOURS = 24;

type OidcProfile = {
  sub: string;
  name?: string;
  preferred_username?: string;
  email?: string;
  email_verified?: boolean;
  picture?: string;
};

/** Ways to sign in that this configuration allows, in the order of the sign-in page. */
export function nextAuthProviders(settings: Config): Provider[] {
  const providers: Provider[] = [oneTimeLink()];
  if (settings.GITHUB_CLIENT_ID && settings.GITHUB_CLIENT_SECRET) {
    providers.push(gitHub(settings, settings.GITHUB_CLIENT_ID, settings.GITHUB_CLIENT_SECRET));
  }
  if (settings.OIDC_ISSUER && settings.OIDC_CLIENT_ID && settings.OIDC_CLIENT_SECRET) {
    const oidc: OAuthConfig<OidcProfile> = {
      id: OIDC_PROVIDER,
      name: settings.OIDC_NAME,
      type: 'oauth',
      wellKnown: `${settings.OIDC_ISSUER}/.well-known/openid-configuration`,
      clientId: settings.OIDC_CLIENT_ID,
      clientSecret: settings.OIDC_CLIENT_SECRET,
      authorization: { params: { scope: ['openid email profile', settings.OIDC_SCOPES].filter(Boolean).join(' ') } },
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      profile: (profile) => ({
        id: profile.sub,
        name: profile.name ?? profile.preferred_username ?? profile.email ?? null,
        // An address that the provider did not check is anybody's, also an admin's.
        email: profile.email_verified === true ? (profile.email ?? null) : null,
        image: profile.picture ?? null,
        // NextAuth hands this on to the events of the sign-in, and nothing else of the token.
        [GROUP_CLAIM]: (profile as Record<string, unknown>)[settings.OIDC_GROUPS_CLAIM],
      }),
    };
    providers.push(oidc);
  }
  return providers;
}

/** GitHub, or a GitHub Enterprise server. Nothing is asked beyond who it is: claims of organizations take a token of their own. */
function gitHub({ GITHUB_URL, GITHUB_API_URL }: Config, clientId: string, clientSecret: string): Provider {
  return GitHub({
    clientId,
    clientSecret,
    issuer: `${GITHUB_URL}/login/oauth`,
    authorization: {
      url: `${GITHUB_URL}/login/oauth/authorize`,
      params: { scope: 'read:user user:email' },
    },
    token: `${GITHUB_URL}/login/oauth/access_token`,
    userinfo: {
      url: `${GITHUB_API_URL}/user`,
      request: async ({ client, tokens }) => {
        const profile = await client.userinfo(tokens.access_token ?? '');
        if (!profile.email) profile.email = await gitHubEmail(GITHUB_API_URL, tokens.access_token ?? '');
        return profile;
      },
    },
  });
}

/** The primary address, when GitHub has verified it: an address that nobody checked is anybody's. */
async function gitHubEmail(apiUrl: string, token: string): Promise<string | undefined> {
  const response = await fetch(`${apiUrl}/user/emails`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) return undefined;
  const emails = (await response.json()) as { email: string; primary: boolean; verified: boolean }[];
  return emails.find(({ primary, verified }) => primary && verified)?.email;
}

/** Providers that a person can pick on the sign-in page; the one-time link only works from the terminal that printed it. */
export function signInProviders(): { id: string; name: string }[] {
  return nextAuthProviders(config())
    .filter((provider) => provider.id !== LINK_PROVIDER)
    .map(({ id, name }) => ({ id, name }));
}

/** NextAuth's link sign-in without mail: Hallmark makes the token itself (create-sign-in-link.ts) and prints it. */
function oneTimeLink(): Provider {
  return {
    id: LINK_PROVIDER,
    type: 'email',
    name: 'One-time link',
    from: '',
    server: '',
    maxAge: LINK_HOURS * 3600,
    sendVerificationRequest: async () => {
      throw new Error('Links are printed by the server, not sent.');
    },
    options: {},
  } as Provider;
}
