import { z } from 'zod';
import { isAdminAddress } from '#lib/auth/is-admin-address.ts';
import type { RegistryToken } from '#lib/auth/registry-token.ts';
import { config } from '#lib/config/config.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { grantLogin } from './grant-login.ts';
import { ProofFailure, requireProof } from './proof-check.ts';
import { verifyIdToken } from './verify-id-token.ts';

const claimsSchema = z.object({
  sub: z.string().min(1).max(500),
  email: z.email().max(320),
  email_verified: z.literal(true),
});

/** No symmetric ones: the key would be the client's secret, which others know too. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/**
 * `POST /auth/oidc`: a registry token for an admin of this instance, who signs in at the instance's own provider. Throws
 * NOT_FOUND where none is configured, PROOF_FAILED with `details.check`, TOKEN_AUDIENCE, PROOF_REPLAYED.
 */
export async function exchangeOidc({
  oidcToken,
  now,
  outbound,
}: {
  oidcToken: string;
  now: Date;
  outbound: Outbound;
}): Promise<RegistryToken> {
  const { OIDC_ISSUER, OIDC_CLIENT_ID } = config();
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID) {
    throw new DomainError('NOT_FOUND', 'This registry has no single sign-on: OIDC_ISSUER is not set.');
  }
  const { email, oneTime } = await requireProof(now, async () => {
    const { claims, oneTime } = await verifyIdToken({
      token: oidcToken,
      issuer: OIDC_ISSUER,
      audiences: [OIDC_CLIENT_ID],
      algorithms: ALGORITHMS,
      now,
      outbound,
    });
    const parsed = claimsSchema.safeParse(claims);
    if (!parsed.success) {
      throw new ProofFailure('NOT_AN_ADMIN', 'The token has no e-mail address that the provider has verified.');
    }
    const email = parsed.data.email.toLowerCase();
    if (!(await isAdminAddress(email))) {
      throw new ProofFailure('NOT_AN_ADMIN', 'The account of the token is no admin of this instance.');
    }
    return { email, oneTime };
  });
  return grantLogin({
    authority: {
      method: 'oidc',
      subject: email,
      permissions: [
        { action: 'edit', resource: '*' },
        { action: 'publish', resource: '*' },
      ],
      proof: null,
    },
    oneTime,
    now,
  });
}
