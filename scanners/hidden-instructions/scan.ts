import { areGrave } from '../signals/gravity.ts';
import type { Combination, SubjectSignals } from '../signals/index.ts';
import { combinedWeak, subjectSignals } from '../signals/index.ts';
import { isManipulation, praiseIn } from '../signals/preference.ts';
import type { SignalHit, SubjectFacts } from '../signals/types.ts';
import type { ScanText } from '../text/scan-text.ts';
import { sentenceStart } from '../text/scan-text.ts';
import type { RawFinding, Rule, Scanner } from '../types.ts';
import { encodedInstructions } from './encoded.ts';
import { EXAMPLES } from './examples.ts';
import {
  ARGUMENT_TAMPERING,
  COMBINED_SIGNALS,
  CONCEAL_FROM_USER,
  CROSS_TOOL,
  DECLARES_OTHER_UNFIT,
  ENCODED_INSTRUCTION,
  EXTRACTING_PARAMETER,
  HIDDEN_COMMENT,
  OVERRIDE_PHRASE,
  PADDING,
  PICTURE_BEACON,
  PLANTED_TEXT,
  PREFERENCE_MANIPULATION,
  PREFERENCE_STEERING,
  ROLE_TAG,
  RULES,
  TELLTALE_ADDRESS,
} from './rules.ts';

/** The rule that each strong signal reports under. */
const RULE_OF_SIGNAL: Record<string, Rule> = {
  'role-tag': ROLE_TAG,
  'override-phrase': OVERRIDE_PHRASE,
  'conceal-from-user': CONCEAL_FROM_USER,
  'hidden-comment': HIDDEN_COMMENT,
  'hidden-markup': HIDDEN_COMMENT,
  'far-padding': PADDING,
  'cross-tool-precondition': CROSS_TOOL,
  'argument-tampering': ARGUMENT_TAMPERING,
  'rules-over-others': CROSS_TOOL,
  'contents-parameter': EXTRACTING_PARAMETER,
  'context-parameter': EXTRACTING_PARAMETER,
  'picture-beacon': PICTURE_BEACON,
  'planted-text': PLANTED_TEXT,
  'telltale-address': TELLTALE_ADDRESS,
  'declares-other-unfit': DECLARES_OTHER_UNFIT,
};

/** Finds instructions to the model where documentation of the tool belongs: one strong signal, or two different weak ones. */
export const hiddenInstructions: Scanner = {
  id: 'hidden-instructions',
  rules: RULES,
  examples: EXAMPLES,
  scan: (_snapshot, texts) => subjectSignals(texts).flatMap(scanSubject),
};

function scanSubject(signals: SubjectSignals): RawFinding[] {
  const { subject, facts, hits } = signals;
  const combined = combinedWeak(hits);
  return [
    ...hits.filter(({ signal }) => signal.strength === 'strong').map((hit) => strongFinding(hit, signals)),
    ...(combined === null ? [] : [combinedFinding(combined, signals)]),
    ...subject.texts.flatMap((text) => encodedFindings(text, facts)),
    ...subject.texts.flatMap(preferenceFindings),
  ];
}

/** A rule's own severity holds where the hit is grave; one that may be only talked about is medium. */
function strongFinding(hit: SignalHit, signals: SubjectSignals): RawFinding {
  const { signal, text, folded, start, end, decoded } = hit;
  const rule = RULE_OF_SIGNAL[signal.id];
  if (rule === undefined) throw new Error(`signal ${signal.id} has no rule`);
  return {
    ruleId: rule.id,
    message: `${sentenceStart(text.where)} ${signal.says}.`,
    location: text.location,
    evidence: text.evidence(folded, start, end, decoded),
    ...(rule.severity === 'high' && !areGrave([hit], signals) ? { severity: 'medium' as const } : {}),
  };
}

/**
 * One finding for all weak signals of a subject; the evidence is the first of them, the message names every one. High only where
 * the model agrees: patterns that meet by chance in a manual are no more than medium.
 */
function combinedFinding({ hits, weight }: Combination, signals: SubjectSignals): RawFinding {
  const [first] = hits as [SignalHit, ...SignalHit[]];
  const said = [...new Set(hits.map(({ signal }) => signal.says))];
  return {
    ruleId: COMBINED_SIGNALS.id,
    message: `Several signs stand together, the first in ${first.text.where}: it ${said.join('; ')}.`,
    location: first.text.location,
    evidence: first.text.evidence(first.folded, first.start, first.end),
    severity: weight === 'firm' && areGrave(hits, signals) ? 'high' : 'medium',
    confidence: weight,
  };
}

const encodedFindings = (text: ScanText, facts: SubjectFacts): RawFinding[] =>
  encodedInstructions(text, facts).map((decoded) => ({
    ruleId: ENCODED_INSTRUCTION.id,
    message: `${sentenceStart(text.where)} holds an encoded instruction.`,
    location: text.location,
    evidence: text.originalEvidence(decoded.start, decoded.end, decoded.text),
    ...(decoded.isGrave ? {} : { severity: 'medium' as const }),
  }));

/** Pressure is an accusation; ordinary praise or "use this tool first" is information. */
function preferenceFindings(text: ScanText): RawFinding[] {
  const praise = text.isProse ? praiseIn(text) : [];
  const first = praise.find(({ isPressure }) => isPressure) ?? praise[0];
  if (first === undefined) return [];
  const isPressing = isManipulation(praise);
  if (!isPressing && first.kind !== 'order' && first.kind !== 'contempt') return [];
  const { folded, start, end } = first.span;
  return [
    {
      ruleId: (isPressing ? PREFERENCE_MANIPULATION : PREFERENCE_STEERING).id,
      message: `${sentenceStart(text.where)} ${isPressing ? `advertises itself to the model: ${praise.map(({ kind }) => kind).join(', ')}` : 'asks to be preferred over other tools'}.`,
      location: text.location,
      evidence: text.evidence(folded, start, end),
    },
  ];
}
