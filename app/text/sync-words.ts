import type { SyncCounts, SyncFilters, SyncState } from '#lib/catalog/sync/types.ts';
import { countOf, formatNumber } from './count-of.ts';

export const SYNC_STATE_WORD: Record<SyncState, string> = {
  disabled: 'disabled',
  crawling: 'syncing now',
  'backing-off': 'failed, tries again later',
  interrupted: 'interrupted, goes on when it is due',
  idle: 'in step',
};

/** `1,240 versions on 13 pages: 1,200 new, 40 unchanged`; what is none is left out. */
export function syncCounts(counts: SyncCounts): string {
  const parts = [
    [counts.imported, 'new'],
    [counts.updated, 'updated'],
    [counts.unchanged, 'unchanged'],
    [counts.filtered, 'filtered out'],
    [counts.skipped, 'skipped'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${formatNumber(count)} ${word}`);
  const seen = `${countOf(counts.seen, 'version')} on ${countOf(counts.pages, 'page')}`;
  return said.length > 0 ? `${seen}: ${said.join(', ')}` : seen;
}

/** What an upstream is asked for. */
export function filterSentence({ names, exclude, statuses }: SyncFilters): string {
  const which = names.length > 0 ? `Servers named ${names.join(', ')}` : 'Every server';
  const without = exclude.length > 0 ? `, without ${exclude.join(', ')}` : '';
  const states = statuses.length > 0 && statuses.length < 3 ? `; versions that are ${statuses.join(' or ')}` : '';
  return `${which}${without}${states}.`;
}
