import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/**
 * Against the policy's word only an exception is approved, and an exception has an end. Throws UNPROCESSABLE.
 */
export async function requireException(
  tx: Tx,
  { decisionId, isException, until }: { decisionId: string | null; isException: boolean; until: Date | null },
): Promise<void> {
  const decision =
    decisionId === null
      ? null
      : await tx.policyDecision.findUnique({ where: { id: decisionId }, select: { outcome: true } });
  if (decision?.outcome === 'deny' && !isException)
    throw new DomainError('UNPROCESSABLE', 'The policy denies this version. Approve it as an exception, with an end.');
  if (isException && until === null)
    throw new DomainError('UNPROCESSABLE', 'An exception needs an end. Give the day until which it holds.');
}
