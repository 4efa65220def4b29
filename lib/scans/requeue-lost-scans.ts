import { db } from '#lib/db/db.ts';
import { enqueueScan } from '#lib/jobs/enqueue.ts';

/** A running scan is lost when it runs longer than any scan may. */
const RUNNING_LIMIT_MS = 20 * 60_000;
/** Time for the ordinary way, from commit to queue, before the sweep steps in. */
const QUEUED_GRACE_MS = 5_000;
const MAX_ATTEMPTS = 3;

/** Queues scans whose row waits but whose job was never made or died with its worker. Returns how many. */
export async function requeueLostScans(now: Date): Promise<number> {
  await db().scan.updateMany({
    where: {
      status: 'running',
      startedAt: { lt: new Date(now.getTime() - RUNNING_LIMIT_MS) },
      attempts: { lt: MAX_ATTEMPTS },
    },
    data: { status: 'queued' },
  });
  await db().scan.updateMany({
    where: { status: 'running', startedAt: { lt: new Date(now.getTime() - RUNNING_LIMIT_MS) } },
    data: {
      status: 'failed',
      finishedAt: now,
      error: { code: 'WORKER_LOST', message: `The worker ended ${MAX_ATTEMPTS} times while scanning this version.` },
    },
  });
  const waiting = await db().scan.findMany({
    where: { status: 'queued', createdAt: { lt: new Date(now.getTime() - QUEUED_GRACE_MS) } },
    orderBy: { createdAt: 'asc' },
    take: 500,
    select: { id: true },
  });
  for (const { id } of waiting) await enqueueScan(id);
  return waiting.length;
}
