import type { SearchFilters } from '#lib/catalog/views.ts';
import { facetsWith, searchEngine } from './search-engine.ts';

/** Numbers for the filter list beside a search; see `facetsWith`. */
export const searchFacets = (request: {
  text: string;
  filters: SearchFilters;
  within?: readonly string[] | undefined;
}): Promise<Record<keyof SearchFilters, Record<string, number>>> => facetsWith(searchEngine(), request);
