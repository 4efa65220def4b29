import { describeEvent } from '#lib/audit/events.ts';
import type { JsonObject } from '#lib/manifest/types.ts';

export type WebhookPayload = {
  v: 1;
  /** The event's id: the same in every delivery of the event, so that a receiver can tell a second one. */
  id: string;
  kind: string;
  /** Slug. */
  org: string;
  at: string;
  /** The event's number in the organization's chain; receivers order by it. */
  seq: number;
  actor: JsonObject;
  subject: JsonObject;
  data: JsonObject;
  /** The sentence that the console shows. */
  text: string;
  /** Where the console shows the event. */
  url: string;
  /** Of the event in the chain: kept by the receiver it shows later whether the chain was written anew. */
  hash: string;
};

type StoredEvent = {
  id: string;
  seq: number;
  kind: string;
  actor: unknown;
  subject: unknown;
  data: unknown;
  at: Date;
  hash: string;
};

/** The body of a delivery. Everything that others wrote is data inside JSON strings. */
export function payloadOf(event: StoredEvent, { org, publicUrl }: { org: string; publicUrl: string }): string {
  const [subject, data] = [event.subject as JsonObject, event.data as JsonObject];
  const payload: WebhookPayload = {
    v: 1,
    id: event.id,
    kind: event.kind,
    org,
    at: event.at.toISOString(),
    seq: event.seq,
    actor: event.actor as JsonObject,
    subject,
    data,
    text: describeEvent(event.kind, { ...data, ...subject }),
    url: `${publicUrl}/orgs/${org}/audit?before=${event.seq + 1}`,
    hash: event.hash,
  };
  return JSON.stringify(payload);
}
