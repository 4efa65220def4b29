import type {
  Definitions,
  JsonObject,
  PromptDefinition,
  ResourceDefinition,
  ResourceTemplateDefinition,
  ToolDefinition,
} from '#lib/manifest/types.ts';
import type { DefinitionIssue, ListKind } from './types.ts';
import { valueFault } from './value-fault.ts';

/** Issues kept for one list; a hostile list must not fill the report. */
const MAX_ISSUES = 50;

/** `dropped` counts every definition left out; `issues` names the first 50. */
export type ReadList<T> = { items: T[]; issues: DefinitionIssue[]; dropped: number };

/** What a definition of one list must look like (MCP specification 2025-11-25, schema.ts). */
type Shape = {
  list: ListKind;
  noun: string;
  /** The field by which clients tell definitions apart. */
  key: string;
  /** Fields that must be there; what stands in for a missing one. */
  required: Record<string, { type: FieldType; otherwise: (item: JsonObject) => unknown }>;
  optional: Record<string, FieldType>;
};
type FieldType = 'string' | 'object' | 'array' | 'boolean';

const TOOL: Shape = {
  list: 'tools',
  noun: 'tool',
  key: 'name',
  required: { inputSchema: { type: 'object', otherwise: () => ({}) } },
  optional: { title: 'string', description: 'string', outputSchema: 'object', annotations: 'object' },
};
const ANNOTATIONS: Record<string, FieldType> = {
  title: 'string',
  readOnlyHint: 'boolean',
  destructiveHint: 'boolean',
  idempotentHint: 'boolean',
  openWorldHint: 'boolean',
};
const PROMPT: Shape = {
  list: 'prompts',
  noun: 'prompt',
  key: 'name',
  required: {},
  optional: { title: 'string', description: 'string', arguments: 'array' },
};
const RESOURCE: Shape = {
  list: 'resources',
  noun: 'resource',
  key: 'uri',
  required: { name: { type: 'string', otherwise: (item) => item.uri } },
  optional: { title: 'string', description: 'string', mimeType: 'string' },
};
const RESOURCE_TEMPLATE: Shape = {
  list: 'resourceTemplates',
  noun: 'resource template',
  key: 'uriTemplate',
  required: { name: { type: 'string', otherwise: (item) => item.uriTemplate } },
  optional: { title: 'string', description: 'string', mimeType: 'string' },
};

/**
 * Keep what a client could use of a list and say what is wrong with the rest. A definition is dropped when it has no
 * usable key, repeats one, or cannot be canonicalized; a field of the wrong type is left out. Fields that the
 * specification does not know are kept as sent.
 */
export const readTools = (items: readonly unknown[]): ReadList<ToolDefinition> => readList(TOOL, items);
export const readPrompts = (items: readonly unknown[]): ReadList<PromptDefinition> => readList(PROMPT, items);
export const readResources = (items: readonly unknown[]): ReadList<ResourceDefinition> => readList(RESOURCE, items);
export const readResourceTemplates = (items: readonly unknown[]): ReadList<ResourceTemplateDefinition> =>
  readList(RESOURCE_TEMPLATE, items);

function readList<T>(shape: Shape, items: readonly unknown[]): ReadList<T> {
  const issues: DefinitionIssue[] = [];
  const kept: T[] = [];
  const keys = new Set<unknown>();
  let dropped = 0;
  items.forEach((item, index) => {
    const report = (what: string, isDropped: boolean) => {
      if (issues.length >= MAX_ISSUES) return;
      const message = `invalid ${shape.noun} definition at index ${index}: ${what}`;
      issues.push({ list: shape.list, index, message, isDropped });
    };
    const fault = dropReason(shape, item, keys);
    if (fault !== null) {
      dropped += 1;
      report(fault, true);
      return;
    }
    const definition = item as JsonObject;
    keys.add(definition[shape.key]);
    kept.push(readFields(shape, definition, (what) => report(what, false)) as T);
  });
  return { items: kept, issues, dropped };
}

/** Why a definition cannot be kept at all, or null. */
function dropReason({ key }: Shape, item: unknown, seen: ReadonlySet<unknown>): string | null {
  if (!isObject(item)) return 'is not an object';
  const value = item[key];
  if (typeof value !== 'string' || value === '') return `"${key}" is not a text`;
  const fault = valueFault(item);
  if (fault) return fault;
  return seen.has(value) ? `"${key}" repeats that of an earlier one` : null;
}

function readFields(shape: Shape, item: JsonObject, report: (what: string) => void): JsonObject {
  const read = readOptional(item, shape.optional, '', report);
  for (const [field, { type, otherwise }] of Object.entries(shape.required)) {
    if (hasType(read[field], type)) continue;
    report(`"${field}" is not ${WORDS[type]}`);
    read[field] = otherwise(item) as JsonObject;
  }
  if (shape === TOOL && isObject(read.annotations)) {
    read.annotations = readOptional(read.annotations, ANNOTATIONS, 'annotations.', report);
  }
  return read;
}

/** A copy without the fields of the wrong type. The own keys stay own keys, "__proto__" too. */
function readOptional(
  item: JsonObject,
  fields: Record<string, FieldType>,
  path: string,
  report: (what: string) => void,
): JsonObject {
  const entries = Object.entries(item).filter(([field, value]) => {
    const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (type === undefined || hasType(value, type)) return true;
    report(`"${path}${field}" is not ${WORDS[type]}`);
    return false;
  });
  return Object.fromEntries(entries);
}

const WORDS: Record<FieldType, string> = {
  string: 'a text',
  object: 'an object',
  array: 'a list',
  boolean: 'true or false',
};

function hasType(value: unknown, type: FieldType): boolean {
  if (type === 'object') return isObject(value);
  if (type === 'array') return Array.isArray(value);
  return typeof value === type;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All definitions of one document with these lists; a list that is missing is null, instructions must be a text. */
export function readDefinitions(lists: { [list in ListKind]?: unknown } & { instructions?: unknown }): {
  definitions: Definitions;
  issues: DefinitionIssue[];
  /** Definitions of any list that were left out. */
  dropped: number;
} {
  const issues: DefinitionIssue[] = [];
  let dropped = 0;
  const read = <T>(list: unknown, judge: (items: readonly unknown[]) => ReadList<T>): T[] | null => {
    if (!Array.isArray(list)) return null;
    const result = judge(list);
    issues.push(...result.issues);
    dropped += result.dropped;
    return result.items;
  };
  const definitions: Definitions = {
    tools: read(lists.tools, readTools),
    prompts: read(lists.prompts, readPrompts),
    resources: read(lists.resources, readResources),
    resourceTemplates: read(lists.resourceTemplates, readResourceTemplates),
    instructions: typeof lists.instructions === 'string' ? lists.instructions.toWellFormed() : null,
  };
  return { definitions, issues, dropped };
}
