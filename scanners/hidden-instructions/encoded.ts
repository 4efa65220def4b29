import { logOddsOf, THRESHOLDS } from '../model/judge.ts';
import { PROSE_SIGNALS } from '../signals/index.ts';
import { sensitivePath } from '../signals/sensitive-path.ts';
import type { SubjectFacts } from '../signals/types.ts';
import type { Decoded } from '../text/decode.ts';
import { decodedSpans } from '../text/decode.ts';
import { ScanText } from '../text/scan-text.ts';

/** Texts worth decoding are long enough to hold an encoded sentence. */
const MIN_LENGTH = 16;

/** `isGrave`: what it says would be reported by itself; else that it is hidden is all there is to tell. */
export type EncodedInstruction = Decoded & { isGrave: boolean };

/** Encoded spans of a text (offsets in its original) that decode to something the signals know, or to whole sentences. */
export function encodedInstructions(text: ScanText, facts: SubjectFacts): EncodedInstruction[] {
  if (text.original.length < MIN_LENGTH) return [];
  return decodedSpans(text.original).flatMap((decoded): EncodedInstruction[] => {
    const inner = new ScanText(
      { kind: 'description', path: null, text: decoded.text, fullLength: decoded.text.length },
      'tools.json',
      undefined,
    );
    const isWholeText =
      decoded.start === 0 && decoded.end === text.original.length && decoded.text.length > text.original.length / 4;
    // With entities only in parts of it, the text itself has been read already: only what decoding added counts.
    const reads = (read: ScanText) => logOddsOf(read, facts) >= THRESHOLDS.alone;
    if (reads(inner) && !(isWholeText && reads(text))) return [{ ...decoded, isGrave: true }];
    const signals = [...PROSE_SIGNALS, sensitivePath].filter(
      (signal) =>
        (signal.strength === 'strong' || !isWholeText) &&
        signal.find(inner, facts).length > 0 &&
        !(isWholeText && signal.find(text, facts).length > 0),
    );
    if (signals.length > 0) return [{ ...decoded, isGrave: signals.some(({ strength }) => strength === 'strong') }];
    return isHiddenSentence(text, decoded) ? [{ ...decoded, isGrave: false }] : [];
  });
}

const MIN_WORDS = 4;
const WORDS = /^[\p{L}\p{M}\p{N}\p{P}\p{Zs}\n]+$/u;
const ENCODED_IN_LETTERS = /^\\[xu]/;
/** Two words, as `curl http` in escapes. */
const TWO_WORDS = /[a-z]{3}\P{L}+[a-z]{3}/iu;

/** A description that says a whole sentence in escapes, or nothing but base64 or hexadecimal; an example has words around it. */
function isHiddenSentence(text: ScanText, { start, end, text: said }: Decoded): boolean {
  if (text.kind !== 'description' || !WORDS.test(said)) return false;
  const encoded = text.original.slice(start, end);
  if (ENCODED_IN_LETTERS.test(encoded)) return TWO_WORDS.test(said);
  const isAll = encoded.length >= text.original.trim().length - 2 && !/[\s%&]/.test(encoded);
  return isAll && said.split(/\s+/).filter((word) => /^\p{L}+\P{L}*$/u.test(word)).length >= MIN_WORDS;
}
