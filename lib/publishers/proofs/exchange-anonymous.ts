import type { RegistryToken } from '#lib/auth/registry-token.ts';
import { config } from '#lib/config/config.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { ANONYMOUS_NAMESPACE } from '../namespace-names.ts';
import { grantLogin } from './grant-login.ts';

/**
 * `POST /auth/none`: a registry token for everybody, for trying things on a closed machine. Throws NOT_FOUND unless
 * HALLMARK_ANONYMOUS_PUBLISHING allows it, as the official registry has no such route then.
 */
export async function exchangeAnonymous({ now }: { now: Date }): Promise<RegistryToken> {
  if (!config().HALLMARK_ANONYMOUS_PUBLISHING) {
    throw new DomainError(
      'NOT_FOUND',
      'This registry takes nothing from anonymous publishers. Log in with github, github-oidc, dns or http.',
    );
  }
  const resource = `${ANONYMOUS_NAMESPACE}/*`;
  return grantLogin({
    authority: {
      method: 'none',
      subject: 'anonymous',
      permissions: [
        { action: 'publish', resource },
        { action: 'edit', resource },
      ],
      proof: null,
    },
    oneTime: null,
    now,
  });
}
