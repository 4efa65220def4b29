import { conceptsIn } from '../model/speaks-of.ts';
import type { SignalHit, SignalSpan } from './types.ts';

const LOOK_BACK = 240;
const LOOK_AHEAD = 160;
const SENTENCE_END = /[.!?](?=\s)|[。！？；\n]/g;
const QUOTES: Record<string, string> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '„': '“',
  '«': '»',
  '»': '«',
  '‘': '’',
  '「': '」',
  '『': '』',
};
const MAX_BEFORE_QUOTE = 40;

/** Whether a quotation that begins shortly before `start` ends at or behind `end`, with nothing closing it between. */
export function isQuoted({ folded: { text }, start, end }: SignalSpan): boolean {
  for (let at = start; at >= Math.max(0, start - MAX_BEFORE_QUOTE); at--) {
    const closing = QUOTES[text[at] ?? ''];
    if (closing === undefined || (at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1] ?? ''))) continue;
    const close = text.indexOf(closing, at + 1);
    if (close >= Math.min(end - 1, text.length) && close <= end + LOOK_AHEAD) return true;
  }
  return false;
}

/** The sentence around a span and the one before it. */
function surroundings({ folded: { text }, start, end }: SignalSpan): string {
  const from = Math.max(0, start - LOOK_BACK);
  const before = [...text.slice(from, start).matchAll(SENTENCE_END)].map(({ index }) => from + index + 1);
  const after = text.slice(end, end + LOOK_AHEAD).search(SENTENCE_END);
  return text.slice(before.at(-2) ?? from, after < 0 ? end + LOOK_AHEAD : end + after);
}

/** Whether the words around the span say that such things are found, kept off, or shown as examples; in any language known. */
const speaksOfDetection = (span: SignalSpan): boolean => conceptsIn(surroundings(span)).has('detect');

/** Quoted by a text that detects: talked about, not said. What stands outside of the quotation is judged as ever. */
export const isCited = (span: SignalSpan): boolean => isQuoted(span) && speaksOfDetection(span);

/**
 * Whether the span may be talked about rather than said. That is easy to imitate, so it makes a finding less grave and
 * never makes it go away.
 */
export const isReported = (hit: SignalHit): boolean => isQuoted(hit) || speaksOfDetection(hit);
