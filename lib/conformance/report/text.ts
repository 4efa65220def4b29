import { AREAS, type Area, type CaseResult, type ConformanceCase, type Report } from '../types.ts';

const MARKS = { passed: 'pass', failed: 'FAIL', skipped: 'skip' } as const;

/** A case and how it ended; a failure with request, expected and seen. */
export function caseLine(result: CaseResult): string {
  const head = `  ${MARKS[result.outcome]}  ${result.id.padEnd(40)} ${result.title}`;
  if (result.outcome === 'skipped') return `${head}\n        skipped: ${result.reason}`;
  if (!result.fault) return head;
  const { request, expected, seen } = result.fault;
  const facts = [
    ['level', result.level],
    ['request', request],
    ['expected', expected],
    ['seen', seen],
    ['why', result.why],
    ['reference', result.reference],
  ];
  return [head, ...facts.map(([name, value]) => `        ${`${name}:`.padEnd(10)} ${value}`)].join('\n');
}

/** Every case, by area, and the sums. */
export function textReport(report: Report): string {
  const areas = Object.keys(AREAS) as Area[];
  const sections = areas.flatMap((area) => {
    const results = report.results.filter((result) => result.area === area);
    return results.length === 0 ? [] : [`${AREAS[area]}\n${results.map(caseLine).join('\n')}`];
  });
  return [`Registry ${report.baseUrl}`, ...sections, reportSums(report)].join('\n\n');
}

/** How many passed, failed and were skipped, and what could not be deleted again. */
export function reportSums({ counts, results, leftovers, milliseconds }: Report): string {
  const failures = (level: string) =>
    results.filter((result) => result.outcome === 'failed' && result.level === level).length;
  const lines = [
    `${counts.passed} passed, ${counts.failed} failed (${failures('must')} must, ${failures('client')} client, ${failures('should')} should), ${counts.skipped} skipped, in ${(milliseconds / 1000).toFixed(1)} s`,
  ];
  if (leftovers.length > 0) lines.push(`Not deleted again: ${leftovers.join(', ')}`);
  return lines.join('\n');
}

/** Every case as a table of Markdown, for docs. */
export function caseTable(cases: ConformanceCase[]): string {
  const areas = (Object.keys(AREAS) as Area[]).filter((area) => cases.some((entry) => entry.area === area));
  return areas
    .map((area) => {
      const rows = cases
        .filter((entry) => entry.area === area)
        .map(
          ({ id, level, needs, title }) =>
            `| \`${id}\` | ${level}${needs ? `, ${needs}` : ''} | ${title.replaceAll('|', '\\|')} |`,
        );
      return [`### ${AREAS[area]} (\`${area}\`)`, '', '| case | level | passes when |', '|---|---|---|', ...rows].join(
        '\n',
      );
    })
    .join('\n\n');
}
