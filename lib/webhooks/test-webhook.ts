import type { Viewer } from '#lib/auth/viewer.ts';
import { actorOf } from '#lib/auth/viewer.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { type Outbound, outbound as ownOutbound } from '#lib/outbound/index.ts';
import { ownWebhook } from './manage-webhooks.ts';
import { openSecrets } from './secrets.ts';
import { type SendResult, send } from './send.ts';

/** A kind that no event has. */
export const TEST_KIND = 'webhook.test';

/**
 * Sends something that means nothing, signed like everything else, and says how it went. It is tried once and counts
 * neither for nor against the webhook. Throws FORBIDDEN, NOT_FOUND, KEYS_UNAVAILABLE.
 */
export async function testWebhook({
  viewer,
  orgSlug,
  id: webhookId,
  now = new Date(),
  outbound = ownOutbound(),
}: {
  viewer: Viewer;
  orgSlug: string;
  id: string;
  now?: Date;
  outbound?: Outbound;
}): Promise<SendResult> {
  const webhook = await ownWebhook({ viewer, orgSlug, id: webhookId });
  const secrets = await openSecrets(webhookId, webhook.sealed);
  const delivery = await db().webhookDelivery.create({
    data: { webhookId, seq: 0, kind: TEST_KIND, body: '', state: 'failed', attempts: 1, nextAt: now, createdAt: now },
  });
  const body = JSON.stringify({
    v: 1,
    id: delivery.id,
    kind: TEST_KIND,
    org: orgSlug,
    at: now.toISOString(),
    seq: 0,
    actor: actorOf(viewer),
    subject: {},
    data: {},
    text: 'This is a test. Nothing happened.',
    url: `${config().publicUrl}/orgs/${orgSlug}/webhooks`,
    hash: null,
  });
  const result = await send({
    url: webhook.url,
    secrets,
    deliveryId: delivery.id,
    kind: TEST_KIND,
    body,
    outbound,
    now,
  });
  const { ok, status, error, response, ms } = result;
  await db().webhookDelivery.update({
    where: { id: delivery.id },
    data: {
      body,
      state: ok ? 'delivered' : 'failed',
      deliveredAt: ok ? now : null,
      lastStatus: status,
      lastError: error,
      lastResponse: response,
      lastMs: ms,
    },
  });
  return result;
}
