import { readFileSync } from 'node:fs';
import type { Manifest, PromptDefinition, ResourceDefinition, ToolDefinition } from '#lib/manifest/types.ts';
import { severityRank } from '#scanners/order.ts';
import { POISONING_RULES } from '#scanners/registry.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Finding, InputSnapshot, Severity } from '#scanners/types.ts';

/** A line of a corpus: a tool, or one of the other things that a model reads. */
export type CorpusLine = {
  tool?: Partial<ToolDefinition> & { name: string };
  prompt?: PromptDefinition;
  resource?: ResourceDefinition;
  instructions?: string;
  category?: string;
  server?: string;
  source?: string;
  group?: string;
  language?: string;
};

/** A line and the findings of the tool-poisoning families about it. */
export type Judged = { line: CorpusLine; accusations: Finding[] };

/** Tools that openly say what they do are a capability, not poisoning. */
export const isOvert = ({ category }: CorpusLine): boolean => /^overt_/.test(category ?? '');

export const readLines = <T = CorpusLine>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T);

/** The server that these lines make up. */
export function snapshotOf(lines: readonly CorpusLine[], manifest: Manifest | null = null): InputSnapshot {
  const present = <T>(values: (T | undefined)[]): T[] => values.filter((value) => value !== undefined);
  return {
    manifest,
    definitions: {
      tools: present(lines.map(({ tool }) => tool)).map((tool) => ({ inputSchema: {}, ...tool })),
      prompts: present(lines.map(({ prompt }) => prompt)),
      resources: present(lines.map(({ resource }) => resource)),
      resourceTemplates: null,
      instructions: lines.find(({ instructions }) => instructions !== undefined)?.instructions ?? null,
    },
  };
}

export const nameOf = ({ tool, prompt, resource }: CorpusLine): string | undefined =>
  tool?.name ?? prompt?.name ?? resource?.uri;

export const isAtLeast = (finding: Finding, severity: Severity): boolean =>
  severityRank(finding.severity) >= severityRank(severity);

export const accusationsIn = (snapshot: InputSnapshot, from: Severity): Finding[] =>
  scanSnapshot(snapshot).findings.filter(({ ruleId, ...finding }) => {
    return POISONING_RULES.has(ruleId) && isAtLeast({ ruleId, ...finding }, from);
  });

/** Malicious lines, each judged by itself. */
export const judgeEach = (lines: readonly CorpusLine[], from: Severity = 'medium'): Judged[] =>
  lines.map((line) => ({ line, accusations: accusationsIn(snapshotOf([line]), from) }));

/** No server has two tools of one name: lines that repeat a name are another version of it. */
function versionsOf(lines: readonly CorpusLine[]): CorpusLine[][] {
  const versions: CorpusLine[][] = [];
  const counts = new Map<string, number>();
  for (const line of lines) {
    const key = `${Object.keys(line).find((kind) => kind in DOCUMENTED)} ${nameOf(line) ?? ''}`;
    const version = counts.get(key) ?? 0;
    counts.set(key, version + 1);
    versions[version] ??= [];
    versions[version].push(line);
  }
  return versions;
}
const DOCUMENTED = { tool: true, prompt: true, resource: true, instructions: true };

/** Honest lines, judged as the servers they belong to. */
export const judgeServers = (lines: readonly CorpusLine[], from: Severity = 'low'): Judged[] =>
  groupedBy(lines, ({ server, source }) => server ?? source ?? '')
    .flatMap(([, group]) => versionsOf(group))
    .flatMap((group) => {
      const accusations = accusationsIn(snapshotOf(group), from);
      return group.map((line) => ({
        line,
        accusations: accusations.filter(({ location }) => location.subject === nameOf(line)),
      }));
    });

export const isAccused = ({ accusations }: Judged, from: Severity): boolean =>
  accusations.some((finding) => isAtLeast(finding, from));

/**
 * Tools scanned in a second of processor time, each as a server of its own; the best of three rounds after one to warm up. The
 * clock would measure what else the machine does.
 */
export function toolsPerSecond(lines: readonly CorpusLine[]): number {
  const snapshots = lines.map((line) => snapshotOf([line]));
  const round = (): number => {
    const start = process.cpuUsage();
    for (const snapshot of snapshots) scanSnapshot(snapshot);
    const { user, system } = process.cpuUsage(start);
    return snapshots.length / ((user + system) / 1_000_000);
  };
  round();
  return Math.round(Math.max(round(), round(), round()));
}

/** Largest group first, then by key. */
export function groupedBy<T>(entries: readonly T[], keyOf: (entry: T) => string): [string, T[]][] {
  const groups = Map.groupBy(entries, keyOf);
  return [...groups].sort(([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1));
}

/** The 95 % Wilson score interval of `hits` in `total` (E. B. Wilson, 1927), from 0 to 1. */
export function wilson(hits: number, total: number): [low: number, high: number] {
  if (total === 0) return [0, 1];
  const z = 1.96;
  const rate = hits / total;
  const centre = (rate + z ** 2 / (2 * total)) / (1 + z ** 2 / total);
  const half = (z / (1 + z ** 2 / total)) * Math.sqrt((rate * (1 - rate)) / total + z ** 2 / (4 * total ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

const percent = (rate: number): string => `${(rate * 100).toFixed(rate < 0.01 && rate > 0 ? 2 : 1)} %`;

/** `12/34 = 35.3 % (21.5 % – 52.1 %)` */
export function rateOf(hits: number, total: number): string {
  const [low, high] = wilson(hits, total);
  return `${hits}/${total} = ${percent(total === 0 ? 0 : hits / total)} (${percent(low)} – ${percent(high)})`;
}

export const excerptOf = ({ evidence }: Finding): string => evidence?.excerpt.slice(evidence.start, evidence.end) ?? '';
