/**
 * Measures the comparison of versions: `node bench/drift.ts --rugpulls FILE --updates FILE [--bases FILE] [--grown FILE] [--missed] [--json]`.
 *
 * Lines of `--updates` are `{server, source?, before?: tool, after?: tool}`, honest changes of tools: without `before` the tool is
 * new, without `after` it is gone. Lines of `--rugpulls` are such pairs that turned bad, or poisoned tools `{tool, category?,
 * source?}`: the text of one is then added to an honest tool that was there before (from `--bases` with lines `{tool}`, else
 * from the updates), so that a rug pull is seen as a client would see it. Tools that openly say what they do (`overt_*`) are
 * left out: they are a capability; lines `{server, tool}` of `--grown` are honest tools, whose descriptions are cut to their first
 * sentence and grow back: more than updates do, with the tools of the same server beside it; so is poison in a tool's name, which no update adds. An update counts as alarmed, and a rug pull as detected, when `isAlarm` says so.
 */
import { parseArgs } from 'node:util';
import type { JsonObject, ToolDefinition } from '#lib/manifest/types.ts';
import { compareSnapshots, type Drift, isAlarm, isAlarming } from '#scanners/drift/index.ts';
import { ofTools } from '#scanners/example-snapshots.ts';
import { RULESET_VERSION } from '#scanners/run.ts';
import { type CorpusLine, groupedBy, isOvert, rateOf, readLines } from './corpus.ts';

/** Docker's catalog lists arguments instead of a schema. */
type ListedTool = Partial<ToolDefinition> & {
  name: string;
  arguments?: { name: string; type?: string; desc?: string; description?: string; required?: boolean }[];
};
type PairLine = { server?: string; source?: string; category?: string; before?: ListedTool; after?: ListedTool };
type Compared = { line: PairLine; drift: Drift };

const sourceOf = ({ source }: { source?: string }): string => (source ?? '(none)').split(':')[0] as string;

function toolOf({ arguments: listed, ...tool }: ListedTool): ToolDefinition {
  if (listed === undefined) return { inputSchema: { type: 'object' }, ...tool };
  const properties: JsonObject = {};
  for (const { name, type = 'string', desc, description = desc ?? '' } of listed)
    properties[name] = { type, description };
  return { ...tool, inputSchema: { type: 'object', properties } };
}

/**
 * Lines of one server are one update: a tool knows its siblings. What is about one tool a second time is another update.
 * Changes count for the tool that they are about.
 */
const comparedTogether = (lines: readonly PairLine[]): Compared[] => {
  const times = new Map<string, number>();
  const update = (line: PairLine): string => {
    const server = JSON.stringify([line.source, line.server]);
    const tool = `${server} ${(line.before ?? line.after)?.name}`;
    times.set(tool, (times.get(tool) ?? 0) + 1);
    return `${server} ${times.get(tool)}`;
  };
  return groupedBy(lines, update).flatMap(([, group]) => {
    const side = (key: 'before' | 'after') =>
      ofTools(...group.flatMap((line) => (line[key] ? [toolOf(line[key])] : [])));
    const drift = compareSnapshots(side('before'), side('after'));
    return group.map((line) => {
      const name = (line.after ?? line.before)?.name;
      return { line, drift: { ...drift, changes: drift.changes.filter(({ location }) => location.subject === name) } };
    });
  });
};

/** The honest tool with the poisoned one's words behind its own, and its parameters beside its own. */
function turned(base: ToolDefinition, poisoned: ToolDefinition): ToolDefinition {
  const own = (base.inputSchema.properties ?? {}) as JsonObject;
  const added = (poisoned.inputSchema?.properties ?? {}) as JsonObject;
  return {
    ...base,
    description: [base.description, poisoned.description].filter(Boolean).join('\n\n'),
    inputSchema: { ...base.inputSchema, properties: { ...own, ...added } },
  };
}

/** Poison in a tool's name is no added text: another name is another tool. */
const isInName = ({ tool }: CorpusLine): boolean => /[^\x21-\x7e]/.test(tool?.name ?? '');

/** Pairs as they are; poisoned tools as rug pulls of honest ones, which take turns. */
function rugPullsOf(lines: readonly (CorpusLine & PairLine)[], bases: readonly ToolDefinition[]): PairLine[] {
  return lines
    .filter((line) => !isOvert(line) && !isInName(line))
    .flatMap((line, i): PairLine[] => {
      if (line.before !== undefined || line.after !== undefined) return [line];
      const base = bases[(i * 7) % bases.length];
      if (line.tool === undefined || base === undefined) return [];
      return [{ ...line, before: base, after: turned(base, toolOf(line.tool)) }];
    });
}

const FIRST_SENTENCE = /^[^.!?\n]{8,}[.!?\n]\s/;
const LEAST_GROWTH = 20;

/** Each tool as an update of its own, so that its siblings stay as they are. */
function grownTools(lines: readonly CorpusLine[]): Compared[] {
  const tools = lines.flatMap(({ tool, ...line }) => (tool?.description ? [{ ...line, tool: toolOf(tool) }] : []));
  return groupedBy(tools, ({ server }) => server ?? '').flatMap(([, group]) =>
    group.flatMap((line): Compared[] => {
      const { tool, server } = line;
      const [first] = FIRST_SENTENCE.exec(tool.description ?? '') ?? [];
      if (first === undefined || first.length + LEAST_GROWTH >= (tool.description ?? '').length) return [];
      const siblings = group.map((other) => other.tool).filter(({ name }) => name !== tool.name);
      const before = { ...tool, description: first.trim() };
      const drift = compareSnapshots(ofTools(before, ...siblings), ofTools(tool, ...siblings));
      const own = drift.changes.filter(({ location }) => location.subject === tool.name);
      return [
        {
          line: { ...(server === undefined ? {} : { server }), before, after: tool },
          drift: { ...drift, changes: own },
        },
      ];
    }),
  );
}

const { values: options } = parseArgs({
  options: {
    rugpulls: { type: 'string' },
    updates: { type: 'string' },
    bases: { type: 'string' },
    grown: { type: 'string' },
    missed: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
if (options.rugpulls === undefined && options.updates === undefined) {
  console.error('Name what to measure on: --rugpulls FILE, --updates FILE.');
  process.exit(2);
}

const updateLines = options.updates === undefined ? [] : readLines<PairLine>(options.updates);
const bases = options.bases
  ? readLines(options.bases).flatMap(({ tool }) => (tool ? [toolOf(tool)] : []))
  : updateLines.flatMap(({ before }) => (before ? [toolOf(before)] : []));
const updates = comparedTogether(updateLines);
const changed = updates.filter(({ line }) => line.before !== undefined && line.after !== undefined);
const cameOrWent = updates.filter(({ line }) => line.before === undefined || line.after === undefined);
const rugPulls = (options.rugpulls === undefined ? [] : rugPullsOf(readLines(options.rugpulls), bases)).flatMap(
  (line) => comparedTogether([line]),
);

const grown = options.grown === undefined ? [] : grownTools(readLines(options.grown));

const alarmed = (entries: readonly Compared[]): Compared[] => entries.filter(({ drift }) => isAlarm(drift));
const shareOf = (entries: readonly Compared[]): number => alarmed(entries).length / Math.max(1, entries.length);
const named = ({ line, drift }: Compared) => ({
  source: line.source,
  server: line.server,
  tool: (line.after ?? line.before)?.name,
  category: line.category,
  changes: drift.changes.filter(isAlarming).map(({ kind, message, after }) => ({ kind, message, after })),
});

if (options.json) {
  const bySource = (entries: readonly Compared[]) =>
    Object.fromEntries(groupedBy(entries, ({ line }) => sourceOf(line)).map(([key, group]) => [key, shareOf(group)]));
  console.log(
    JSON.stringify({
      rulesetVersion: RULESET_VERSION,
      rugPulls: rugPulls.length,
      detected: shareOf(rugPulls),
      detectedBySource: bySource(rugPulls),
      updates: changed.length,
      alarmed: shareOf(changed),
      alarmedBySource: bySource(changed),
      cameOrWent: cameOrWent.length,
      cameOrWentAlarmed: shareOf(cameOrWent),
      grown: grown.length,
      grownAlarmed: shareOf(grown),
      missed: rugPulls.filter(({ drift }) => !isAlarm(drift)).map(named),
      falseAlarms: alarmed(updates).map(named),
    }),
  );
} else {
  const row = (label: string, entries: readonly Compared[]) =>
    console.log(`  ${label.padEnd(44)} ${rateOf(alarmed(entries).length, entries.length)}`);
  console.log(`Ruleset ${RULESET_VERSION}\nRug pulls detected`);
  row('all', rugPulls);
  for (const [source, group] of groupedBy(rugPulls, ({ line }) => sourceOf(line))) row(source, group);
  console.log('Honest changes of tools alarmed');
  row('all', changed);
  for (const [source, group] of groupedBy(changed, ({ line }) => sourceOf(line))) row(source, group);
  row('tools that came or went', cameOrWent);
  if (options.grown !== undefined) row('descriptions that grew', grown);
  for (const entry of alarmed(updates)) console.log(`    ${JSON.stringify(named(entry))}`);
  console.log('Kinds of honest changes');
  const kinds = changed.flatMap(({ drift }) => [...new Set(drift.changes.map(({ kind }) => kind))]);
  for (const [kind, group] of groupedBy(kinds, (one) => one)) console.log(`  ${kind.padEnd(44)} ${group.length}`);
  if (options.missed) {
    console.log('Missed');
    for (const { line } of rugPulls.filter(({ drift }) => !isAlarm(drift)))
      console.log(
        `  ${sourceOf(line)} ${line.category}: ${JSON.stringify((line as CorpusLine).tool ?? line.after).slice(0, 500)}`,
      );
  }
}
