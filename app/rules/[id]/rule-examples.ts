import { EXAMPLES } from '#scanners/registry.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Evidence, InputSnapshot, Rule, RuleExample } from '#scanners/types.ts';

/** An example as the page shows it: what the scan is given, and what the rule says to it. */
export type ExampleView = {
  shows: string;
  /** `get_weather`, where the example is one tool with nothing but a description; else null. */
  tool: string | null;
  /** The description of that tool, the files of a package, or the snapshot as JSON. */
  text: string;
  /** Characters that are left out at the end. */
  cut: number;
  /** Null also where the example is code: pages have no parser for it. */
  found: { message: string; evidence: Evidence | null } | null;
};

/** Characters of an example that a page shows: those of the limits are longer than a book. */
const SHOWN = 3_000;

const views = new Map<string, { finds: ExampleView[]; leaves: ExampleView[] }>();

/** The examples of a rule, which are its tests too. Scanned once a process: the same rules say the same. */
export function examplesOfRule({ id }: Pick<Rule, 'id'>): { finds: ExampleView[]; leaves: ExampleView[] } {
  const known = views.get(id);
  if (known) return known;
  const own = EXAMPLES.filter((example) => example.ruleId === id);
  const view = {
    finds: own.filter(({ expect }) => expect === 'finding').map(exampleView),
    leaves: own.filter(({ expect }) => expect === 'no finding').map(exampleView),
  };
  views.set(id, view);
  return view;
}

function exampleView({ ruleId, shows, snapshot, source, expect }: RuleExample): ExampleView {
  const found =
    expect === 'finding' ? scanSnapshot(snapshot).findings.find((finding) => finding.ruleId === ruleId) : undefined;
  const { tool, text } = source ? { tool: null, text: filesText(source) } : textOf(snapshot);
  return {
    shows,
    tool,
    text: text.slice(0, SHOWN),
    cut: Math.max(0, text.length - SHOWN),
    found: found ? { message: found.message, evidence: found.evidence } : null,
  };
}

/** The files one after the other, each below its path. A package.json that says nothing but the name is left out. */
const filesText = ({ files, manifest }: NonNullable<RuleExample['source']>): string =>
  files
    .filter(({ path }) => path !== 'package.json' || Object.keys(manifest ?? {}).length > 2)
    .map(({ path, text }) => `${path}\n${'-'.repeat(path.length)}\n${text.trim()}`)
    .join('\n\n');

function textOf({ manifest, definitions, facts }: InputSnapshot): { tool: string | null; text: string } {
  const [only, ...others] = definitions.tools ?? [];
  const isTextOnly =
    manifest === null &&
    facts === undefined &&
    only?.description !== undefined &&
    others.length === 0 &&
    Object.keys(only).every((key) => ['name', 'description', 'inputSchema'].includes(key)) &&
    JSON.stringify(only.inputSchema) === '{"type":"object"}';
  if (isTextOnly) return { tool: only.name, text: only.description as string };
  const said = Object.entries(definitions).filter(([, value]) => value !== null && !isEmptyList(value));
  const { tools } = definitions;
  const read = tools && {
    tools: tools.map(({ name, title, description, ...rest }) => ({ name, title, description, ...rest })),
  };
  const parts = {
    ...(manifest ? { manifest } : {}),
    ...Object.fromEntries(said),
    ...(read?.tools.length ? read : {}),
    ...(facts ? { facts } : {}),
  };
  return { tool: null, text: JSON.stringify(parts, withoutNull, 2) };
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** What is not known says nothing in an example. */
const withoutNull = (_: string, value: unknown) => (value === null ? undefined : value);
