import { THRESHOLDS, verdictOn } from '../model/judge.ts';
import type { SubjectSignals } from './index.ts';
import { isReported } from './reported.ts';
import type { SignalHit } from './types.ts';

/** Log-odds above the threshold from which the model is sure. */
const SURE = 1.5;
/** Two strong signs, a strong one with a sure model, two weak ones with a sure model, and what else adds up to it. */
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
  const logOdds = subject.kind === 'manifest' ? 0 : (verdictOn(subject, facts)?.logOdds ?? 0);
  return signs + (logOdds >= THRESHOLDS.alone + SURE ? 2 : logOdds >= THRESHOLDS.alone ? 1 : 0) >= GRAVE;
}
