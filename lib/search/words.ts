import { SEARCH_LIMITS } from './limits.ts';

/** How texts, identifiers and server names become words: the same for documents and for what people type. */

/** Letters that Unicode does not decompose, and how people without them type them. */
const FOLDED_LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  þ: 'th',
  ħ: 'h',
};
const FOLDED_LETTER = new RegExp(`[${Object.keys(FOLDED_LETTERS).join('')}]`, 'g');

/**
 * Lower case without accents, width variants and invisible format characters. Only the marks of U+0300–036F go: those of
 * other scripts tell letters apart (が is not か).
 */
export function fold(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKD')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(FOLDED_LETTER, (letter) => FOLDED_LETTERS[letter] ?? letter)
    .normalize('NFC');
}

/** A word run with what joins its parts: `read_file`, `@scope/name`, `state-of-the-art`. */
const COMPOUND = /[\p{L}\p{M}\p{N}]+(?:[-_./:@#&+'’]+[\p{L}\p{M}\p{N}]+)*/gu;
const PART = /[\p{L}\p{M}\p{N}]+/gu;
const CAMEL_BORDER = /(?<=\p{Ll}|\p{N})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const POSSESSIVE = /['’]s(?![\p{L}\p{N}])/gu;

/** Scripts written without spaces. Their runs are cut into pairs of characters, because we have no dictionary of theirs. */
const UNSPACED =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const UNSPACED_RUN = new RegExp(`([${UNSPACED}]+)`, 'u');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');

/** Parts of one compound that are written together as well, e.g. `read_file` as `readfile`. */
const MAX_JOINED_PARTS = 4;

export type SplitText = {
  /** In the order of the text. */
  words: string[];
  /** Neighbouring parts of compounds written together; for documents also single characters of unspaced scripts. */
  joined: string[];
};

/**
 * Splits a text at everything that is no letter, mark or digit. `camelCase` is taken apart where it begins with a small
 * letter, so `GitHub` and `PostgreSQL` stay whole; `identifiers` takes every one apart (`CreateIssue`).
 */
export function splitWords(text: string, { identifiers = false } = {}): SplitText {
  const words: string[] = [];
  const joined: string[] = [];
  const plain = text
    .toWellFormed()
    .replace(/\p{Cf}/gu, '')
    .replace(POSSESSIVE, '');
  for (const [compound] of plain.matchAll(COMPOUND)) {
    const parts = [...compound.matchAll(PART)].flatMap(([run]) =>
      identifiers || /^\p{Ll}/u.test(run) ? run.split(CAMEL_BORDER) : [run],
    );
    const spaced: string[] = [];
    for (const part of parts.flatMap((p) => fold(p).split(UNSPACED_RUN))) {
      // Folding can leave something else than letters: "½" becomes "1⁄2".
      const clean = part.replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
      if (clean === '' || clean.length > SEARCH_LIMITS.wordCharacters * 4) continue;
      if (!IS_UNSPACED.test(clean)) {
        if (clean.length <= SEARCH_LIMITS.wordCharacters) spaced.push(clean);
        continue;
      }
      const characters = [...clean];
      words.push(...pairs(characters));
      if (characters.length > 1) joined.push(...characters);
    }
    words.push(...spaced);
    if (spaced.length > 1) {
      const together = pairs(spaced);
      if (spaced.length > 2 && spaced.length <= MAX_JOINED_PARTS) together.push(spaced.join(''));
      joined.push(...together.filter((word) => word.length <= SEARCH_LIMITS.wordCharacters));
    }
  }
  return { words, joined };
}

/** Each item with the next one; a single item stays alone. */
function pairs(items: string[]): string[] {
  return items.length < 2 ? items : items.slice(1).map((item, i) => `${items[i]}${item}`);
}

/** Namespaces under which anybody can have a name: their labels say nothing about a server. */
const SHARED_HOSTS = ['io.github', 'io.gitlab', 'app.vercel', 'app.netlify', 'dev.workers', 'dev.pages', 'run.fly'];

/** Takes the reverse DNS labels that say nothing off a namespace: `io.github.acme` and `com.acme` are both `acme`. */
export function splitNamespace(namespace: string): { owner: string; isShared: boolean } {
  const lower = namespace.toLowerCase();
  const host = SHARED_HOSTS.find((shared) => lower.startsWith(`${shared}.`));
  if (host) return { owner: namespace.slice(host.length + 1), isShared: true };
  return { owner: namespace.slice(namespace.indexOf('.') + 1), isShared: false };
}

/** Words that the name of any server here may have. */
const GENERIC = new Set(['mcp', 'server', 'servers']);
export const isGeneric = (word: string) => GENERIC.has(word);

/** What an exact search is compared with: the words without the generic ones, unless there are no others. */
export function nameKey(words: string[]): string {
  const telling = words.filter((word) => !isGeneric(word));
  return (telling.length > 0 ? telling : words).join(' ');
}
