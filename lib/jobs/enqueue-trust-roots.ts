import { log } from '#lib/config/log.ts';
import { boss } from './boss.ts';
import { QUEUES, type TrustRootJob } from './queues.ts';

/**
 * Has a worker verify signatures again, e.g. after a root was added. The hourly job does the same, so a failure here is
 * logged and not raised.
 */
export async function enqueueTrustRootWork(): Promise<void> {
  if (process.env.HALLMARK_JOBS === 'off') return;
  try {
    const job: TrustRootJob = { withRefresh: false };
    await (await boss()).send(QUEUES.trustRoots, job);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ error: reason }, 'could not enqueue the verification of signatures; the hourly job will do it');
  }
}
