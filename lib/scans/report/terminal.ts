import { styleText } from 'node:util';
import { describePermission } from '#scanners/permissions/describe.ts';
import type { Evidence, Finding } from '#scanners/types.ts';
import type { ReportInput } from './types.ts';
import {
  CLASSES,
  countsSentence,
  coveredParts,
  gradeText,
  morePlaces,
  ofClass,
  placeOf,
  safe,
  titleOf,
  uncoveredSentences,
} from './wording.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/**
 * The report as text for a terminal, with a line feed at the end. `color` adds styles: red for accusations alone. Text from the
 * server holds no control characters, so it cannot move the cursor or hide lines.
 */
export function renderTerminal(input: ReportInput, { color }: { color: boolean }): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const { subject, report } = input;
  const lines = [
    paint('bold', titleOf(subject)),
    `${gradeText(input)} · risk ${report.risk} · ${countsSentence(report.findings)}`,
    `Looked at: ${coveredParts(subject).join(', ') || 'nothing'}. Ruleset ${report.rulesetVersion}.`,
    ...uncoveredSentences(subject).map((sentence) => paint('dim', `  ${sentence}`)),
  ];
  for (const { id, heading } of CLASSES) {
    const findings = ofClass(report.findings, id);
    if (findings.length === 0) continue;
    lines.push('', paint('bold', heading));
    for (const finding of findings) lines.push(...findingLines(finding, paint, input.baseline));
  }
  if (report.permissions.length > 0) {
    lines.push('', paint('bold', 'Permissions'));
    for (const permission of report.permissions)
      lines.push(`  ${describePermission(permission)} ${paint('dim', permission.basis)}`);
  }
  return `${lines.join('\n')}\n`;
}

function findingLines(finding: Finding, paint: Paint, baseline: ReadonlySet<string> | undefined): string[] {
  const severity = finding.severity.padEnd(8);
  const isRed = finding.class === 'accusation' && finding.severity !== 'info';
  const others = morePlaces(finding);
  return [
    `  ${isRed ? paint('red', severity) : severity} ${finding.title} ${paint('dim', finding.ruleId)}${baseline?.has(finding.fingerprint) ? ' (known)' : ''}`,
    `           ${safe(finding.message)}`,
    `           ${paint('dim', `${placeOf(finding.location)}${others}`)}`,
    ...(finding.evidence === null || finding.class === 'capability'
      ? []
      : [`           ${evidenceText(finding.evidence, paint)}`]),
    ...(finding.class === 'capability' ? [] : [`           ${finding.remediation}`]),
  ];
}

function evidenceText({ excerpt, start, end, decoded }: Evidence, paint: Paint): string {
  const marked = `${excerpt.slice(0, start)}${paint('underline', `»${excerpt.slice(start, end)}«`)}${excerpt.slice(end)}`;
  return decoded === undefined ? marked : `${marked}\n           says: ${safe(decoded)}`;
}
