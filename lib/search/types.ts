import type { SearchFilters, SearchRequest } from '#lib/catalog/views.ts';

/** What is searched of a server: its latest version that is not deleted. */
export type SearchRecord = {
  serverId: string;
  name: string;
  title: string;
  description: string;
  toolNames: string[];
  toolDescriptions: string[];
  keywords: string[];
  facets: {
    grade: string | null;
    signature: string;
    publisher: string;
    risk: string | null;
    runsAs: string[];
    category: string | null;
    origin: string;
  };
  updatedAt: Date;
};

export type SearchHits = { serverIds: string[]; total: number };

/**
 * One way to search. Every implementation passes the same behavioural suite (tests/search/behaviour.ts): ranked over
 * names, titles, descriptions, tool names and tool descriptions; tolerates typing errors; filters exactly; an empty
 * text lists everything, best first by name.
 */
export type SearchIndex = {
  readonly kind: 'postgres' | 'meilisearch';
  upsert(records: SearchRecord[]): Promise<void>;
  remove(serverIds: string[]): Promise<void>;
  search(request: SearchRequest): Promise<SearchHits>;
  /** Numbers for each facet value among the hits of `text` under `filters`. */
  facets(request: {
    text: string;
    filters: SearchFilters;
    within?: readonly string[] | undefined;
  }): Promise<Record<keyof SearchFilters, Record<string, number>>>;
};

/** Thrown when the index cannot answer now; the caller falls back. Code `SEARCH_UNAVAILABLE`. */
export class SearchUnavailableError extends Error {
  readonly code = 'SEARCH_UNAVAILABLE';
}

/** By its code and not its class: Next bundles its own copies of modules, so one process has several of the class. */
export const isSearchUnavailable = (error: unknown): error is SearchUnavailableError =>
  error instanceof Error && (error as Partial<SearchUnavailableError>).code === 'SEARCH_UNAVAILABLE';
