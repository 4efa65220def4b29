import type { Actor } from '#lib/audit/events.ts';
import type { Tx } from '#lib/db/db.ts';
import type { Proof } from './proofs/types.ts';

export async function holdNamespace(
  _tx: Tx,
  _: { namespace: string; proof: Proof | null; publisherId?: string; actor: Actor; now: Date },
): Promise<{ publisherId: string }> {
  throw new Error('being built');
}
