import type { Prisma, Tx } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import {
  decideSignature,
  provenanceMatches,
  type SignerIdentity,
  type VerificationResult,
} from '#lib/signing/index.ts';
import type { ProvenanceState, SignatureState } from './views.ts';

const STATES = {
  none: 'none',
  invalid: 'invalid',
  'unknown-signer': 'unknown_signer',
  signed: 'signed',
} as const satisfies Record<string, SignatureState>;

export type SignatureEvaluation = {
  signatureState: SignatureState;
  provenanceState: ProvenanceState;
  identity: SignerIdentity | null;
  /** What a publisher should know, or null when there is nothing to say. */
  message: string | null;
};

/** The signature and provenance signals of a version from everything that was verified for it. */
export function evaluateSignatures(
  results: VerificationResult[],
  identities: SignerIdentity[],
  manifest: Pick<Manifest, 'repository'>,
): SignatureEvaluation {
  const { state, result, identity } = decideSignature(results, identities);
  const provenanceState = result?.ok ? provenanceMatches(result.signer, manifest.repository) : 'none';
  return { signatureState: STATES[state], provenanceState, identity, message: messageOf(state, result) };
}

function messageOf(state: keyof typeof STATES, result: VerificationResult | null): string | null {
  if (state === 'unknown-signer' && result?.ok) {
    return `The signature is valid, but its signer (${result.signer.san}, issued by ${result.signer.issuer}) is not bound to the publisher. Bind it in the publisher console.`;
  }
  return result && !result.ok ? result.message : null;
}

/**
 * Holds namespaces until the transaction ends. Publishing, adding signatures and binding signers all take this lock
 * first: a signature is never judged by signers that were just removed, and no two of them wait for each other.
 */
export async function lockNamespaces(tx: Tx, namespaces: string[]): Promise<void> {
  await tx.$queryRaw`select 1 from "Namespace" where name = any(${namespaces}) order by name for update`;
}

/** Signer identities that the holder of a namespace bound; none when nobody holds it. */
export async function boundIdentities(tx: Tx, namespace: string): Promise<SignerIdentity[]> {
  const holder = await tx.namespace.findUnique({
    where: { name: namespace },
    select: { publisher: { select: { signerIdentities: { select: { identity: true } } } } },
  });
  return (holder?.publisher.signerIdentities ?? []).map(({ identity }) => identity as SignerIdentity);
}

/** The row of a verified bundle. */
export function signatureRow(bundle: unknown, result: VerificationResult, identity: SignerIdentity | null, now: Date) {
  return {
    bundleSha256: result.bundleSha256 ?? 'unreadable',
    bundle: bundle as Prisma.InputJsonValue,
    result: result as unknown as Prisma.InputJsonValue,
    isValid: result.ok,
    ...(identity ? { matched: identity as unknown as Prisma.InputJsonValue } : {}),
    verifiedAt: now,
  };
}
