import type { SearchPage, SearchRequest } from '#lib/catalog/views.ts';
import { searchEngine, searchWith } from './search-engine.ts';

/**
 * Servers for a search, best first. Uses Meilisearch where MEILI_URL names one, and the database while it does not
 * answer; `note` then says so. Limits: SEARCH_LIMITS.
 */
export const searchServers = (request: SearchRequest): Promise<SearchPage> => searchWith(searchEngine(), request);
