import { LIMITS } from '../limits.ts';

export type Span = { start: number; end: number };

/** The end of a sentence, of a paragraph, or the start of a list item or heading. */
const BOUNDARY = /[.!?](?=[\s"')\]]|$)|[。！？；]|\n\n|\n(?=(?:[-*•#>]|\d{1,2}[.)])[ \w])/g;
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|incl|approx|resp|no|z\.B|bzw|d\.h|p\.ej|ex)$/i;

/**
 * The sentences of a folded text, in order and without gaps. A sentence longer than `LIMITS.sentenceChars` is divided at a
 * blank, so work per sentence is bounded.
 */
export function sentencesOf(text: string): Span[] {
  const sentences: Span[] = [];
  let start = 0;
  const close = (end: number) => {
    while (end - start > LIMITS.sentenceChars) {
      const blank = text.lastIndexOf(' ', start + LIMITS.sentenceChars);
      const middle = blank > start ? blank + 1 : start + LIMITS.sentenceChars;
      sentences.push({ start, end: middle });
      start = middle;
    }
    if (end > start) sentences.push({ start, end });
    start = end;
  };
  for (const { 0: mark, index } of text.matchAll(BOUNDARY)) {
    if (mark === '.' && ABBREVIATION.test(text.slice(Math.max(start, index - 8), index))) continue;
    close(index + mark.length);
  }
  close(text.length);
  return sentences;
}
