import { log } from '#lib/config/log.ts';
import { boss } from './boss.ts';
import { QUEUES } from './queues.ts';

/** Has a worker send now what is due, e.g. after a replay. The schedule does it within a minute, so a failure is logged and not raised. */
export async function enqueueDeliveries(): Promise<void> {
  if (process.env.HALLMARK_JOBS === 'off') return;
  try {
    await (await boss()).send(QUEUES.deliveries, {});
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ error: reason }, 'could not enqueue deliveries; the schedule will send them');
  }
}
