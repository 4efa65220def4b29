import { latinLookAlike } from '../text/confusables.ts';

/** A word that imitates a Latin one, in UTF-16 offsets. */
export type MixedWord = { start: number; end: number; word: string; latin: string };

const NON_ASCII = /[^\x00-\x7f]/;
const WORD = /[\p{L}\p{M}\p{N}_-]+/gu;
const LATIN = /[a-zA-Z]/g;
const LATIN_SCRIPT = /\p{Script=Latin}/u;
const LETTER = /\p{L}/u;
/** Greek letters serve as symbols (μs, Δt, α-helix); in prose only these are taken as imitation. */
const GREEK = /\p{Script=Greek}/u;
const GREEK_IMITATION = /[οΟΑΕΙΡΤ]/u;

/** The Latin letter that a letter can pass for: a look-alike, or a compatibility form such as ｇ. */
function imitated(letter: string): string | undefined {
  if (!NON_ASCII.test(letter)) return undefined;
  const compatible = letter.normalize('NFKC');
  return latinLookAlike(letter) ?? (NON_ASCII.test(compatible) ? undefined : compatible);
}

/** In names even rare Latin letters and full-width forms are foreign; ı is ordinary Turkish. */
function isForeign(letter: string, where: 'identifier' | 'prose'): boolean {
  if (!LETTER.test(letter)) return false;
  if (!LATIN_SCRIPT.test(letter)) return true;
  return where === 'identifier' && letter !== 'ı' && imitated(letter) !== undefined;
}

/**
 * Words whose letters of another script all look like Latin ones. In an `identifier` one such letter is enough, and a word
 * made of nothing but look-alikes counts; in prose the word needs three Latin letters beside them.
 */
export function mixedWords(text: string, where: 'identifier' | 'prose'): MixedWord[] {
  if (!NON_ASCII.test(text)) return [];
  const found: MixedWord[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!NON_ASCII.test(word)) continue;
    const foreign = [...word].filter((letter) => isForeign(letter, where));
    if (foreign.length === 0 || foreign.some((letter) => imitated(letter) === undefined)) continue;
    const latinCount = word.match(LATIN)?.length ?? 0;
    const isImitation =
      where === 'identifier'
        ? latinCount > 0 || foreign.length >= 3
        : latinCount >= 3 && foreign.every((letter) => !GREEK.test(letter) || GREEK_IMITATION.test(letter));
    if (!isImitation) continue;
    const latin = [...word].map((letter) => imitated(letter) ?? letter).join('');
    found.push({ start: index, end: index + word.length, word, latin });
  }
  return found;
}
