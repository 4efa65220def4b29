import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { digestText } from './mail-text.ts';
import type { MailTransport } from './mail-transport.ts';

const MINUTE = 60_000;

export const MAIL_LIMITS = {
  /** More than these to one person within the window come as one mail. */
  perWindow: 10,
  windowMs: 10 * MINUTE,
  leaseMs: 2 * MINUTE,
  /** Waits between the tries. */
  waitsMs: [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 360 * MINUTE, 720 * MINUTE],
} as const;

type Group = { to: string; orgId: string | null };
type Claimed = { id: string; to: string; subject: string; text: string; attempts: number };

/** Sends the mails that are due. Returns how many went out and how many did not. */
export async function sendDueMail({
  transport,
  clock,
  signal,
}: {
  transport: MailTransport;
  clock: () => Date;
  signal?: AbortSignal;
}): Promise<{ sent: number; failed: number }> {
  const result = { sent: 0, failed: 0 };
  const groups = await db().mailMessage.groupBy({
    by: ['to', 'orgId'],
    where: { state: 'pending', nextAt: { lte: clock() } },
    orderBy: [{ to: 'asc' }, { orgId: 'asc' }],
  });
  for (const group of groups) {
    if (signal?.aborted) break;
    await gather(group, clock());
    for (;;) {
      const mail = signal?.aborted ? null : await claim(group, clock());
      if (!mail) break;
      const isSent = await sendOne(mail, transport, clock);
      result[isSent ? 'sent' : 'failed']++;
    }
  }
  return result;
}

/** Where many wait for one person, they become one mail; where many went out just now, they wait for the window's end. */
async function gather({ to, orgId }: Group, now: Date): Promise<void> {
  const since = new Date(now.getTime() - MAIL_LIMITS.windowMs);
  await db().$transaction(async (tx) => {
    const waiting = await tx.$queryRaw<{ id: string; subject: string; userId: string | null }[]>`
      select "id", "subject", "userId" from "MailMessage"
      where "to" = ${to} and "orgId" is not distinct from ${orgId} and "state" = 'pending' and "nextAt" <= ${now}
      order by "createdAt", "id" for update skip locked`;
    const recent = await tx.mailMessage.findMany({
      where: { to, orgId, state: 'delivered', sentAt: { gt: since } },
      orderBy: { sentAt: 'asc' },
      select: { sentAt: true },
    });
    if (waiting.length + recent.length <= MAIL_LIMITS.perWindow || waiting.length === 0) return;
    const ids = waiting.map(({ id }) => id);
    if (recent.length >= MAIL_LIMITS.perWindow) {
      const nextAt = new Date(recent[0]!.sentAt!.getTime() + MAIL_LIMITS.windowMs + 1);
      await tx.mailMessage.updateMany({ where: { id: { in: ids } }, data: { nextAt } });
      return;
    }
    if (waiting.length === 1) return;
    const org = orgId
      ? await tx.org.findUnique({ where: { id: orgId }, select: { slug: true, displayName: true } })
      : null;
    const { publicUrl } = config();
    const digest = digestText({
      org: org?.displayName ?? 'Hallmark',
      subjects: waiting.map(({ subject }) => subject),
      link: org ? `${publicUrl}/orgs/${org.slug}` : publicUrl,
    });
    await tx.mailMessage.deleteMany({ where: { id: { in: ids } } });
    await tx.mailMessage.create({
      data: { to, orgId, userId: waiting[0]!.userId, ...digest, nextAt: now, createdAt: now },
    });
  });
}

async function claim({ to, orgId }: Group, now: Date): Promise<Claimed | null> {
  const lease = new Date(now.getTime() + MAIL_LIMITS.leaseMs);
  const [row] = await db().$queryRaw<Claimed[]>`
    update "MailMessage" set "attempts" = "attempts" + 1, "nextAt" = ${lease}
    where "id" = (
      select "id" from "MailMessage"
      where "to" = ${to} and "orgId" is not distinct from ${orgId} and "state" = 'pending' and "nextAt" <= ${now}
      order by "createdAt", "id" limit 1 for update skip locked
    )
    returning "id", "to", "subject", "text", "attempts"`;
  return row ?? null;
}

async function sendOne(mail: Claimed, transport: MailTransport, clock: () => Date): Promise<boolean> {
  const result = await transport.send(mail);
  const now = clock();
  if (result.ok) {
    await db().mailMessage.update({
      where: { id: mail.id },
      data: { state: 'delivered', sentAt: now, lastError: null },
    });
    return true;
  }
  const wait = result.isFinal ? undefined : MAIL_LIMITS.waitsMs[mail.attempts - 1];
  await db().mailMessage.update({
    where: { id: mail.id },
    data: {
      lastError: result.error,
      ...(wait === undefined ? { state: 'failed' } : { nextAt: new Date(now.getTime() + wait) }),
    },
  });
  log.warn({ mailId: mail.id, attempts: mail.attempts, error: result.error }, 'a mail was not sent');
  return false;
}
