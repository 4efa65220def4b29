import { createHash } from 'node:crypto';
import { isUniqueViolation, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** What makes a signature or a token the same one again, and until when it would be accepted. */
export type OneTime = { parts: readonly string[]; validUntil: Date; what: string };

/** Marks it as used, in the transaction that gives something for it. Throws PROOF_REPLAYED when it was used before. */
export async function spendProof(tx: Tx, { parts, validUntil, what }: OneTime): Promise<void> {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  try {
    // One more minute than it is valid: clocks of several processes differ.
    await tx.usedProof.create({ data: { hash, expiresAt: new Date(validUntil.getTime() + 60_000) } });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError('PROOF_REPLAYED', `This ${what} was exchanged before. Make a new one and log in again.`);
  }
}

/** Forgets what is too old to be used again. */
export async function forgetOldProofs(tx: Tx, now: Date): Promise<void> {
  await tx.usedProof.deleteMany({ where: { expiresAt: { lt: now } } });
  await tx.authChallenge.deleteMany({ where: { expiresAt: { lt: now } } });
}
