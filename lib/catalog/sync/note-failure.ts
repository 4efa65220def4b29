import { appendEvent } from '#lib/audit/append-event.ts';
import { db, Prisma } from '#lib/db/db.ts';
import { pauseAfter } from './back-off.ts';
import { ownCrawl } from './begin-crawl.ts';
import type { SyncLimits } from './limits.ts';
import type { Crawl } from './store-page.ts';
import { syncActor } from './sync-actor.ts';
import type { SyncFailure } from './types.ts';
import type { Fault } from './upstream-error.ts';

export type NotedFailure = {
  error: SyncFailure;
  nextRunAt: Date;
  /** To wait before the run goes on; null when it ends here. */
  pauseMs: number | null;
};

/**
 * Notes a failure in the source's row with the time of the next try. The cursor stays, unless it is what failed. The
 * chain gets one event when a source fails in another way than before, not one for every try.
 */
export async function noteFailure({
  crawl,
  fault,
  limits,
  now,
  random,
}: {
  crawl: Crawl;
  fault: Fault;
  limits: SyncLimits;
  now: Date;
  random: number;
}): Promise<NotedFailure> {
  const { code, message, isTransient, losesCursor, retryAfterMs } = fault;
  return db().$transaction(async (tx) => {
    const before = await tx.syncSource.findUnique({
      where: { id: crawl.source.id },
      select: { failures: true, lastError: true },
    });
    const failures = (before?.failures ?? 0) + 1;
    const pauseMs = pauseAfter({ failures, isTransient, retryAfterMs, random, limits });
    const nextRunAt = new Date(now.getTime() + pauseMs);
    const isOver = !isTransient || pauseMs > limits.inlinePauseMs;
    const earlier = before?.lastError as SyncFailure | null | undefined;
    const wasReported = earlier?.code === code && earlier.isReported;
    const error: SyncFailure = { code, message, at: now.toISOString(), isReported: wasReported || isOver };
    const noted = await tx.syncSource.updateMany({
      where: ownCrawl(crawl),
      data: {
        lastError: error,
        failures,
        nextRunAt,
        ...(isOver ? { leaseUntil: null } : {}),
        ...(losesCursor ? { crawlStartedAt: null, cursor: null, progress: Prisma.DbNull } : {}),
      },
    });
    if (noted.count > 0 && isOver && !wasReported) {
      await appendEvent(tx, {
        orgId: null,
        kind: 'sync.failed',
        actor: syncActor(crawl.source.name),
        subject: { source: crawl.source.name },
        data: { code, message },
        now,
      });
    }
    return { error, nextRunAt, pauseMs: isOver ? null : pauseMs };
  });
}
