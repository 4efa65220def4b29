import type { SearchFilters, SearchPage, SearchRequest } from '#lib/catalog/views.ts';
import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { type Db, db } from '#lib/db/db.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import { FACETS } from './facets.ts';
import { createMeilisearchIndex, type MeilisearchIndex } from './meilisearch-index.ts';
import { createPostgresIndex } from './postgres-index.ts';
import { loadServerCards } from './server-cards.ts';
import { isSearchUnavailable, type SearchIndex } from './types.ts';

/** Said to people when the search server is away. */
export const SEARCH_SERVER_AWAY = 'The search server does not answer; these results come from the database.';

/** After a failure nobody waits for the search server again for this long. */
export const BREAKER_PAUSE_MS = 15_000;

/** The two indexes of one process: the database's own, which always is there, and the search server where there is one. */
export type SearchEngine = {
  db: Db;
  postgres: SearchIndex;
  meilisearch: MeilisearchIndex | null;
  breaker: CircuitBreaker;
};

export function createSearchEngine({
  db,
  meilisearch,
  now = Date.now,
}: {
  db: Db;
  meilisearch: MeilisearchIndex | null;
  now?: () => number;
}): SearchEngine {
  const breaker = createCircuitBreaker({ pauseMs: BREAKER_PAUSE_MS, now });
  return { db, postgres: createPostgresIndex(db), meilisearch, breaker };
}

/** Across bundles of one process, as in lib/db/db.ts: one breaker for all of it. */
const shared = globalThis as typeof globalThis & { hallmarkSearch?: SearchEngine };

/** The engine of this process, as configured. */
export function searchEngine(): SearchEngine {
  const { MEILI_URL: url, MEILI_KEY: apiKey } = config();
  const meilisearch = () => (url ? createMeilisearchIndex({ url, apiKey }) : null);
  // The client of a closed database is of no use; `db()` gives the current one.
  if (shared.hallmarkSearch?.db !== db()) {
    shared.hallmarkSearch = createSearchEngine({ db: db(), meilisearch: meilisearch() });
  }
  return shared.hallmarkSearch!;
}

/** Asks the search server, and the database where there is none or it is away. */
export async function askEngine<T>(
  { postgres, meilisearch, breaker }: SearchEngine,
  question: (index: SearchIndex) => Promise<T>,
): Promise<{ answer: T; note: string | null }> {
  if (!meilisearch) return { answer: await question(postgres), note: null };
  if (breaker.mayTry()) {
    try {
      const answer = await question(meilisearch);
      breaker.succeeded();
      return { answer, note: null };
    } catch (error) {
      if (!isSearchUnavailable(error)) throw error;
      breaker.failed();
      log.warn({ err: error }, 'The search server does not answer; searching in the database.');
    }
  }
  return { answer: await question(postgres), note: SEARCH_SERVER_AWAY };
}

/** Servers for a search, best first, as cards. */
export async function searchWith(engine: SearchEngine, request: SearchRequest): Promise<SearchPage> {
  const { answer, note } = await askEngine(engine, (index) => index.search(request));
  return { servers: await loadServerCards(answer.serverIds, engine.db), total: answer.total, note };
}

/**
 * Numbers beside each filter value: how many servers there would be with it, given all filters of the other kinds.
 * Within one kind values are alternatives, so a chosen one does not hide the numbers of the others.
 */
export async function facetsWith(
  engine: SearchEngine,
  { text, filters, within }: { text: string; filters: SearchFilters; within?: readonly string[] | undefined },
): Promise<Record<keyof SearchFilters, Record<string, number>>> {
  const { answer } = await askEngine(engine, async (index) => {
    const chosen = FACETS.filter((facet) => (filters[facet]?.length ?? 0) > 0);
    const [all, ...withoutOne] = await Promise.all([
      index.facets({ text, filters, within }),
      ...chosen.map((facet) => index.facets({ text, filters: { ...filters, [facet]: undefined }, within })),
    ]);
    return { ...all, ...Object.fromEntries(chosen.map((facet, i) => [facet, withoutOne[i]![facet]])) };
  });
  return answer;
}
