import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { isMailAddress } from '#lib/notices/mail-address.ts';
import { createMailTransport, type MailTransport } from '#lib/notices/mail-transport.ts';
import { runOutbox } from '#lib/notices/outbox.ts';
import { MAIL_LIMITS, sendDueMail } from '#lib/notices/send-mail.ts';
import { getMailSettings, setWantsMail } from '#lib/notices/wants-mail.ts';
import { startSmtpServer, type TestSmtpServer } from '#tests/support/smtp-server.ts';
import { append } from '../audit/chains.ts';
import { createUser, publishTestVersion, testInstance, viewerOf } from '../instance.ts';
import { newOrg } from '../webhooks/kit.ts';

testInstance();

const MINUTE = 60_000;
let smtp: TestSmtpServer;
let transport: MailTransport;
let org: Awaited<ReturnType<typeof newOrg>>;
let reviewer: Viewer;
let requester: Viewer;
let counter = 0;

beforeAll(async () => {
  smtp = await startSmtpServer();
  Object.assign(process.env, { SMTP_URL: smtp.url, MAIL_FROM: 'Hallmark <hallmark@registry.example>' });
  resetConfig();
  transport = createMailTransport({ url: smtp.url, from: process.env.MAIL_FROM! });
});
afterAll(async () => {
  transport.close();
  await smtp.close();
  delete process.env.SMTP_URL;
  delete process.env.MAIL_FROM;
});

const member = async (role: 'reviewer' | 'requester' | 'auditor') => {
  const user = await createUser(`${role}-${++counter}`);
  await db().orgMember.create({ data: { orgId: org.id, userId: user.id, role } });
  return viewerOf(user.id);
};

beforeEach(async () => {
  smtp.clear();
  org = await newOrg();
  reviewer = await member('reviewer');
  requester = await member('requester');
  await member('auditor');
  await runOutbox({ now: new Date() });
  await db().mailMessage.deleteMany();
});

const send = (now = new Date()) => sendDueMail({ transport, clock: () => now });
const notify = async (...args: Parameters<typeof append> extends [unknown, ...infer Rest] ? Rest : never) => {
  await append(org.id, ...args);
  return runOutbox({ now: new Date() });
};
const recipients = () => smtp.mails.map(({ to }) => to.join()).toSorted();
const header = (name: string, mail = smtp.mails[0]!) =>
  mail.headers.filter(([key]) => key === name).map(([, value]) => value);

describe('who gets mail', () => {
  it('owners and reviewers of a request, except who made it', async () => {
    await notify('request.opened', {
      subject: { server: 'com.example/weather', version: '1.0.0' },
      data: { reason: 'for work' },
      actor: { type: 'user', id: reviewer.id, name: reviewer.name },
    });
    await send();
    expect(recipients()).toEqual([org.owner.email]);
    const [mail] = smtp.mails;
    expect(header('subject')).toEqual([expect.stringContaining('Asked for com.example/weather 1.0.0: for work')]);
    expect(mail!.text).toContain(`http://hallmark.test/orgs/${org.slug}/requests`);
    expect(header('auto-submitted')).toEqual(['auto-generated']);
  });

  it('who asked, of the decision', async () => {
    const { serverId } = await publishTestVersion(`com.example/s${++counter}`, '1.0.0').then(async ({ versionId }) =>
      db().version.findUniqueOrThrow({ where: { id: versionId }, select: { serverId: true } }),
    );
    const request = await db().approvalRequest.create({
      data: {
        orgId: org.id,
        serverId,
        kind: 'person',
        requesterId: requester.id,
        version: '1.0.0',
        versionRule: {},
        reason: 'x',
        dueAt: new Date(),
      },
    });
    await notify('request.denied', { subject: { server: 'com.example/s', version: '1.0.0', request: request.id } });
    await send();
    expect(recipients()).toEqual([requester.email]);
    expect(smtp.mails[0]!.text.split(/\s+/)).toContain(`http://hallmark.test/orgs/${org.slug}/requests/${request.id}`);
  });

  it('with a link to the entry that it is about, and to the list where it is about all', async () => {
    await notify('allowlist.suspended', { subject: { server: 'com.example/we ather' }, data: { reason: 'odd' } });
    await notify('lockdown.started', { subject: {}, data: { reason: 'drill' } });
    await send();
    const links = smtp.mails.map(({ text }) => /http:\/\/\S+/.exec(text)![0]);
    expect([...new Set(links)].sort()).toEqual([
      `http://hallmark.test/orgs/${org.slug}`,
      `http://hallmark.test/orgs/${org.slug}/servers/com.example/we%20ather`,
    ]);
  });

  it('a request of another organization leads to nobody there', async () => {
    const other = await newOrg();
    const { versionId } = await publishTestVersion(`com.example/s${++counter}`, '1.0.0');
    const { serverId } = await db().version.findUniqueOrThrow({ where: { id: versionId }, select: { serverId: true } });
    const request = await db().approvalRequest.create({
      data: {
        orgId: other.id,
        serverId,
        kind: 'person',
        requesterId: requester.id,
        version: '1.0.0',
        versionRule: {},
        reason: 'x',
        dueAt: new Date(),
      },
    });
    expect(await notify('request.denied', { subject: { request: request.id } })).toMatchObject({ mails: 0 });
  });

  it('who answers for an entry, owners and reviewers, of its suspension', async () => {
    const name = `com.example/s${++counter}`;
    const { versionId } = await publishTestVersion(name, '1.0.0');
    const { serverId } = await db().version.findUniqueOrThrow({ where: { id: versionId }, select: { serverId: true } });
    await db().allowlistEntry.create({ data: { orgId: org.id, serverId, reason: 'x', ownerId: requester.id } });
    await notify('allowlist.suspended', { subject: { server: name }, data: { reason: 'drift' } });
    await send();
    expect(recipients()).toEqual([org.owner.email, requester.email, reviewer.email].toSorted());
  });

  it('owners alone, of a webhook that was stopped', async () => {
    await notify('webhook.disabled', { subject: { webhook: 'hooks.example' }, data: { reason: 'x' } });
    await send();
    expect(recipients()).toEqual([org.owner.email]);
  });

  it('nobody, of what is not for mail', async () => {
    expect(await notify('audit.exported')).toMatchObject({ events: 1, mails: 0 });
  });

  it('nobody who switched it off', async () => {
    await setWantsMail({ viewer: reviewer, orgSlug: org.slug, wantsMail: false });
    expect(await getMailSettings(reviewer)).toMatchObject({
      isConfigured: true,
      orgs: [{ slug: org.slug, wantsMail: false }],
    });
    await notify('request.opened', { subject: { server: 'a/b', version: '1' } });
    await send();
    expect(recipients()).toEqual([org.owner.email]);
    const stranger = await createUser(`stranger-${++counter}`);
    await expect(setWantsMail({ viewer: stranger, orgSlug: org.slug, wantsMail: false })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('who is here by a group of the single sign-on, as long as their last sign-in is not too long ago', async () => {
    const day = 24 * 60 * MINUTE;
    for (const [name, days] of [
      ['here', 3],
      ['gone', 40],
    ] as const) {
      const user = await createUser(`${name}-${++counter}`);
      await db().orgMember.create({ data: { orgId: org.id, userId: user.id, role: 'reviewer', source: 'group' } });
      const seenAt = new Date(Date.now() - days * day);
      await db().userGroup.create({ data: { userId: user.id, provider: 'oidc', name: 'security', seenAt } });
    }
    expect(await notify('request.opened', { subject: { server: 'a/b', version: '1' } })).toMatchObject({ mails: 3 });
    await send();
    expect(recipients().filter((to) => /^(?:here|gone)/.test(to))).toEqual([expect.stringMatching(/^here/)]);
  });

  it('nobody, of events older than a day', async () => {
    const at = new Date(Date.now() - 25 * 60 * MINUTE);
    expect(await notify('request.opened', { at })).toMatchObject({ events: 1, mails: 0 });
  });
});

describe('hostile words', () => {
  const cases: [string, string][] = [
    ['a line break and header fields', 'x\r\nBcc: victim@evil.example\r\nX-Injected: 1'],
    ['the end of the headers', 'x\r\n\r\nDear admin, click'],
    ['the end of the mail', 'x\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<victim@evil.example>\r\nDATA\r\n'],
    ['an encoded word', '=?utf-8?B?DQpCY2M6IGFAYg==?='],
    ['links', 'see https://evil.example/login or www.evil.example, mailto:a@evil.example'],
    ['invisible and turned text', 'a\u202Egnp\u200B\u2028b'],
    ['a lone surrogate', 'a\uD800b'],
    ['length', 'x'.repeat(5000)],
  ];
  it.each(cases)('%s stay words', async (_, words) => {
    const reason = words.toWellFormed();
    await notify('webhook.disabled', {
      subject: { webhook: reason },
      data: { reason },
      actor: { type: 'user', id: 'other', name: reason },
    });
    await send();
    expect(smtp.mails).toHaveLength(1);
    const [mail] = smtp.mails;
    expect(mail!.to).toEqual([org.owner.email]);
    const names = mail!.headers.map(([name]) => name);
    expect(names).not.toContain('bcc');
    expect(names).not.toContain('x-injected');
    expect(names.filter((name) => name === 'to')).toHaveLength(1);
    expect(header('subject')[0]!.length).toBeLessThanOrEqual(150);
    const links = mail!.text.match(/https?:\/\/\S+/g);
    expect(links).toEqual([`http://hallmark.test/orgs/${org.slug}/webhooks`]);
    expect(mail!.text).not.toMatch(/www\.evil|mailto:|[\u202E\u200B\u2028]/);
  });

  it.each([
    'a@b.example\r\nBcc: c@d.example',
    'a@b.example, c@d.example',
    'Name <a@b.example>',
    '',
    'a',
    '-oX/tmp/x@b',
  ])('an address like %j gets no mail', async (email) => {
    expect(isMailAddress(email)).toBe(false);
    await db().user.update({ where: { id: org.owner.id }, data: { email } });
    expect(await notify('webhook.disabled')).toMatchObject({ mails: 0 });
    await db().user.update({ where: { id: org.owner.id }, data: { email: `o${++counter}@example.org` } });
  });
});

describe('sending', () => {
  const one = () => notify('webhook.disabled', { subject: { webhook: 'a.example' }, data: { reason: 'x' } });
  const row = () => db().mailMessage.findFirstOrThrow({ where: { orgId: org.id } });

  it('goes on after the server was down, with the same message id', async () => {
    await one();
    smtp.isDown = true;
    const now = new Date();
    expect(await send(now)).toEqual({ sent: 0, failed: 1 });
    const waiting = await row();
    expect(waiting).toMatchObject({ state: 'pending', attempts: 1, lastError: expect.any(String) });
    expect(waiting.nextAt.getTime()).toBe(now.getTime() + MAIL_LIMITS.waitsMs[0]);
    smtp.isDown = false;
    expect(await send(now)).toEqual({ sent: 0, failed: 0 });
    expect(await send(new Date(now.getTime() + 2 * MINUTE))).toEqual({ sent: 1, failed: 0 });
    expect(header('message-id')).toEqual([`<${waiting.id}@registry.example>`]);
    expect(await row()).toMatchObject({ state: 'delivered', sentAt: expect.any(Date), lastError: null });
  });

  it('gives up what the server refuses for good, and tries again what it refuses for now', async () => {
    await one();
    smtp.refuse = () => '451 later';
    await send();
    expect(await row()).toMatchObject({ state: 'pending', attempts: 1 });
    smtp.refuse = () => '550 no such mailbox';
    await send(new Date(Date.now() + 2 * MINUTE));
    expect(await row()).toMatchObject({ state: 'failed', attempts: 2, lastError: expect.stringContaining('550') });
  });

  it('gives up after the last try', async () => {
    await one();
    smtp.refuse = () => '451 later';
    let now = Date.now();
    for (const wait of [...MAIL_LIMITS.waitsMs, 0]) {
      await send(new Date(now));
      now += wait;
    }
    expect(await row()).toMatchObject({ state: 'failed', attempts: MAIL_LIMITS.waitsMs.length + 1 });
  });

  it('makes one mail of more than ten that wait', async () => {
    for (let i = 1; i <= 25; i++)
      await append(org.id, 'webhook.disabled', { subject: { webhook: `h${i}.example` }, data: { reason: 'x' } });
    await runOutbox({ now: new Date() });
    expect(await send()).toEqual({ sent: 1, failed: 0 });
    expect(header('subject')[0]).toContain('25 notices');
    expect(smtp.mails[0]!.text).toContain('h25.example');
    expect(smtp.mails[0]!.text.match(/https?:\/\//g)).toHaveLength(1);
  });

  it('holds back what comes after ten, and sends it as one when the ten minutes are over', async () => {
    const now = Date.now();
    for (let i = 1; i <= 10; i++) await one();
    expect(await send(new Date(now + 1000))).toEqual({ sent: 10, failed: 0 });
    for (let i = 1; i <= 12; i++) await one();
    expect(await send(new Date(now + MINUTE))).toEqual({ sent: 0, failed: 0 });
    expect(await send(new Date(now + 11 * MINUTE))).toEqual({ sent: 1, failed: 0 });
    expect(smtp.mails).toHaveLength(11);
  });

  it('by two processes at once sends each once', async () => {
    for (let i = 1; i <= 8; i++) await one();
    const results = await Promise.all([send(), send(), send()]);
    expect(results.reduce((sum, { sent }) => sum + sent, 0)).toBe(8);
    expect(smtp.mails).toHaveLength(8);
  });
});
