import { isBidiControl, isInvisible, isTagCharacter, isVariationSelector } from '../text/characters.ts';
import { decodeTags, decodeVariationSelectors, decodeZeroWidthBits } from './decode.ts';

/** A run of neighbouring invisible characters in UTF-16 offsets. */
export type InvisibleRun = { start: number; end: number; text: string; decoded: string | null };

const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f|\u20e3/u;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
/** Scripts written with joiners and non-joiners: Arabic and those of India and its neighbours. */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Mongolian}]/u;
/** Scripts without blanks between words, where a zero width space marks a place to break a line. */
const UNSPACED =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HANGUL = /[\p{Script=Hangul}]/u;
const MONGOLIAN = /[\p{Script=Mongolian}]/u;
/** A sub-division flag: black flag, region code in tags, cancel tag (UTS 51 §C.1). */
const FLAG_REGION = /^[a-z]{2}[a-z0-9]{1,4}$/;

/** The runs that the writing around them does not explain. A soft hyphen or a byte order mark has no place in an `identifier`. */
export function unexplainedRuns(text: string, where: 'identifier' | 'prose'): InvisibleRun[] {
  const isRightToLeft = RIGHT_TO_LEFT.test(text);
  const runs: InvisibleRun[] = [];
  let before = '';
  for (let i = 0; i < text.length; ) {
    const cp = text.codePointAt(i) as number;
    if (!isInvisible(cp)) {
      before = String.fromCodePoint(cp);
      i += before.length;
      continue;
    }
    const start = i;
    let count = 0;
    while (i < text.length) {
      const next = text.codePointAt(i) as number;
      if (!isInvisible(next)) break;
      count++;
      i += next > 0xffff ? 2 : 1;
    }
    const run = text.slice(start, i);
    const after = i < text.length ? String.fromCodePoint(text.codePointAt(i) as number) : '';
    if (isExplained({ run, count, before, after, atStart: start === 0, isRightToLeft, where })) continue;
    runs.push({ start, end: i, text: run, decoded: decodeRun(run) });
  }
  return runs;
}

/** What the run says when its tags, its selectors or its zero-width characters are read as text. */
function decodeRun(run: string): string | null {
  const characters = [...run];
  const tags = characters.filter((c) => isTagCharacter(c.codePointAt(0) as number));
  if (tags.length > 0) return decodeTags(tags.join(''));
  const selectors = characters.filter((c) => isVariationSelector(c.codePointAt(0) as number));
  if (selectors.length > 1) return decodeVariationSelectors(selectors.join(''));
  return characters.length >= 14 ? decodeZeroWidthBits(run) : null;
}

type Surroundings = {
  run: string;
  count: number;
  before: string;
  after: string;
  atStart: boolean;
  isRightToLeft: boolean;
  where: 'identifier' | 'prose';
};

function isExplained({ run, count, before, after, atStart, isRightToLeft, where }: Surroundings): boolean {
  const characters = [...run];
  const cp = run.codePointAt(0) as number;
  if (before === '\u{1f3f4}' && isFlag(characters)) return true;
  const isEmojiPart = characters.every((c) => c === '\u200d' || c === '\ufe0f' || c === '\ufe0e');
  if (isEmojiPart && count <= 2 && isEmojiSequence(run, before, after)) return true;
  if (characters.every((c) => isBidiControl(c.codePointAt(0) as number) || (isRightToLeft && c === '\u200c'))) {
    return isRightToLeft && count <= 3 && !characters.some((c) => c === '\u202d' || c === '\u202e');
  }
  if (count > 1) return false;
  switch (cp) {
    case 0xad:
      return where === 'prose';
    case 0xfeff:
      return where === 'prose' && atStart;
    case 0x200b:
      return UNSPACED.test(before) || UNSPACED.test(after);
    case 0x200c:
    case 0x200d:
      return JOINING.test(before) || JOINING.test(after);
    case 0x115f:
    case 0x1160:
    case 0x3164:
      return HANGUL.test(before) || HANGUL.test(after);
    case 0x180e:
      return MONGOLIAN.test(before) || MONGOLIAN.test(after);
  }
  if (!isVariationSelector(cp)) return false;
  return before > '\x7f' || (after === '\u20e3' && /[0-9#*]/.test(before));
}

const isFlag = (run: string[]): boolean =>
  run.at(-1) === '\u{e007f}' && FLAG_REGION.test(decodeTags(run.slice(0, -1).join('')) ?? '');

/** A joiner between two emoji, or one selector after a symbol, a digit of a keycap, or any character beyond ASCII. */
function isEmojiSequence(run: string, before: string, after: string): boolean {
  if (run.endsWith('\u200d'))
    return EMOJI.test(before) && (EMOJI.test(after) || /[\u2640\u2642\u2695\u2696\u2708]/.test(after));
  return run.length === 1 && (before > '\x7f' || (after === '\u20e3' && /[0-9#*]/.test(before)));
}
