import type { JsonObject, JsonValue } from '#lib/manifest/types.ts';

/** One parameter of a tool as a row of a table. */
export type SchemaRow = {
  /** `options.filters[].name` */
  path: string;
  depth: number;
  /** As in TypeScript: `string`, `number[]`, `"a" | "b"`. */
  type: string;
  isRequired: boolean;
  description: string | null;
  /** `default 10`, `at least 1`, `format uri`. */
  limits: string[];
};

const MAX_ROWS = 80;
const MAX_DEPTH = 5;
const MAX_ENUM = 12;

/**
 * The parameters that a JSON Schema describes, parents before children, at most 80 and 5 levels deep: enough to read what
 * a tool takes, whatever size its schema has. `isCut` says that there is more in the raw schema. Schemas are hostile:
 * references are followed inside the document only and never in a circle.
 */
export function schemaRows(schema: JsonObject): { rows: SchemaRow[]; isCut: boolean } {
  const rows: SchemaRow[] = [];
  let isCut = false;

  const visit = (node: JsonObject, prefix: string, depth: number, seen: readonly JsonObject[]) => {
    const required = Array.isArray(node.required) ? node.required : [];
    for (const [name, child] of inReadingOrder(objectOf(node.properties) ?? {}, required)) {
      if (rows.length >= MAX_ROWS) {
        isCut = true;
        return;
      }
      const found = resolve(child, schema);
      const path = prefix ? `${prefix}.${name}` : name;
      rows.push({
        path,
        depth,
        type: typeOf(found, schema),
        isRequired: required.includes(name),
        description: typeof found.description === 'string' ? found.description : null,
        limits: limitsOf(found),
      });
      const [inner, suffix] = innerObject(found, schema);
      if (!inner?.properties) continue;
      if (depth + 1 >= MAX_DEPTH || seen.includes(inner)) isCut = true;
      else visit(inner, path + suffix, depth + 1, [...seen, inner]);
    }
  };
  const root = resolve(schema, schema);
  visit(root, '', 0, [root]);
  return { rows, isCut };
}

/** Required parameters first, in the order in which they are required; the others as they come. */
function inReadingOrder(properties: JsonObject, required: readonly JsonValue[]): [string, JsonValue][] {
  const rank = (name: string) => (required.includes(name) ? required.indexOf(name) : required.length);
  return Object.entries(properties).sort(([a], [b]) => rank(a) - rank(b));
}

const objectOf = (value: JsonValue | undefined): JsonObject | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;

/** The schema that a `$ref` into the same document means; a few steps at most. */
function resolve(value: JsonValue | undefined, root: JsonObject): JsonObject {
  let node = objectOf(value) ?? {};
  for (let step = 0; step < 4 && typeof node.$ref === 'string'; step++) {
    if (!node.$ref.startsWith('#/')) return node;
    let target: JsonValue | undefined = root;
    for (const part of node.$ref.slice(2).split('/')) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const holder = objectOf(target);
      target = holder && Object.hasOwn(holder, key) ? holder[key] : undefined;
    }
    const found = objectOf(target);
    if (!found) return node;
    const { $ref: _, ...beside } = node;
    node = Object.keys(beside).length > 0 ? { ...found, ...beside } : found;
  }
  return node;
}

/** The object schema inside lists of any depth, with one `[]` for each list. */
function innerObject(node: JsonObject, root: JsonObject): [JsonObject | null, string] {
  let suffix = '';
  let inner = node;
  while (inner.items !== undefined && suffix.length < 8) {
    inner = resolve(inner.items, root);
    suffix += '[]';
  }
  return [inner, suffix];
}

function typeOf(node: JsonObject, root: JsonObject, depth = 0): string {
  if (depth > 3) return '…';
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (Array.isArray(node.enum)) {
    const shown = node.enum.slice(0, MAX_ENUM).map((value) => JSON.stringify(value));
    return [...shown, ...(node.enum.length > MAX_ENUM ? [`… ${node.enum.length - MAX_ENUM} more`] : [])].join(' | ');
  }
  const branches = [node.anyOf, node.oneOf].find((list) => Array.isArray(list));
  if (branches) return unique(branches.map((branch) => typeOf(resolve(branch, root), root, depth + 1)));
  const types = (Array.isArray(node.type) ? node.type : [node.type]).filter((type) => typeof type === 'string');
  if (types.length === 0) return node.properties ? 'object' : 'any';
  return unique(types.map((type) => (type === 'array' ? listType(node, root, depth) : type)));
}

function listType(node: JsonObject, root: JsonObject, depth: number): string {
  if (node.items === undefined) return 'any[]';
  const inner = typeOf(resolve(node.items, root), root, depth + 1);
  return inner.includes(' | ') ? `(${inner})[]` : `${inner}[]`;
}

const unique = (types: string[]): string => [...new Set(types)].join(' | ');

const LIMIT_WORDS: Record<string, string> = {
  default: 'default',
  minimum: 'at least',
  maximum: 'at most',
  exclusiveMinimum: 'more than',
  exclusiveMaximum: 'less than',
  multipleOf: 'multiple of',
  minLength: 'min length',
  maxLength: 'max length',
  minItems: 'min items',
  maxItems: 'max items',
  format: 'format',
  pattern: 'pattern',
};

function limitsOf(node: JsonObject): string[] {
  return Object.entries(LIMIT_WORDS).flatMap(([key, word]) => {
    const value = node[key];
    if (value === undefined) return [];
    return [`${word} ${key === 'format' || key === 'pattern' ? value : JSON.stringify(value)}`];
  });
}
