import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import type { DefinitionDigests, Definitions, Manifest, ToolDefinition } from '#lib/manifest/types.ts';
import { type FlowReport, type FlowServer, findFlows } from '#scanners/flows/index.ts';

export type OrgFlows = FlowReport & {
  /** Approved servers, and the tools that may be used of them. */
  approved: { servers: number; tools: number };
};

/**
 * The flows that an organization's allowlist makes possible, with its tool policies applied: only tools that gateways let
 * through count, those that are allowed and still what was approved. Throws FORBIDDEN, NOT_FOUND.
 */
export async function getOrgFlows({ viewer, slug }: { viewer: Viewer; slug: string }): Promise<OrgFlows> {
  const org = requireOrg(viewer, slug, 'org.read');
  const rows = await db().allowlistVersion.findMany({
    where: { state: 'approved', entry: { orgId: org.id, state: 'approved' } },
    orderBy: { approvedAt: 'desc' },
    select: {
      feedEntry: true,
      version: {
        select: {
          serverName: true,
          manifest: true,
          currentScan: { select: { definitions: true, digests: true } },
        },
      },
    },
  });
  const servers = [...Map.groupBy(rows, ({ version }) => version.serverName)].map(([name, group]): FlowServer => {
    // Of a tool that several approved versions have, the one approved last counts.
    const tools = new Map<string, ToolDefinition>();
    for (const { feedEntry, version } of group) {
      for (const tool of allowedTools(feedEntry as unknown as FeedServerVersion, version.currentScan))
        if (!tools.has(tool.name)) tools.set(tool.name, tool);
    }
    const manifest = group[0]?.version.manifest as Manifest | undefined;
    return { name, title: manifest?.title ?? null, tools: [...tools.values()] };
  });
  const tools = servers.reduce((sum, server) => sum + server.tools.length, 0);
  return { ...findFlows(servers), approved: { servers: servers.length, tools } };
}

function allowedTools(
  pinned: FeedServerVersion,
  scan: { definitions: unknown; digests: unknown } | null,
): ToolDefinition[] {
  const allowed = new Map(pinned.tools.allow.map(({ name, digest }) => [name, digest]));
  const digests = (scan?.digests as DefinitionDigests | null | undefined)?.tools ?? {};
  const tools = (scan?.definitions as Definitions | null | undefined)?.tools ?? [];
  return tools.filter(({ name }) => allowed.has(name) && allowed.get(name) === digests[name]);
}
