import type { SyncSource } from '#lib/db/client/client.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { SkippedItem, SyncCounts, SyncProgress } from './types.ts';

export const NO_COUNTS: SyncCounts = {
  pages: 0,
  seen: 0,
  imported: 0,
  updated: 0,
  unchanged: 0,
  filtered: 0,
  skipped: 0,
  skippedFor: {},
  skippedExamples: [],
};

/** How a crawl begins: for everything, or for what changed since shortly before the last one began. */
export function firstProgress(watermark: Date | null, overlapMs: number): SyncProgress {
  return {
    ...NO_COUNTS,
    updatedSince: watermark && new Date(watermark.getTime() - overlapMs).toISOString(),
    includeDeleted: true,
    watermark: null,
  };
}

export const progressOf = (source: Pick<SyncSource, 'progress'>): SyncProgress | null =>
  source.progress as SyncProgress | null;

export const countsOf = ({
  updatedSince: _since,
  includeDeleted: _deleted,
  watermark: _watermark,
  ...counts
}: SyncProgress) => counts;

export type PageResult = Pick<SyncCounts, 'imported' | 'updated' | 'unchanged' | 'filtered'> & {
  skipped: SkippedItem[];
};

/** The counts with those of one page more. */
export function addPage<T extends SyncCounts>(before: T, page: PageResult): T {
  const { imported, updated, unchanged, filtered, skipped } = page;
  const skippedFor = { ...before.skippedFor };
  for (const { code } of skipped) skippedFor[code] = (skippedFor[code] ?? 0) + 1;
  return {
    ...before,
    pages: before.pages + 1,
    seen: before.seen + imported + updated + unchanged + filtered + skipped.length,
    imported: before.imported + imported,
    updated: before.updated + updated,
    unchanged: before.unchanged + unchanged,
    filtered: before.filtered + filtered,
    skipped: before.skipped + skipped.length,
    skippedFor,
    skippedExamples: [...before.skippedExamples, ...skipped].slice(0, SYNC_LIMITS.skippedExamples),
  };
}
