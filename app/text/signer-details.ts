import type { SignerIdentity } from '#lib/signing/types.ts';

/** What a signature is compared with, beyond the name that `identityText` gives. */
export function signerDetails(identity: SignerIdentity): string {
  if ('san' in identity) return `signed in at ${identity.issuer}`;
  const { issuer, ownerId, repositoryId, workflow, refPattern } = identity;
  return [
    `owner ${ownerId}`,
    repositoryId ? `repository ${repositoryId}` : 'any repository',
    workflow ?? 'any workflow',
    refPattern ?? 'any ref',
    issuer,
  ].join(' · ');
}
