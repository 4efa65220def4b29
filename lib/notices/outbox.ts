import { config } from '#lib/config/config.ts';
import type { AuditEvent } from '#lib/db/client/client.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { matchesKinds } from '#lib/webhooks/kinds.ts';
import { payloadOf } from '#lib/webhooks/payload.ts';
import { mailsFor } from './mails-for.ts';

const BATCH = 200;
const NOTHING = { events: 0, deliveries: 0, mails: 0 };

/** An event that is older when it is first seen is not mailed any more, e.g. those from before mail was set up. */
const MAILED_FOR_MS = 24 * 60 * 60 * 1000;

export type OutboxRun = typeof NOTHING;

/**
 * Turns the events of every organization that were not looked at yet into webhook deliveries and mail, in their order. A
 * chain's cursor moves in the transaction that writes them: after a crash nothing is lost and nothing is there twice.
 */
export async function runOutbox({ now, signal }: { now: Date; signal?: AbortSignal }): Promise<OutboxRun> {
  const total = { ...NOTHING };
  const faults: unknown[] = [];
  for (const { id } of await orgsBehind()) {
    try {
      while (!signal?.aborted) {
        const done = await db().$transaction((tx) => workBatch(tx, id, now), { timeout: 60_000 });
        for (const key of Object.keys(total) as (keyof OutboxRun)[]) total[key] += done[key];
        if (done.events < BATCH) break;
      }
    } catch (error) {
      faults.push(error);
    }
  }
  // After all others: one organization's trouble is not theirs.
  if (faults.length > 0) throw faults[0];
  return total;
}

/** Organizations whose newest event lies behind their cursor. */
const orgsBehind = () =>
  db().$queryRaw<{ id: string }[]>`
    select o."id" from "Org" o left join "OutboxCursor" c on c."chain" = o."id"
    where coalesce(c."seq", 0) < coalesce(
      (select e."seq" from "AuditEvent" e where e."chain" = o."id" order by e."seq" desc limit 1), 0)
    order by o."id"`;

async function workBatch(tx: Tx, orgId: string, now: Date): Promise<OutboxRun> {
  await tx.$executeRaw`insert into "OutboxCursor" ("chain", "seq") values (${orgId}, 0) on conflict do nothing`;
  // Waits for another process instead of passing: it may have looked before the newest event was there.
  const [cursor] = await tx.$queryRaw<{ seq: number }[]>`
    select "seq" from "OutboxCursor" where "chain" = ${orgId} for update`;
  const events = await tx.auditEvent.findMany({
    where: { chain: orgId, seq: { gt: cursor!.seq } },
    orderBy: { seq: 'asc' },
    take: BATCH,
  });
  if (events.length === 0) return NOTHING;
  const org = await tx.org.findUniqueOrThrow({
    where: { id: orgId },
    select: { id: true, slug: true, displayName: true },
  });
  const deliveries = await writeDeliveries(tx, { org, events, now });
  const mails = await writeMails(tx, { org, events, now });
  await tx.outboxCursor.update({ where: { chain: orgId }, data: { seq: events.at(-1)!.seq } });
  return { events: events.length, deliveries, mails };
}

type Batch = { org: { id: string; slug: string; displayName: string }; events: AuditEvent[]; now: Date };

async function writeDeliveries(tx: Tx, { org, events, now }: Batch): Promise<number> {
  const webhooks = await tx.webhook.findMany({
    where: { orgId: org.id, deletedAt: null, disabledAt: null },
    select: { id: true, kinds: true, createdAt: true },
  });
  const { publicUrl } = config();
  const rows = events.flatMap((event) => {
    const wanted = webhooks.filter(({ kinds, createdAt }) => createdAt <= event.at && matchesKinds(kinds, event.kind));
    if (wanted.length === 0) return [];
    const body = payloadOf(event, { org: org.slug, publicUrl });
    const { seq, kind } = event;
    return wanted.map(({ id }) => ({ webhookId: id, seq, kind, body, nextAt: now, createdAt: now }));
  });
  await tx.webhookDelivery.createMany({ data: rows });
  return rows.length;
}

async function writeMails(tx: Tx, { org, events, now }: Batch): Promise<number> {
  const { SMTP_URL, publicUrl } = config();
  if (!SMTP_URL) return 0;
  const young = events.filter(({ at }) => now.getTime() - at.getTime() <= MAILED_FOR_MS);
  const rows = [];
  for (const event of young) rows.push(...(await mailsFor(tx, { org, event, publicUrl })));
  await tx.mailMessage.createMany({
    data: rows.map((row) => ({ ...row, orgId: org.id, nextAt: now, createdAt: now })),
  });
  return rows.length;
}
