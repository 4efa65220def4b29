import type { SubjectSignals } from '../signals/index.ts';
import { combinedWeak, subjectSignals } from '../signals/index.ts';

import { sentenceStart } from '../text/scan-text.ts';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { heaviest, reasonsFor, THRESHOLDS, verdictOn } from './judge.ts';
import type { Passage } from './passages.ts';
import { READS_AS_INSTRUCTION, RULES } from './rules.ts';

/**
 * Texts that describe something. A server's instructions and its prompts are written to instruct the model, so reading
 * like it says nothing about them; the rules that know phrases look at them all the same.
 */
const DEFINES: ReadonlySet<string> = new Set(['tool', 'resource', 'resource-template']);

/** Finds passages that read like orders to the model, where no rule knows the phrase. */
export const instructionModel: Scanner = {
  id: 'model',
  rules: RULES,
  examples: EXAMPLES,
  scan: (_snapshot, texts) =>
    subjectSignals(texts)
      .filter(({ subject }) => DEFINES.has(subject.kind))
      .flatMap(judged),
};

/** At most one finding a subject, and none where a strong signal or several weak ones have said it already. */
function judged({ subject, facts, hits }: SubjectSignals): RawFinding[] {
  if (hits.some(({ signal }) => signal.strength === 'strong') || combinedWeak(hits) !== null) return [];
  const verdict = verdictOn(subject, facts);
  if (verdict === null) return [];
  const [signal] = hits.filter(({ text }) => verdict.passage.some((sentence) => sentence.text === text));
  const isReported = verdict.logOdds >= (signal === undefined ? THRESHOLDS.alone : THRESHOLDS.withSignal);
  if (!isReported || (signal === undefined && isRemark(verdict.passage))) return [];
  const { text, start, end } = heaviest(verdict.passage);
  const reasons = [...reasonsFor(verdict.passage)];
  return [
    {
      ruleId: READS_AS_INSTRUCTION.id,
      message: `${sentenceStart(text.where)} reads like an instruction to the model; it speaks of ${listed(reasons)}${signal === undefined ? '' : `, and ${signal.signal.says}`}.`,
      location: text.location,
      evidence: text.evidence(text.latin, start, end),
      confidence: signal !== undefined && verdict.logOdds >= THRESHOLDS.alone ? 'firm' : 'tentative',
    },
  ];
}

/** Words below which a sentence that stands alone is a remark: too short to give an order and say about what. */
const REMARK_WORDS = 12;

/** Notes on what comes back are remarks too, each by itself: they stand together only because a schema lists them. */
const isRemark = (passage: Passage): boolean =>
  (passage.length === 1 || passage.every(({ text }) => text.location.pointer.includes('/outputSchema/'))) &&
  passage.every(({ words }) => words.length < REMARK_WORDS);

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? 'what to do') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
