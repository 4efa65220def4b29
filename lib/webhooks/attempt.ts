import { appendEvent } from '#lib/audit/append-event.ts';
import { log } from '#lib/config/log.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { webhookName } from './check-url.ts';
import { MAX_ATTEMPTS, retryWait, WEBHOOK_LIMITS } from './limits.ts';
import { dropPending } from './manage-webhooks.ts';
import { openSecrets } from './secrets.ts';
import { type SendResult, send } from './send.ts';

export type ClaimedDelivery = { id: string; webhookId: string; kind: string; body: string; attempts: number };

/**
 * Takes the next delivery of a webhook that is due, lowest event first, and counts the try. Until the lease ends nobody
 * else takes it; when this process dies, another one sends it again then.
 */
export async function claimDelivery(webhookId: string, now: Date): Promise<ClaimedDelivery | null> {
  const lease = new Date(now.getTime() + WEBHOOK_LIMITS.leaseMs);
  const [row] = await db().$queryRaw<ClaimedDelivery[]>`
    update "WebhookDelivery" set "attempts" = "attempts" + 1, "nextAt" = ${lease}
    where "id" = (
      select d."id" from "WebhookDelivery" d join "Webhook" w on w."id" = d."webhookId"
      where d."webhookId" = ${webhookId} and d."state" = 'pending' and d."nextAt" <= ${now}
        and w."disabledAt" is null and w."deletedAt" is null
      order by d."seq", d."createdAt" limit 1 for update of d skip locked
    )
    returning "id", "webhookId", "kind", "body", "attempts"`;
  return row ?? null;
}

/** Sends a delivery that was claimed and writes down how it went. Returns whether it was delivered. */
export async function attemptDelivery(
  delivery: ClaimedDelivery,
  {
    outbound,
    clock,
    random = Math.random,
    signal,
  }: { outbound: Outbound; clock: () => Date; random?: () => number; signal?: AbortSignal },
): Promise<boolean> {
  const webhook = await db().webhook.findUniqueOrThrow({ where: { id: delivery.webhookId } });
  const result = await sendOrExplain(webhook, delivery, { outbound, now: clock(), signal });
  // Ended by our own stop: the lease brings it back.
  if (!result.ok && signal?.aborted) return false;
  await settle(delivery, result, { now: clock(), random });
  const { status, ms } = result;
  log.debug({ deliveryId: delivery.id, webhookId: webhook.id, event: delivery.kind, status, ms }, 'webhook delivery');
  return result.ok;
}

async function sendOrExplain(
  webhook: { id: string; url: string; sealed: Uint8Array },
  { id, kind, body }: ClaimedDelivery,
  options: { outbound: Outbound; now: Date; signal?: AbortSignal | undefined },
): Promise<SendResult> {
  const { outbound, now, signal } = options;
  try {
    const secrets = await openSecrets(webhook.id, webhook.sealed);
    return await send({
      url: webhook.url,
      secrets,
      deliveryId: id,
      kind,
      body,
      outbound,
      now,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { ok: false, status: null, error: error.message, response: null, ms: 0 };
  }
}

async function settle(
  { id, webhookId, attempts, kind }: ClaimedDelivery,
  { ok, status, error, response, ms }: SendResult,
  { now, random }: { now: Date; random: () => number },
): Promise<void> {
  const seen = { lastStatus: status, lastError: error, lastMs: ms, lastResponse: response };
  await db().$transaction(async (tx) => {
    // The webhook first, always: two deliveries that end at once must not wait for each other in a circle.
    const [webhook] = await tx.$queryRaw<LockedWebhook[]>`
      select "id", "orgId", "url", "failures", "failingSince", "disabledAt", "deletedAt" from "Webhook"
      where "id" = ${webhookId} for update`;
    if (!webhook) return;
    if (ok) {
      await tx.webhookDelivery.update({ where: { id }, data: { ...seen, state: 'delivered', deliveredAt: now } });
      await tx.webhook.update({ where: { id: webhookId }, data: { failures: 0, failingSince: null } });
      return;
    }
    const wait = retryWait(attempts, random());
    const isOver = wait === null || webhook.disabledAt !== null || webhook.deletedAt !== null;
    await tx.webhookDelivery.update({
      where: { id },
      data: { ...seen, ...(isOver ? { state: 'failed' } : { nextAt: new Date(now.getTime() + wait) }) },
    });
    if (webhook.disabledAt || webhook.deletedAt) return;
    await noteFailure(tx, webhook, { status, now });
  });
  if (!ok)
    log.info({ deliveryId: id, webhookId, event: kind, status, attempts, of: MAX_ATTEMPTS }, 'webhook delivery failed');
}

type LockedWebhook = {
  id: string;
  orgId: string;
  url: string;
  failures: number;
  failingSince: Date | null;
  disabledAt: Date | null;
  deletedAt: Date | null;
};

async function noteFailure(
  tx: Tx,
  { id, orgId, url, failures, failingSince }: LockedWebhook,
  { status, now }: { status: number | null; now: Date },
): Promise<void> {
  const since = failingSince ?? now;
  const inARow = failures + 1;
  await tx.webhook.update({ where: { id }, data: { failures: inARow, failingSince: since } });
  const days = WEBHOOK_LIMITS.stopAfterMs / 86_400_000;
  if (status === 410) await stop('it answered 410, which means that it wants no more');
  else if (now.getTime() - since.getTime() >= WEBHOOK_LIMITS.stopAfterMs) {
    await stop(`nothing got through for ${days} days`);
  } else if (inARow >= WEBHOOK_LIMITS.holdAfter) {
    // What else waits comes after the next try, uncounted: an endpoint that is down is asked once, not for every event.
    const wait = retryWait(Math.min(inARow - WEBHOOK_LIMITS.holdAfter + 1, 4), 0.5)!;
    const until = new Date(now.getTime() + wait);
    await tx.$executeRaw`
      update "WebhookDelivery" set "nextAt" = ${until}
      where "webhookId" = ${id} and "state" = 'pending' and "nextAt" < ${until}`;
  }

  async function stop(reason: string) {
    await tx.webhook.update({ where: { id }, data: { disabledAt: now, disabledReason: reason } });
    await dropPending(tx, id, `The webhook was stopped: ${reason}.`);
    await appendEvent(tx, {
      orgId,
      kind: 'webhook.disabled',
      actor: { type: 'system', name: 'Hallmark' },
      subject: { webhook: webhookName(url), id },
      data: { reason },
      now,
    });
  }
}
