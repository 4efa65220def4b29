import { logOddsOf, THRESHOLDS } from '../model/judge.ts';
import type { SubjectFacts } from '../signals/types.ts';
import { ScanText, sentenceStart } from '../text/scan-text.ts';
import type { Subject, SubjectKind } from '../text/snapshot-texts.ts';
import type { AddedText } from './added-text.ts';
import { changeOf } from './change.ts';
import type { DriftChange } from './types.ts';

/** What describes something; instructions and prompts are written to instruct. */
const DEFINES: ReadonlySet<SubjectKind> = new Set(['tool', 'resource', 'resource-template']);

export type AddedInstruction = { text: ScanText; words: string; logOdds: number; isAlarming: boolean };

/**
 * The added words of a subject that read most like an order to the model, or null where none were added. Judged by
 * themselves, so that a long honest text around them does not dilute them; it takes as little as beside a weak sign at first
 * sight, as honest additions of that kind are rarer than honest texts of that kind.
 */
export function worstAdded(
  { subject, facts }: { subject: Subject; facts: SubjectFacts },
  added: AddedText,
): AddedInstruction | null {
  if (!DEFINES.has(subject.kind)) return null;
  let worst: AddedInstruction | null = null;
  for (const text of subject.texts) {
    if (text.kind === 'name' || text.kind === 'key' || !text.isProse) continue;
    const words = added.of(text);
    if (words.trim() === '') continue;
    const alone = new ScanText(
      { kind: text.kind, path: null, text: words, fullLength: words.length },
      'tools.json',
      undefined,
    );
    const logOdds = logOddsOf(alone, facts);
    if (logOdds > (worst?.logOdds ?? Number.NEGATIVE_INFINITY))
      worst = { text, words, logOdds, isAlarming: logOdds >= THRESHOLDS.alone };
  }
  return worst;
}

export function instructionChange({ text, words }: AddedInstruction): DriftChange {
  const start = Math.max(0, text.original.indexOf(words.slice(0, 80)));
  const evidence = text.originalEvidence(start, Math.min(text.original.length, start + words.length));
  return changeOf(
    'signal-added',
    {
      message: `${sentenceStart(text.where)} now has words that read like an order to the model`,
      location: text.location,
      confidence: 'tentative',
      evidence,
    },
    undefined,
    evidence.excerpt,
  );
}
