import type { EntryState } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';

/** Of several versions the one that allows most gives the entry its state. */
const FROM_OPEN_TO_CLOSED: readonly EntryState[] = ['approved', 'suspended', 'expired', 'revoked'];

/**
 * Gives an entry the state that follows from its versions, after some of them changed theirs. `reason` is kept where it is
 * suspended now and was not before. Returns the state.
 */
export async function settleEntry(
  tx: Tx,
  { entryId, reason, now }: { entryId: string; reason: string; now: Date },
): Promise<EntryState> {
  const rows = await tx.allowlistVersion.findMany({
    where: { entryId },
    distinct: ['state'],
    select: { state: true },
  });
  const states = new Set(rows.map(({ state }) => state));
  const state = FROM_OPEN_TO_CLOSED.find((one) => states.has(one)) ?? 'revoked';
  if (state === 'suspended') {
    await tx.allowlistEntry.updateMany({
      where: { id: entryId, state: { not: 'suspended' } },
      data: { state, suspendedAt: now, suspendedReason: reason, updatedAt: now },
    });
    return state;
  }
  await tx.allowlistEntry.update({
    where: { id: entryId },
    data: { state, suspendedAt: null, suspendedReason: null, updatedAt: now },
  });
  return state;
}
