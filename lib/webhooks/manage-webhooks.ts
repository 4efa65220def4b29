import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type Outbound, outbound as ownOutbound } from '#lib/outbound/index.ts';
import { checkWebhookUrl, webhookName } from './check-url.ts';
import { parseKinds } from './kinds.ts';
import { WEBHOOK_LIMITS } from './limits.ts';
import { newSecret, openSecrets, sealSecrets } from './secrets.ts';

type Who = { viewer: Viewer; orgSlug: string; now?: Date };

/** Adds a webhook. `secret` is in this answer only. Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE, ADDRESS_REFUSED, CONFLICT. */
export async function addWebhook({
  viewer,
  orgSlug,
  url,
  kinds,
  now = new Date(),
  outbound = ownOutbound(),
}: Who & { url: string; kinds: string; outbound?: Outbound }): Promise<{ id: string; secret: string }> {
  const org = requireOrg(viewer, orgSlug, 'webhook.manage');
  const wanted = parseKinds(kinds);
  const address = await checkWebhookUrl(url, outbound);
  const secret = newSecret();
  return db().$transaction(async (tx) => {
    if ((await tx.webhook.count({ where: { orgId: org.id, deletedAt: null } })) >= WEBHOOK_LIMITS.perOrg) {
      throw new DomainError(
        'CONFLICT',
        `An organization has at most ${WEBHOOK_LIMITS.perOrg} webhooks. Remove one first.`,
      );
    }
    const { id } = await tx.webhook.create({
      data: {
        orgId: org.id,
        url: address,
        sealed: new Uint8Array(),
        kinds: wanted,
        createdById: viewer.id,
        createdAt: now,
      },
    });
    await tx.webhook.update({ where: { id }, data: { sealed: await sealSecrets(id, { current: secret }) } });
    await record(tx, { viewer, orgId: org.id, kind: 'webhook.added', id, url: address, data: { kinds: wanted }, now });
    return { id, secret };
  });
}

/** Changes address and kinds, and lets a stopped webhook go on. Throws as `addWebhook` does. */
export async function changeWebhook({
  viewer,
  orgSlug,
  id,
  url,
  kinds,
  now = new Date(),
  outbound = ownOutbound(),
}: Who & { id: string; url: string; kinds: string; outbound?: Outbound }): Promise<void> {
  const before = await ownWebhook({ viewer, orgSlug, id });
  const wanted = parseKinds(kinds);
  const address = await checkWebhookUrl(url, outbound);
  const changes = [
    ...(address === before.url ? [] : ['address']),
    ...(String(wanted) === String(before.kinds) ? [] : ['kinds']),
    ...(before.disabledAt ? ['sending again'] : []),
  ];
  if (changes.length === 0) return;
  await db().$transaction(async (tx) => {
    await tx.webhook.update({
      where: { id },
      data: { url: address, kinds: wanted, disabledAt: null, disabledReason: null, failures: 0, failingSince: null },
    });
    const data = { changes: changes.join(', '), kinds: wanted };
    await record(tx, { viewer, orgId: before.orgId, kind: 'webhook.changed', id, url: address, data, now });
  });
}

/** A new secret, in this answer only. The one before signs too for a day, so that receivers can change over. */
export async function rotateSecret({
  viewer,
  orgSlug,
  id,
  now = new Date(),
}: Who & { id: string }): Promise<{ secret: string; until: Date }> {
  const { orgId, url } = await ownWebhook({ viewer, orgSlug, id });
  const secret = newSecret();
  const until = new Date(now.getTime() + WEBHOOK_LIMITS.overlapMs);
  await db().$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<
      { sealed: Uint8Array }[]
    >`select "sealed" from "Webhook" where "id" = ${id} for update`;
    // A secret that does not open any more is no reason to have none.
    const current = await openSecrets(id, row!.sealed).then(
      (secrets) => secrets.current,
      () => null,
    );
    const previous = current === null ? undefined : { secret: current, until: until.toISOString() };
    await tx.webhook.update({ where: { id }, data: { sealed: await sealSecrets(id, { current: secret, previous }) } });
    await record(tx, { viewer, orgId, kind: 'webhook.changed', id, url, data: { changes: 'secret' }, now });
  });
  return { secret, until };
}

/** Ends a webhook: what waits is not sent, and its secret is forgotten. */
export async function removeWebhook({ viewer, orgSlug, id, now = new Date() }: Who & { id: string }): Promise<void> {
  const { orgId, url } = await ownWebhook({ viewer, orgSlug, id });
  await db().$transaction(async (tx) => {
    await tx.webhook.update({ where: { id }, data: { deletedAt: now, sealed: new Uint8Array() } });
    await dropPending(tx, id, 'The webhook was removed.');
    await record(tx, { viewer, orgId, kind: 'webhook.removed', id, url, data: {}, now });
  });
}

/** The webhook of an organization that the viewer owns. One of another organization does not exist: NOT_FOUND. */
export async function ownWebhook({ viewer, orgSlug, id }: { viewer: Viewer; orgSlug: string; id: string }) {
  const org = requireOrg(viewer, orgSlug, 'webhook.manage');
  const webhook = await db().webhook.findFirst({ where: { id, orgId: org.id, deletedAt: null } });
  if (!webhook) throw new DomainError('NOT_FOUND', 'There is no such webhook. It may have been removed.');
  return webhook;
}

/** Ends what waits to be sent. */
export const dropPending = (tx: Tx, webhookId: string, why: string) =>
  tx.webhookDelivery.updateMany({ where: { webhookId, state: 'pending' }, data: { state: 'failed', lastError: why } });

type Recorded = {
  viewer: Viewer;
  orgId: string;
  kind: 'webhook.added' | 'webhook.changed' | 'webhook.removed';
  id: string;
  url: string;
  data: Record<string, string | string[]>;
  now: Date;
};

const record = (tx: Tx, { viewer, orgId, kind, id, url, data, now }: Recorded) =>
  appendEvent(tx, { orgId, kind, actor: actorOf(viewer), subject: { webhook: webhookName(url), id }, data, now });
