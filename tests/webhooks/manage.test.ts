import { beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { runOutbox } from '#lib/notices/outbox.ts';
import { createDispatcher } from '#lib/webhooks/dispatcher.ts';
import { parseKinds } from '#lib/webhooks/kinds.ts';
import { deliveryFilterSchema, listDeliveries, listWebhooks } from '#lib/webhooks/list-webhooks.ts';
import { addWebhook, changeWebhook, removeWebhook, rotateSecret } from '#lib/webhooks/manage-webhooks.ts';
import { replayDelivery, replayRange } from '#lib/webhooks/replay.ts';
import { testWebhook } from '#lib/webhooks/test-webhook.ts';
import { append } from '../audit/chains.ts';
import { createUser, testInstance, viewerOf } from '../instance.ts';
import { deliveriesOf, newOrg, receivers } from './kit.ts';

testInstance();
const kit = receivers();

const NO_FILTER = deliveryFilterSchema.parse({});
const URL_A = 'https://a.example/hook';
let org: Awaited<ReturnType<typeof newOrg>>;
let id: string;

beforeEach(async () => {
  kit.answer('a.example', () => ({ status: 200, body: 'thanks <b>' }));
  org = await newOrg();
  ({ id } = await addWebhook({ viewer: org.owner, orgSlug: org.slug, url: URL_A, kinds: '', outbound: kit.open }));
});

const deliver = async () => {
  const dispatcher = createDispatcher({ outbound: () => kit.open });
  await dispatcher.kick();
  await dispatcher.idle();
};

describe('adding a webhook', () => {
  it.each([
    ['http://a.example/hook', 'UNPROCESSABLE'],
    ['https://user:secret@a.example/hook', 'UNPROCESSABLE'],
    ['https://127.0.0.1/hook', 'ADDRESS_REFUSED'],
    ['https://[::1]/hook', 'ADDRESS_REFUSED'],
    ['https://169.254.169.254/latest', 'ADDRESS_REFUSED'],
    ['https://2130706433/', 'ADDRESS_REFUSED'],
    ['https://private.example/hook', 'ADDRESS_REFUSED'],
    ['https://nowhere.example/hook', 'UNPROCESSABLE'],
    ['https://a.example/hook#part', 'UNPROCESSABLE'],
    ['javascript:alert(1)', 'UNPROCESSABLE'],
    ['hello', 'UNPROCESSABLE'],
    [`https://a.example/${'x'.repeat(2000)}`, 'UNPROCESSABLE'],
    ['https://a.example/\r\nX-Injected: 1', null],
  ])('%j is answered with %s', async (url, code) => {
    kit.dns.set('private.example', { A: ['10.0.0.1'] });
    kit.dns.set('a.example', { A: ['93.184.216.34'] });
    const added = addWebhook({ viewer: org.owner, orgSlug: org.slug, url, kinds: '*', outbound: kit.strict });
    if (code) return expect(added).rejects.toMatchObject({ code });
    const { id: made } = await added;
    const { url: stored } = await db().webhook.findUniqueOrThrow({ where: { id: made } });
    expect(stored).not.toMatch(/[\r\n]/);
  });

  it('an endpoint that is not up yet is fine', async () => {
    kit.dns.set('later.example', { A: ['127.0.0.1'] });
    kit.web.showCertificate('later.example', 'stranger');
    const url = 'https://later.example/hook';
    await expect(
      addWebhook({ viewer: org.owner, orgSlug: org.slug, url, kinds: '*', outbound: kit.open }),
    ).resolves.toBeTruthy();
  });

  it.each([['nonsense'], ['allowlist.'], ['allow.*'], ['allowlist.revoked; drop table']])(
    'refuses the kind %j',
    (text) => {
      expect(() => parseKinds(text)).toThrowError(expect.objectContaining({ code: 'UNPROCESSABLE' }));
    },
  );

  it.each([
    ['', ['*']],
    ['allowlist.*, request.opened\nallowlist.*', ['allowlist.*', 'request.opened']],
    ['request.opened *', ['*']],
  ])('reads %j', (text, kinds) => {
    expect(parseKinds(text)).toEqual(kinds);
  });

  it('the path of an address, which may be a secret, is in no event', async () => {
    kit.dns.set('path.example', { A: ['127.0.0.1'] });
    const url = 'https://path.example/services/T0/B0/SECRETPART';
    await addWebhook({ viewer: org.owner, orgSlug: org.slug, url, kinds: '*', outbound: kit.open });
    const events = await db().auditEvent.findMany({ where: { chain: org.id } });
    expect(events.at(-1)).toMatchObject({ kind: 'webhook.added', subject: { webhook: 'path.example' } });
    expect(JSON.stringify(events)).not.toContain('SECRETPART');
  });
});

describe('the log of deliveries', () => {
  it('shows what was answered, page by page and by state', async () => {
    for (let i = 0; i < 60; i++) await append(org.id, i % 2 ? 'request.opened' : 'allowlist.approved');
    await runOutbox({ now: new Date() });
    await deliver();
    const of = { viewer: org.owner, orgSlug: org.slug, webhookId: id };
    const first = await listDeliveries({ ...of, filter: NO_FILTER });
    const second = await listDeliveries({ ...of, filter: { ...NO_FILTER, after: first.next } });
    const all = [...first.deliveries, ...second.deliveries];
    expect(new Set(all.map(({ seq }) => seq)).size).toBe(all.length);
    expect(all.length).toBe((await deliveriesOf(id)).length);
    expect(second.next).toBeNull();
    expect(first.deliveries[0]).toMatchObject({ status: 200, response: 'thanks <b>', state: 'delivered', error: null });
    expect((await listDeliveries({ ...of, filter: { ...NO_FILTER, state: 'failed' } })).deliveries).toEqual([]);
    const some = await listDeliveries({ ...of, filter: { ...NO_FILTER, kind: 'request.*' } });
    expect(some.deliveries).toHaveLength(30);
    const [webhook] = await listWebhooks({ viewer: org.owner, orgSlug: org.slug });
    expect(webhook).toMatchObject({ waiting: 0, failures: 0, lastDeliveredAt: expect.any(String) });
    expect(JSON.stringify(webhook)).not.toContain('hmk_whs_');
  });

  it('a test is tried once, said at once, and counts for nothing', async () => {
    const tested = { viewer: org.owner, orgSlug: org.slug, id, outbound: kit.open };
    expect(await testWebhook(tested)).toMatchObject({ ok: true, status: 200 });
    kit.answer('a.example', () => ({ status: 500 }));
    expect(await testWebhook(tested)).toMatchObject({ ok: false, status: 500, error: 'Answered 500.' });
    expect((await deliveriesOf(id)).map(({ state, kind }) => [kind, state])).toEqual([
      ['webhook.test', 'delivered'],
      ['webhook.test', 'failed'],
    ]);
    expect(await db().webhook.findUniqueOrThrow({ where: { id } })).toMatchObject({ failures: 0, failingSince: null });
    const body = JSON.parse(kit.of('a.example')[0]!.body);
    expect(body).toMatchObject({ v: 1, kind: 'webhook.test', seq: 0 });
  });
});

describe('replay', () => {
  it('sends one again with the same bytes and another delivery id, as an event', async () => {
    await append(org.id, 'request.opened');
    await runOutbox({ now: new Date() });
    await deliver();
    const before = await deliveriesOf(id);
    const wanted = before.find(({ kind }) => kind === 'request.opened')!;
    expect(await replayDelivery({ viewer: org.owner, orgSlug: org.slug, webhookId: id, deliveryId: wanted.id })).toBe(
      1,
    );
    await deliver();
    const sent = kit.of('a.example').filter(({ headers }) => headers['hallmark-event'] === 'request.opened');
    expect(sent).toHaveLength(2);
    expect(sent[0]!.body).toBe(sent[1]!.body);
    expect(sent[0]!.headers['hallmark-delivery']).not.toBe(sent[1]!.headers['hallmark-delivery']);
    expect(await db().auditEvent.count({ where: { chain: org.id, kind: 'webhook.replayed' } })).toBe(1);
  });

  it('sends a range again, those of its kinds, also from before the webhook', async () => {
    const late = await addWebhook({
      viewer: org.owner,
      orgSlug: org.slug,
      url: URL_A,
      kinds: 'org.*, feed.*',
      outbound: kit.open,
    });
    const count = await replayRange({ viewer: org.owner, orgSlug: org.slug, webhookId: late.id, from: 1, to: 3 });
    const rows = await deliveriesOf(late.id);
    expect(rows).toHaveLength(count);
    expect(rows[0]).toMatchObject({ seq: 1, kind: 'org.created', state: 'pending' });
    const again = replayRange({ viewer: org.owner, orgSlug: org.slug, webhookId: late.id, from: 1, to: 3 });
    await expect(again).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
  });

  it.each([
    [1, 1001],
    [5, 1],
    [90_000, 90_001],
  ])('refuses %i to %i', async (from, to) => {
    const asked = replayRange({ viewer: org.owner, orgSlug: org.slug, webhookId: id, from, to });
    await expect(asked).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
  });
});

describe('across organizations', () => {
  type Try = (viewer: Viewer, slug: string) => Promise<unknown>;
  const tries: [string, Try][] = [
    [
      'list',
      (viewer, orgSlug) =>
        listWebhooks({ viewer, orgSlug }).then((list) => expect(list.map((one) => one.id)).toContain(id)),
    ],
    ['add', (viewer, orgSlug) => addWebhook({ viewer, orgSlug, url: URL_A, kinds: '*', outbound: kit.open })],
    [
      'change',
      (viewer, orgSlug) => changeWebhook({ viewer, orgSlug, id, url: URL_A, kinds: 'org.*', outbound: kit.open }),
    ],
    ['rotate', (viewer, orgSlug) => rotateSecret({ viewer, orgSlug, id })],
    ['test', (viewer, orgSlug) => testWebhook({ viewer, orgSlug, id, outbound: kit.open })],
    ['deliveries', (viewer, orgSlug) => listDeliveries({ viewer, orgSlug, webhookId: id, filter: NO_FILTER })],
    [
      'replay one',
      async (viewer, orgSlug) =>
        replayDelivery({ viewer, orgSlug, webhookId: id, deliveryId: (await deliveriesOf(id))[0]?.id ?? 'x' }),
    ],
    ['replay a range', (viewer, orgSlug) => replayRange({ viewer, orgSlug, webhookId: id, from: 1, to: 3 })],
    ['remove', (viewer, orgSlug) => removeWebhook({ viewer, orgSlug, id })],
  ];

  it.each(tries)(
    '%s: not by a stranger, a reviewer, an auditor, nor by id through an own organization',
    async (name, attempt) => {
      const other = await newOrg();
      await expect(attempt(other.owner, org.slug)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      if (name !== 'list' && name !== 'add') {
        await expect(attempt(other.owner, other.slug)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      }
      for (const role of ['reviewer', 'auditor', 'requester'] as const) {
        const member = await createUser(`${role}${Math.random()}`);
        await db().orgMember.create({ data: { orgId: org.id, userId: member.id, role } });
        await expect(attempt(await viewerOf(member.id), org.slug)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      }
      expect(kit.of('a.example')).toEqual([]);
    },
  );

  it('a delivery of another webhook is not sent by naming it', async () => {
    const other = await newOrg();
    const { id: theirs } = await addWebhook({
      viewer: other.owner,
      orgSlug: other.slug,
      url: URL_A,
      kinds: '*',
      outbound: kit.open,
    });
    await append(org.id, 'request.opened');
    await runOutbox({ now: new Date() });
    await deliver();
    const [mine] = await deliveriesOf(id);
    const asked = replayDelivery({ viewer: other.owner, orgSlug: other.slug, webhookId: theirs, deliveryId: mine!.id });
    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const cursor = await listDeliveries({
      viewer: other.owner,
      orgSlug: other.slug,
      webhookId: theirs,
      filter: { ...NO_FILTER, after: mine!.id },
    });
    expect(cursor.deliveries.every(({ id: one }) => one !== mine!.id)).toBe(true);
  });
});
