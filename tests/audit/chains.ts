import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor, EventKind } from '#lib/audit/events.ts';
import { db } from '#lib/db/db.ts';
import type { JsonObject } from '#lib/manifest/types.ts';

export const SYSTEM: Actor = { type: 'system', name: 'Hallmark' };

/** Appends an event in a transaction of its own. */
export const append = (
  orgId: string | null,
  kind: EventKind,
  {
    subject = {},
    data = {},
    actor = SYSTEM,
    at = new Date(),
  }: { subject?: JsonObject; data?: JsonObject; actor?: Actor; at?: Date } = {},
) => db().$transaction((tx) => appendEvent(tx, { orgId, kind, actor, subject, data, now: at }));

export async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line.replace(/\n$/, ''));
  return all;
}
