import { z } from 'zod';
import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { DeliveryState } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import { ownWebhook } from './manage-webhooks.ts';
import { openSecrets } from './secrets.ts';

export type WebhookView = {
  id: string;
  url: string;
  kinds: string[];
  createdAt: string;
  failures: number;
  failingSince: string | null;
  disabledAt: string | null;
  disabledReason: string | null;
  /** Until when the secret before the last rotation signs too. */
  overlapUntil: string | null;
  waiting: number;
  lastDeliveredAt: string | null;
};

export type DeliveryView = {
  id: string;
  seq: number;
  kind: string;
  state: DeliveryState;
  attempts: number;
  createdAt: string;
  deliveredAt: string | null;
  /** When it is tried next; null when it is done. */
  nextAt: string | null;
  status: number | null;
  error: string | null;
  ms: number | null;
  response: string | null;
  replayOf: string | null;
};

export const DELIVERIES_A_PAGE = 50;

/** The webhooks of an organization, for its owners. Throws FORBIDDEN, NOT_FOUND. */
export async function listWebhooks({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  now?: Date;
}): Promise<WebhookView[]> {
  const org = requireOrg(viewer, orgSlug, 'webhook.manage');
  const rows = await db().webhook.findMany({
    where: { orgId: org.id, deletedAt: null },
    orderBy: { createdAt: 'asc' },
    include: {
      _count: { select: { deliveries: { where: { state: 'pending' } } } },
      deliveries: {
        where: { state: 'delivered' },
        orderBy: { createdAt: 'desc' },
        take: 1,
        select: { deliveredAt: true },
      },
    },
  });
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      url: row.url,
      kinds: row.kinds,
      createdAt: row.createdAt.toISOString(),
      failures: row.failures,
      failingSince: row.failingSince?.toISOString() ?? null,
      disabledAt: row.disabledAt?.toISOString() ?? null,
      disabledReason: row.disabledReason,
      overlapUntil: await overlapOf(row.id, row.sealed, now),
      waiting: row._count.deliveries,
      lastDeliveredAt: row.deliveries[0]?.deliveredAt?.toISOString() ?? null,
    })),
  );
}

async function overlapOf(id: string, sealed: Uint8Array, now: Date): Promise<string | null> {
  const until = await openSecrets(id, sealed).then(
    ({ previous }) => previous?.until,
    () => undefined,
  );
  return until && new Date(until) > now ? until : null;
}

/** What the log of deliveries is narrowed to. Whatever is no such value narrows nothing. */
export const deliveryFilterSchema = z.object({
  state: z.enum(['pending', 'delivered', 'failed']).nullable().catch(null),
  kind: z
    .string()
    .regex(/^[a-z-]+\.(\*|[a-z-]+)$/)
    .nullable()
    .catch(null),
  /** Id of the delivery that the page before ended with. */
  after: z
    .string()
    .regex(/^[a-z0-9]{1,40}$/)
    .nullable()
    .catch(null),
});

export type DeliveryFilter = z.output<typeof deliveryFilterSchema>;

/** Deliveries of a webhook, newest first. `next` is the `after` of the following page. Throws FORBIDDEN, NOT_FOUND. */
export async function listDeliveries({
  viewer,
  orgSlug,
  webhookId,
  filter,
}: {
  viewer: Viewer;
  orgSlug: string;
  webhookId: string;
  filter: DeliveryFilter;
}): Promise<{ deliveries: DeliveryView[]; next: string | null }> {
  await ownWebhook({ viewer, orgSlug, id: webhookId });
  const { state, kind, after } = filter;
  const cursor = after
    ? await db().webhookDelivery.findFirst({ where: { id: after, webhookId }, select: { id: true } })
    : null;
  const rows = await db().webhookDelivery.findMany({
    where: {
      webhookId,
      ...(state ? { state } : {}),
      ...(kind ? { kind: kind.endsWith('.*') ? { startsWith: kind.slice(0, -1) } : kind } : {}),
    },
    orderBy: [{ createdAt: 'desc' }, { seq: 'desc' }, { id: 'desc' }],
    take: DELIVERIES_A_PAGE + 1,
    ...(cursor ? { cursor, skip: 1 } : {}),
  });
  const shown = rows.slice(0, DELIVERIES_A_PAGE);
  return {
    deliveries: shown.map((row) => ({
      id: row.id,
      seq: row.seq,
      kind: row.kind,
      state: row.state,
      attempts: row.attempts,
      createdAt: row.createdAt.toISOString(),
      deliveredAt: row.deliveredAt?.toISOString() ?? null,
      nextAt: row.state === 'pending' ? row.nextAt.toISOString() : null,
      status: row.lastStatus,
      error: row.lastError,
      ms: row.lastMs,
      response: row.lastResponse,
      replayOf: row.replayOf,
    })),
    next: rows.length > shown.length ? shown.at(-1)!.id : null,
  };
}
