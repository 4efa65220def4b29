import { SEARCH_LIMITS } from './limits.ts';
import { fold, isGeneric, nameKey, splitNamespace, splitWords } from './words.ts';

export type SearchWordAsked = {
  word: string;
  /** Finds words that begin with it: the one that somebody may still be typing. */
  isPrefix: boolean;
  /** Inside quotes: no typing errors, no synonyms. */
  isExact: boolean;
};

/** What a person asked for. Every word here consists of letters, marks and digits alone. */
export type SearchText = {
  words: SearchWordAsked[];
  /** "in quotes": these words in this order. */
  phrases: string[][];
  /** -word and -"in quotes": none of these. */
  excluded: string[][];
  /** The whole text as `nameKey`, without spaces: equal to that of a server whose name or title was typed. */
  key: string;
  /** The whole text, folded: equal to the full name of a server. */
  fullName: string;
};

/** Words that join others in a sentence. A text of nothing else is searched as it is. */
const STOP_WORDS = new Set(
  'a an and are as at be by can do does for from has have how i in into is it its me my of on or our that the their this to use using via want we what which with you your'.split(
    ' ',
  ),
);

const TOKEN = /(-?)"([^"]*)"|([^\s"]+)|"/gu;
/** `com.acme/weather`, or the namespace alone. */
const SERVER_NAME = /^([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)(?:\/(.*))?$/i;
const REVERSE_DNS = /^(?:com|io|ai|dev|org|net|app|co|run)\./i;

/**
 * Reads a search text. Understands "phrases" and -exclusions; everything else that is no letter or digit separates words.
 * Never throws: any text gives an answer. A text without words is an empty text.
 */
export function parseSearchText(text: string): SearchText {
  const read = text
    .slice(0, SEARCH_LIMITS.textCharacters)
    .replace(/[“”„«»＂]/g, '"')
    .replaceAll('\u0000', ' ');
  const asked: SearchWordAsked[] = [];
  const phrases: string[][] = [];
  const excluded: string[][] = [];
  for (const [token, minus, quoted, bare] of read.matchAll(TOKEN)) {
    if (quoted !== undefined) {
      const { words } = splitWords(quoted);
      if (words.length === 0) continue;
      if (minus) excluded.push(words);
      else {
        phrases.push(words);
        asked.push(...words.map((word) => ({ word, isPrefix: false, isExact: true })));
      }
    } else if (bare !== undefined && /^-[\p{L}\p{N}]/u.test(token)) {
      excluded.push(splitWords(bare).words);
    } else if (bare !== undefined) {
      asked.push(...bareWords(bare).map((word) => ({ word, isPrefix: false, isExact: false })));
    }
  }
  const telling = asked.filter(({ word, isExact }) => isExact || !(STOP_WORDS.has(word) || isGeneric(word)));
  const notStop = asked.filter(({ word }) => !STOP_WORDS.has(word));
  const words = unique([telling, notStop, asked].find((list) => list.length > 0) ?? []).slice(0, SEARCH_LIMITS.words);
  const last = words.at(-1);
  const isOpen = /[\p{L}\p{M}\p{N}]$/u.test(read) && last !== undefined && last === asked.at(-1);
  if (isOpen && !last.isExact && last.word.length >= SEARCH_LIMITS.prefixFrom) last.isPrefix = true;
  return {
    words,
    phrases: phrases.slice(0, SEARCH_LIMITS.words),
    excluded: excluded.filter((list) => list.length > 0).slice(0, SEARCH_LIMITS.words),
    key: nameKey(asked.map(({ word }) => word)).replaceAll(' ', ''),
    fullName: fold(read.trim()),
  };
}

/** True when there is nothing to look for: everything is listed. */
export const isEmptyText = ({ words, excluded }: SearchText) => words.length === 0 && excluded.length === 0;

function bareWords(token: string): string[] {
  const [, namespace, rest] = SERVER_NAME.exec(token) ?? [];
  if (namespace && (rest !== undefined || REVERSE_DNS.test(namespace))) {
    return splitWords(`${splitNamespace(namespace).owner} ${rest ?? ''}`).words;
  }
  return splitWords(token).words;
}

function unique(asked: SearchWordAsked[]): SearchWordAsked[] {
  return [...new Map(asked.map((one) => [one.word, one])).values()];
}
