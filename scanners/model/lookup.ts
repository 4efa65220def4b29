import type { Concept, Lexicon } from './concepts.ts';
import { LEXICONS } from './lexicon/index.ts';

/** A language ready for looking words up. */
export type Dictionary = {
  language: string;
  script: Lexicon['script'];
  exact: ReadonlyMap<string, readonly Concept[]>;
  stems: ReadonlyMap<string, readonly Concept[]>;
  longestStem: number;
  /** By the first word of the phrase. */
  phrases: ReadonlyMap<string, readonly { rest: readonly string[]; concept: Concept }[]>;
  /** Any entry, for scripts without blanks; null elsewhere. */
  anywhere: RegExp | null;
};

const MIN_STEM = 3;

function dictionaryOf({ language, script, concepts }: Lexicon): Dictionary {
  const exact = new Map<string, Concept[]>();
  const stems = new Map<string, Concept[]>();
  const phrases = new Map<string, { rest: string[]; concept: Concept }[]>();
  const push = <T>(map: Map<string, T[]>, key: string, value: T) => map.set(key, [...(map.get(key) ?? []), value]);
  for (const [concept, entries] of Object.entries(concepts) as [Concept, string][]) {
    // Folding has made the dotless i of Turkish words one with a dot.
    for (const entry of entries.replaceAll('ı', 'i').split(' ')) {
      const [first = '', ...rest] = entry.split('_').filter((word) => word !== '');
      if (script === 'inside') push(exact, entry.replaceAll('_', ''), concept);
      else if (rest.length > 0) push(phrases, first, { rest, concept });
      else if (first.endsWith('*')) push(stems, first.slice(0, -1), concept);
      else if (script === 'stems' && first.length >= MIN_STEM && !first.startsWith('.')) push(stems, first, concept);
      else push(exact, first, concept);
    }
  }
  const anywhere =
    script === 'inside'
      ? new RegExp(
          [...exact.keys()]
            .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
            .map((entry) => entry.replaceAll('.', '\\.'))
            .join('|'),
          'gu',
        )
      : null;
  return {
    language,
    script,
    exact,
    stems,
    longestStem: Math.max(0, ...[...stems.keys()].map(({ length }) => length)),
    phrases,
    anywhere,
  };
}

const DICTIONARIES: ReadonlyMap<string, Dictionary> = new Map(
  LEXICONS.map((lexicon) => [lexicon.language, dictionaryOf(lexicon)]),
);

export const dictionary = (language: string): Dictionary => DICTIONARIES.get(language) as Dictionary;

/** And, to, the, in, from … as Arabic and Hebrew write them onto the word. */
const PARTICLES = /^(?:[وف]?(?:بال|كال|لل|ال|[بلكس])?|[ושהכ]{0,2}[בלמה]?)/u;
const NONE: readonly Concept[] = [];
const MAX_KNOWN = 50_000;
const known = new Map<string, Map<string, readonly Concept[]>>();

/** The concepts of one word. What was looked up is remembered, up to a bound: texts repeat their words. */
export function conceptsOf(
  word: string,
  { language, exact, stems, longestStem, script }: Dictionary,
): readonly Concept[] {
  let words = known.get(language);
  if (words === undefined || words.size > MAX_KNOWN) {
    words = new Map();
    known.set(language, words);
  }
  const before = words.get(word);
  if (before !== undefined) return before;
  const direct = exact.get(word) ?? stemOf(word);
  const bare = direct === undefined && script === 'stems' ? word.replace(PARTICLES, '') : word;
  const found = direct ?? (bare === word || bare.length < 2 ? undefined : (exact.get(bare) ?? stemOf(bare))) ?? NONE;
  words.set(word, found);
  return found;

  function stemOf(text: string): readonly Concept[] | undefined {
    for (let length = Math.min(text.length, longestStem); length >= 2; length--) {
      const concepts = stems.get(text.slice(0, length));
      if (concepts !== undefined) return concepts;
    }
    return undefined;
  }
}

/** How many of `words` from `at` on a phrase takes, and its concept; null when none begins there. */
export function phraseAt(
  words: readonly string[],
  at: number,
  { phrases, script }: Dictionary,
): { concept: Concept; length: number } | null {
  for (const { rest, concept } of phrases.get(words[at] as string) ?? []) {
    const fits = rest.every((part, i) => {
      const word = words[at + 1 + i] ?? '';
      return part.endsWith('*')
        ? word.startsWith(part.slice(0, -1))
        : script === 'stems'
          ? word.startsWith(part)
          : word === part;
    });
    if (fits) return { concept, length: rest.length + 1 };
  }
  return null;
}

const SCRIPT_HINTS: readonly [language: string, letters: RegExp][] = [
  ['ja', /[\u3040-\u30ff]/],
  ['zh', /[\u4e00-\u9fff]/],
  ['ko', /[\uac00-\ud7af]/],
  ['th', /[\u0e00-\u0e7f]/],
  ['fa', /[\u067e\u0686\u0698\u06af\u06a9\u06cc]/],
  ['ar', /[\u0600-\u06ff]/],
  ['he', /[\u0590-\u05ff]/],
  ['hi', /[\u0900-\u097f]/],
  ['el', /[\u0370-\u03ff]{2}/],
  ['uk', /[\u0454\u0456\u0457\u0491]/],
  ['ru', /[\u0400-\u04ff]{2}/],
];
const NON_LATIN = /[\u0370-\u1fff\u3040-\u9fff\uac00-\ud7af]/;

/** Languages by their small words. */
const SMALL: ReadonlyMap<string, readonly string[]> = (() => {
  const languages = new Map<string, string[]>();
  for (const { language, small } of LEXICONS) {
    for (const word of small.split(' '))
      if (word !== '') languages.set(word, [...(languages.get(word) ?? []), language]);
  }
  return languages;
})();

const ENGLISH = 'en';
const NON_ASCII = /[^\x00-\x7f]/;

/** The language of a sentence: by its script, or by whose small words and whose dictionary it has most of; English when nothing tells. */
export function languageOf(sentence: string, words: readonly string[]): string {
  if (NON_LATIN.test(sentence)) {
    const byScript = SCRIPT_HINTS.find(([, letters]) => letters.test(sentence));
    if (byScript !== undefined) return byScript[0];
  }
  const counts = new Map<string, number>();
  for (const word of words)
    for (const language of SMALL.get(word) ?? []) counts.set(language, (counts.get(language) ?? 0) + 1);
  const english = counts.get(ENGLISH) ?? 0;
  let best = ENGLISH;
  let most = english;
  for (const [language, count] of counts) {
    if (language === ENGLISH || count < english) continue;
    const total = count + knownIn(words, language) - (count === english ? knownIn(words, ENGLISH) : 0);
    if (total > most || (total === most && language < best && best !== ENGLISH)) {
      best = language;
      most = total;
    }
  }
  return most === 0 && NON_ASCII.test(sentence) ? byWords(words) : best;
}

/** A sentence without small words, in letters that English lacks: the dictionary that knows most of it. */
function byWords(words: readonly string[]): string {
  let best = ENGLISH;
  let most = 0;
  for (const { language, script } of LEXICONS) {
    const count = script === 'words' ? knownIn(words, language) : 0;
    if (count > most) {
      best = language;
      most = count;
    }
  }
  return best;
}

const knownIn = (words: readonly string[], language: string): number =>
  words.filter((word) => conceptsOf(word, dictionary(language)).length > 0).length;
