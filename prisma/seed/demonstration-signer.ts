import type { SignerIdentity } from '#lib/signing/types.ts';

/** The signer that the demonstration publisher binds; the ids are made up, as the repository is. */
export const DEMONSTRATION_SIGNER: Extract<SignerIdentity, { kind: 'github' | 'gitlab' }> = {
  kind: 'github',
  issuer: 'https://token.actions.githubusercontent.com',
  ownerId: '1000001',
  repositoryId: '2000002',
  repository: 'example/weather',
};
