import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { runOutbox } from '#lib/notices/outbox.ts';
import { createDispatcher } from '#lib/webhooks/dispatcher.ts';
import { MAX_ATTEMPTS, RETRY_WAITS_MS, retryWait, WEBHOOK_LIMITS } from '#lib/webhooks/limits.ts';
import { addWebhook, changeWebhook, removeWebhook, rotateSecret } from '#lib/webhooks/manage-webhooks.ts';
import { signatureOf } from '#lib/webhooks/sign.ts';
import { append } from '../audit/chains.ts';
import { testInstance } from '../instance.ts';
import { deliveriesOf, newOrg, receivers } from './kit.ts';

testInstance();
const kit = receivers();

const MINUTE = 60_000;
const DAY = 86_400_000;

async function hook(host: string, { kinds = '*' } = {}) {
  const { id: orgId, slug, owner } = await newOrg();
  kit.dns.set(host, { A: ['127.0.0.1'] });
  const url = `https://${host}/hook`;
  const { id, secret } = await addWebhook({ viewer: owner, orgSlug: slug, url, kinds, outbound: kit.open });
  return { orgId, slug, owner, id, secret };
}

/** Sends what is due at `now`, and waits. */
async function deliver(now = new Date(), { outbound = kit.open } = {}) {
  const dispatcher = createDispatcher({ outbound: () => outbound, clock: () => now, random: () => 0.5 });
  await dispatcher.kick();
  await dispatcher.idle();
}

async function happen(orgId: string, count = 1, reason = 'because') {
  for (let i = 0; i < count; i++) {
    await append(orgId, 'allowlist.revoked', {
      subject: { server: 'com.example/a', version: '1.0.0' },
      data: { reason },
    });
  }
  await runOutbox({ now: new Date() });
}

describe('a delivery', () => {
  it('is the event, signed with the secret', async () => {
    kit.answer('a.example', () => ({ status: 204 }));
    const { orgId, id, secret, slug } = await hook('a.example', { kinds: 'allowlist.*' });
    await happen(orgId);
    await deliver();
    const [received, ...more] = kit.of('a.example');
    expect(more).toEqual([]);
    expect(received!.method).toBe('POST');
    const [row] = await deliveriesOf(id);
    const { headers, body } = received!;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'hallmark-event': 'allowlist.revoked',
      'hallmark-delivery': row!.id,
      'hallmark-signature': `v1=${signatureOf(secret, String(headers['hallmark-timestamp']), body)}`,
    });
    const event = await db().auditEvent.findFirstOrThrow({ where: { chain: orgId, kind: 'allowlist.revoked' } });
    expect(JSON.parse(body)).toEqual({
      v: 1,
      id: event.id,
      kind: 'allowlist.revoked',
      org: slug,
      at: event.at.toISOString(),
      seq: event.seq,
      actor: { type: 'system', name: 'Hallmark' },
      subject: { server: 'com.example/a', version: '1.0.0' },
      data: { reason: 'because' },
      text: 'Revoked com.example/a 1.0.0: because',
      url: `http://hallmark.test/orgs/${slug}/audit?before=${event.seq + 1}`,
      hash: event.hash,
    });
    expect(row).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 204, lastError: null });
  });

  it('comes in the order of the events, lowest first', async () => {
    kit.answer('order.example', () => ({ status: 200 }));
    const { orgId } = await hook('order.example');
    await happen(orgId, 8);
    await deliver();
    const seqs = kit.of('order.example').map(({ body }) => JSON.parse(body).seq as number);
    expect(seqs.toSorted((a, b) => a - b)).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
    // Two are under way at once, so neighbours may change places.
    for (const [place, seq] of seqs.entries()) expect(Math.abs(seq - (seqs[0]! + place))).toBeLessThan(3);
  });

  it('is only of the kinds that were asked for, and of events since the webhook was made', async () => {
    kit.answer('kinds.example', () => ({ status: 200 }));
    const { orgId, id } = await hook('kinds.example', { kinds: 'request.*, allowlist.revoked' });
    await append(orgId, 'request.opened', { at: new Date(Date.now() - DAY) });
    await append(orgId, 'allowlist.approved');
    await append(orgId, 'request.denied');
    await append(orgId, 'request.opened');
    await happen(orgId);
    expect((await deliveriesOf(id)).map(({ kind }) => kind)).toEqual([
      'request.denied',
      'request.opened',
      'allowlist.revoked',
    ]);
  });

  it.each([
    ['line breaks and header fields', 'a\r\nHallmark-Event: forged\r\n\r\n{}'],
    ['the end of the JSON', '"}],"v":2,"x":{"'],
    ['invisible characters and markup', '\u202Egnp.exe<script>alert(1)</script>\u2028'],
  ])('keeps %s of a manifest inside a JSON string', async (_, reason) => {
    kit.answer('hostile.example', () => ({ status: 200 }));
    const { orgId, secret } = await hook('hostile.example', { kinds: 'allowlist.*' });
    await happen(orgId, 1, reason);
    await deliver();
    const [{ headers, body }] = kit.of('hostile.example') as [ReturnType<typeof kit.of>[0]];
    expect(JSON.parse(body)).toMatchObject({ v: 1, data: { reason } });
    expect(headers['hallmark-event']).toBe('allowlist.revoked');
    expect(headers['hallmark-signature']).toBe(
      `v1=${signatureOf(secret, String(headers['hallmark-timestamp']), body)}`,
    );
  });
});

describe('after a failure', () => {
  it.each([
    [
      'a bad status',
      { status: 500, body: 'broken \0 here' },
      { lastStatus: 500, lastError: 'Answered 500.', lastResponse: 'broken \uFFFD here' },
    ],
    ['a redirect', { status: 302, headers: { location: 'https://other.example/hook' } }, { lastStatus: 302 }],
    [
      'an answer without end',
      { status: 503, body: 'x'.repeat(100_000) },
      { lastStatus: 503, lastResponse: 'x'.repeat(1024) },
    ],
  ])('%s is written down and tried again', async (_, answer, seen) => {
    kit.answer('bad.example', () => answer);
    kit.answer('other.example', () => ({ status: 200 }));
    const { orgId, id } = await hook('bad.example', { kinds: 'allowlist.*' });
    await happen(orgId);
    const now = new Date();
    await deliver(now);
    const [row] = await deliveriesOf(id);
    expect(row).toMatchObject({ state: 'pending', attempts: 1, ...seen });
    expect(row!.nextAt.getTime()).toBe(now.getTime() + RETRY_WAITS_MS[0]);
    expect(kit.of('other.example')).toEqual([]);
    await deliver(new Date(now.getTime() + 20_000));
    expect(kit.of('bad.example')).toHaveLength(1);
    kit.answer('bad.example', () => ({ status: 200 }));
    await deliver(new Date(now.getTime() + 40_000));
    expect((await deliveriesOf(id))[0]).toMatchObject({ state: 'delivered', attempts: 2 });
    expect(await db().webhook.findUniqueOrThrow({ where: { id } })).toMatchObject({ failures: 0, failingSince: null });
  });

  it('it is given up after the last of about 24 hours', async () => {
    kit.answer('down.example', () => ({ status: 500 }));
    const { orgId, id } = await hook('down.example', { kinds: 'allowlist.*' });
    await happen(orgId);
    let now = Date.now();
    for (const wait of [...RETRY_WAITS_MS, 0]) {
      await deliver(new Date(now));
      now += wait;
    }
    expect((await deliveriesOf(id))[0]).toMatchObject({ state: 'failed', attempts: MAX_ATTEMPTS });
    expect(kit.of('down.example')).toHaveLength(MAX_ATTEMPTS);
  });

  it('the waits add up to about a day and differ by a fifth at most', () => {
    const total = RETRY_WAITS_MS.reduce((sum, wait) => sum + wait, 0);
    expect(Math.abs(total - DAY)).toBeLessThan(DAY / 20);
    for (const [index, wait] of RETRY_WAITS_MS.entries()) {
      expect([retryWait(index + 1, 0), retryWait(index + 1, 1)]).toEqual([
        Math.round(wait * 0.8),
        Math.round(wait * 1.2),
      ]);
    }
    expect(retryWait(MAX_ATTEMPTS, 0.5)).toBeNull();
  });

  it('an endpoint that is down is asked once for all that waits', async () => {
    kit.answer('flood.example', () => ({ status: 500 }));
    const { orgId, id } = await hook('flood.example', { kinds: 'allowlist.*' });
    await happen(orgId, 40);
    await deliver();
    expect(kit.of('flood.example').length).toBeLessThanOrEqual(WEBHOOK_LIMITS.holdAfter + WEBHOOK_LIMITS.perWebhook);
    const rows = await deliveriesOf(id);
    expect(rows.filter(({ state }) => state === 'pending')).toHaveLength(40);
    kit.answer('flood.example', () => ({ status: 200 }));
    await deliver(new Date(Date.now() + 60 * MINUTE));
    expect((await deliveriesOf(id)).every(({ state }) => state === 'delivered')).toBe(true);
  });

  it('410 stops the webhook at once, as an event', async () => {
    kit.answer('gone.example', () => ({ status: 410 }));
    const { orgId, id, owner, slug } = await hook('gone.example', { kinds: 'allowlist.*' });
    await happen(orgId, 1);
    await deliver();
    const webhook = await db().webhook.findUniqueOrThrow({ where: { id } });
    expect(webhook).toMatchObject({ disabledAt: expect.any(Date), disabledReason: expect.stringContaining('410') });
    const event = await db().auditEvent.findFirstOrThrow({ where: { chain: orgId, kind: 'webhook.disabled' } });
    expect(event.subject).toEqual({ webhook: 'gone.example', id });
    await happen(orgId, 2);
    await deliver();
    expect(kit.of('gone.example')).toHaveLength(1);
    expect(await deliveriesOf(id)).toHaveLength(1);

    kit.answer('gone.example', () => ({ status: 200 }));
    await changeWebhook({
      viewer: owner,
      orgSlug: slug,
      id,
      url: webhook.url,
      kinds: 'allowlist.*',
      outbound: kit.open,
    });
    await happen(orgId, 1);
    await deliver();
    expect(kit.of('gone.example')).toHaveLength(2);
  });

  it('five days without any success stop it', async () => {
    kit.answer('dead.example', () => ({ status: 500 }));
    const { orgId, id } = await hook('dead.example', { kinds: 'allowlist.*' });
    await happen(orgId, 2);
    const started = Date.now();
    await deliver(new Date(started));
    await happen(orgId, 1);
    await deliver(new Date(started + 4 * DAY));
    expect((await db().webhook.findUniqueOrThrow({ where: { id } })).disabledAt).toBeNull();
    await happen(orgId, 1);
    await deliver(new Date(started + 5 * DAY + MINUTE));
    expect(await db().webhook.findUniqueOrThrow({ where: { id } })).toMatchObject({
      disabledReason: 'nothing got through for 5 days',
    });
    expect((await deliveriesOf(id)).every(({ state }) => state === 'failed')).toBe(true);
    expect(await db().auditEvent.count({ where: { chain: orgId, kind: 'webhook.disabled' } })).toBe(1);
  });

  it('a worker that died leaves its delivery to the next one', async () => {
    kit.answer('crash.example', () => ({ status: 200 }));
    const { orgId, id } = await hook('crash.example', { kinds: 'allowlist.*' });
    await happen(orgId);
    const now = new Date();
    const { claimDelivery } = await import('#lib/webhooks/attempt.ts');
    expect(await claimDelivery(id, now)).not.toBeNull();
    expect(await claimDelivery(id, now)).toBeNull();
    await deliver(new Date(now.getTime() + WEBHOOK_LIMITS.leaseMs + 1));
    expect((await deliveriesOf(id))[0]).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('a slow endpoint holds up itself alone', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    kit.dns.set('slow.example', { A: ['127.0.0.1'] });
    kit.web.set('https://slow.example/hook', (request, response) => {
      if (request.method === 'HEAD') return response.end();
      void held.then(() => response.end());
    });
    kit.answer('fast.example', () => ({ status: 200 }));
    const [slow, fast] = [await hook('slow.example'), await hook('fast.example')];
    await happen(slow.orgId, 3);
    await happen(fast.orgId, 3);
    const dispatcher = createDispatcher({ outbound: () => kit.open });
    await dispatcher.kick();
    await expect.poll(() => kit.of('fast.example').length).toBe(4);
    expect((await deliveriesOf(slow.id)).every(({ state }) => state === 'pending')).toBe(true);
    release();
    await dispatcher.idle();
    expect((await deliveriesOf(slow.id)).every(({ state }) => state === 'delivered')).toBe(true);
  });
});

describe('addresses', () => {
  it('a name that leads elsewhere at the time of the delivery is not asked (DNS rebinding)', async () => {
    const { orgId, id } = await hook('rebind.example', { kinds: 'allowlist.*' });
    kit.answer('rebind.example', () => ({ status: 200 }));
    await happen(orgId);
    await deliver(new Date(), { outbound: kit.strict });
    expect(kit.of('rebind.example')).toEqual([]);
    expect((await deliveriesOf(id))[0]).toMatchObject({
      state: 'pending',
      lastError: expect.stringContaining('ADDRESS_REFUSED'),
    });
  });
});

describe('a new secret', () => {
  it('signs beside the one before it for a day', async () => {
    kit.answer('rotate.example', () => ({ status: 200 }));
    const { orgId, id, secret, owner, slug } = await hook('rotate.example', { kinds: 'allowlist.*' });
    const { secret: next, until } = await rotateSecret({ viewer: owner, orgSlug: slug, id });
    expect(next).not.toBe(secret);
    await happen(orgId);
    await deliver();
    await happen(orgId);
    await deliver(new Date(until.getTime() + 1));
    const [during, after] = kit.of('rotate.example');
    const signed = (with_: string, { headers, body }: NonNullable<typeof during>) =>
      `v1=${signatureOf(with_, String(headers['hallmark-timestamp']), body)}`;
    expect(during!.headers['hallmark-signature']).toBe(`${signed(next, during!)},${signed(secret, during!)}`);
    expect(after!.headers['hallmark-signature']).toBe(signed(next, after!));
  });

  it('is nowhere in the database, and not readable out of the row of another webhook', async () => {
    const { id, secret } = await hook('sealed.example');
    const other = await hook('sealed2.example');
    const { sealed } = await db().webhook.findUniqueOrThrow({ where: { id } });
    expect(Buffer.from(sealed).includes(secret)).toBe(false);
    const { openSecrets } = await import('#lib/webhooks/secrets.ts');
    await expect(openSecrets(other.id, sealed)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    expect(JSON.stringify(await db().auditEvent.findMany())).not.toContain(secret);
  });
});

it('a webhook that was removed gets nothing, and its secret is gone', async () => {
  kit.answer('removed.example', () => ({ status: 200 }));
  const { orgId, id, owner, slug } = await hook('removed.example');
  await happen(orgId, 2);
  await removeWebhook({ viewer: owner, orgSlug: slug, id });
  await deliver();
  await happen(orgId, 1);
  await deliver();
  expect(kit.of('removed.example')).toEqual([]);
  expect(await db().webhook.findUniqueOrThrow({ where: { id } })).toMatchObject({ sealed: new Uint8Array() });
});
