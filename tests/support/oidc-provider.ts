import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

export type SsoPerson = { sub: string; name: string; email: string; groups: string[] };

export type SsoProvider = {
  /** Settings of an instance that signs people in here. */
  env: Record<string, string>;
  /** Whoever goes there next is this person, with these groups. */
  person(person: SsoPerson): void;
  close(): Promise<void>;
};

/**
 * The OpenID provider `oidc-provider` (OpenID Certified) on loopback. It asks no questions: whoever comes is the person of the moment
 * and agrees. Groups are a claim of the ID token under the scope `groups`, as directories do it.
 */
export async function startSsoProvider({ redirectUris }: { redirectUris: string[] }): Promise<SsoProvider> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const [clientId, clientSecret] = ['hallmark', randomUUID()];
  const people = new Map<string, SsoPerson>();
  let current: SsoPerson = { sub: 'nobody', name: 'Nobody', email: 'nobody@example.org', groups: [] };

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: redirectUris,
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'key', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomUUID()] },
    // The claims are in the ID token itself, as NextAuth reads them there.
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => {
        const { sub, name, email, groups } = people.get(id) ?? current;
        return { sub, name, email, email_verified: true, groups };
      },
    }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  });

  server.on('request', async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return provider.callback()(request, response);
    const details = await provider.interactionDetails(request, response);
    if (details.prompt.name === 'login') {
      people.set(current.sub, current);
      await provider.interactionFinished(request, response, { login: { accountId: current.sub } });
      return;
    }
    const grant = new provider.Grant({ accountId: details.session!.accountId, clientId });
    grant.addOIDCScope('openid profile email groups');
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  });

  return {
    env: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
      OIDC_NAME: 'Company account',
      OIDC_SCOPES: 'groups',
    },
    person: (person) => {
      current = person;
      people.set(person.sub, person);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
