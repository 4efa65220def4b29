import { z } from 'zod';
import type { RegistryToken } from '#lib/auth/registry-token.ts';
import { config } from '#lib/config/config.ts';
import { githubNamespace } from '#lib/manifest/index.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { grantLogin } from './grant-login.ts';
import { ProofFailure, requireProof } from './proof-check.ts';
import { verifyIdToken } from './verify-id-token.ts';

const claimsSchema = z.object({
  sub: z.string().min(1).max(500),
  repository_owner: z.string(),
  repository_owner_id: z.string().regex(/^\d{1,20}$/),
});

/**
 * `POST /auth/github-oidc`: a registry token for a GitHub Actions workflow, for the namespace of the owner of its
 * repository. Throws PROOF_FAILED with `details.check`, TOKEN_AUDIENCE, PROOF_REPLAYED, NAMESPACE_BLOCKED.
 */
export async function exchangeGithubOidc({
  oidcToken,
  now,
  outbound,
}: {
  oidcToken: string;
  now: Date;
  outbound: Outbound;
}): Promise<RegistryToken> {
  const { claims, oneTime } = await requireProof(now, async () => {
    const { claims, oneTime } = await verifyIdToken({
      token: oidcToken,
      issuer: config().GITHUB_OIDC_ISSUER,
      audiences: registryAudiences(config().publicUrl),
      algorithms: ['RS256'],
      now,
      outbound,
    });
    const parsed = claimsSchema.safeParse(claims);
    if (!parsed.success || githubNamespace(parsed.data.repository_owner) === null) {
      throw new ProofFailure(
        'TOKEN_MALFORMED',
        'The token does not say who owns the repository: it is none of a workflow.',
      );
    }
    return { claims: parsed.data, oneTime };
  });
  const { repository_owner: login, repository_owner_id: ownerId } = claims;
  return grantLogin({
    authority: {
      method: 'github-oidc',
      subject: claims.sub,
      permissions: [{ action: 'publish', resource: `io.github.${login}/*` }],
      proof: { kind: 'github', via: 'oidc', login, ownerId },
    },
    oneTime,
    now,
  });
}

/**
 * Audiences that stand for this registry: what `mcp-publisher --registry URL` asks for, which is the scheme and the host
 * (with the port as it was written) in lower case, and our address itself.
 */
export function registryAudiences(publicUrl: string): string[] {
  const { protocol, host, hostname, port } = new URL(publicUrl);
  const withPort = port ? host : `${hostname}:${protocol === 'https:' ? 443 : 80}`;
  return [...new Set([`${protocol}//${host}`, publicUrl, `${protocol}//${withPort}`])];
}
