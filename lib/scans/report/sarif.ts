import { RULES } from '#scanners/registry.ts';
import type { Finding, FindingLocation, Rule, Severity } from '#scanners/types.ts';
import { TAXONOMIES, taxaOf } from './taxonomies.ts';
import type { FindingAnswer, ReportInput } from './types.ts';
import { placeOf, ruleUrl, safe, titleOf, uncoveredSentences } from './wording.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const INFORMATION_URI = 'https://modelcontextprotocol.io/';
/** Versioned, because its value may be computed otherwise one day (SARIF §3.27.17). */
export const SARIF_FINGERPRINT = 'hallmarkFinding/v1';

type Level = 'none' | 'note' | 'warning' | 'error';
const LEVEL: Record<Severity, Level> = {
  info: 'note',
  low: 'note',
  medium: 'warning',
  high: 'error',
  critical: 'error',
};
/** Score that code hosts sort by (GitHub: "security-severity"). */
const SCORE: Record<Severity, string> = { info: '0.0', low: '3.0', medium: '5.5', high: '8.0', critical: '9.5' };
const PRECISION = { tentative: 'medium', firm: 'high', certain: 'very-high' } as const;

/** The reports as SARIF 2.1.0 (OASIS standard, errata 01), one run each, with a line feed at the end. */
export const renderSarifRuns = (inputs: readonly ReportInput[]): string =>
  `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: inputs.map(runOf) }, null, 2)}\n`;

/**
 * The report as SARIF 2.1.0 (OASIS standard, errata 01), one run, with a line feed at the end. Capabilities are facts and
 * come with kind `informational`; answers come as external suppressions; parts that were not covered as notifications.
 */
export const renderSarif = (input: ReportInput): string => renderSarifRuns([input]);

function runOf({ subject, report, answers = [], activeGrade, baseline, siteUrl }: ReportInput) {
  const places = report.findings.flatMap(({ location, alsoAt = [] }) => [location, ...alsoAt]);
  const documents = [...new Set(['server.json', 'tools.json', ...places.map(uriOf)])].sort();
  return {
    tool: {
      driver: {
        name: 'Hallmark',
        informationUri: siteUrl ?? INFORMATION_URI,
        version: report.rulesetVersion,
        rules: RULES.map((rule) => descriptorOf(rule, siteUrl)),
        supportedTaxonomies: TAXONOMIES.map(({ name }, index) => ({ name, index })),
      },
    },
    taxonomies: TAXONOMIES.map((taxonomy) => ({
      name: taxonomy.name,
      organization: taxonomy.organization,
      informationUri: taxonomy.informationUri,
      isComprehensive: false,
      taxa: taxaOf(RULES, taxonomy).map((id) => ({ id })),
    })),
    automationDetails: { id: `hallmark/${subject.name}/` },
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: uncoveredSentences(subject).map((text) => ({ level: 'note', message: { text } })),
      },
    ],
    artifacts: documents.map((document) => {
      const sha256 = subject.sha256?.[document as FindingLocation['document']];
      return {
        location: { uri: document },
        roles: ['analysisTarget'],
        ...(sha256 === undefined ? {} : { hashes: { 'sha-256': sha256 } }),
      };
    }),
    results: report.findings.map((finding) => resultOf(finding, { documents, answers, baseline })),
    columnKind: 'utf16CodeUnits',
    properties: {
      subject: titleOf(subject),
      grade: report.grade,
      ...(activeGrade === undefined ? {} : { activeGrade }),
      risk: report.risk,
      coverage: subject.coverage,
    },
  };
}

function descriptorOf(rule: Rule, siteUrl: string | undefined) {
  const { id, title, finds, matters, remediation, severity, confidence } = rule;
  const helpUri = ruleUrl(siteUrl, id);
  return {
    id,
    name: title.replace(/[^A-Za-z]+(.)/g, (_, letter: string) => letter.toUpperCase()).replace(/[^A-Za-z]/g, ''),
    shortDescription: { text: title },
    fullDescription: { text: `${finds} ${matters}` },
    help: { text: remediation, markdown: `${finds}\n\n${matters}\n\n**What to do.** ${remediation}` },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: rule.class === 'capability' ? 'none' : LEVEL[severity] },
    relationships: taxaReferences(rule).map((target) => ({ target, kinds: ['relevant'] })),
    properties: {
      tags: ['security', rule.class],
      precision: PRECISION[confidence],
      ...(rule.class === 'capability' ? {} : { 'security-severity': SCORE[severity] }),
    },
  };
}

function taxaReferences({ references }: Pick<Rule, 'references'>) {
  return TAXONOMIES.flatMap((taxonomy, index) => {
    const taxa = taxaOf(RULES, taxonomy);
    return (references[taxonomy.key] ?? []).map((id) => ({
      id,
      index: taxa.indexOf(id),
      toolComponent: { name: taxonomy.name, index },
    }));
  });
}

const ruleIndexOf = (id: string): number => RULES.findIndex((rule) => rule.id === id);

function resultOf(
  finding: Finding,
  {
    documents,
    answers,
    baseline,
  }: { documents: string[]; answers: readonly FindingAnswer[]; baseline: ReadonlySet<string> | undefined },
) {
  const { ruleId, message, severity, confidence, location, evidence, fingerprint, alsoAt = [] } = finding;
  const isFact = finding.class === 'capability';
  const answer = answers.find((given) => given.fingerprint === fingerprint);
  return {
    ruleId,
    ruleIndex: ruleIndexOf(ruleId),
    // A level other than none needs kind "fail" (SARIF §3.27.10).
    kind: isFact ? 'informational' : 'fail',
    level: isFact ? 'none' : LEVEL[severity],
    message: { text: safe(message) },
    locations: [locationOf(location, documents, evidence?.excerpt)],
    ...(alsoAt.length === 0
      ? {}
      : { relatedLocations: alsoAt.map((place, i) => ({ id: i + 1, ...locationOf(place, documents) })) }),
    partialFingerprints: { [SARIF_FINGERPRINT]: fingerprint },
    ...(baseline === undefined ? {} : { baselineState: baseline.has(fingerprint) ? 'unchanged' : 'new' }),
    taxa: taxaReferences(finding),
    ...(answer === undefined
      ? {}
      : { suppressions: [{ kind: 'external', status: answer.status, justification: safe(answer.justification) }] }),
    properties: {
      class: finding.class,
      severity,
      confidence,
      ...(evidence === null ? {} : { evidence }),
      'security-severity': SCORE[severity],
    },
  };
}

/** Kinds of logical locations (SARIF §3.33.7). */
const LOGICAL_KIND: Partial<Record<FindingLocation['document'], string>> = { instructions: 'value', package: 'module' };

/** The document, or the path of a file of the package as a relative URI reference (RFC 3986 §4.2). */
function uriOf({ document, path }: FindingLocation): string {
  if (document !== 'package' || path === undefined) return document;
  const uri = path.toWellFormed().split('/').map(encodeURIComponent).join('/');
  // Whoever reads `a:b` as a scheme, or a path from the root, would look elsewhere.
  return uri.replace(/^\/+/, '').replaceAll('%40', '@') || document;
}

/**
 * The definitions are not files with lines: the logical location says where, by document and JSON pointer. Code hosts refuse a
 * result without a region, so the region is the first line and carries the excerpt. Files of the package have lines.
 */
function locationOf(location: FindingLocation, documents: string[], excerpt?: string) {
  const uri = uriOf(location);
  return {
    physicalLocation: {
      artifactLocation: { uri, index: documents.indexOf(uri) },
      region: { startLine: location.line ?? 1, ...(excerpt === undefined ? {} : { snippet: { text: excerpt } }) },
    },
    logicalLocations: [
      {
        ...(location.subject === undefined ? {} : { name: safe(location.subject) }),
        fullyQualifiedName: placeOf(location),
        kind: LOGICAL_KIND[location.document] ?? 'property',
      },
    ],
  };
}
