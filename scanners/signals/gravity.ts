import { THRESHOLDS, verdictOn } from '../model/judge.ts';
import type { SubjectSignals } from './index.ts';
import { isReported } from './reported.ts';
import type { SignalHit } from './types.ts';

/**
 * Whether these hits are worth severity high: one of them is said rather than talked about, and something else agrees, a sign
 * of another kind or the model. One phrase alone, however clear, stands in scanners' own descriptions and in tests of them.
 */
export function areGrave(hits: readonly SignalHit[], { subject, facts, hits: all }: SubjectSignals): boolean {
  if (!hits.some((hit) => !isReported(hit))) return false;
  const groups = new Set(all.filter((hit) => !isReported(hit)).map(({ signal }) => signal.group));
  return (
    groups.size > 1 || (subject.kind !== 'manifest' && (verdictOn(subject, facts)?.logOdds ?? 0) >= THRESHOLDS.alone)
  );
}
