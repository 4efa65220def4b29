import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { SYNC_LIMITS } from './limits.ts';
import { type RunOptions, runSync } from './run-sync.ts';
import type { SyncOutcome } from './types.ts';

export type DueSyncs = Record<SyncOutcome['state'], number>;

/**
 * Crawls every source that is due, one after the other, those first that wait longest. A crawl that takes longer than its
 * share goes on with the next call, behind the others. Any number of workers may call it: the lease of a source lets one in.
 */
export async function runDueSyncs({
  now = () => new Date(),
  limits = SYNC_LIMITS,
  ...options
}: Omit<RunOptions, 'until' | 'onProgress' | 'onPause'> = {}): Promise<DueSyncs> {
  const started = now();
  const due = await db().syncSource.findMany({
    where: {
      isEnabled: true,
      nextRunAt: { lte: started },
      OR: [{ leaseUntil: null }, { leaseUntil: { lte: started } }],
    },
    orderBy: { nextRunAt: 'asc' },
    select: { id: true, name: true },
  });
  const done: DueSyncs = { finished: 0, stopped: 0, failed: 0, busy: 0 };
  for (const { id, name } of due) {
    if (options.signal?.aborted) break;
    const until = new Date(now().getTime() + limits.runMs);
    const { state, counts, error } = await runSync({ ...options, sourceId: id, until, now, limits });
    done[state] += 1;
    if (state !== 'busy') log.info({ source: name, state, ...summary(counts), code: error?.code }, 'a sync ended');
  }
  return done;
}

const summary = (counts: SyncOutcome['counts']) =>
  counts && {
    pages: counts.pages,
    imported: counts.imported,
    updated: counts.updated,
    unchanged: counts.unchanged,
    filtered: counts.filtered,
    skipped: counts.skipped,
  };
