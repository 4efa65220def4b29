import { LIMITS } from '../limits.ts';
import { compareText } from '../order.ts';
import { escapePointerToken } from '../text/pointer.ts';
import { shown } from '../text/scan-text.ts';
import type { FindingLocation } from '../types.ts';
import { changeOf, textChange } from './change.ts';
import { DRIFT_LIMITS } from './limits.ts';
import { isSameJson, stableText } from './same-json.ts';
import { secretAsked, secretWanted, wider } from './schema-risk.ts';
import type { TextBudget } from './text-diff.ts';
import type { DriftChange } from './types.ts';

/** Members that hold schemas by a name that the author chose. */
const MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);
/** Members that hold one schema. */
const SCHEMAS: ReadonlySet<string> = new Set(
  'items additionalProperties additionalItems not if then else contains propertyNames unevaluatedProperties unevaluatedItems'.split(
    ' ',
  ),
);
/** Members that hold a list of schemas. */
const LISTS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
/** Lists whose order says nothing. */
const SETS: ReadonlySet<string> = new Set(['required', 'enum', 'type', 'examples']);

export type SchemaPlace = {
  /** `inputSchema` of a tool: parameters; else fields of the output. */
  isInput: boolean;
  tool: string;
  location: (pointer: string) => FindingLocation;
};

type Frame = { before: unknown; after: unknown; pointer: string; parameter: string; depth: number };

/**
 * The differences of two JSON schemas: parameters that came and went, what is required, types and values, and every text.
 * Keyed by names, so that the order of properties, required names and enumerations does not matter.
 */
export function compareSchemas(
  before: unknown,
  after: unknown,
  pointer: string,
  place: SchemaPlace,
  budget: TextBudget,
): DriftChange[] {
  const changes: DriftChange[] = [];
  const stack: Frame[] = [{ before, after, pointer, parameter: '', depth: 0 }];
  let visited = 0;
  while (stack.length > 0) {
    const frame = stack.pop() as Frame;
    const isBeyond = frame.depth >= LIMITS.depth || ++visited > LIMITS.nodesPerSubject;
    if (isBeyond || changes.length >= DRIFT_LIMITS.changesPerSubject) {
      if (!isSameJson(frame.before, frame.after)) {
        changes.push(beyondLimits(frame.pointer, place));
        if (changes.length > DRIFT_LIMITS.changesPerSubject) break;
      }
      continue;
    }
    if (!isObject(frame.before) || !isObject(frame.after)) {
      if (!isSameJson(frame.before, frame.after)) changes.push(valueChange(frame, place));
      continue;
    }
    compareNodes(frame, frame.before, frame.after, place, budget, changes, stack);
  }
  return changes;
}

function compareNodes(
  frame: Frame,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  place: SchemaPlace,
  budget: TextBudget,
  changes: DriftChange[],
  stack: Frame[],
): void {
  const below: Frame[] = [];
  for (const key of keysOf(before, after)) {
    const [was, is] = [own(before, key), own(after, key)];
    if (was === is) continue;
    const pointer = `${frame.pointer}/${escapePointerToken(key)}`;
    const child = { before: was, after: is, pointer, parameter: frame.parameter, depth: frame.depth + 1 };
    if (MAPS.has(key) && (isObject(was) || was === undefined) && (isObject(is) || is === undefined)) {
      below.push(...compareMaps(child, { key, requiredNow: namesOf(after.required) }, place, changes));
    } else if (key === 'required') {
      changes.push(...compareRequired(was, is, before, after, child, place));
    } else if ((key === 'description' || key === 'title') && isTextOrAbsent(was) && isTextOrAbsent(is)) {
      const change = textChange(
        { where: `the ${key} of ${nameOf(child.parameter, place)}`, location: place.location(pointer) },
        was,
        is,
        budget,
      );
      if (change !== null) changes.push(change);
      if (place.isInput && key === 'description' && child.parameter !== '')
        changes.push(...secretWanted(child.parameter, was, is, place.location(pointer), place.tool));
    } else if (SCHEMAS.has(key) && isObject(was) && isObject(is)) {
      below.push(child);
    } else if (LISTS.has(key) && Array.isArray(was) && Array.isArray(is) && was.length === is.length) {
      for (const [i, entry] of was.entries())
        below.push({ ...child, before: entry, after: is[i], pointer: `${pointer}/${i}`, depth: child.depth + 1 });
    } else if (!isSameValue(key, was, is)) {
      changes.push(valueChange(child, place, key));
      if (place.isInput && child.parameter !== '')
        changes.push(...wider(child.parameter, { key, was, is }, place.location(pointer), place.tool));
    }
  }
  stack.push(...below.reverse());
}

/** Entries of `properties` and the like: what came, what went, and what is to be compared further. */
function compareMaps(
  { before, after, pointer, parameter, depth }: Frame,
  { key, requiredNow }: { key: string; requiredNow: ReadonlySet<string> },
  place: SchemaPlace,
  changes: DriftChange[],
): Frame[] {
  const [was, is] = [(before ?? {}) as Record<string, unknown>, (after ?? {}) as Record<string, unknown>];
  const below: Frame[] = [];
  const isParameters = key === 'properties';
  for (const name of keysOf(was, is)) {
    if (changes.length >= DRIFT_LIMITS.changesPerSubject) break;
    const at = `${pointer}/${escapePointerToken(name)}`;
    const full = isParameters ? (parameter === '' ? name : `${parameter}.${name}`) : parameter;
    const [had, has] = [Object.hasOwn(was, name), Object.hasOwn(is, name)];
    if (had && has) {
      below.push({ before: was[name], after: is[name], pointer: at, parameter: full, depth: depth + 1 });
      continue;
    }
    const isNew = has;
    const label = isParameters ? nameOf(full, place) : `${shown(name)} in ${shown(key)} of ${shown(place.tool)}`;
    const kind = place.isInput ? (isNew ? 'parameter-added' : 'parameter-removed') : 'output-changed';
    const how = isNew
      ? `is new${isParameters && place.isInput && requiredNow.has(name) ? ' and required' : ''}`
      : 'is gone';
    changes.push(
      changeOf(kind, { message: `${capital(label)} ${how}`, location: place.location(at) }, was[name], is[name]),
    );
    if (isNew && isParameters && place.isInput) {
      const asked = { name: full, schema: is[name], isRequired: requiredNow.has(name) };
      changes.push(...secretAsked(asked, place.location(at), place.tool));
    }
  }
  return below;
}

/** Names that became required or optional; a new parameter says so itself. */
function compareRequired(
  was: unknown,
  is: unknown,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  { pointer, parameter }: Frame,
  place: SchemaPlace,
): DriftChange[] {
  const [required, requires] = [namesOf(was), namesOf(is)];
  const [had, has] = [
    namesOf(Object.keys(objectOf(before.properties))),
    namesOf(Object.keys(objectOf(after.properties))),
  ];
  const properties = pointer.replace(/\/required$/, '/properties');
  const change = (name: string, isRequired: boolean): DriftChange => {
    const full = nameOf(parameter === '' ? name : `${parameter}.${name}`, place);
    const kind = place.isInput ? (isRequired ? 'parameter-required' : 'parameter-optional') : 'output-changed';
    const message = `${capital(full)} is ${isRequired ? 'now required' : 'no longer required'}`;
    const location = place.location(has.has(name) ? `${properties}/${escapePointerToken(name)}` : pointer);
    const sides = [`${name} optional`, `${name} required`];
    return changeOf(kind, { message, location }, sides[isRequired ? 0 : 1], sides[isRequired ? 1 : 0]);
  };
  return [
    ...[...requires]
      .filter((name) => !required.has(name) && (had.has(name) || !has.has(name)))
      .map((name) => change(name, true)),
    ...[...required].filter((name) => !requires.has(name) && has.has(name)).map((name) => change(name, false)),
  ];
}

function valueChange({ before, after, pointer, parameter }: Frame, place: SchemaPlace, key?: string): DriftChange {
  const what = key === undefined ? '' : `${shown(key)} of `;
  return changeOf(
    place.isInput ? 'parameter-changed' : 'output-changed',
    { message: `${capital(what + nameOf(parameter, place))} changed`, location: place.location(pointer) },
    before,
    after,
  );
}

const beyondLimits = (pointer: string, place: SchemaPlace): DriftChange =>
  changeOf('not-compared', {
    message: `Something changed in ${shown(place.tool)} that is too deep or too much to be compared`,
    location: place.location(pointer),
  });

function nameOf(parameter: string, { isInput, tool }: SchemaPlace): string {
  if (parameter === '') return `the ${isInput ? 'input' : 'output'} of ${shown(tool)}`;
  return `${isInput ? 'parameter' : 'output field'} ${shown(parameter)} of ${shown(tool)}`;
}

function isSameValue(key: string, a: unknown, b: unknown): boolean {
  if (SETS.has(key) && Array.isArray(a) && Array.isArray(b)) {
    const sorted = (list: unknown[]) => list.map((value) => stableText(value)).sort(compareText);
    return a.length === b.length && isSameJson(sorted(a), sorted(b));
  }
  return isSameJson(a, b);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (record: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;
const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});
const isTextOrAbsent = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';
const namesOf = (list: unknown): ReadonlySet<string> =>
  new Set(Array.isArray(list) ? list.filter((name) => typeof name === 'string') : []);
const keysOf = (a: object, b: object): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(compareText);
