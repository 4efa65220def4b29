import { THRESHOLDS, verdictOn } from '../model/judge.ts';
import type { SubjectSignals } from './index.ts';
import { isReported } from './reported.ts';
import type { SignalHit } from './types.ts';

/** Log-odds above the threshold from which the model is sure. */
const SURE = 1.5;
/** Two strong signs, a strong and a weak one with the model, two weak ones with a sure model, and what else adds up to it. */
const GRAVE = 4;
const STRONG = 2;

/**
 * Whether these hits are worth severity high: one of them is said rather than talked about, and enough else agrees, signs of
 * other kinds or the model. One phrase alone, however clear, stands in scanners' own descriptions, in tests of them, and now
 * and then in what people write to each other.
 */
export function areGrave(hits: readonly SignalHit[], { subject, facts, hits: all }: SubjectSignals): boolean {
  if (!hits.some((hit) => !isReported(hit))) return false;
  const groups = new Map<string, number>();
  for (const hit of all) {
    const weight = hit.signal.strength === 'strong' ? STRONG : 1;
    if ((groups.get(hit.signal.group) ?? 0) < weight && !isReported(hit)) groups.set(hit.signal.group, weight);
  }
  const signs = [...groups.values()].reduce((sum, weight) => sum + weight, 0);
  if (signs >= GRAVE) return true;
  const verdict = subject.kind === 'manifest' ? null : verdictOn(subject, facts);
  // In other languages the model knows concepts only: a near miss of a phrase misleads both, so one sign stays one.
  if (verdict === null || (groups.size < 2 && verdict.passage.some(({ language }) => language !== 'en'))) return false;
  return (
    signs + (verdict.logOdds >= THRESHOLDS.alone + SURE ? 2 : verdict.logOdds >= THRESHOLDS.alone ? 1 : 0) >= GRAVE
  );
}
