import type { SyncSource } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import { progressOf } from './progress.ts';
import type { SyncFailure, SyncFilters, SyncRun, SyncSourceView, SyncState } from './types.ts';

/** Every upstream with what it is doing, by name. */
export async function listSyncSources(now = new Date()): Promise<SyncSourceView[]> {
  const sources = await db().syncSource.findMany({ orderBy: { name: 'asc' } });
  return sources.map((source) => ({
    id: source.id,
    name: source.name,
    baseUrl: source.baseUrl,
    filters: source.filters as SyncFilters,
    state: stateOf(source, now),
    isEnabled: source.isEnabled,
    progress: progressOf(source),
    crawlStartedAt: source.crawlStartedAt?.toISOString() ?? null,
    watermark: source.watermark?.toISOString() ?? null,
    lastRun: source.lastRun as SyncRun | null,
    nextRunAt: source.nextRunAt.toISOString(),
    lastError: source.lastError as SyncFailure | null,
    failures: source.failures,
  }));
}

function stateOf(source: SyncSource, now: Date): SyncState {
  if (!source.isEnabled) return 'disabled';
  if (source.failures > 0 && source.nextRunAt > now) return 'backing-off';
  if (source.leaseUntil && source.leaseUntil > now) return 'crawling';
  return source.crawlStartedAt ? 'interrupted' : 'idle';
}
