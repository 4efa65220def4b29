import { unexplainedRuns } from '../hidden-unicode/invisible-runs.ts';
import { describeCodePoint, UNUSUAL } from '../text/characters.ts';
import { decodedSpans } from '../text/decode.ts';
import { type ScanText, sentenceStart } from '../text/scan-text.ts';
import type { Evidence } from '../types.ts';
import type { AddedText } from './added-text.ts';
import { changeOf } from './change.ts';
import type { DriftChange } from './types.ts';

/** Letters written as escapes: nobody does so but to hide them. */
const ESCAPES = /^\\[ux]/;

/**
 * The first thing in the added words of a subject that readers do not see as what it is: one character that takes no room, which
 * at first sight is let pass as a remnant of copying, or letters written as escapes whatever they say.
 */
export function addedHiding(texts: readonly ScanText[], added: AddedText): DriftChange[] {
  for (const text of texts) {
    const hidden = invisible(text, added) ?? escaped(text, added);
    if (hidden === null) continue;
    const { says, evidence } = hidden;
    const facts = {
      message: `${sentenceStart(text.where)} now ${says}`,
      location: text.location,
      confidence: 'tentative' as const,
      evidence,
    };
    return [changeOf('signal-added', facts, undefined, evidence.excerpt)];
  }
  return [];
}

type Hidden = { says: string; evidence: Evidence };

function invisible(text: ScanText, added: AddedText): Hidden | null {
  if (!UNUSUAL.test(text.original)) return null;
  const run = unexplainedRuns(text.original, 'identifier').find(({ start, end }) => added.touches(text, start, end));
  if (run === undefined) return null;
  const named = describeCodePoint(run.text.codePointAt(0) as number);
  return {
    says: `has a character that cannot be seen (${named})`,
    evidence: text.originalEvidence(run.start, run.end),
  };
}

function escaped(text: ScanText, added: AddedText): Hidden | null {
  if (!text.original.includes('\\')) return null;
  const span = decodedSpans(text.original).find(
    ({ start, end }) => ESCAPES.test(text.original.slice(start, start + 2)) && added.touches(text, start, end),
  );
  if (span === undefined) return null;
  return { says: 'writes letters as escapes', evidence: text.originalEvidence(span.start, span.end, span.text) };
}
