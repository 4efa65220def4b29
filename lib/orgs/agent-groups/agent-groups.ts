import { requireDisplayName, requireSlug } from '#lib/auth/slug.ts';
import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { EntryState } from '#lib/db/client/client.ts';
import { db, Prisma, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { parsePolicy } from '../allowlist/approve-version.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import { changeAndPublish } from '../change-and-publish.ts';
import { requireEntry } from '../teams/teams.ts';

const MAX_GROUPS = 200;

type Target = { viewer: Viewer; orgSlug: string; groupSlug: string; now?: Date };

/** Makes a group of agents that may use nothing yet. Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE, NAME_TAKEN, CONFLICT. */
export async function createAgentGroup({
  viewer,
  orgSlug,
  slug,
  displayName,
  readOnly,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  slug: string;
  displayName: string;
  readOnly: boolean;
  now?: Date;
}): Promise<{ serial: number }> {
  requireSlug(slug, 'a group of agents');
  const name = requireDisplayName(displayName, 'a group of agents');
  return change({ viewer, orgSlug, now }, async (tx, org) => {
    if (await tx.agentGroup.findUnique({ where: { orgId_slug: { orgId: org.id, slug } } }))
      throw new DomainError('NAME_TAKEN', `There is, or was, a group "${slug}". Choose another short name.`);
    if ((await tx.agentGroup.count({ where: { orgId: org.id, archivedAt: null } })) >= MAX_GROUPS)
      throw new DomainError('CONFLICT', `An organization has ${MAX_GROUPS} groups of agents at most.`);
    await tx.agentGroup.create({
      data: { orgId: org.id, slug, displayName: name, readOnly, createdAt: now, updatedAt: now },
    });
    return {
      kind: 'agent-group.created',
      subject: { group: slug },
      data: { readOnly },
      reason: `group ${slug} created`,
    };
  });
}

/** Limits a group to tools that change nothing, or lifts that. Throws FORBIDDEN, NOT_FOUND. */
export async function setAgentGroupReadOnly({
  readOnly,
  ...target
}: Target & { readOnly: boolean }): Promise<{ serial: number }> {
  return change(target, async (tx, org) => {
    const group = await findGroup(tx, org.id, target.groupSlug);
    await tx.agentGroup.update({ where: { id: group.id }, data: { readOnly } });
    const changes = readOnly ? 'read-only' : 'not read-only';
    return {
      kind: 'agent-group.changed',
      subject: { group: target.groupSlug },
      data: { changes },
      reason: `group ${target.groupSlug} ${changes}`,
    };
  });
}

/** Ends a group: gateways that were started for it refuse everything. Throws FORBIDDEN, NOT_FOUND. */
export async function archiveAgentGroup(target: Target): Promise<{ serial: number }> {
  return change(target, async (tx, org) => {
    const group = await findGroup(tx, org.id, target.groupSlug);
    await tx.agentGroup.update({ where: { id: group.id }, data: { archivedAt: target.now ?? new Date() } });
    return {
      kind: 'agent-group.archived',
      subject: { group: target.groupSlug },
      data: {},
      reason: `group ${target.groupSlug} archived`,
    };
  });
}

/** Lets a group use a server of the allowlist, or changes how. Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE. */
export async function setAgentGroupServer({
  serverName,
  readOnly,
  toolPolicy = null,
  ...target
}: Target & {
  serverName: string;
  readOnly: boolean;
  /** Null: all that the organization allows. */
  toolPolicy?: ToolPolicy | null;
}): Promise<{ serial: number }> {
  const policy = toolPolicy === null ? null : parsePolicy(toolPolicy);
  return change(target, async (tx, org) => {
    const group = await findGroup(tx, org.id, target.groupSlug);
    const entryId = await requireEntry(tx, { org, serverName });
    const own = policy === null ? Prisma.DbNull : (policy as unknown as Prisma.InputJsonValue);
    await tx.agentGroupEntry.upsert({
      where: { groupId_entryId: { groupId: group.id, entryId } },
      create: { groupId: group.id, entryId, readOnly, toolPolicy: own },
      update: { readOnly, toolPolicy: own },
    });
    const tools = policy ? 'chosen tools' : 'all allowed tools';
    return {
      kind: 'agent-group.changed',
      subject: { group: target.groupSlug },
      data: {
        changes: `${serverName} with ${tools}${readOnly ? ', read-only' : ''}`,
        server: serverName,
        policy: policy as never,
      },
      reason: `group ${target.groupSlug}: ${serverName}`,
    };
  });
}

/** Takes a server from a group. Throws FORBIDDEN, NOT_FOUND. */
export async function removeAgentGroupServer({
  serverName,
  ...target
}: Target & { serverName: string }): Promise<{ serial: number }> {
  return change(target, async (tx, org) => {
    const group = await findGroup(tx, org.id, target.groupSlug);
    const entryId = await requireEntry(tx, { org, serverName });
    const { count } = await tx.agentGroupEntry.deleteMany({ where: { groupId: group.id, entryId } });
    if (count === 0) throw new DomainError('NOT_FOUND', `The group does not use ${serverName}.`);
    return {
      kind: 'agent-group.changed',
      subject: { group: target.groupSlug },
      data: { changes: `without ${serverName}`, server: serverName },
      reason: `group ${target.groupSlug} without ${serverName}`,
    };
  });
}

export type AgentGroupView = {
  slug: string;
  displayName: string;
  readOnly: boolean;
  createdAt: string;
  servers: { name: string; state: EntryState; readOnly: boolean; toolPolicy: ToolPolicy | null }[];
};

/** Groups with what they may use. Throws NOT_FOUND for strangers. */
export async function listAgentGroups({
  viewer,
  orgSlug,
}: {
  viewer: Viewer;
  orgSlug: string;
}): Promise<AgentGroupView[]> {
  const org = requireOrg(viewer, orgSlug, 'org.read');
  const rows = await db().agentGroup.findMany({
    where: { orgId: org.id, archivedAt: null },
    orderBy: { slug: 'asc' },
    include: {
      entries: {
        include: { entry: { select: { state: true, server: { select: { name: true } } } } },
        orderBy: { entry: { server: { name: 'asc' } } },
      },
    },
  });
  return rows.map(({ slug, displayName, readOnly, createdAt, entries }) => ({
    slug,
    displayName,
    readOnly,
    createdAt: createdAt.toISOString(),
    servers: entries.map((row) => ({
      name: row.entry.server.name,
      state: row.entry.state,
      readOnly: row.readOnly,
      toolPolicy: row.toolPolicy as ToolPolicy | null,
    })),
  }));
}

const change = (
  { viewer, orgSlug, now }: { viewer: Viewer; orgSlug: string; now?: Date },
  work: Parameters<typeof changeAndPublish>[1],
) => changeAndPublish({ viewer, orgSlug, permission: 'team.manage', now }, work);

async function findGroup(tx: Tx, orgId: string, slug: string): Promise<{ id: string }> {
  const group = await tx.agentGroup.findFirst({ where: { orgId, slug, archivedAt: null }, select: { id: true } });
  if (!group) throw new DomainError('NOT_FOUND', `There is no group of agents "${slug}".`);
  return group;
}
