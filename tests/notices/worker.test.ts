import { afterAll, beforeAll, expect, it } from 'vitest';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { startNotices } from '#lib/notices/start-notices.ts';
import { startSmtpServer, type TestSmtpServer } from '#tests/support/smtp-server.ts';
import { append } from '../audit/chains.ts';
import { testInstance } from '../instance.ts';
import { newOrg } from '../webhooks/kit.ts';

testInstance();

const stop = new AbortController();
let smtp: TestSmtpServer;

beforeAll(async () => {
  smtp = await startSmtpServer();
  Object.assign(process.env, { SMTP_URL: smtp.url, MAIL_FROM: 'hallmark@registry.example' });
  resetConfig();
});
afterAll(async () => {
  stop.abort();
  await smtp.close();
  delete process.env.SMTP_URL;
  delete process.env.MAIL_FROM;
});

it('a worker sends what happened before it started, and what happens, without being told', async () => {
  const before = await newOrg();
  await append(before.id, 'webhook.disabled', { subject: { webhook: 'a.example' }, data: { reason: 'before' } });
  await startNotices({ databaseUrl: process.env.DATABASE_URL!, signal: stop.signal });
  await expect.poll(() => smtp.mails.map(({ to }) => to[0]), { timeout: 5000 }).toEqual([before.owner.email]);

  const later = await newOrg();
  await append(later.id, 'webhook.disabled', { subject: { webhook: 'a.example' }, data: { reason: 'later' } });
  await expect.poll(() => smtp.mails.map(({ to }) => to[0]), { timeout: 5000 }).toContain(later.owner.email);
});

it('hears again after its connection was cut', async () => {
  await db()
    .$executeRaw`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hallmark-notices' and datname = current_database()`;
  const org = await newOrg();
  await append(org.id, 'webhook.disabled', { subject: { webhook: 'a.example' }, data: { reason: 'cut' } });
  await expect.poll(() => smtp.mails.map(({ to }) => to[0]), { timeout: 15_000 }).toContain(org.owner.email);
});
