import { canonicalJson, sha256Hex } from './canonical.ts';
import { setMember } from './json-object.ts';
import type {
  DefinitionDigests,
  Definitions,
  JsonObject,
  JsonValue,
  PromptDefinition,
  ResourceDefinition,
  ResourceTemplateDefinition,
  ToolDefinition,
} from './types.ts';

// What a model or its client acts on. Anything else a server adds (`_meta`, `icons`, `execution`, `size`) may change
// without the digest changing. Order and spelling are part of the contract with gateways (DESIGN §5.2): do not extend a
// list without a new feed version.
const TOOL_MEMBERS = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;
const PROMPT_MEMBERS = ['name', 'title', 'description', 'arguments'] as const;
const RESOURCE_MEMBERS = ['uri', 'name', 'title', 'description', 'mimeType'] as const;
const RESOURCE_TEMPLATE_MEMBERS = ['uriTemplate', 'name', 'title', 'description', 'mimeType'] as const;

/**
 * sha256, lower-case hex, of the canonical form of `{name, title?, description?, inputSchema, outputSchema?, annotations?}`.
 * Absent members are left out, so `null` and absent differ; the order of members does not matter.
 *
 * @throws CanonicalJsonError where a member holds a lone surrogate or an infinite number.
 */
export function toolDigest(tool: ToolDefinition): string {
  return digestOf(tool, TOOL_MEMBERS);
}

/**
 * Digests of all that a server says about itself. Each list's digest is the sha256 of the canonical form of
 * `[{name, digest}, …]`, sorted by name and then digest, so the order in which the server lists does not matter. Resources
 * are listed by `uri` and templates by `uriTemplate` instead of `name`. `instructionsDigest` is over the canonical form of
 * the text as a JSON string. What was not seen (null) has a null digest; an empty list has the digest of `[]`.
 *
 * A server may list one tool name twice. Every entry counts in `toolsDigest`. In `tools`, a name whose entries differ gets
 * the digest of their sorted digests, which no single definition has: who compares tool by tool refuses them all.
 *
 * @throws CanonicalJsonError as `toolDigest`.
 */
export function definitionDigests(definitions: Definitions): DefinitionDigests {
  const { tools, prompts, resources, resourceTemplates, instructions } = definitions;
  return {
    tools: digestByName(tools ?? []),
    toolsDigest: tools && listDigest(tools, 'name', TOOL_MEMBERS),
    promptsDigest: prompts && listDigest<PromptDefinition>(prompts, 'name', PROMPT_MEMBERS),
    resourcesDigest: resources && listDigest<ResourceDefinition>(resources, 'uri', RESOURCE_MEMBERS),
    resourceTemplatesDigest:
      resourceTemplates &&
      listDigest<ResourceTemplateDefinition>(resourceTemplates, 'uriTemplate', RESOURCE_TEMPLATE_MEMBERS),
    instructionsDigest: instructions === null ? null : digestOfJson(instructions),
  };
}

function digestByName(tools: readonly ToolDefinition[]): Record<string, string> {
  const digests = Map.groupBy(
    tools.map((tool) => ({ name: tool.name, digest: toolDigest(tool) })),
    ({ name }) => name,
  );
  const byName: Record<string, string> = {};
  for (const name of [...digests.keys()].sort()) {
    const distinct = [...new Set(digests.get(name)!.map(({ digest }) => digest))].sort();
    setMember(byName, name, distinct.length === 1 ? distinct[0]! : digestOfJson(distinct));
  }
  return byName;
}

function listDigest<T extends object>(
  items: readonly T[],
  key: keyof T & string,
  members: readonly (keyof T & string)[],
) {
  const entries = items.map((item) => ({ [key]: item[key] as string, digest: digestOf(item, members) }));
  entries.sort((a, b) => compareText(a[key]!, b[key]!) || compareText(a.digest, b.digest));
  return digestOfJson(entries);
}

function digestOf<T extends object>(definition: T, members: readonly (keyof T & string)[]): string {
  const picked: JsonObject = {};
  for (const member of members) {
    if (definition[member] !== undefined) picked[member] = definition[member] as JsonValue;
  }
  return digestOfJson(picked);
}

function digestOfJson(value: JsonValue): string {
  return sha256Hex(canonicalJson(value));
}

/** By UTF-16 code units, as JCS sorts keys; the locale must not matter. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
