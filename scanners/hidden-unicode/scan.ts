import { describeCodePoint, isControl, UNUSUAL } from '../text/characters.ts';
import type { ScanText } from '../text/scan-text.ts';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import type { InvisibleRun } from './invisible-runs.ts';
import { unexplainedRuns } from './invisible-runs.ts';
import { mixedWords } from './mixed-script.ts';
import { ANSI_CONTROL, HIDDEN_MESSAGE, HIDDEN_UNICODE, MIXED_SCRIPT, RULES } from './rules.ts';

/** Overrides reorder the text that follows, so what is seen is not what is read. */
const OVERRIDE = /[\u202d\u202e]/;
const ESCAPE_SEQUENCE = /(?:\x1b|\x9b)/;
const CONTROL_RUN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+(?:\[[0-9;?]{0,16}[A-Za-z])?/g;

/** Finds characters that a model reads and a person does not see, or sees as something else. */
export const hiddenUnicode: Scanner = {
  id: 'hidden-unicode',
  rules: RULES,
  examples: EXAMPLES,
  scan: (_snapshot, { subjects }) =>
    subjects.flatMap(({ texts }) =>
      texts
        .filter(({ original }) => UNUSUAL.test(original))
        .flatMap((text) => [...invisible(text), ...controls(text), ...imitations(text)]),
    ),
};

const isIdentifier = ({ kind }: ScanText): boolean => kind === 'name' || kind === 'key';

function invisible(text: ScanText): RawFinding[] {
  const runs = unexplainedRuns(text.original, isIdentifier(text) ? 'identifier' : 'prose');
  const messages = runs.filter(({ decoded }) => decoded !== null);
  const others = runs.filter(({ decoded }) => decoded === null);
  const findings: RawFinding[] = messages.map(({ start, end, decoded }) => ({
    ruleId: HIDDEN_MESSAGE.id,
    message: `Invisible characters in ${text.where} spell out a message.`,
    location: text.location,
    evidence: text.originalEvidence(start, end, decoded ?? undefined),
  }));
  const first = others.find(({ text: run }) => OVERRIDE.test(run)) ?? others[0];
  if (first === undefined) return findings;
  findings.push({
    ruleId: HIDDEN_UNICODE.id,
    message: `${summary(others)} in ${text.where}.`,
    location: text.location,
    evidence: text.originalEvidence(first.start, first.end),
    severity: OVERRIDE.test(first.text) ? 'high' : 'medium',
  });
  return findings;
}

/** `2 characters that cannot be seen (U+200B zero width space)` */
function summary(runs: InvisibleRun[]): string {
  const characters = runs.flatMap(({ text }) => [...text]);
  const kinds = [...new Set(characters.map((c) => describeCodePoint(c.codePointAt(0) as number)))];
  const named = kinds.slice(0, 4).join(', ') + (kinds.length > 4 ? ` and ${kinds.length - 4} more` : '');
  return `${characters.length} ${characters.length === 1 ? 'character' : 'characters'} that cannot be seen (${named})`;
}

function controls(text: ScanText): RawFinding[] {
  const runs = [...text.original.matchAll(CONTROL_RUN)];
  const first = runs.find(([run]) => ESCAPE_SEQUENCE.test(run)) ?? runs[0];
  if (first === undefined) return [];
  const isEscape = ESCAPE_SEQUENCE.test(first[0]);
  const kinds = [...new Set(runs.flatMap(([run]) => [...run].filter((c) => isControl(c.charCodeAt(0)))))];
  const named = kinds
    .slice(0, 4)
    .map((c) => describeCodePoint(c.charCodeAt(0)))
    .join(', ');
  return [
    {
      ruleId: ANSI_CONTROL.id,
      message: `${isEscape ? 'Terminal escape sequence' : 'Control characters'} (${named}) in ${text.where}.`,
      location: text.location,
      evidence: text.originalEvidence(first.index, first.index + first[0].length),
      severity: isEscape ? 'high' : 'medium',
    },
  ];
}

function imitations(text: ScanText): RawFinding[] {
  return mixedWords(text.original, isIdentifier(text) ? 'identifier' : 'prose').map(({ start, end, latin }) => ({
    ruleId: MIXED_SCRIPT.id,
    message: `A word in ${text.where} mixes scripts so that it reads as "${latin}".`,
    location: text.location,
    evidence: text.originalEvidence(start, end, latin),
    severity: isIdentifier(text) ? 'high' : 'medium',
  }));
}
