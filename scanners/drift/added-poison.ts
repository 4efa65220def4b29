import { severityRank } from '../order.ts';
import { POISONING_RULES, ruleById } from '../registry.ts';
import { scanSnapshot } from '../run.ts';
import { subjectSignals } from '../signals/index.ts';
import type { SignalHit } from '../signals/types.ts';
import { sentenceStart } from '../text/scan-text.ts';
import { snapshotTexts } from '../text/snapshot-texts.ts';
import type { Finding, InputSnapshot } from '../types.ts';
import { addedHiding } from './added-hiding.ts';
import { instructionChange, worstAdded } from './added-instruction.ts';
import { type AddedText, addedText, type Fields, fieldsOf, placeOf } from './added-text.ts';
import { changeOf } from './change.ts';
import { isDocumentation } from './is-documentation.ts';
import type { TextBudget } from './text-diff.ts';
import type { DriftChange } from './types.ts';

/** `document subject`, as far as it was there before under the same name. */
export type Subjects = ReadonlySet<string>;
export const subjectKey = (document: string, subject: string | undefined): string => `${document} ${subject ?? ''}`;

/**
 * What makes text dangerous and was not there before. In definitions that were there, a single weak signal in added words is
 * enough, as honest changes hardly ever bring one; what is new altogether is judged as at first sight. Also new powers. Both
 * snapshots hold what changed only, renamed tools under the name that they have now.
 */
export function addedPoison(
  before: InputSnapshot,
  after: InputSnapshot,
  known: Subjects,
  budget: TextBudget,
): DriftChange[] {
  const fields = fieldsOf(before);
  const findings = newFindings(before, after, known, fields);
  const accused = new Set(findings.filter(({ class: of }) => of === 'accusation').map(keyOfFinding));
  const added = addedText(fields, budget);
  return [...findings.map(findingChange), ...weakSignals(before, after, known, accused, added)];
}

const keyOfFinding = ({ location }: Finding): string => subjectKey(location.document, location.subject);

/** Accusations and powers that the same scan does not report of the earlier snapshot. */
function newFindings(before: InputSnapshot, after: InputSnapshot, known: Subjects, fields: Fields): Finding[] {
  const earlier = scanSnapshot(before).findings;
  const fingerprints = new Set(earlier.map(({ fingerprint }) => fingerprint));
  const ruleAt = new Set(earlier.map((finding) => `${finding.ruleId} ${keyOfFinding(finding)}`));
  const later = fieldsOf(after);
  return scanSnapshot(after).findings.filter((finding) => {
    if (fingerprints.has(finding.fingerprint)) return false;
    const isPoison = POISONING_RULES.has(finding.ruleId);
    if (!isPoison && finding.class !== 'capability') return false;
    const least = isPoison && known.has(keyOfFinding(finding)) ? 'low' : 'medium';
    if (severityRank(finding.severity) < severityRank(least)) return false;
    // Words added elsewhere can change which of several signs is named first; the text that is named did not change.
    const place = placeOf(finding.location);
    const isSameText = fields.has(place) && fields.get(place) === later.get(place);
    return !(isSameText && ruleAt.has(`${finding.ruleId} ${keyOfFinding(finding)}`));
  });
}

function findingChange(finding: Finding): DriftChange {
  const { ruleId, message, location, confidence, evidence } = finding;
  const facts = { message: message.replace(/\.$/, ''), location, ruleId, confidence };
  return changeOf(
    POISONING_RULES.has(ruleId) ? 'poison-added' : 'power-added',
    evidence === null ? facts : { ...facts, evidence },
    undefined,
    evidence?.excerpt ?? ruleById(ruleId)?.title,
  );
}

/** Weak signals, and what reads like an order, in added words of definitions that were there before and are not accused already. */
function weakSignals(
  before: InputSnapshot,
  after: InputSnapshot,
  known: Subjects,
  accused: ReadonlySet<string>,
  added: AddedText,
): DriftChange[] {
  const earlier = new Map(
    subjectSignals(snapshotTexts(before)).map(({ subject, hits }) => [
      subjectKey(subject.document, subject.name),
      new Set(hits.map(keyOfHit)),
    ]),
  );
  return subjectSignals(snapshotTexts(after)).flatMap(({ subject, facts, hits }) => {
    const key = subjectKey(subject.document, subject.name);
    if (subject.kind === 'manifest' || !known.has(key) || accused.has(key)) return [];
    const fresh = hits.filter(
      (hit) =>
        hit.signal.strength === 'weak' &&
        !earlier.get(key)?.has(keyOfHit(hit)) &&
        added.touches(hit.text, hit.folded.toOriginal(hit.start), hit.folded.toOriginal(hit.end)),
    );
    const instruction = worstAdded({ subject, facts }, added);
    const isTelling = (hit: SignalHit) => !isDocumentation(hit, facts, instruction?.logOdds);
    return [
      ...(fresh.some(isTelling) ? fresh.map(signalChange) : []),
      ...(instruction?.isAlarming ? [instructionChange(instruction)] : []),
      ...addedHiding(subject.texts, added),
    ];
  });
}

/** The signal and the words that it saw, wherever they stand. */
const keyOfHit = ({ signal, folded, start, end }: SignalHit): string =>
  `${signal.id} ${folded.text.slice(start, end).toLowerCase().replace(/\s+/g, ' ')}`;

function signalChange({ signal, text, folded, start, end }: SignalHit): DriftChange {
  const evidence = text.evidence(folded, start, end);
  return changeOf(
    'signal-added',
    {
      message: `${sentenceStart(text.where)} now ${signal.says}`,
      location: text.location,
      confidence: 'tentative',
      evidence,
    },
    undefined,
    evidence.excerpt,
  );
}
