import type { Settings } from 'meilisearch';
import { documentWords } from './document-words.ts';
import { FACETS } from './facets.ts';
import { SEARCH_LIMITS } from './limits.ts';
import { SYNONYMS, synonymsOf } from './synonyms.ts';
import type { SearchRecord } from './types.ts';

/** What Meilisearch is told about servers. Order of `searchableAttributes` is their weight, as A to D in PostgreSQL. */
export const MEILISEARCH_SETTINGS: Settings = {
  searchableAttributes: ['nameKey', 'titleKey', 'names', 'toolNames', 'description', 'toolDescriptions'],
  filterableAttributes: [...FACETS, 'indexedAt', 'serverId'],
  sortableAttributes: ['name'],
  // Everything that is shown comes from the database; the search server only says which and in what order.
  displayedAttributes: ['serverId'],
  // `sort` acts only where a request sorts: the list of everything. Exactness early, so that exact names come first.
  rankingRules: ['sort', 'words', 'typo', 'exactness', 'attribute', 'proximity', 'publisherRank:desc', 'name:asc'],
  typoTolerance: {
    enabled: true,
    minWordSizeForTypos: { oneTypo: SEARCH_LIMITS.oneTypoFrom, twoTypos: SEARCH_LIMITS.twoTyposFrom },
  },
  synonyms: Object.fromEntries(SYNONYMS.flat().map((word) => [word, synonymsOf(word)])),
  pagination: { maxTotalHits: SEARCH_LIMITS.offset + SEARCH_LIMITS.hits },
  faceting: { maxValuesPerFacet: 500 },
};

const RANK = { official: 2, verified: 1 } as Record<string, number>;

/** A record as Meilisearch keeps it: the same words as in PostgreSQL. `indexedAt` is in milliseconds since 1970. */
export function meilisearchDocument(record: SearchRecord, indexedAt: Date) {
  const { origin: _, ...facets } = record.facets;
  return {
    serverId: record.serverId,
    name: record.name,
    ...documentWords(record),
    ...facets,
    publisherRank: RANK[record.facets.publisher] ?? 0,
    indexedAt: indexedAt.getTime(),
  };
}
