import { toolDigest } from '#lib/manifest/definition-digests.ts';
import type { ToolDefinition } from '#lib/manifest/types.ts';

export type ToolListing = {
  /** In the server's order, as it sent them. */
  tools: ToolDefinition[];
  /** Per name; null where the server lists more than one definition under it, or one that has no digest. */
  digests: Map<string, string | null>;
};

export function toolListing(items: unknown[]): ToolListing {
  const tools = items.filter(isTool);
  const digests = new Map<string, string | null>();
  for (const tool of tools) {
    const digest = digestOf(tool);
    const known = digests.get(tool.name);
    digests.set(tool.name, known === undefined || known === digest ? digest : null);
  }
  return { tools, digests };
}

/** Entries without a name or a schema are not tools; nobody can have approved them. */
function isTool(value: unknown): value is ToolDefinition {
  const { name, inputSchema } = (value ?? {}) as { name?: unknown; inputSchema?: unknown };
  return typeof name === 'string' && typeof inputSchema === 'object' && inputSchema !== null;
}

/** null for a definition that RFC 8785 cannot express, such as one with a lone surrogate. */
function digestOf(tool: ToolDefinition): string | null {
  try {
    return toolDigest(tool);
  } catch {
    return null;
  }
}
