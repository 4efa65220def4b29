import { SEARCH_LIMITS } from './limits.ts';
import type { SearchRecord } from './types.ts';
import { isGeneric, nameKey, splitNamespace, splitWords } from './words.ts';

/** The words of a record in its four weights, as the PostgreSQL index stores them. */
export type DocumentWords = {
  nameKey: string;
  titleKey: string;
  names: string;
  toolNames: string;
  description: string;
  toolDescriptions: string;
};

const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi;

/**
 * A namespace that belongs to a domain counts as a name (`com.stripe/mcp` is Stripe's); an account on a shared host only
 * as description: everybody may call an account `postgres`.
 */
export function documentWords(record: SearchRecord): DocumentWords {
  const slash = record.name.indexOf('/');
  const { owner, isShared } = splitNamespace(slash < 0 ? record.name : record.name.slice(0, slash));
  const own = splitWords(slash < 0 ? '' : record.name.slice(slash + 1));
  const owners = splitWords(owner);
  const title = splitWords(cut(record.title, 'names'));
  return {
    // `com.stripe/mcp` answers to "stripe".
    nameKey: nameKey(own.words.every(isGeneric) ? owners.words : own.words),
    titleKey: nameKey(title.words),
    names: text('names', title, own, isShared ? EMPTY : owners),
    toolNames: text('toolNames', splitWords(cut(record.toolNames.join(' '), 'toolNames'), { identifiers: true })),
    description: text(
      'description',
      splitWords(cut(record.description, 'description').replace(ADDRESS, ' ')),
      splitWords(cut(record.keywords.join(' '), 'description')),
      isShared ? owners : EMPTY,
    ),
    toolDescriptions: text(
      'toolDescriptions',
      splitWords(cut(record.toolDescriptions.join(' '), 'toolDescriptions').replace(ADDRESS, ' ')),
    ),
  };
}

const EMPTY = { words: [], joined: [] };

const cut = (value: string, field: keyof typeof SEARCH_LIMITS.indexed) =>
  value.slice(0, SEARCH_LIMITS.indexed[field] * 2);

/** Words first and joined forms after them, so that phrases find their words side by side. */
function text(field: keyof typeof SEARCH_LIMITS.indexed, ...parts: { words: string[]; joined: string[] }[]): string {
  const all = [...parts.flatMap((part) => part.words), ...parts.flatMap((part) => part.joined)].join(' ');
  return all.slice(0, SEARCH_LIMITS.indexed[field]);
}
