import { appendEvent } from '#lib/audit/append-event.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import type { SyncLimits } from './limits.ts';
import { countsOf } from './progress.ts';
import type { Crawl } from './store-page.ts';
import { syncActor } from './sync-actor.ts';
import type { SyncProgress, SyncRun } from './types.ts';

/** When the next crawl is due: after the interval, give or take some minutes. `random` is from 0 to 1. */
export const nextCrawlAt = (now: Date, random: number, { intervalMs, jitterMs }: SyncLimits): Date =>
  new Date(now.getTime() + intervalMs + Math.round((random * 2 - 1) * jitterMs));

/**
 * Notes that a crawl reached the end: from its beginning on, everything that the upstream changes is for the next one.
 * A crawl that found nothing new leaves no event, or the chain would be made of them.
 */
export async function finishCrawl(
  tx: Tx,
  {
    crawl: { source, startedAt },
    progress,
    limits,
    now,
    random,
  }: {
    crawl: Crawl;
    progress: SyncProgress;
    limits: SyncLimits;
    now: Date;
    random: number;
  },
): Promise<void> {
  const counts = countsOf(progress);
  const isFull = progress.updatedSince === null;
  const run: SyncRun = { startedAt: startedAt.toISOString(), finishedAt: now.toISOString(), isFull, ...counts };
  await tx.syncSource.update({
    where: { id: source.id },
    data: {
      watermark: progress.watermark,
      crawlStartedAt: null,
      cursor: null,
      progress: Prisma.DbNull,
      leaseUntil: null,
      nextRunAt: nextCrawlAt(now, random, limits),
      lastRun: run,
      lastError: Prisma.DbNull,
      failures: 0,
    },
  });
  const { imported, updated, unchanged, skipped } = counts;
  if (imported + updated === 0 && !isFull) return;
  await appendEvent(tx, {
    orgId: null,
    kind: 'sync.finished',
    actor: syncActor(source.name),
    subject: { source: source.name },
    data: { imported, updated, unchanged, skipped },
    now,
  });
}
