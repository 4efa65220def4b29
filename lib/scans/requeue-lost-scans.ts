import { db } from '#lib/db/db.ts';
import { enqueueScan } from '#lib/jobs/enqueue.ts';
import { SCAN_LIMITS } from './limits.ts';

/** Time for the ordinary way, from commit to queue, before the sweep steps in. */
const QUEUED_GRACE_MS = 5_000;
/** Rows that one sweep looks at. */
const BATCH = 500;

/**
 * Frees scans whose worker is gone, and makes sure that every waiting scan whose time has come has a job. Returns how
 * many were freed and how many wait. A scan that lost its worker at its last try has failed: `WORKER_LOST`.
 */
export async function requeueLostScans(now: Date): Promise<{ freed: number; failed: number; waiting: number }> {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const lost = {
    status: 'running' as const,
    OR: [
      { heartbeatAt: { lt: ago(SCAN_LIMITS.heartbeatLostMs) } },
      { heartbeatAt: null, startedAt: { lt: ago(SCAN_LIMITS.heartbeatLostMs) } },
      { startedAt: { lt: ago(SCAN_LIMITS.runningMs) } },
    ],
  };
  const freed = await db().scan.updateMany({
    where: { ...lost, attempts: { lt: SCAN_LIMITS.attempts } },
    data: { status: 'queued', nextAttemptAt: null },
  });
  const failed = await db().scan.updateMany({
    where: { ...lost, attempts: { gte: SCAN_LIMITS.attempts } },
    data: {
      status: 'failed',
      finishedAt: now,
      error: {
        code: 'WORKER_LOST',
        message: `The worker ended while scanning this version, at the last of ${SCAN_LIMITS.attempts} attempts.`,
      },
    },
  });
  const waiting = await db().scan.findMany({
    where: {
      status: 'queued',
      createdAt: { lt: ago(QUEUED_GRACE_MS) },
      OR: [{ nextAttemptAt: null }, { nextAttemptAt: { lte: now } }],
    },
    orderBy: { createdAt: 'asc' },
    take: BATCH,
    select: { id: true, attempts: true },
  });
  for (const { id, attempts } of waiting) await enqueueScan(id, { attempts });
  return { freed: freed.count, failed: failed.count, waiting: waiting.length };
}
