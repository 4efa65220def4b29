/**
 * Measures the tool-poisoning rules: `npm run bench:scan -- --malicious FILE --benign FILE [--catalog FILE] [--missed] [--json]`.
 *
 * Lines are JSON: `{tool: {name, description?, inputSchema?, annotations?}, category?, server?, source?}`; instead of `tool` a line
 * may hold `prompt`, `resource` or `instructions`. A malicious line is judged by itself; benign lines are grouped by server.
 * Detected means: a rule of the tool-poisoning families reports severity medium or above. `--catalog` takes lines
 * `{server, tools?}` of real servers and lists what they are accused of. Rates come with 95 % Wilson intervals.
 */
import { parseArgs } from 'node:util';
import type { Manifest, ToolDefinition } from '#lib/manifest/types.ts';
import { RULESET_VERSION } from '#scanners/run.ts';
import type { CorpusLine, Judged } from './corpus.ts';
import {
  accusationsIn,
  excerptOf,
  groupedBy,
  isAccused,
  isOvert,
  judgeEach,
  judgeServers,
  nameOf,
  rateOf,
  readLines,
  snapshotOf,
  toolsPerSecond,
} from './corpus.ts';

type CatalogLine = { server: Manifest; tools?: ToolDefinition[] };

const hitsIn = (judged: readonly Judged[]): number => judged.filter((entry) => isAccused(entry, 'medium')).length;
const shareOf = (judged: readonly Judged[]): number => hitsIn(judged) / Math.max(1, judged.length);
const categoryOf = ({ category }: CorpusLine): string => category ?? '(none)';

function printRecall(judged: readonly Judged[], title: string, keyOf: (line: CorpusLine) => string): void {
  console.log(`\n${title}`);
  for (const [key, group] of groupedBy(judged, ({ line }) => keyOf(line)))
    console.log(`  ${key.padEnd(44)} ${rateOf(hitsIn(group), group.length)}`);
}

function printMalicious(judged: readonly Judged[], showMissed: boolean): void {
  const poisoned = judged.filter(({ line }) => !isOvert(line));
  const overt = judged.filter(({ line }) => isOvert(line));
  console.log(`Recall ${rateOf(hitsIn(judged), judged.length)}`);
  if (overt.length > 0)
    console.log(
      `  without overt_*, which are capabilities: ${rateOf(hitsIn(poisoned), poisoned.length)}\n  overt_* accused: ${rateOf(hitsIn(overt), overt.length)}`,
    );
  printRecall(judged, 'Recall by category', categoryOf);
  if (poisoned.some(({ line }) => line.source !== undefined))
    printRecall(
      poisoned,
      'Recall by source, without overt_*',
      ({ source }) => (source ?? '(none)').split(':')[0] ?? '',
    );
  if (poisoned.some(({ line }) => line.language !== undefined))
    printRecall(poisoned, 'Recall by language', ({ language }) => language ?? '(none)');
  const byRule = groupedBy(
    poisoned.flatMap(({ accusations }) => [...new Set(accusations.map(({ ruleId }) => ruleId))]),
    (ruleId) => ruleId,
  );
  console.log('\nPoisoned definitions by rule');
  for (const [ruleId, group] of byRule) console.log(`  ${ruleId.padEnd(44)} ${group.length}`);
  if (!showMissed) return;
  console.log('\nMissed');
  for (const { line } of poisoned.filter((entry) => !isAccused(entry, 'medium')))
    console.log(
      `  ${line.category} ${line.source ?? line.language ?? ''}\n    ${JSON.stringify(line.tool ?? line.prompt ?? line.resource ?? line.instructions).slice(0, 400)}`,
    );
}

function printBenign(judged: readonly Judged[]): void {
  console.log('\nBenign tools accused');
  for (const severity of ['high', 'medium', 'low'] as const) {
    const accused = judged.filter((entry) => isAccused(entry, severity));
    console.log(`  ${`at ${severity} or above`.padEnd(44)} ${rateOf(accused.length, judged.length)}`);
  }
  const servers = groupedBy(judged, ({ line }) => line.server ?? line.source ?? '');
  const accusedServers = servers.filter(([, group]) => group.some((entry) => isAccused(entry, 'medium')));
  console.log(`  ${'servers, at medium or above'.padEnd(44)} ${rateOf(accusedServers.length, servers.length)}`);
  for (const { line, accusations } of judged) {
    for (const finding of accusations)
      console.log(
        `    ${finding.severity} ${finding.ruleId} ${line.server} ${nameOf(line) ?? ''}: ${excerptOf(finding)}`,
      );
  }
}

function printCatalog(file: string): void {
  const lines = readLines<CatalogLine>(file);
  const withTools = lines.filter(({ tools }) => tools !== undefined);
  const toolCount = withTools.flatMap(({ tools }) => tools ?? []).length;
  console.log(`\nReal servers: ${lines.length}, ${withTools.length} with tools (${toolCount})`);
  let accused = 0;
  for (const { server, tools = [] } of lines) {
    const accusations = accusationsIn(
      snapshotOf(
        tools.map((tool) => ({ tool })),
        server,
      ),
      'low',
    );
    if (accusations.length > 0) accused++;
    for (const finding of accusations)
      console.log(
        `    ${finding.severity} ${finding.ruleId} ${server.name} ${finding.location.subject ?? ''}: ${excerptOf(finding)}`,
      );
  }
  console.log(`  accused at low or above: ${rateOf(accused, lines.length)}`);
}

const jsonOf = (malicious: readonly Judged[], benign: readonly Judged[], speed: number) => {
  const accusedAt = (severity: 'high' | 'medium') => benign.filter((entry) => isAccused(entry, severity));
  const named = ({ line, accusations }: Judged) => ({
    ...line,
    findings: accusations.map(({ ruleId, severity, confidence, location, evidence }) => ({
      ruleId,
      severity,
      confidence,
      location,
      evidence,
    })),
  });
  return {
    rulesetVersion: RULESET_VERSION,
    recall: shareOf(malicious),
    recallWithoutOvert: shareOf(malicious.filter(({ line }) => !isOvert(line))),
    recallByCategory: Object.fromEntries(
      groupedBy(malicious, ({ line }) => categoryOf(line)).map(([key, group]) => [key, shareOf(group)]),
    ),
    benignHigh: accusedAt('high').length / Math.max(1, benign.length),
    benignMedium: accusedAt('medium').length / Math.max(1, benign.length),
    benign: benign.length,
    malicious: malicious.length,
    toolsPerSecond: speed,
    missed: malicious.filter((entry) => !isAccused(entry, 'medium')).map(({ line }) => line),
    falseAlarms: accusedAt('medium').map(named),
  };
};

const { values: options } = parseArgs({
  options: {
    malicious: { type: 'string' },
    benign: { type: 'string' },
    catalog: { type: 'string' },
    missed: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
if (options.malicious === undefined && options.benign === undefined && options.catalog === undefined) {
  console.error('Name what to measure on: --malicious FILE, --benign FILE or --catalog FILE.');
  process.exit(2);
}

const malicious = options.malicious === undefined ? [] : judgeEach(readLines(options.malicious));
const benign = options.benign === undefined ? [] : judgeServers(readLines(options.benign));
const speed = toolsPerSecond((benign.length > 0 ? benign : malicious).map(({ line }) => line));

if (options.json) console.log(JSON.stringify(jsonOf(malicious, benign, speed)));
else {
  console.log(`Ruleset ${RULESET_VERSION}, ${speed} tools a second`);
  if (malicious.length > 0) printMalicious(malicious, options.missed);
  if (benign.length > 0) printBenign(benign);
  if (options.catalog !== undefined) printCatalog(options.catalog);
}
