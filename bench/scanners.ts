/**
 * Measures the scanners on tool definitions: `node bench/scanners.ts [--malicious FILE] [--benign FILE] [--catalog FILE] [--missed] [--json]`.
 *
 * Lines are JSON: `{tool: {name, description?, inputSchema?, annotations?}, category?, server?, source?}`. A malicious line is judged
 * by itself; benign lines are grouped by server. Detected means: an accusation of severity medium or above. `--catalog` takes lines
 * `{server, tools?}` of real servers and lists what they are accused of. Without files it reads ../shared/corpora where that exists.
 * Rates come with 95 % Wilson intervals, because the corpora are small.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Manifest, ToolDefinition } from '#lib/manifest/types.ts';
import { severityRank } from '#scanners/order.ts';
import { RULESET_VERSION, scanSnapshot } from '#scanners/run.ts';
import type { Finding, InputSnapshot, Severity } from '#scanners/types.ts';

type CorpusLine = {
  tool: Partial<ToolDefinition> & { name: string };
  category?: string;
  server?: string;
  source?: string;
};
type CatalogLine = { server: Manifest; tools?: ToolDefinition[] };
type Judged = { line: CorpusLine; accusations: Finding[] };

const CORPORA = join(import.meta.dirname, '../../shared/corpora');
const CATALOG = join(import.meta.dirname, '../../shared/catalog/servers.jsonl');
/** Tools that openly say what they do: a capability, not poisoning; listed, never part of the recall. */
const OVERT = /^overt_/;

const readLines = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T);

const snapshotOf = (tools: readonly CorpusLine['tool'][], manifest: Manifest | null = null): InputSnapshot => ({
  manifest,
  definitions: {
    tools: tools.map((tool) => ({ inputSchema: {}, ...tool })),
    prompts: null,
    resources: null,
    resourceTemplates: null,
    instructions: null,
  },
});

const isAtLeast = (finding: Finding, severity: Severity): boolean =>
  severityRank(finding.severity) >= severityRank(severity);
const accusationsIn = (snapshot: InputSnapshot, from: Severity): Finding[] =>
  scanSnapshot(snapshot).findings.filter((finding) => finding.class === 'accusation' && isAtLeast(finding, from));

/** The 95 % Wilson score interval of `hits` in `total` (E. B. Wilson, 1927), from 0 to 1. */
function wilson(hits: number, total: number): [low: number, high: number] {
  if (total === 0) return [0, 1];
  const z = 1.96;
  const rate = hits / total;
  const centre = (rate + z ** 2 / (2 * total)) / (1 + z ** 2 / total);
  const half = (z / (1 + z ** 2 / total)) * Math.sqrt((rate * (1 - rate)) / total + z ** 2 / (4 * total ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

const percent = (rate: number): string => `${(rate * 100).toFixed(rate < 0.01 && rate > 0 ? 2 : 1)} %`;

function rateOf(hits: number, total: number): string {
  const [low, high] = wilson(hits, total);
  return `${hits}/${total} = ${percent(total === 0 ? 0 : hits / total)} (${percent(low)} – ${percent(high)})`;
}

function groupedBy<T>(entries: readonly T[], keyOf: (entry: T) => string): [string, T[]][] {
  const groups = Map.groupBy(entries, keyOf);
  return [...groups].sort(([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1));
}

const excerptOf = ({ evidence }: Finding): string => evidence?.excerpt.slice(evidence.start, evidence.end) ?? '';

function judgeMalicious(file: string): Judged[] {
  return readLines<CorpusLine>(file).map((line) => ({
    line,
    accusations: accusationsIn(snapshotOf([line.tool]), 'medium'),
  }));
}

function judgeBenign(file: string): { judged: Judged[]; servers: Map<string, boolean> } {
  const lines = readLines<CorpusLine>(file);
  const servers = new Map<string, boolean>();
  const judged = groupedBy(lines, ({ server, source }) => server ?? source ?? '').flatMap(([server, group]) => {
    const accusations = accusationsIn(snapshotOf(group.map(({ tool }) => tool)), 'low');
    servers.set(
      server,
      accusations.some((finding) => isAtLeast(finding, 'medium')),
    );
    return group.map((line) => ({
      line,
      accusations: accusations.filter(({ location }) => location.subject === line.tool.name),
    }));
  });
  return { judged, servers };
}

function printRecall(judged: readonly Judged[], title: string, keyOf: (line: CorpusLine) => string): void {
  console.log(`\n${title}`);
  for (const [key, group] of groupedBy(judged, ({ line }) => keyOf(line))) {
    console.log(
      `  ${key.padEnd(44)} ${rateOf(group.filter(({ accusations }) => accusations.length > 0).length, group.length)}`,
    );
  }
}

function printMalicious(judged: readonly Judged[], showMissed: boolean): void {
  const poisoned = judged.filter(({ line }) => !OVERT.test(line.category ?? ''));
  const overt = judged.filter(({ line }) => OVERT.test(line.category ?? ''));
  const hits = (group: readonly Judged[]) => group.filter(({ accusations }) => accusations.length > 0).length;
  console.log(
    `Recall ${rateOf(hits(poisoned), poisoned.length)}; openly offensive tools accused: ${rateOf(hits(overt), overt.length)}`,
  );
  printRecall(poisoned, 'Recall by category', ({ category }) => category ?? '(none)');
  printRecall(poisoned, 'Recall by source', ({ source }) => (source ?? '(none)').split(':')[0] ?? '');
  const byRule = groupedBy(
    poisoned.flatMap(({ accusations }) => [...new Set(accusations.map(({ ruleId }) => ruleId))]),
    (ruleId) => ruleId,
  );
  console.log('\nPoisoned definitions by rule');
  for (const [ruleId, group] of byRule) console.log(`  ${ruleId.padEnd(44)} ${group.length}`);
  if (!showMissed) return;
  console.log('\nMissed');
  for (const { line, accusations } of poisoned) {
    if (accusations.length === 0)
      console.log(
        `  ${line.category} ${line.source}\n    ${line.tool.name}: ${JSON.stringify(line.tool.description ?? '').slice(0, 300)}`,
      );
  }
}

function printBenign(judged: readonly Judged[], servers: ReadonlyMap<string, boolean>): void {
  console.log('\nBenign tools accused');
  for (const severity of ['high', 'medium', 'low'] as const) {
    const accused = judged.filter(({ accusations }) => accusations.some((finding) => isAtLeast(finding, severity)));
    console.log(`  ${`at ${severity} or above`.padEnd(44)} ${rateOf(accused.length, judged.length)}`);
  }
  console.log(
    `  ${'servers, at medium or above'.padEnd(44)} ${rateOf([...servers.values()].filter(Boolean).length, servers.size)}`,
  );
  for (const { line, accusations } of judged) {
    for (const finding of accusations) {
      console.log(`    ${finding.severity} ${finding.ruleId} ${line.server} ${line.tool.name}: ${excerptOf(finding)}`);
    }
  }
}

function printCatalog(file: string): void {
  const lines = readLines<CatalogLine>(file);
  const withTools = lines.filter(({ tools }) => tools !== undefined);
  console.log(
    `\nReal servers: ${lines.length}, ${withTools.length} with tools (${withTools.flatMap(({ tools }) => tools ?? []).length})`,
  );
  let accused = 0;
  for (const { server, tools } of lines) {
    const snapshot = tools === undefined ? { ...snapshotOf([], server) } : snapshotOf(tools, server);
    const accusations = accusationsIn(snapshot, 'low');
    if (accusations.length > 0) accused++;
    for (const finding of accusations)
      console.log(
        `    ${finding.severity} ${finding.ruleId} ${server.name} ${finding.location.subject ?? ''}: ${excerptOf(finding)}`,
      );
  }
  console.log(`  accused at low or above: ${rateOf(accused, lines.length)}`);
}

/** Tools scanned per second by one core, each as a server of its own. */
function toolsPerSecond(lines: readonly CorpusLine[]): number {
  const snapshots = lines.map(({ tool }) => snapshotOf([tool]));
  for (const snapshot of snapshots.slice(0, 200)) scanSnapshot(snapshot);
  const start = performance.now();
  for (const snapshot of snapshots) scanSnapshot(snapshot);
  return Math.round(snapshots.length / ((performance.now() - start) / 1_000));
}

const { values: options } = parseArgs({
  options: {
    malicious: { type: 'string' },
    benign: { type: 'string' },
    catalog: { type: 'string' },
    missed: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const orDefault = (given: string | undefined, standard: string): string | undefined =>
  given ?? (existsSync(standard) ? standard : undefined);
const maliciousFile = orDefault(options.malicious, join(CORPORA, 'malicious.jsonl'));
const benignFile = orDefault(options.benign, join(CORPORA, 'benign.jsonl'));
const catalogFile = orDefault(options.catalog, CATALOG);
if (maliciousFile === undefined && benignFile === undefined && catalogFile === undefined) {
  console.error('No corpora found. Name them with --malicious FILE, --benign FILE or --catalog FILE.');
  process.exit(1);
}

const malicious = maliciousFile === undefined ? [] : judgeMalicious(maliciousFile);
const benign = benignFile === undefined ? { judged: [], servers: new Map<string, boolean>() } : judgeBenign(benignFile);
const speed = toolsPerSecond(
  benignFile === undefined ? malicious.map(({ line }) => line) : benign.judged.map(({ line }) => line),
);

if (options.json) {
  const poisoned = malicious.filter(({ line }) => !OVERT.test(line.category ?? ''));
  const recallOf = (group: readonly Judged[]) =>
    group.filter(({ accusations }) => accusations.length > 0).length / Math.max(1, group.length);
  const accusedAt = (severity: Severity) =>
    benign.judged.filter(({ accusations }) => accusations.some((finding) => isAtLeast(finding, severity)));
  console.log(
    JSON.stringify({
      rulesetVersion: RULESET_VERSION,
      recall: recallOf(poisoned),
      recallByCategory: Object.fromEntries(
        groupedBy(poisoned, ({ line }) => line.category ?? '').map(([key, group]) => [key, recallOf(group)]),
      ),
      benignHigh: accusedAt('high').length / Math.max(1, benign.judged.length),
      benignMedium: accusedAt('medium').length / Math.max(1, benign.judged.length),
      benign: benign.judged.length,
      malicious: poisoned.length,
      toolsPerSecond: speed,
      missed: poisoned.filter(({ accusations }) => accusations.length === 0).map(({ line }) => line),
      falseAlarms: accusedAt('medium').map(({ line, accusations }) => ({ ...line, accusations })),
    }),
  );
} else {
  console.log(`Ruleset ${RULESET_VERSION}, ${speed} tools a second`);
  if (maliciousFile !== undefined) printMalicious(malicious, options.missed);
  if (benignFile !== undefined) printBenign(benign.judged, benign.servers);
  if (catalogFile !== undefined) printCatalog(catalogFile);
}
