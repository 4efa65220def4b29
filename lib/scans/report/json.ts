import { describePermission } from '#scanners/permissions/describe.ts';
import type { ReportInput } from './types.ts';

/** Name of this format; changes when a reader would have to. */
export const JSON_REPORT_FORMAT = 'hallmark-scan-report/1';

/**
 * The report as JSON with a line feed at the end: subject, coverage, grade (null: not graded), risk, permissions with their
 * sentences, findings with what was answered to them. The same input gives the same bytes.
 */
export function renderJson({ subject, report, answers = [], activeGrade }: ReportInput): string {
  const answerOf = new Map(answers.map(({ fingerprint, ...answer }) => [fingerprint, answer]));
  const { rulesetVersion, grade, risk, permissions, findings } = report;
  const document = {
    format: JSON_REPORT_FORMAT,
    subject: {
      name: subject.name,
      ...(subject.version === undefined ? {} : { version: subject.version }),
      ...(subject.sha256 === undefined ? {} : { sha256: subject.sha256 }),
    },
    rulesetVersion,
    coverage: subject.coverage,
    grade,
    ...(activeGrade === undefined ? {} : { activeGrade }),
    risk,
    permissions: permissions.map((permission) => ({ ...permission, sentence: describePermission(permission) })),
    findings: findings.map((finding) => {
      const answer = answerOf.get(finding.fingerprint);
      return answer === undefined ? finding : { ...finding, answer };
    }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
