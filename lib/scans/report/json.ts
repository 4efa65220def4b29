import { describePermission } from '#scanners/permissions/describe.ts';
import type { ReportInput } from './types.ts';

/** Name of this format; changes when a reader would have to. */
export const JSON_REPORT_FORMAT = 'hallmark-scan-report/1';

/**
 * The report as JSON with a line feed at the end: subject, coverage, grade (null: not graded), risk, permissions with their
 * sentences, findings with what was answered to them. The same input gives the same bytes.
 */
export const renderJson = (input: ReportInput): string => `${JSON.stringify(reportOf(input), null, 2)}\n`;

/** Name of the format of several reports in one document. */
export const JSON_REPORTS_FORMAT = 'hallmark-scan-reports/1';

/** Several reports in one document, each as `renderJson` writes it. */
export const renderJsonReports = (inputs: readonly ReportInput[]): string =>
  `${JSON.stringify({ format: JSON_REPORTS_FORMAT, reports: inputs.map(reportOf) }, null, 2)}\n`;

function reportOf({ subject, report, answers = [], activeGrade }: ReportInput) {
  const answerOf = new Map(answers.map(({ fingerprint, ...answer }) => [fingerprint, answer]));
  const { rulesetVersion, grade, risk, permissions, findings } = report;
  return {
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
}
