import type { Definitions } from '#lib/manifest/types.ts';
import { compareText } from '../order.ts';
import { escapePointerToken } from '../text/pointer.ts';
import { shown } from '../text/scan-text.ts';
import type { FindingLocation } from '../types.ts';
import { changeOf, textChange } from './change.ts';
import { DRIFT_LIMITS } from './limits.ts';
import { differing, pairByKey } from './pair-entries.ts';
import { isSameJson } from './same-json.ts';
import type { TextBudget } from './text-diff.ts';
import type { DriftChange } from './types.ts';

type Entry = Record<string, unknown>;
type ListKind = { document: FindingLocation['document']; noun: string; key: string };

const LISTS = {
  prompts: { document: 'prompts.json', noun: 'Prompt', key: 'name' },
  resources: { document: 'resources.json', noun: 'Resource', key: 'uri' },
  resourceTemplates: { document: 'resource-templates.json', noun: 'Resource template', key: 'uriTemplate' },
} as const satisfies Record<string, ListKind>;

export type ListName = keyof typeof LISTS;

/** Differences of prompts, resources or templates, keyed by what identifies one. */
export function compareList(
  list: ListName,
  before: Definitions,
  after: Definitions,
  budget: TextBudget,
): DriftChange[] {
  const kind = LISTS[list];
  const entries = (definitions: Definitions) => (definitions[list] ?? []) as unknown as Entry[];
  const pairing = pairByKey(entries(before), entries(after), (entry) => String(entry[kind.key]));
  const named = (entry: Entry) => `${kind.noun} ${shown(String(entry[kind.key]))}`;
  const location = (entry: Entry) => locationOf(kind, entry);
  return [
    ...pairing.added.map((entry) =>
      changeOf('entry-added', { message: `${named(entry)} is new`, location: location(entry) }, undefined, entry),
    ),
    ...pairing.removed.map((entry) =>
      changeOf('entry-removed', { message: `${named(entry)} is gone`, location: location(entry) }, entry),
    ),
    ...differing(pairing).flatMap((pair) => compareEntry(kind, pair, budget)),
  ];
}

function locationOf({ document, key }: ListKind, entry: Entry, pointer = ''): FindingLocation {
  const name = String(entry[key]);
  return { document, pointer: `/${escapePointerToken(name)}${pointer}`, subject: name };
}

function compareEntry(kind: ListKind, { before, after }: { before: Entry; after: Entry }, budget: TextBudget) {
  const changes: DriftChange[] = [];
  const name = shown(String(after[kind.key]));
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText)) {
    if (changes.length >= DRIFT_LIMITS.changesPerSubject) break;
    const [was, is] = [before[key], after[key]];
    if (isSameJson(was, is)) continue;
    const location = locationOf(kind, after, `/${escapePointerToken(key)}`);
    const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';
    if ((key === 'description' || key === 'title') && isText(was) && isText(is)) {
      const change = textChange({ where: `the ${key} of ${name}`, location }, was, is, budget);
      if (change !== null) changes.push(change);
    } else {
      const message = `${kind.noun} ${name}: ${shown(key)} changed`;
      changes.push(changeOf('entry-changed', { message, location }, was, is));
    }
  }
  return changes;
}

/** What the server tells a model at the start. */
export function compareInstructions(before: Definitions, after: Definitions, budget: TextBudget): DriftChange[] {
  const place = { where: 'the server instructions', location: { document: 'instructions', pointer: '' } as const };
  return [textChange(place, before.instructions ?? '', after.instructions ?? '', budget)].filter(
    (change) => change !== null,
  );
}
