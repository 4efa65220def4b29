import { SEARCH_LIMITS } from './limits.ts';
import { isEmptyText, parseSearchText } from './parse-text.ts';
import { askEngine, type SearchEngine, searchEngine } from './search-engine.ts';

/**
 * Ids of the servers for a text, best first, at most `limit` (up to SEARCH_LIMITS.hits). For the registry API, whose
 * `search` promises every server whose name contains the text: those that the ranked search did not find follow it.
 */
export async function rankServers(
  { text, limit }: { text: string; limit: number },
  engine: SearchEngine = searchEngine(),
): Promise<string[]> {
  // "%" holds no word: as a search that is everything, but as a part of a name it is what it is.
  const ranked = isEmptyText(parseSearchText(text)) ? [] : await rank(engine, text, limit);
  return [...new Set([...ranked, ...(await findInNames(engine, text, limit))])].slice(0, limit);
}

async function rank(engine: SearchEngine, text: string, limit: number): Promise<string[]> {
  const { answer } = await askEngine(engine, (index) => index.search({ text, filters: {}, limit, offset: 0 }));
  return answer.serverIds;
}

async function findInNames({ db }: SearchEngine, text: string, limit: number): Promise<string[]> {
  const part = text.slice(0, SEARCH_LIMITS.textCharacters).toWellFormed().replaceAll('\u0000', '').trim().toLowerCase();
  if (part === '') return [];
  const pattern = `%${part.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from "Server" where lower(name) like ${pattern} order by name limit ${Math.min(limit, SEARCH_LIMITS.hits)}`;
  return rows.map(({ id }) => id);
}
