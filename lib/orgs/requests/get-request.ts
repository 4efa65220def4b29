import { personName } from '#lib/auth/person-name.ts';
import { mayInOrg, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { PolicyOutcome, RequestKind, RequestState } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import { type VersionRule, versionRuleOf } from '../allowlist/version-rule.ts';

export type RequestPage = {
  id: string;
  serverName: string;
  version: string;
  kind: RequestKind;
  state: RequestState;
  requester: string | null;
  isMine: boolean;
  canDecide: boolean;
  team: string | null;
  reason: string;
  versionRule: VersionRule;
  /** Null: all tools. */
  toolPolicy: ToolPolicy | null;
  until: string | null;
  dueAt: string;
  isOverdue: boolean;
  createdAt: string;
  decided: { at: string; by: string | null; words: string | null; conditions: string | null } | null;
  messages: { id: string; author: string; kind: string; text: string; at: string }[];
  verdict: { id: string; outcome: PolicyOutcome; reasons: string[]; errors: string[]; decidedAt: string } | null;
  /** What the organization allows of the server now, newest approval first. */
  approved: { version: string; tools: string[]; approvedAt: string }[];
  /** What the entry gave of this version, else of its newest approved one; null where it gave nothing. */
  pinned: { name: string; ask: boolean }[] | null;
  entry: { state: string; expiresAt: string | null; reason: string } | null;
  /** Others that wait for a decision about the same server. */
  others: { id: string; version: string; requester: string | null }[];
};

/** A request with what a reviewer needs beside the server's own pages. Null when the organization has no such request; throws NOT_FOUND for strangers. */
export async function getRequest({
  viewer,
  orgSlug,
  id,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  id: string;
  now?: Date;
}): Promise<RequestPage | null> {
  const org = requireOrg(viewer, orgSlug, 'org.read');
  const row = await db().approvalRequest.findFirst({
    where: { id, orgId: org.id },
    include: {
      server: { select: { name: true } },
      team: { select: { displayName: true } },
      messages: { orderBy: { createdAt: 'asc' } },
    },
  });
  if (!row) return null;
  const canDecide = mayInOrg(org.role, 'allowlist.decide');
  const [decision, entry, others] = await Promise.all([
    row.decisionId === null ? null : db().policyDecision.findUnique({ where: { id: row.decisionId } }),
    db().allowlistEntry.findUnique({
      where: { orgId_serverId: { orgId: org.id, serverId: row.serverId } },
      include: {
        versions: {
          where: { OR: [{ state: 'approved' }, { version: { version: row.version } }] },
          orderBy: { approvedAt: 'desc' },
          take: 21,
          include: { version: { select: { version: true } } },
        },
      },
    }),
    db().approvalRequest.findMany({
      where: { orgId: org.id, serverId: row.serverId, state: { in: ['open', 'asked'] }, id: { not: id } },
      orderBy: { createdAt: 'asc' },
      take: 20,
      select: { id: true, version: true, requesterId: true },
    }),
  ]);
  const ids = [
    row.requesterId,
    row.decidedById,
    ...row.messages.map(({ authorId }) => authorId),
    ...others.map(({ requesterId }) => requesterId),
  ];
  const people = await db().user.findMany({
    where: { id: { in: ids.flatMap((one) => one ?? []) } },
    select: { id: true, name: true, email: true },
  });
  const names = new Map(people.map((person) => [person.id, personName(person)]));
  const nameOf = (personId: string | null) => (personId === null ? null : (names.get(personId) ?? 'Somebody who left'));
  const approved = (entry?.versions ?? []).filter(({ state }) => state === 'approved');
  const own = entry?.versions.find(({ version }) => version.version === row.version);
  const pinned = entry?.state === 'revoked' ? undefined : (own ?? approved[0]);
  return {
    id,
    serverName: row.server.name,
    version: row.version,
    kind: row.kind,
    state: row.state,
    requester: nameOf(row.requesterId),
    isMine: row.requesterId === viewer.id,
    canDecide,
    team: row.team?.displayName ?? null,
    reason: row.reason,
    versionRule: versionRuleOf(row.versionRule),
    toolPolicy: row.toolPolicy as ToolPolicy | null,
    until: row.until?.toISOString() ?? null,
    dueAt: row.dueAt.toISOString(),
    isOverdue: row.state === 'open' && row.dueAt <= now,
    createdAt: row.createdAt.toISOString(),
    decided: row.decidedAt && {
      at: row.decidedAt.toISOString(),
      by: nameOf(row.decidedById),
      words: row.decision,
      conditions: row.conditions,
    },
    messages: row.messages
      .filter(({ kind }) => kind !== 'note' || canDecide)
      .map((message) => ({
        id: message.id,
        author: nameOf(message.authorId) ?? 'Hallmark',
        kind: message.kind,
        text: message.text,
        at: message.createdAt.toISOString(),
      })),
    verdict: decision && {
      id: decision.id,
      outcome: decision.outcome,
      reasons: (decision.deciding as { id: string; reason?: string }[]).map(
        ({ id: policy, reason }) => reason || policy,
      ),
      errors: (decision.errors as unknown[]).map((error) =>
        typeof error === 'string' ? error : JSON.stringify(error),
      ),
      decidedAt: decision.decidedAt.toISOString(),
    },
    approved: (entry?.state === 'approved' || entry?.state === 'suspended' ? approved : []).map((one) => ({
      version: one.version.version,
      tools: toolsOf(one.feedEntry).map(({ name }) => name),
      approvedAt: one.approvedAt.toISOString(),
    })),
    pinned: pinned ? toolsOf(pinned.feedEntry).map(({ name, ask }) => ({ name, ask: ask === true })) : null,
    entry: entry && {
      state: entry.state,
      expiresAt: entry.expiresAt?.toISOString() ?? null,
      reason: entry.reason,
    },
    others: others.map(({ id: other, version, requesterId }) => ({
      id: other,
      version,
      requester: nameOf(requesterId),
    })),
  };
}

const toolsOf = (feedEntry: unknown) => (feedEntry as FeedServerVersion).tools.allow;
