import { logOddsOf, THRESHOLDS } from '../model/judge.ts';
import { PROSE_SIGNALS } from '../signals/index.ts';
import { sensitivePath } from '../signals/sensitive-path.ts';
import type { SubjectFacts } from '../signals/types.ts';
import type { Decoded } from '../text/decode.ts';
import { decodedSpans } from '../text/decode.ts';
import { ScanText } from '../text/scan-text.ts';

/** Texts worth decoding are long enough to hold an encoded sentence. */
const MIN_LENGTH = 16;

/** Encoded spans of a text (offsets in its original) that decode to something the signals know. */
export function encodedInstructions(text: ScanText, facts: SubjectFacts): Decoded[] {
  if (text.original.length < MIN_LENGTH) return [];
  return decodedSpans(text.original).filter((decoded) => {
    const inner = new ScanText(
      { kind: 'description', path: null, text: decoded.text, fullLength: decoded.text.length },
      'tools.json',
      undefined,
    );
    const isWholeText =
      decoded.start === 0 && decoded.end === text.original.length && decoded.text.length > text.original.length / 4;
    // With entities only in parts of it, the text itself has been read already: only what decoding added counts.
    const reads = (read: ScanText) => logOddsOf(read, facts) >= THRESHOLDS.alone;
    if (reads(inner) && !(isWholeText && reads(text))) return true;
    return [...PROSE_SIGNALS, sensitivePath].some(
      (signal) =>
        (signal.strength === 'strong' || !isWholeText) &&
        signal.find(inner, facts).length > 0 &&
        !(isWholeText && signal.find(text, facts).length > 0),
    );
  });
}
