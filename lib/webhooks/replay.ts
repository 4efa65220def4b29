import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, type Viewer } from '#lib/auth/viewer.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { webhookName } from './check-url.ts';
import { matchesKinds } from './kinds.ts';
import { WEBHOOK_LIMITS } from './limits.ts';
import { ownWebhook } from './manage-webhooks.ts';
import { payloadOf } from './payload.ts';
import { TEST_KIND } from './test-webhook.ts';

type Who = { viewer: Viewer; orgSlug: string; webhookId: string; now?: Date };
type NewDelivery = { seq: number; kind: string; body: string; replayOf: string | null };

/** Sends the same bytes once more, as a delivery of its own. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export async function replayDelivery({ deliveryId, ...who }: Who & { deliveryId: string }): Promise<number> {
  const webhook = await openWebhook(who);
  const row = await db().webhookDelivery.findFirst({ where: { id: deliveryId, webhookId: webhook.id } });
  if (!row) throw new DomainError('NOT_FOUND', 'There is no such delivery. Those that are done are kept for 30 days.');
  if (row.kind === TEST_KIND) throw new DomainError('CONFLICT', 'A test is not sent again. Send a new one.');
  if (row.state === 'pending') throw new DomainError('CONFLICT', 'The delivery waits to be sent already.');
  const { seq, kind, body, id } = row;
  return store(who, webhook, [{ seq, kind, body, replayOf: id }]);
}

/**
 * Sends the events from `from` to `to` again, those of the webhook's kinds, also such as came before the webhook. Throws
 * UNPROCESSABLE where there are none, or more than a thousand.
 */
export async function replayRange({ from, to, ...who }: Who & { from: number; to: number }): Promise<number> {
  const webhook = await openWebhook(who);
  if (from > to || to - from >= WEBHOOK_LIMITS.replayed) {
    throw new DomainError(
      'UNPROCESSABLE',
      `Name a first and a last event, at most ${WEBHOOK_LIMITS.replayed} apart. ${from} to ${to} is not such a range.`,
    );
  }
  const waiting = await db().webhookDelivery.findMany({
    where: { webhookId: webhook.id, state: 'pending', seq: { gte: from, lte: to } },
    select: { seq: true },
  });
  const isWaiting = new Set(waiting.map(({ seq }) => seq));
  const events = await db().auditEvent.findMany({
    where: { chain: webhook.orgId, seq: { gte: from, lte: to } },
    orderBy: { seq: 'asc' },
  });
  const place = { org: who.orgSlug, publicUrl: config().publicUrl };
  const wanted = events
    .filter(({ seq, kind }) => matchesKinds(webhook.kinds, kind) && !isWaiting.has(seq))
    .map((event) => ({ seq: event.seq, kind: event.kind, body: payloadOf(event, place), replayOf: null }));
  if (wanted.length === 0) {
    throw new DomainError(
      'UNPROCESSABLE',
      `Of the events ${from} to ${to} none is of this webhook's kinds, or they wait to be sent already.`,
    );
  }
  return store(who, webhook, wanted);
}

async function openWebhook({ viewer, orgSlug, webhookId }: Who) {
  const webhook = await ownWebhook({ viewer, orgSlug, id: webhookId });
  if (webhook.disabledAt) throw new DomainError('CONFLICT', 'The webhook is stopped. Let it send again first.');
  return webhook;
}

async function store(
  { viewer, now = new Date() }: Who,
  { id: webhookId, orgId, url }: { id: string; orgId: string; url: string },
  deliveries: NewDelivery[],
): Promise<number> {
  await db().$transaction(async (tx) => {
    await tx.webhookDelivery.createMany({
      data: deliveries.map((delivery) => ({ ...delivery, webhookId, nextAt: now, createdAt: now })),
    });
    await appendEvent(tx, {
      orgId,
      kind: 'webhook.replayed',
      actor: actorOf(viewer),
      subject: { webhook: webhookName(url), id: webhookId },
      data: { deliveries: deliveries.length, from: deliveries[0]!.seq, to: deliveries.at(-1)!.seq },
      now,
    });
  });
  return deliveries.length;
}
