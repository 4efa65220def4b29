import { SigningError } from './errors.ts';

/**
 * The given token or the one that the CI hands out, checked to look like a JWT.
 * Throws SigningError `IDENTITY_TOKEN_MISSING` or `IDENTITY_TOKEN_MALFORMED`; the token is in no message.
 */
export async function requireIdentityToken(given: string | undefined, askCi: () => Promise<string>): Promise<string> {
  const token = given === undefined ? await fromCi(askCi) : given.trim();
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token) || !hasSubject(token)) {
    throw new SigningError({
      code: 'IDENTITY_TOKEN_MALFORMED',
      message:
        'The identity token is not an OpenID Connect token: expected three parts joined by dots, the second with a subject (`sub`).',
    });
  }
  return token;
}

async function fromCi(askCi: () => Promise<string>): Promise<string> {
  try {
    return await askCi();
  } catch {
    throw new SigningError({
      code: 'IDENTITY_TOKEN_MISSING',
      message:
        'There is no identity token to sign with. In GitHub Actions give the job `permissions: id-token: write`; elsewhere set SIGSTORE_ID_TOKEN or hand over a token.',
    });
  }
}

function hasSubject(token: string): boolean {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims?.sub === 'string' && claims.sub !== '';
  } catch {
    return false;
  }
}
