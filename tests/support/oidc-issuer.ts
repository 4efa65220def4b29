import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { TestHttpsServer } from './https-server.ts';

export type TestIssuer = {
  issuer: string;
  /** A token with these claims, signed by the issuer's key; `claims` replace the usual ones, `undefined` leaves one out. */
  token(claims: JWTPayload, options?: { alg?: string; kid?: string }): Promise<string>;
  /** From now on tokens are signed by another key, which the issuer lists too. */
  rotate(): Promise<void>;
  /** Of every document that was read. */
  reads: string[];
};

/** An OpenID Connect provider at a host of the test web server: discovery, keys, and tokens for the asking. */
export async function startIssuer(web: TestHttpsServer, host: string, now: () => Date): Promise<TestIssuer> {
  const issuer = `https://${host}`;
  const reads: string[] = [];
  const jwks: object[] = [];
  let current: { privateKey: CryptoKey; kid: string };

  const rotate = async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const kid = `key-${jwks.length + 1}`;
    jwks.push({ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' });
    current = { privateKey, kid };
  };
  await rotate();

  const serve = (path: string, document: () => object) =>
    web.set(`${issuer}${path}`, (_, response) => {
      reads.push(path);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(document()));
    });
  serve('/.well-known/openid-configuration', () => ({ issuer, jwks_uri: `${issuer}/keys` }));
  serve('/keys', () => ({ keys: jwks }));

  return {
    issuer,
    reads,
    rotate,
    token: (claims, { alg = 'RS256', kid = current.kid } = {}) => {
      const seconds = Math.floor(now().getTime() / 1000);
      return new SignJWT({ iss: issuer, sub: 'somebody', iat: seconds, exp: seconds + 300, ...claims })
        .setProtectedHeader({ alg, kid, typ: 'JWT' })
        .sign(current.privateKey);
    },
  };
}
