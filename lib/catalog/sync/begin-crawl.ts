import { db } from '#lib/db/db.ts';
import type { SyncLimits } from './limits.ts';
import { firstProgress, progressOf } from './progress.ts';
import type { Crawl } from './store-page.ts';

/**
 * Takes the lease of a source and gives the crawl to go on with, or a new one; null where another worker has it, or it is
 * disabled or gone. `isFull` begins anew and asks for everything.
 */
export async function beginCrawl({
  sourceId,
  isFull,
  now,
  limits,
}: {
  sourceId: string;
  isFull: boolean;
  now: Date;
  limits: SyncLimits;
}): Promise<Crawl | null> {
  return db().$transaction(async (tx) => {
    const leased = await tx.syncSource.updateMany({
      where: { id: sourceId, isEnabled: true, OR: [{ leaseUntil: null }, { leaseUntil: { lte: now } }] },
      data: { leaseUntil: new Date(now.getTime() + limits.leaseMs) },
    });
    if (leased.count === 0) return null;
    const source = await tx.syncSource.findUniqueOrThrow({ where: { id: sourceId } });
    const progress = progressOf(source);
    if (!isFull && source.crawlStartedAt && progress) {
      return { source, startedAt: source.crawlStartedAt, cursor: source.cursor, progress };
    }
    const fresh = firstProgress(isFull ? null : source.watermark, limits.overlapMs);
    await tx.syncSource.update({
      where: { id: sourceId },
      data: { crawlStartedAt: now, cursor: null, progress: fresh },
    });
    return { source, startedAt: now, cursor: null, progress: fresh };
  });
}

/** Where the row still says that it is this crawl's. */
export const ownCrawl = ({ source, startedAt }: Crawl) => ({ id: source.id, crawlStartedAt: startedAt });

/** Says that the crawl is still at work. */
export async function keepLease(crawl: Crawl, now: Date, limits: SyncLimits): Promise<void> {
  await db().syncSource.updateMany({
    where: { ...ownCrawl(crawl), leaseUntil: { not: null } },
    data: { leaseUntil: new Date(now.getTime() + limits.leaseMs) },
  });
}

/** Leaves a crawl as it is, for whoever goes on with it from `nextRunAt` on. */
export async function leaveCrawl(crawl: Crawl, nextRunAt: Date): Promise<void> {
  await db().syncSource.updateMany({ where: ownCrawl(crawl), data: { leaseUntil: null, nextRunAt } });
}
