import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { createDispatcher } from '#lib/webhooks/dispatcher.ts';
import { WEBHOOK_LIMITS } from '#lib/webhooks/limits.ts';
import { listenForEvents } from './listen.ts';
import { createMailTransport, type MailTransport } from './mail-transport.ts';
import { runOutbox } from './outbox.ts';
import { sendDueMail } from './send-mail.ts';

const DAY_MS = 86_400_000;

export type Notices = {
  /** Takes new events and begins to send what is due. */
  outbox(): Promise<void>;
  /** Begins to send what is due by now, such as second tries. */
  deliveries(): Promise<void>;
};

/** What a worker does for notices: hears of events at once, and looks again when the schedule says so. */
export async function startNotices({
  databaseUrl,
  signal,
}: {
  databaseUrl: string;
  signal: AbortSignal;
}): Promise<Notices> {
  const dispatcher = createDispatcher({ signal });
  signal.addEventListener('abort', () => transport?.transport.close(), { once: true });
  const mail = oneAtATime(() => sendMails(signal));
  const deliveries = async () => {
    await dispatcher.kick();
    // A mail server that is slow does not hold up webhooks, nor the job.
    void mail();
  };
  const outbox = oneAtATime(async () => {
    const { events, ...made } = await runOutbox({ now: new Date(), signal });
    if (made.deliveries + made.mails > 0) log.info({ events, ...made }, 'notices written');
    await deliveries();
  });
  await listenForEvents({ databaseUrl, onEvent: () => void outbox(), signal });
  return { outbox, deliveries };
}

/** Runs `work` again when it was asked for while it ran, however often; a failure is logged, the schedule tries again. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let isAsked = false;
  const run = async () => {
    do {
      isAsked = false;
      await work();
    } while (isAsked);
  };
  return () => {
    isAsked = true;
    running ??= run()
      .catch((error) => log.error({ err: error }, 'notices could not be worked on'))
      .finally(() => {
        running = null;
      });
    return running;
  };
}

let transport: { of: string; transport: MailTransport } | undefined;

async function sendMails(signal: AbortSignal): Promise<void> {
  const { SMTP_URL: url, MAIL_FROM: from } = config();
  if (!url || !from || signal.aborted) return;
  if (transport?.of !== url) {
    transport?.transport.close();
    transport = { of: url, transport: createMailTransport({ url, from }) };
  }
  const { sent, failed } = await sendDueMail({ transport: transport.transport, clock: () => new Date(), signal });
  if (sent + failed > 0) log.info({ sent, failed }, 'mails sent');
}

/** Removes deliveries and mails that are done and older than the log keeps them. */
export async function pruneNotices(now: Date): Promise<number> {
  const before = new Date(now.getTime() - WEBHOOK_LIMITS.keptDays * DAY_MS);
  const [deliveries, mails] = await db().$transaction([
    db().webhookDelivery.deleteMany({ where: { state: { not: 'pending' }, createdAt: { lt: before } } }),
    db().mailMessage.deleteMany({ where: { state: { not: 'pending' }, createdAt: { lt: before } } }),
  ]);
  return deliveries.count + mails.count;
}
