import { askEngine, searchEngine } from './search-engine.ts';

/** Ids of the servers for a text, best first, at most `limit` (up to SEARCH_LIMITS.hits). For callers with rows of their own. */
export async function rankServers({ text, limit }: { text: string; limit: number }): Promise<string[]> {
  const { answer } = await askEngine(searchEngine(), (index) => index.search({ text, filters: {}, limit, offset: 0 }));
  return answer.serverIds;
}
