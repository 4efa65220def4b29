import { areGrave } from '../signals/gravity.ts';
import type { SubjectSignals } from '../signals/index.ts';
import { combinedWeak, subjectSignals } from '../signals/index.ts';
import { isReported } from '../signals/reported.ts';
import { isKeyPlace, sensitivePath } from '../signals/sensitive-path.ts';
import { sentenceStart } from '../text/scan-text.ts';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { RULES, SENSITIVE_PATH } from './rules.ts';

/** Finds places of secrets in the texts of tools; with another sign beside it the finding is serious. */
export const sensitivePaths: Scanner = {
  id: 'sensitive-paths',
  rules: RULES,
  examples: EXAMPLES,
  scan: (_snapshot, texts) =>
    subjectSignals(texts)
      .filter(({ subject }) => subject.kind !== 'manifest')
      .flatMap(pathFindings),
};

function pathFindings(signals: SubjectSignals): RawFinding[] {
  const { hits } = signals;
  const paths = hits.filter(({ signal }) => signal === sensitivePath);
  if (paths.length === 0) return [];
  const isAccompanied =
    combinedWeak(hits)?.hits.some(({ signal }) => signal === sensitivePath) ||
    hits.some(({ signal }) => signal.strength === 'strong');
  return paths.map(({ signal, text, folded, start, end }) => ({
    ruleId: SENSITIVE_PATH.id,
    message: `${sentenceStart(text.where)} names ${folded.text.slice(start, end)}, a place of secrets${isAccompanied ? ', together with other signs of an instruction' : ''}.`,
    location: text.location,
    evidence: text.evidence(folded, start, end),
    ...(isAccompanied
      ? { severity: areGrave(paths, signals) ? ('high' as const) : ('medium' as const), confidence: 'firm' as const }
      : isKeyPlace(folded.text.slice(start, end)) && !isReported({ signal, text, folded, start, end })
        ? { severity: 'medium' as const }
        : {}),
  }));
}
