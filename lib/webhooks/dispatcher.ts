import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { type Outbound, outbound as ownOutbound } from '#lib/outbound/index.ts';
import { attemptDelivery, claimDelivery } from './attempt.ts';
import { WEBHOOK_LIMITS } from './limits.ts';

export type Dispatcher = {
  /** Starts sending what is due to every webhook that is not sent to already. Does not wait for the endpoints. */
  kick(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
};

/**
 * Sends deliveries, each webhook on a lane of its own with a few requests at once: an endpoint that takes ten seconds for
 * every answer holds up itself alone. A lane that had its turn makes room, so that more webhooks than lanes take turns.
 */
export function createDispatcher({
  outbound = ownOutbound,
  clock = () => new Date(),
  random = Math.random,
  signal,
}: {
  /** Asked for at every turn: the configuration may have changed. */
  outbound?: () => Outbound;
  clock?: () => Date;
  random?: () => number;
  signal?: AbortSignal;
} = {}): Dispatcher {
  const lanes = new Map<string, Promise<void>>();

  async function kick(): Promise<void> {
    if (signal?.aborted) return;
    const due = await dueWebhooks(clock());
    for (const webhookId of due) {
      if (lanes.size >= WEBHOOK_LIMITS.atOnce) return;
      if (lanes.has(webhookId)) continue;
      lanes.set(webhookId, turn(webhookId));
    }
  }

  async function turn(webhookId: string): Promise<void> {
    let left: number = WEBHOOK_LIMITS.perTurn;
    let isMore = false;
    const sender = async () => {
      while (!signal?.aborted) {
        if (left-- <= 0) {
          isMore = true;
          return;
        }
        const delivery = await claimDelivery(webhookId, clock());
        if (!delivery) return;
        await attemptDelivery(delivery, { outbound: outbound(), clock, random, ...(signal ? { signal } : {}) });
      }
    };
    try {
      await Promise.all(Array.from({ length: WEBHOOK_LIMITS.perWebhook }, sender));
    } catch (error) {
      log.error({ err: error, webhookId }, 'deliveries could not be worked on');
    } finally {
      const wasFull = lanes.size >= WEBHOOK_LIMITS.atOnce;
      lanes.delete(webhookId);
      // Failures come back with the schedule; here only what waited for a lane or a further turn.
      if (isMore || wasFull)
        await kick().catch((error) => log.error({ err: error }, 'deliveries could not be looked for'));
    }
  }

  return {
    kick,
    idle: async () => {
      while (lanes.size > 0) await Promise.all(lanes.values());
    },
  };
}

/** Webhooks with something due, those that wait longest first. */
async function dueWebhooks(now: Date): Promise<string[]> {
  const rows = await db().$queryRaw<{ webhookId: string }[]>`
    select d."webhookId" from "WebhookDelivery" d join "Webhook" w on w."id" = d."webhookId"
    where d."state" = 'pending' and d."nextAt" <= ${now} and w."disabledAt" is null and w."deletedAt" is null
    group by d."webhookId" order by min(d."nextAt") limit 1000`;
  return rows.map(({ webhookId }) => webhookId);
}
