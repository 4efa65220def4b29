import { type EnqueuedTaskPromise, Meilisearch } from 'meilisearch';
import type { SearchFilters, SearchRequest } from '#lib/catalog/views.ts';
import { clampPage, FACETS } from './facets.ts';
import { MEILISEARCH_SETTINGS, meilisearchDocument } from './meilisearch-settings.ts';
import { isEmptyText, parseSearchText, type SearchText } from './parse-text.ts';
import { type SearchHits, type SearchIndex, type SearchRecord, SearchUnavailableError } from './types.ts';

/** A person waits for a search; a publication waits for a write, which the database has taken already. */
const SEARCH_LIMIT_MS = 1500;
const WRITE_LIMIT_MS = 5000;
const TASK_LIMIT_MS = 120_000;

export type MeilisearchIndex = SearchIndex & {
  readonly kind: 'meilisearch';
  /** Makes the index where it is missing and tells it its settings. */
  configure(): Promise<void>;
  count(): Promise<number>;
  /** Removes what a whole rebuild that began at `time` did not write again. */
  removeIndexedBefore(time: Date): Promise<void>;
  /** Removes the index itself. */
  drop(): Promise<void>;
};

/**
 * Search in a Meilisearch server. Whatever goes wrong there – away, slow, wrong key, index not made yet – is a
 * SearchUnavailableError, so that the caller can answer from the database. Writes return once the server has queued
 * them; with `waitForTasks` once it has done them.
 */
export function createMeilisearchIndex({
  url,
  apiKey,
  indexUid = 'servers',
  waitForTasks = false,
  now = () => new Date(),
}: {
  url: string;
  apiKey?: string;
  indexUid?: string;
  waitForTasks?: boolean;
  now?: () => Date;
}): MeilisearchIndex {
  const reader = new Meilisearch({ host: url, apiKey, timeout: SEARCH_LIMIT_MS });
  const writer = new Meilisearch({ host: url, apiKey, timeout: WRITE_LIMIT_MS });
  const index = writer.index(indexUid);

  const enqueue = async (task: EnqueuedTaskPromise, { wait = waitForTasks } = {}) => {
    if (!wait) return void (await task);
    const { status, error } = await task.waitTask({ timeout: TASK_LIMIT_MS });
    if (status !== 'succeeded') throw new Error(`task ${status}: ${error?.message ?? 'no reason given'}`);
  };

  const find = async (
    text: SearchText,
    { filters, within }: Pick<SearchRequest, 'filters' | 'within'>,
    more: { limit: number; offset: number; facets?: string[] },
  ) => {
    const ask = (words: SearchText['words']) =>
      reader.index<{ serverId: string }>(indexUid).search(queryText({ ...text, words }), {
        filter: [...filterText(filters), ...withinText(within)],
        attributesToRetrieve: ['serverId'],
        // Drops common words first where no server has all of them.
        matchingStrategy: 'frequency',
        ...(isEmptyText(text) ? { sort: ['name:asc'] } : {}),
        ...more,
      });
    const found = await ask(text.words);
    if (found.estimatedTotalHits > 0 || text.words.length < 2) return found;
    // A word that no server has must not hide the servers that have all others.
    const { results } = await reader.multiSearch({
      queries: text.words.map((word) => ({ indexUid, q: queryText({ ...text, words: [word] }), limit: 0 })),
    });
    const known = text.words.filter((_, i) => (results[i]?.estimatedTotalHits ?? 0) > 0);
    return known.length === 0 || known.length === text.words.length ? found : ask(known);
  };

  return {
    kind: 'meilisearch',
    configure: () =>
      available(async () => {
        await enqueue(writer.createIndex(indexUid, { primaryKey: 'serverId' }), { wait: true }).catch((error) => {
          if (!/already exists/.test(String(error))) throw error;
        });
        await enqueue(index.updateSettings(MEILISEARCH_SETTINGS), { wait: true });
      }),
    count: () => available(async () => (await index.getStats()).numberOfDocuments),
    upsert: (records: SearchRecord[]) =>
      available(async () => {
        if (records.length === 0) return;
        const indexedAt = now();
        const documents = records.map((record) => meilisearchDocument(record, indexedAt));
        await enqueue(index.addDocuments(documents, { primaryKey: 'serverId' }));
      }),
    remove: (serverIds) =>
      available(async () => {
        if (serverIds.length > 0) await enqueue(index.deleteDocuments(serverIds));
      }),
    removeIndexedBefore: (time) =>
      available(() => enqueue(index.deleteDocuments({ filter: `indexedAt < ${time.getTime()}` }), { wait: true })),
    drop: () => available(() => enqueue(index.delete(), { wait: true })),
    search: (request: SearchRequest) =>
      available(async (): Promise<SearchHits> => {
        const found = await find(parseSearchText(request.text), request, clampPage(request));
        return { serverIds: found.hits.map((hit) => hit.serverId), total: found.estimatedTotalHits };
      }),
    facets: ({ text, ...request }) =>
      available(async () => {
        const found = await find(parseSearchText(text), request, { limit: 0, offset: 0, facets: [...FACETS] });
        return Object.fromEntries(FACETS.map((facet) => [facet, found.facetDistribution?.[facet] ?? {}])) as Record<
          keyof SearchFilters,
          Record<string, number>
        >;
      }),
  };
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SearchUnavailableError(`Meilisearch did not answer as it should: ${reason}`, { cause });
  }
}

/** The text as Meilisearch reads it: it knows "phrases" and -exclusions too, and takes the last word as a beginning. */
function queryText({ words, phrases, excluded }: SearchText): string {
  const isOpen = words.at(-1)?.isPrefix ?? false;
  const quoted = (list: string[]) => `"${list.join(' ')}"`;
  return [
    ...excluded.map((list) => `-${quoted(list)}`),
    ...phrases.map(quoted),
    ...words.filter(({ isExact }) => !isExact).map(({ word }) => word),
  ]
    .join(' ')
    .concat(isOpen ? '' : ' ');
}

/** Meilisearch's filter language, with every value quoted and escaped. */
function filterText(filters: SearchFilters): string[] {
  const quoted = (value: string) => `"${value.replace(/[\\"]/g, '\\$&')}"`;
  return FACETS.flatMap((facet) => {
    const values = filters[facet];
    return values && values.length > 0 ? [`${facet} IN [${values.map(quoted).join(', ')}]`] : [];
  });
}

/** Ids are compared as they are; the list of an organization is a request of some hundred kilobytes at most. */
const withinText = (serverIds: readonly string[] | undefined): string[] =>
  serverIds === undefined
    ? []
    : [`serverId IN [${serverIds.map((id) => `"${id.replace(/[\\"]/g, '\\$&')}"`).join(', ')}]`];
