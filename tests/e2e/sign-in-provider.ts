import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export type Person = { sub: string; name: string; email: string };
export type SignInProvider = {
  /** Settings of an instance that signs people in here. */
  env: Record<string, string>;
  /** Whoever goes there next is this person. */
  person(person: Person): void;
  close(): Promise<void>;
};

/**
 * An OpenID Connect provider on loopback (code flow with PKCE, OpenID Connect Core 1.0 §3.1) that asks no questions:
 * whoever comes is the person of the moment.
 */
export async function startSignInProvider(): Promise<SignInProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key', alg: 'RS256', use: 'sig' };
  const [clientId, clientSecret] = ['hallmark', randomUUID()];
  const codes = new Map<string, { nonce: string | null; challenge: string | null; person: Person }>();
  let current: Person = { sub: 'nobody', name: 'Nobody', email: 'nobody@example.org' };
  let issuer = '';

  const authorize = (query: URLSearchParams): string => {
    const code = randomUUID();
    codes.set(code, { nonce: query.get('nonce'), challenge: query.get('code_challenge'), person: current });
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    return back.href;
  };
  const token = async (form: URLSearchParams) => {
    const code = form.get('code') ?? '';
    const given = codes.get(code);
    codes.delete(code);
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!given || given.challenge !== verifier) return null;
    const { sub, ...claims } = given.person;
    const id_token = await new SignJWT({ ...claims, email_verified: true, nonce: given.nonce })
      .setProtectedHeader({ alg: 'RS256', kid: 'key' })
      .setIssuer(issuer)
      .setAudience(clientId)
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    return { access_token: randomUUID(), token_type: 'Bearer', expires_in: 300, id_token };
  };

  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      case '/keys':
        return json(200, { keys: [jwk] });
      case '/authorize':
        return response.writeHead(302, { location: authorize(url.searchParams) }).end();
      case '/token': {
        let body = '';
        for await (const chunk of request) body += chunk;
        const answer = await token(new URLSearchParams(body));
        return answer ? json(200, answer) : json(400, { error: 'invalid_grant' });
      }
      default:
        return json(404, {});
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
      OIDC_NAME: 'Company account',
    },
    person: (person) => {
      current = person;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
