import { describePermission } from '#scanners/permissions/describe.ts';
import type { Evidence, Finding } from '#scanners/types.ts';
import type { FindingAnswer, ReportInput } from './types.ts';
import {
  CLASSES,
  countsSentence,
  coveredParts,
  gradeText,
  morePlaces,
  ofClass,
  placeOf,
  ruleUrl,
  safe,
  titleOf,
  uncoveredSentences,
} from './wording.ts';

/** Findings shown of one class; a job summary is for reading. */
const MAX_SHOWN = 50;

/** The report for a CI summary or a pull request comment, in GitHub-flavoured Markdown. Text from the server cannot become markup. */
export function renderMarkdown(input: ReportInput): string {
  const { subject, report, answers = [] } = input;
  const lines = [
    `## Hallmark scan of ${plain(titleOf(subject))}`,
    '',
    `**${gradeText(input)}** · risk ${report.risk} · ${countsSentence(report.findings)}`,
    '',
    `Looked at: ${coveredParts(subject).join(', ') || 'nothing'}. Ruleset ${report.rulesetVersion}.`,
    ...uncoveredSentences(subject).map((sentence) => `- ${plain(sentence)}`),
  ];
  for (const { id, heading } of CLASSES) {
    const findings = ofClass(report.findings, id);
    if (findings.length === 0) continue;
    lines.push('', `### ${heading}`, '');
    for (const finding of findings.slice(0, MAX_SHOWN)) lines.push(...findingLines(finding, input, answers));
    if (findings.length > MAX_SHOWN) lines.push(`- and ${findings.length - MAX_SHOWN} more`);
  }
  if (report.permissions.length > 0) {
    lines.push('', '### Permissions', '');
    for (const permission of report.permissions)
      lines.push(`- ${plain(describePermission(permission))} · ${permission.basis}`);
  }
  return `${lines.join('\n')}\n`;
}

function findingLines(
  finding: Finding,
  { siteUrl, baseline }: Pick<ReportInput, 'siteUrl' | 'baseline'>,
  answers: readonly FindingAnswer[],
): string[] {
  const url = ruleUrl(siteUrl, finding.ruleId);
  const rule = url === undefined ? code(finding.ruleId) : `[${code(finding.ruleId)}](${url})`;
  const answer = answers.find(({ fingerprint }) => fingerprint === finding.fingerprint);
  const others = morePlaces(finding);
  return [
    `- **${finding.severity}** ${plain(finding.title)} (${rule}, ${finding.confidence})${baseline?.has(finding.fingerprint) ? ', known' : ''}  `,
    `  ${plain(safe(finding.message))}  `,
    `  ${code(placeOf(finding.location))}${others}  `,
    ...(finding.evidence === null ? [] : [`  ${evidenceText(finding.evidence)}  `]),
    ...(answer === undefined
      ? []
      : [
          `  Answered${answer.by === undefined ? '' : ` by ${plain(safe(answer.by))}`}, ${answerWord(answer)}: ${plain(safe(answer.justification))}  `,
        ]),
    `  ${plain(finding.remediation)}`,
  ];
}

const STATUS_WORD = { accepted: 'accepted', underReview: 'under review', rejected: 'rejected' } as const;

const answerWord = ({ answer, status, isExpired }: FindingAnswer): string =>
  `${answer ?? STATUS_WORD[status]}${isExpired ? ' until a day that has passed' : ''}`;

/** The excerpt with the span between » and «; what a hidden span says comes behind. */
function evidenceText({ excerpt, start, end, decoded }: Evidence): string {
  const marked = code(`${excerpt.slice(0, start)}»${excerpt.slice(start, end)}«${excerpt.slice(end)}`);
  return decoded === undefined ? marked : `${marked} says ${code(safe(decoded))}`;
}

/** A code span whose fence is longer than any run of backticks inside (CommonMark §6.1). */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${text}${padding}${fence}`;
}

/**
 * Text as text: punctuation that Markdown or HTML could take for markup is escaped (CommonMark §2.4), and what code hosts turn
 * into mentions and links by themselves is put into code spans.
 */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|~&-]/g, '\\$&').replace(/@|:\/\/|\bwww\./gi, '`$&`');
}
