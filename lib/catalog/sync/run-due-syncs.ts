import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { SYNC_LIMITS } from './limits.ts';
import { type RunOptions, runSync } from './run-sync.ts';
import type { SyncOutcome } from './types.ts';

export type DueSyncs = Record<SyncOutcome['state'], number>;

/**
 * Crawls the sources that are due, one after the other, those first that wait longest. When its time is over, what is left
 * is for the next call; a crawl that was cut off goes on then, behind the others. Any number of workers may call it: the
 * lease of a source lets one in.
 */
export async function runDueSyncs({
  now = () => new Date(),
  limits = SYNC_LIMITS,
  ...options
}: Omit<RunOptions, 'until' | 'onProgress' | 'onPause'> = {}): Promise<DueSyncs> {
  const started = now();
  const until = new Date(started.getTime() + limits.runMs);
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
    if (options.signal?.aborted || now() >= until) break;
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
