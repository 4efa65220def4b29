import { currentRequestId, log } from '#lib/config/log.ts';
import { boss } from './boss.ts';
import { QUEUES, type ScanJob } from './queues.ts';

/**
 * Tells the workers about a scan whose row is committed. The row is the truth: when this fails, the workers' sweep
 * finds the row within a minute, so a failure here is logged and not raised.
 */
export async function enqueueScan(scanId: string): Promise<void> {
  if (process.env.HALLMARK_JOBS === 'off') return;
  try {
    const job: ScanJob = { scanId, requestId: currentRequestId() };
    await (await boss()).send(QUEUES.scan, job, {
      singletonKey: scanId,
      retryLimit: 2,
      retryDelay: 30,
      retryBackoff: true,
      expireInSeconds: 900,
    });
  } catch (error) {
    log.warn(
      { scanId, error: error instanceof Error ? error.message : String(error) },
      'could not enqueue a scan; the sweep will find it',
    );
  }
}
