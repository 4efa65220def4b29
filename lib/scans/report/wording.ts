import type { CoveragePart, FactPart } from '#lib/catalog/views.ts';
import { severityRank } from '#scanners/order.ts';
import { makeVisible } from '#scanners/text/excerpt.ts';
import type { Finding, FindingClass, FindingLocation } from '#scanners/types.ts';
import type { ReportInput, ReportSubject } from './types.ts';

/** Text from a manifest or a tool as one line with nothing invisible in it. */
export const safe = (text: string): string => makeVisible(text);

/** The order in which classes are reported, and their headings. Only accusations may be shown in red. */
export const CLASSES: readonly { id: FindingClass; heading: string }[] = [
  { id: 'accusation', heading: 'Accusations' },
  { id: 'hygiene', heading: 'Hygiene' },
  { id: 'capability', heading: 'Capabilities' },
];

export const titleOf = ({ name, version }: ReportSubject): string =>
  safe(version === undefined ? name : `${name} ${version}`);

/** `Grade C` or why there is none. */
export function gradeText({ report: { grade }, activeGrade = grade }: ReportInput): string {
  if (grade === null) return 'Not graded: no tool definitions were seen';
  return activeGrade === grade ? `Grade ${grade}` : `Grade ${activeGrade}, ${grade} with what an admin withdrew`;
}

const PARTS: readonly (CoveragePart | FactPart)[] = [
  'manifest',
  'tools',
  'package',
  'live',
  'registry',
  'vulnerabilities',
];

export const coveredParts = ({ coverage }: ReportSubject): (CoveragePart | FactPart)[] =>
  PARTS.filter((part) => coverage[part]?.covered);

/** What was not looked at, one sentence each: `live: not covered, no sandbox on this machine`. */
export const uncoveredSentences = ({ coverage }: ReportSubject): string[] =>
  PARTS.flatMap((part) => {
    const entry = coverage[part];
    if (entry === undefined || entry.covered) return [];
    return [`${part}: not covered${entry.reason === undefined ? '' : `, ${safe(entry.reason)}`}`];
  });

/** `2 accusations, 1 hygiene finding, no capabilities`; never "safe". */
export function countsSentence(findings: readonly Finding[]): string {
  const count = (id: FindingClass) =>
    findings.filter((finding) => finding.class === id && finding.severity !== 'info').length;
  const phrase = (n: number, one: string, many: string) => `${n === 0 ? 'no' : n} ${n === 1 ? one : many}`;
  return [
    phrase(count('accusation'), 'accusation', 'accusations'),
    phrase(count('hygiene'), 'hygiene finding', 'hygiene findings'),
    phrase(count('capability'), 'capability', 'capabilities'),
  ].join(', ');
}

/** Worst severity first is how reports come; information last. */
export const ofClass = (findings: readonly Finding[], id: FindingClass): Finding[] =>
  findings
    .filter((finding) => finding.class === id)
    .sort((a, b) => severityRank(b.severity) - severityRank(a.severity));

/** `tools.json#/read_file/description`, `dist/index.js:12` */
export const placeOf = ({ document, pointer, path, line }: FindingLocation): string =>
  safe(document === 'package' && path !== undefined ? `${path}:${line ?? 1}` : `${document}#${pointer}`);

/** ` and 2 more places`, or nothing. */
export const morePlaces = ({ alsoAt = [] }: Finding): string =>
  alsoAt.length === 0 ? '' : ` and ${alsoAt.length} more ${alsoAt.length === 1 ? 'place' : 'places'}`;

/** The page of a rule, or undefined without a site. */
export const ruleUrl = (siteUrl: string | undefined, ruleId: string): string | undefined =>
  siteUrl === undefined ? undefined : `${siteUrl.replace(/\/+$/, '')}/rules/${encodeURIComponent(ruleId)}`;
