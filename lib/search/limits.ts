/** Limits and weights of search, for both indexes. Texts and names come from strangers, so each length has an end. */
export const SEARCH_LIMITS = {
  /** UTF-16 units of a query that are read; the rest is ignored. */
  textCharacters: 256,
  /** Words of a query that are read; Meilisearch reads ten as well. */
  words: 10,
  /** Longer words are neither indexed nor searched: digests, encoded data. */
  wordCharacters: 48,
  /** Hits of one answer, and how far paging goes. */
  hits: 1_000,
  offset: 10_000,
  /** From this length on, the last word of a text also finds words that begin with it. */
  prefixFrom: 2,
  /** From these lengths on, a word may have one typing error, or two. */
  oneTypoFrom: 4,
  twoTyposFrom: 8,
  /** With fewer servers than this that match every word, those that match most of the text follow them. */
  completeHits: 5,
  /** UTF-16 units of each text that are indexed. */
  indexed: { names: 2_000, toolNames: 40_000, description: 10_000, toolDescriptions: 100_000 },
} as const;
