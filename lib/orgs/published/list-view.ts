import type { Position } from '#lib/http/registry/cursor.ts';
import type { ParsedListQuery } from '#lib/http/registry/list-query.ts';
import { comparePosition, type ViewItem } from './registry-view.ts';

/**
 * A page of a view, and where the next one begins. Searched in memory and not by the catalog's index: a view is small, and
 * what ranks first in the whole catalog says nothing about what is approved.
 */
export function listView(
  items: readonly ViewItem[],
  { query, position, limit }: ParsedListQuery,
): { items: ViewItem[]; next: Position | null } {
  const since = query.updatedSince === null ? null : new Date(query.updatedSince);
  const found = items.filter(
    (item) =>
      (query.version === null || (query.version === 'latest' ? item.isLatest : item.version === query.version)) &&
      (since === null || item.updatedAt > since) &&
      (query.includeDeleted || item.status !== 'deleted'),
  );
  if (query.search !== null) {
    const ranked = rank(found, query.search);
    const offset = position && 'offset' in position ? position.offset : 0;
    const page = ranked.slice(offset, offset + limit);
    return { items: page, next: offset + limit < ranked.length ? { offset: offset + page.length } : null };
  }
  const after = position && 'after' in position ? position.after : null;
  const rest = after ? found.filter(({ name, version }) => comparePosition([name, version], after) > 0) : found;
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: last && rest.length > limit ? { after: [last.name, last.version] } : null };
}

/** Names that hold the text first, then what has all its words in name, title or description. */
function rank(items: readonly ViewItem[], search: string): ViewItem[] {
  const text = search.toLowerCase();
  const words = text.split(/\s+/).filter(Boolean);
  const byName = items.filter(({ name }) => name.toLowerCase().includes(text));
  const named = new Set(byName);
  return [...byName, ...items.filter((item) => !named.has(item) && words.every((word) => item.words.includes(word)))];
}
