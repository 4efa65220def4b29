import type { FeedServerVersion, Narrowing } from '#lib/feed/documents.ts';
import { resolveTools, type ToolPolicy, toolPolicySchema } from './tool-policy.ts';

/** One server of one team or group; without a server where it has none. */
export type NarrowingRow = {
  slug: string;
  readOnly: boolean;
  server: string | null;
  serverReadOnly: boolean;
  toolPolicy: unknown;
};

/** What teams or groups may use of the list: servers that are on it, and of those with a policy the exact names of the tools. */
export function narrow(
  rows: readonly NarrowingRow[],
  versions: ReadonlyMap<string, readonly FeedServerVersion[]>,
): Narrowing[] {
  return [...Map.groupBy(rows, ({ slug }) => slug)].map(([name, own]) => ({
    name,
    readOnly: own[0]!.readOnly,
    servers: own.flatMap(({ server, serverReadOnly, toolPolicy }) => {
      const listed = server === null ? undefined : versions.get(server);
      if (server === null || listed === undefined) return [];
      const tools = toolPolicy === null ? {} : narrowedTools(toolPolicy, listed);
      return [{ name: server, ...(serverReadOnly ? { readOnly: true } : {}), ...tools }];
    }),
  }));
}

/**
 * Names that the policy leaves of what any listed version allows, and those of them that need a person's word. A part of
 * the organization can only take away; a policy that is not understood takes all.
 */
export function narrowedTools(
  toolPolicy: unknown,
  versions: readonly FeedServerVersion[],
): { tools: string[]; ask?: string[] } {
  const policy = toolPolicySchema.safeParse(toolPolicy);
  if (!policy.success) return { tools: [] };
  const names = [...new Set(versions.flatMap(({ tools }) => tools.allow.map(({ name }) => name)))].sort();
  const { allowed, asked } = resolveTools(policy.data as ToolPolicy, names);
  return { tools: allowed, ...(asked.length > 0 ? { ask: asked } : {}) };
}
