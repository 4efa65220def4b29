import { matchSigner } from './match-identity.ts';
import type { SignatureState, SignerIdentity, VerificationResult } from './types.ts';

export type SignatureDecision = {
  state: SignatureState;
  /** The result that decided: the one that matched, else the first that verified, else the first; null without any. */
  result: VerificationResult | null;
  /** The identity that the signer matched; set exactly when the state is `signed`. */
  identity: SignerIdentity | null;
};

/**
 * The signature signal of a version (DESIGN §1) from the verification results of all its bundles and the identities
 * that the publisher bound to the namespace. One good bundle by a bound signer is enough; others beside it, broken or
 * by strangers, do not take that away.
 */
export function decideSignature(
  results: readonly VerificationResult[],
  identities: readonly SignerIdentity[],
): SignatureDecision {
  const verified = results.filter((result) => result.ok);
  for (const result of verified) {
    const identity = matchSigner(result.signer, identities);
    if (identity) return { state: 'signed', result, identity };
  }
  if (verified[0]) return { state: 'unknown-signer', result: verified[0], identity: null };
  if (results[0]) return { state: 'invalid', result: results[0], identity: null };
  return { state: 'none', result: null, identity: null };
}
