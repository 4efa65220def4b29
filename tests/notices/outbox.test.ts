import { afterEach, describe, expect, it } from 'vitest';
import { config, resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { listenForEvents } from '#lib/notices/listen.ts';
import { runOutbox } from '#lib/notices/outbox.ts';
import { append } from '../audit/chains.ts';
import { testInstance } from '../instance.ts';
import { newOrg } from '../webhooks/kit.ts';

testInstance();

const NOW = () => new Date();

async function orgWithWebhook() {
  const org = await newOrg();
  const webhook = await db().webhook.create({
    data: {
      orgId: org.id,
      url: 'https://a.example/hook',
      sealed: new Uint8Array(),
      kinds: ['*'],
      createdAt: new Date(Date.now() - 60_000),
    },
  });
  return { ...org, webhookId: webhook.id };
}

const seqsOf = async (webhookId: string) =>
  (await db().webhookDelivery.findMany({ where: { webhookId }, orderBy: { seq: 'asc' } })).map(({ seq }) => seq);
const eventSeqs = async (chain: string) =>
  (await db().auditEvent.findMany({ where: { chain }, orderBy: { seq: 'asc' } })).map(({ seq }) => seq);

afterEach(() => resetConfig());

describe('the outbox', () => {
  it('writes every event once, however often and by how many it is run', async () => {
    const { id, webhookId } = await orgWithWebhook();
    for (let i = 0; i < 450; i++) await append(id, 'request.opened');
    await Promise.all([runOutbox({ now: NOW() }), runOutbox({ now: NOW() }), runOutbox({ now: NOW() })]);
    expect(await seqsOf(webhookId)).toEqual(await eventSeqs(id));
    expect(await runOutbox({ now: NOW() })).toEqual({ events: 0, deliveries: 0, mails: 0 });
  });

  it('loses nothing while events are written at the same time', async () => {
    const { id, webhookId } = await orgWithWebhook();
    const writing = Promise.all(Array.from({ length: 40 }, () => append(id, 'allowlist.revoked')));
    const running = Promise.all(Array.from({ length: 8 }, () => runOutbox({ now: NOW() })));
    await Promise.all([writing, running]);
    await runOutbox({ now: NOW() });
    expect(await seqsOf(webhookId)).toEqual(await eventSeqs(id));
  });

  it('writes neither deliveries nor the cursor when it ends halfway, and both the next time', async () => {
    const { id, webhookId } = await orgWithWebhook();
    await append(id, 'request.opened');
    // The database refuses the rows: what a crash between the two writes looks like.
    await db()
      .$executeRaw`alter table "WebhookDelivery" add constraint "crash" check ("webhookId" <> 'never' and "kind" <> 'request.opened') not valid`;
    await expect(runOutbox({ now: NOW() })).rejects.toThrow();
    expect(await db().outboxCursor.findUnique({ where: { chain: id } })).toBeNull();
    expect(await seqsOf(webhookId)).toEqual([]);
    await db().$executeRaw`alter table "WebhookDelivery" drop constraint "crash"`;
    await runOutbox({ now: NOW() });
    expect(await seqsOf(webhookId)).toEqual(await eventSeqs(id));
  });

  it('keeps organizations apart', async () => {
    const [one, two] = [await orgWithWebhook(), await orgWithWebhook()];
    await append(one.id, 'request.opened', { data: { reason: 'of one' } });
    await runOutbox({ now: NOW() });
    const bodies = await db().webhookDelivery.findMany({ where: { webhookId: two.webhookId }, select: { body: true } });
    expect(JSON.stringify(bodies)).not.toContain('of one');
    expect(bodies.every(({ body }) => JSON.parse(body).org === two.slug)).toBe(true);
  });

  it('writes no mail where none is configured', async () => {
    const { id } = await orgWithWebhook();
    expect(config().SMTP_URL).toBeUndefined();
    await append(id, 'request.opened');
    expect(await runOutbox({ now: NOW() })).toMatchObject({ mails: 0 });
    expect(await db().mailMessage.count()).toBe(0);
  });
});

describe('the notification', () => {
  it('comes at the commit, and not for a transaction that is rolled back', async () => {
    const { id } = await newOrg();
    let heard = 0;
    const stop = new AbortController();
    await listenForEvents({ databaseUrl: process.env.DATABASE_URL!, onEvent: () => heard++, signal: stop.signal });
    try {
      expect(heard).toBe(1);
      const { appendEvent } = await import('#lib/audit/append-event.ts');
      const event = {
        orgId: id,
        kind: 'request.opened',
        actor: { type: 'system', name: 'x' },
        subject: {},
        now: NOW(),
      } as const;
      await expect(
        db().$transaction(async (tx) => {
          await appendEvent(tx, event);
          throw new Error('rolled back');
        }),
      ).rejects.toThrow('rolled back');
      await append(id, 'request.opened');
      await expect.poll(() => heard).toBe(2);
    } finally {
      stop.abort();
    }
  });
});
