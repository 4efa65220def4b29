import type { Tx } from '#lib/db/db.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { type ChainedEvent, eventHash, GENESIS_HASH } from './chain.ts';
import type { Actor, EventKind } from './events.ts';

/** PostgreSQL channel (NOTIFY) that names the organizations whose chain grew. */
export const AUDIT_CHANNEL = 'hallmark_audit';

/**
 * Adds an event to the chain of an organization, or of the instance when `orgId` is null. Call it in the transaction
 * that makes the change: both are committed or neither. Chains grow one event at a time (advisory lock until commit).
 * Whoever listens on AUDIT_CHANNEL hears of it at commit.
 */
export async function appendEvent(
  tx: Tx,
  {
    orgId,
    kind,
    actor,
    subject,
    data = {},
    now,
  }: { orgId: string | null; kind: EventKind; actor: Actor; subject: JsonObject; data?: JsonObject; now: Date },
): Promise<void> {
  const chain = orgId ?? 'instance';
  await lockChain(tx, chain);
  const last = await tx.auditEvent.findFirst({
    where: { chain },
    orderBy: { seq: 'desc' },
    select: { seq: true, hash: true },
  });
  const event: ChainedEvent = {
    chain,
    seq: (last?.seq ?? 0) + 1,
    kind,
    actor,
    subject,
    data,
    at: now.toISOString(),
    prevHash: last?.hash ?? GENESIS_HASH,
  };
  await tx.auditEvent.create({ data: { ...event, actor: { ...actor }, subject, data, hash: eventHash(event) } });
  if (orgId !== null) await tx.$executeRaw`select pg_notify(${AUDIT_CHANNEL}, ${chain})`;
}

/** Holds a chain until the transaction ends. Several are taken in the order of their names. */
export async function lockChain(tx: Tx, chain: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`audit:${chain}`}, 0))`;
}
