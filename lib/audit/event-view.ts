import type { JsonObject } from '#lib/manifest/types.ts';
import { describeEvent } from './events.ts';

/** An event as lists show it. */
export type EventView = { seq: number; at: string; actor: string; kind: string; text: string; hash: string };

export const eventView = (event: {
  seq: number;
  at: Date;
  actor: unknown;
  kind: string;
  subject: unknown;
  data: unknown;
  hash: string;
}): EventView => ({
  seq: event.seq,
  at: event.at.toISOString(),
  actor: (event.actor as { name?: string }).name ?? 'unknown',
  kind: event.kind,
  text: describeEvent(event.kind, { ...(event.data as JsonObject), ...(event.subject as JsonObject) }),
  hash: event.hash,
});
