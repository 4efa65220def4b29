import type { Tx } from '#lib/db/db.ts';
import { canonicalJson, sha256Hex } from '#lib/manifest/index.ts';
import type { JsonObject, JsonValue } from '#lib/manifest/types.ts';
import type { Actor, EventKind } from './events.ts';

export const GENESIS_HASH = '0'.repeat(64);

export type ChainedEvent = {
  chain: string;
  seq: number;
  kind: string;
  actor: JsonValue;
  subject: JsonValue;
  data: JsonValue;
  at: string;
  prevHash: string;
};

/** Hex sha256 over the RFC 8785 form of the event with the hash before it. */
export const eventHash = (event: ChainedEvent) => sha256Hex(canonicalJson(event));

/**
 * Adds an event to the chain of an organization, or of the instance when `orgId` is null. Call it in the transaction
 * that makes the change: both are committed or neither. Chains grow one event at a time (advisory lock until commit).
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
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`audit:${chain}`}, 0))`;
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
}

/** First break of a chain given in order, or null. Pure, so that an export can be checked offline. */
export function findBreak(events: (ChainedEvent & { hash: string })[]): { seq: number; message: string } | null {
  let [seq, prevHash] = [1, GENESIS_HASH];
  for (const { hash, ...event } of events) {
    if (event.seq !== seq) return { seq, message: `event ${seq} is missing; ${event.seq} comes in its place` };
    if (event.prevHash !== prevHash) return { seq, message: `event ${seq} does not follow from the event before it` };
    if (eventHash(event) !== hash) return { seq, message: `event ${seq} was changed after it was written` };
    [seq, prevHash] = [seq + 1, hash];
  }
  return null;
}
