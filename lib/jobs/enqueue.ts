import { currentRequestId, log } from '#lib/config/log.ts';
import { SCAN_LIMITS } from '#lib/scans/limits.ts';
import { boss } from './boss.ts';
import { QUEUES, type ScanJob } from './queues.ts';

/**
 * Tells the workers about a scan whose row is committed: once for each of its tries, however often it is called. `attempts`
 * is the row's; `notBefore` holds the job back. The row is the truth: when this fails, the workers' sweep finds the row
 * within a minute, so a failure here is logged and not raised.
 */
export async function enqueueScan(
  scanId: string,
  { attempts = 0, notBefore }: { attempts?: number; notBefore?: Date } = {},
): Promise<void> {
  if (process.env.HALLMARK_JOBS === 'off') return;
  try {
    const job: ScanJob = { scanId, requestId: currentRequestId() };
    await (await boss()).send(QUEUES.scan, job, {
      // The attempt is part of the key: the job of a killed worker counts as at work until it expires, and must not keep
      // the next try away.
      singletonKey: `${scanId}:${attempts}`,
      ...(notBefore ? { startAfter: notBefore } : {}),
      // The row counts the tries and says when the next one is due.
      retryLimit: 0,
      expireInSeconds: SCAN_LIMITS.runningMs / 1000,
    });
  } catch (error) {
    log.warn(
      { scanId, error: error instanceof Error ? error.message : String(error) },
      'could not enqueue a scan; the sweep will find it',
    );
  }
}

/** Has the workers look now for upstreams that are due. The rows are the truth: without it they look within a minute. */
export async function enqueueSync(): Promise<void> {
  if (process.env.HALLMARK_JOBS === 'off') return;
  try {
    await (await boss()).send(QUEUES.upstreamSync, {}, { retryLimit: 0 });
  } catch (error) {
    log.warn(
      { error: error instanceof Error ? error.message : String(error) },
      'could not enqueue a sync; the schedule will start it',
    );
  }
}

/**
 * Tells the workers that packages wait for their first check. Versions without checks are due anyway: when this fails, or
 * a run is under way, the hourly one finds them.
 */
export async function enqueuePackageRecheck(): Promise<void> {
  if (process.env.HALLMARK_JOBS === 'off') return;
  try {
    await (await boss()).send(QUEUES.packageRecheck, {});
  } catch (error) {
    log.warn(
      { error: error instanceof Error ? error.message : String(error) },
      'could not enqueue a check of packages; the hourly one will do it',
    );
  }
}

/** Has the workers look now at versions that policies wait for. The tasks are the truth: without it they look within a minute. */
export async function enqueuePolicyWork(): Promise<void> {
  if (process.env.HALLMARK_JOBS === 'off') return;
  try {
    await (await boss()).send(QUEUES.policy, {}, { retryLimit: 0 });
  } catch (error) {
    log.warn(
      { error: error instanceof Error ? error.message : String(error) },
      'could not enqueue the work of policies; the schedule will start it',
    );
  }
}

/** Has a worker take the dry runs that wait. Their rows are the truth: without it one takes them within a minute. */
export async function enqueueDryRuns(): Promise<void> {
  if (process.env.HALLMARK_JOBS === 'off') return;
  try {
    await (await boss()).send(QUEUES.policyDryRun, {}, { retryLimit: 0 });
  } catch (error) {
    log.warn(
      { error: error instanceof Error ? error.message : String(error) },
      'could not enqueue a dry run; the schedule will start it',
    );
  }
}
