import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Definitions, JsonObject } from '#lib/manifest/types.ts';
import { listAll } from './list-all.ts';
import { type ReadList, readPrompts, readResources, readResourceTemplates, readTools } from './read-definitions.ts';
import type { DefinitionIssue, IntrospectFailure, Introspection, IntrospectLimits, ListKind } from './types.ts';
import { valueFault } from './value-fault.ts';

export type Explain = (error: unknown, asked: string) => Promise<IntrospectFailure>;

/** Asks a connected server for everything that it tells a model. What cannot be read to its end is in `failures`. */
export async function readLists(
  client: Client,
  { protocolVersion, limits, explain }: { protocolVersion: string | null; limits: IntrospectLimits; explain: Explain },
): Promise<Introspection> {
  const issues: DefinitionIssue[] = [];
  const failures: Partial<Record<ListKind, IntrospectFailure>> = {};
  const dropped: Partial<Record<ListKind, number>> = {};
  const signal = AbortSignal.timeout(limits.listsMs);

  const read = async <T>(kind: ListKind, judge: (items: readonly unknown[]) => ReadList<T>): Promise<T[] | null> => {
    const result = await listAll(client, kind, { limits, signal });
    if (result.ok) {
      const list = judge(result.items);
      issues.push(...list.issues);
      if (list.dropped > 0) dropped[kind] = list.dropped;
      return list.items;
    }
    if (result.code !== null) failures[kind] = { code: result.code, message: result.message, stderr: [] };
    else if (signal.aborted) {
      const message = `The server needed more than ${limits.listsMs / 1000} s for its lists.`;
      failures[kind] = { code: 'SERVER_HANGS', message, stderr: [] };
    } else failures[kind] = await explain(result.error, `the request for its ${NOUNS[kind]}`);
    return null;
  };

  const instructions = client.getInstructions() ?? null;
  const definitions: Definitions = {
    tools: await read('tools', readTools),
    prompts: await read('prompts', readPrompts),
    resources: await read('resources', readResources),
    resourceTemplates: await read('resourceTemplates', readResourceTemplates),
    instructions: instructions?.isWellFormed() === false ? instructions.toWellFormed() : instructions,
  };
  const { name = '', version = '', title = null } = client.getServerVersion() ?? {};
  const capabilities = client.getServerCapabilities() ?? {};
  return {
    ok: true,
    definitions,
    facts: {
      name,
      version,
      title,
      protocolVersion: protocolVersion ?? '',
      capabilities: valueFault(capabilities) ? {} : (capabilities as JsonObject),
    },
    issues,
    dropped,
    failures,
  };
}

const NOUNS: Record<ListKind, string> = {
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  resourceTemplates: 'resource templates',
};
