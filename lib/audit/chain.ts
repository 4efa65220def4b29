import { canonicalJson, sha256Hex } from '#lib/manifest/canonical.ts';
import type { JsonObject, JsonValue } from '#lib/manifest/types.ts';

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

/** A place in a chain: the number of an event and its hash. `0` with GENESIS_HASH stands before the first one. */
export type ChainPoint = { seq: number; hash: string };

export type ChainBreak = { seq: number; message: string };

export const GENESIS: ChainPoint = { seq: 0, hash: GENESIS_HASH };

/** Hex sha256 over the RFC 8785 form of the event with the hash before it. */
export const eventHash = (event: ChainedEvent) => sha256Hex(canonicalJson(event as unknown as JsonValue));

/** Looks at one event after the other and needs the memory of one. Pure, so that an export can be checked offline. */
export type ChainCheck = {
  /** The break that this event shows, or null. After a break nothing more is to be learned. */
  push(event: ChainedEvent & { hash: string }): ChainBreak | null;
  /** The last event that holds. */
  head(): ChainPoint;
};

/** A check that goes on from `after`: from the beginning of the chain, or from what retention left. */
export function chainCheck(after: ChainPoint = GENESIS): ChainCheck {
  let last = after;
  return {
    push: ({ hash, ...event }) => {
      const seq = last.seq + 1;
      if (event.seq !== seq) {
        const message = event.seq > seq ? 'is missing' : 'should come here';
        return { seq, message: `event ${seq} ${message}; ${event.seq} comes in its place` };
      }
      if (event.prevHash !== last.hash) {
        return { seq, message: `event ${seq} does not follow from the event before it` };
      }
      if (hashOrNull(event) !== hash) return { seq, message: `event ${seq} was changed after it was written` };
      last = { seq, hash };
      return null;
    },
    head: () => last,
  };
}

/** First break of a chain given in order, or null. */
export function findBreak(events: (ChainedEvent & { hash: string })[], after: ChainPoint = GENESIS): ChainBreak | null {
  const check = chainCheck(after);
  for (const event of events) {
    const broken = check.push(event);
    if (broken) return broken;
  }
  return null;
}

/** A stored row as the event that was hashed. */
export const chainedEvent = (row: {
  chain: string;
  seq: number;
  kind: string;
  actor: unknown;
  subject: unknown;
  data: unknown;
  at: Date;
  prevHash: string;
  hash: string;
}): ChainedEvent & { hash: string } => ({
  chain: row.chain,
  seq: row.seq,
  kind: row.kind,
  actor: row.actor as JsonObject,
  subject: row.subject as JsonObject,
  data: row.data as JsonObject,
  at: row.at.toISOString(),
  prevHash: row.prevHash,
  hash: row.hash,
});

/** What has no canonical form was never hashed. */
function hashOrNull(event: ChainedEvent): string | null {
  try {
    return eventHash(event);
  } catch {
    return null;
  }
}
