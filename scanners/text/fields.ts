import { LIMITS } from '../limits.ts';
import type { JsonPath } from './pointer.ts';

/**
 * What a string is for. Prose rules read descriptions and whatever else is written in words; name rules read names.
 * `key` is a property name, `value` any other string (default, enum, example, constant, URL).
 */
export type FieldKind = 'name' | 'title' | 'description' | 'instructions' | 'key' | 'value';

export type TextField = {
  kind: FieldKind;
  path: JsonPath;
  /** At most `LIMITS.fieldChars` UTF-16 units. */
  text: string;
  /** Length before cutting. */
  fullLength: number;
};

export type WalkResult = {
  fields: TextField[];
  /** The first place where each limit of `LIMITS` left something out. */
  cuts: { path: JsonPath; limit: 'fieldChars' | 'depth' | 'fieldsPerSubject' | 'nodesPerSubject' }[];
};

/** Keys whose children are named by the author of the schema, not by JSON Schema. */
const NAMING_KEYS = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'variables',
]);

/** Keys of JSON Schema and MCP themselves: their spelling says nothing. Any other key is read as text. */
const VOCABULARY = new Set(
  (
    'name title description inputSchema outputSchema annotations type properties required items enum const default ' +
    'examples example format pattern anyOf oneOf allOf not if then else additionalProperties patternProperties $ref ' +
    '$defs definitions $schema $id $comment minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength ' +
    'maxLength minItems maxItems uniqueItems minProperties maxProperties prefixItems contains propertyNames ' +
    'dependentRequired dependentSchemas nullable readOnly writeOnly deprecated readOnlyHint destructiveHint ' +
    'idempotentHint openWorldHint arguments uri uriTemplate mimeType icons src sizes theme execution taskSupport'
  ).split(' '),
);

const KIND_BY_KEY: Record<string, FieldKind> = { name: 'name', title: 'title', description: 'description' };

type Frame = { value: unknown; path: JsonPath; depth: number; parentKey: string; isNamed: boolean };

/**
 * Every string of `root`, with its path: all keys that the author chose and all string values, at any depth.
 * Keys are visited in sorted order, so the result does not depend on the order of keys. Nothing recursive: depth costs no stack.
 * `skip` names top-level keys that are left out.
 */
export function walkStrings(root: unknown, basePath: JsonPath, skip: ReadonlySet<string> = new Set()): WalkResult {
  const fields: TextField[] = [];
  const cuts: WalkResult['cuts'] = [];
  let visited = 0;
  const stack: Frame[] = [{ value: root, path: basePath, depth: 0, parentKey: '', isNamed: false }];
  const cut = (path: JsonPath, limit: WalkResult['cuts'][number]['limit']) => {
    if (!cuts.some((known) => known.limit === limit)) cuts.push({ path, limit });
  };
  const add = (kind: FieldKind, path: JsonPath, text: string) => {
    if (text.length === 0) return;
    if (fields.length >= LIMITS.fieldsPerSubject) return cut(path, 'fieldsPerSubject');
    if (text.length > LIMITS.fieldChars) cut(path, 'fieldChars');
    fields.push({ kind, path, text: cutText(text), fullLength: text.length });
  };

  while (stack.length > 0) {
    const frame = stack.pop() as Frame;
    if (cuts.some(({ limit }) => limit === 'fieldsPerSubject')) break;
    if (++visited > LIMITS.nodesPerSubject) {
      cut(frame.path, 'nodesPerSubject');
      break;
    }
    const { value, path, depth, parentKey, isNamed } = frame;
    if (typeof value === 'string') {
      add((!isNamed && KIND_BY_KEY[parentKey]) || 'value', path, value);
      continue;
    }
    if (value === null || typeof value !== 'object') continue;
    if (depth >= LIMITS.depth) {
      cut(path, 'depth');
      continue;
    }
    if (Array.isArray(value)) {
      for (let i = value.length - 1; i >= 0; i--) {
        stack.push({
          value: value[i],
          path: { parent: path, token: String(i) },
          depth: depth + 1,
          parentKey,
          isNamed: true,
        });
      }
      continue;
    }
    const childrenAreNamed = !isNamed && NAMING_KEYS.has(parentKey);
    const keys = Object.keys(value).sort();
    for (const key of keys) {
      if (depth === 0 && skip.has(key)) continue;
      if (childrenAreNamed || !VOCABULARY.has(key)) add('key', { parent: path, token: key }, key);
    }
    for (let i = keys.length - 1; i >= 0; i--) {
      const key = keys[i] as string;
      if (depth === 0 && skip.has(key)) continue;
      stack.push({
        value: (value as Record<string, unknown>)[key],
        path: { parent: path, token: key },
        depth: depth + 1,
        parentKey: key,
        isNamed: childrenAreNamed,
      });
    }
  }
  return { fields, cuts };
}

/** The head of a text within the limit, never ending in half a surrogate pair. */
export function cutText(text: string): string {
  if (text.length <= LIMITS.fieldChars) return text;
  const last = text.charCodeAt(LIMITS.fieldChars - 1);
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHighSurrogate ? LIMITS.fieldChars - 1 : LIMITS.fieldChars);
}
