import { isControl, isInvisible } from './characters.ts';
import { latinLookAlike } from './confusables.ts';

/** Text made comparable for matching, with the way back to the original. */
export type FoldedText = {
  text: string;
  /** The original UTF-16 offset that the folded offset `at` (0…text.length) came from. */
  toOriginal(at: number): number;
};

/** `plain` keeps every script; `latin` also turns look-alike letters of words that contain a Latin letter into Latin ones. */
export type FoldMode = 'plain' | 'latin';

const NEEDS_FOLDING = /[^\x21-\x7e ]| {2}|^ | $/;
const NON_ASCII = /[^\x00-\x7f]/;
const LATIN_LETTER = /[A-Za-z]/;
const WORD = /[\p{L}\p{M}\p{N}_]+/gu;

/**
 * Removes what a reader cannot see (invisible and control characters), applies NFKC to each character, and writes each run
 * of white space as one blank, one line feed, or, where a line was left empty, two. Linear in the length of the text.
 */
export function foldText(original: string, mode: FoldMode): FoldedText {
  if (!NEEDS_FOLDING.test(original)) return { text: original, toOriginal: (at) => at };

  const pieces: string[] = [];
  const offsets: number[] = [];
  const push = (piece: string, from: number) => {
    pieces.push(piece);
    for (let i = 0; i < piece.length; i++) offsets.push(from);
  };
  let runStart = -1;
  let lineFeeds = 0;
  const endRun = () => {
    if (runStart < 0) return;
    push(lineFeeds === 0 ? ' ' : lineFeeds === 1 ? '\n' : '\n\n', runStart);
    runStart = -1;
    lineFeeds = 0;
  };

  const isFoldable = mode === 'latin' && NON_ASCII.test(original) ? foldableLetters(original) : null;
  for (let i = 0; i < original.length; ) {
    const cp = original.codePointAt(i) as number;
    const size = cp > 0xffff ? 2 : 1;
    if (cp === 0x20 || cp === 0x0a || cp === 0x0d || cp === 0x09 || isOtherSpace(cp)) {
      if (runStart < 0) runStart = i;
      if (cp === 0x0a || cp === 0x2028 || cp === 0x2029) lineFeeds++;
    } else if (cp < 0x80) {
      if (!isControl(cp)) {
        endRun();
        push(original[i] as string, i);
      }
    } else if (!isInvisible(cp) && !isControl(cp)) {
      endRun();
      push(foldLetter(String.fromCodePoint(cp), isFoldable?.has(i) ?? false), i);
    }
    i += size;
  }
  endRun();

  const text = pieces.join('');
  return { text, toOriginal: (at) => (at >= offsets.length ? original.length : (offsets[at] as number)) };
}

const isOtherSpace = (cp: number): boolean =>
  cp === 0x0b ||
  cp === 0x0c ||
  cp === 0xa0 ||
  cp === 0x1680 ||
  (cp >= 0x2000 && cp <= 0x200a) ||
  cp === 0x2028 ||
  cp === 0x2029 ||
  cp === 0x202f ||
  cp === 0x205f ||
  cp === 0x2800 ||
  cp === 0x3000;

function foldLetter(letter: string, toLatin: boolean): string {
  const compatible = letter.normalize('NFKC');
  return toLatin ? (latinLookAlike(letter) ?? latinLookAlike(compatible) ?? compatible) : compatible;
}

/** Offsets of letters in words that mix Latin letters with look-alikes; words of one other script stay as they are. */
function foldableLetters(original: string): Set<number> {
  const foldable = new Set<number>();
  for (const { 0: word, index } of original.matchAll(WORD)) {
    if (!NON_ASCII.test(word) || !LATIN_LETTER.test(word)) continue;
    let at = index;
    for (const letter of word) {
      if (letter > '\x7f') foldable.add(at);
      at += letter.length;
    }
  }
  return foldable;
}
