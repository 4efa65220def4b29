import { XMLBuilder } from 'fast-xml-parser';
import { AREAS, type Area, type CaseResult, type Report } from '../types.ts';

/** The report as JUnit's XML: a suite an area, a test case a case. */
export function junitReport(report: Report): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  const areas = (Object.keys(AREAS) as Area[]).filter((area) => report.results.some((result) => result.area === area));
  const text: string = builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: {
      '@_name': `conformance of ${clean(report.baseUrl)}`,
      ...sums(report.results),
      '@_time': seconds(report.milliseconds),
      testsuite: areas.map((area) => suite(area, report)),
    },
  });
  return text;
}

function suite(area: Area, { results, startedAt }: Report) {
  const own = results.filter((result) => result.area === area);
  return {
    '@_name': AREAS[area],
    ...sums(own),
    '@_time': seconds(own.reduce((total, { milliseconds }) => total + milliseconds, 0)),
    '@_timestamp': startedAt,
    testcase: own.map(testCase),
  };
}

function testCase({ id, area, title, level, outcome, reason, fault, why, reference, milliseconds }: CaseResult) {
  return {
    '@_classname': `conformance.${area}.${level}`,
    '@_name': `${id}: ${title}`,
    '@_time': seconds(milliseconds),
    ...(outcome === 'skipped' ? { skipped: { '@_message': clean(reason ?? '') } } : {}),
    ...(fault
      ? {
          failure: {
            '@_type': level,
            '@_message': clean(`expected ${fault.expected}; seen ${fault.seen}`),
            '#text': clean(
              [
                `request: ${fault.request}`,
                `expected: ${fault.expected}`,
                `seen: ${fault.seen}`,
                `why: ${why}`,
                `reference: ${reference}`,
              ].join('\n'),
            ),
          },
        }
      : {}),
  };
}

const sums = (results: CaseResult[]) => ({
  '@_tests': results.length,
  '@_failures': results.filter(({ outcome }) => outcome === 'failed').length,
  '@_skipped': results.filter(({ outcome }) => outcome === 'skipped').length,
});

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(3);

/** XML 1.0 has no way to write most control characters, nor half a character. */
const clean = (text: string) => text.toWellFormed().replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd');
