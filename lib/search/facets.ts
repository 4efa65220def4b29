import type { SearchFilters } from '#lib/catalog/views.ts';
import { SEARCH_LIMITS } from './limits.ts';

/** Everything that can be filtered by. */
export const FACETS = [
  'grade',
  'signature',
  'publisher',
  'risk',
  'runsAs',
  'category',
] as const satisfies (keyof SearchFilters)[];

/** A page within the limits, whatever was asked for. */
export function clampPage({ limit, offset }: { limit: number; offset: number }): { limit: number; offset: number } {
  const within = (value: number, least: number, most: number) =>
    Number.isFinite(value) ? Math.min(most, Math.max(least, Math.trunc(value))) : least;
  return { limit: within(limit, 0, SEARCH_LIMITS.hits), offset: within(offset, 0, SEARCH_LIMITS.offset) };
}
