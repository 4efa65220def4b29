import { personName } from '#lib/auth/person-name.ts';
import { type OrgRole, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { MARKS_SELECT, marksOf, namespaceHolders } from '#lib/catalog/marks.ts';
import type { Marks } from '#lib/catalog/views.ts';
import type { PolicyOutcome, RequestKind, RequestState } from '#lib/db/client/client.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';

/** `open` waits for reviewers, `asked` for who asked, `mine` is what the viewer asked for, `decided` is over. */
export const REQUEST_VIEWS = ['open', 'asked', 'mine', 'decided'] as const;
export type RequestView = (typeof REQUEST_VIEWS)[number];

export const REQUESTS_PER_PAGE = 50;

export type RequestRow = {
  id: string;
  serverName: string;
  title: string | null;
  version: string;
  kind: RequestKind;
  state: RequestState;
  requester: string | null;
  isMine: boolean;
  team: string | null;
  reason: string;
  /** Names of the tools that were asked for; null for all. */
  tools: string[] | null;
  until: string | null;
  dueAt: string;
  isOverdue: boolean;
  createdAt: string;
  decidedAt: string | null;
  decision: string | null;
  verdict: PolicyOutcome | null;
  /** Null when the version is gone. */
  marks: Marks | null;
  messages: number;
};

export type RequestList = { rows: RequestRow[]; total: number; counts: Record<RequestView, number>; role: OrgRole };

/** A page of the review queue, the most urgent first. Throws NOT_FOUND for strangers. */
export async function listRequests({
  viewer,
  orgSlug,
  view,
  kind = null,
  page = 1,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  view: RequestView;
  kind?: RequestKind | null;
  page?: number;
  now?: Date;
}): Promise<RequestList> {
  const org = requireOrg(viewer, orgSlug, 'org.read');
  const filters: Record<RequestView, Prisma.ApprovalRequestWhereInput> = {
    open: { state: 'open' },
    asked: { state: 'asked' },
    mine: { requesterId: viewer.id },
    decided: { state: { in: ['approved', 'denied', 'withdrawn', 'superseded'] } },
  };
  const where: Prisma.ApprovalRequestWhereInput = { orgId: org.id, ...filters[view], ...(kind ? { kind } : {}) };
  const isOver = view === 'decided' || view === 'mine';
  const [requests, total, ...counts] = await Promise.all([
    db().approvalRequest.findMany({
      where,
      include: {
        server: { select: { name: true, namespace: true } },
        team: { select: { displayName: true } },
        _count: { select: { messages: true } },
      },
      orderBy: isOver ? [{ updatedAt: 'desc' }, { id: 'asc' }] : [{ dueAt: 'asc' }, { id: 'asc' }],
      skip: (page - 1) * REQUESTS_PER_PAGE,
      take: REQUESTS_PER_PAGE,
    }),
    db().approvalRequest.count({ where }),
    ...REQUEST_VIEWS.map((one) => db().approvalRequest.count({ where: { orgId: org.id, ...filters[one] } })),
  ]);
  const [versions, people, decisions, holders] = await Promise.all([
    db().version.findMany({
      where: { OR: requests.map(({ server, version }) => ({ serverName: server.name, version })) },
      select: { ...MARKS_SELECT, manifest: true },
    }),
    db().user.findMany({
      where: { id: { in: requests.flatMap(({ requesterId }) => requesterId ?? []) } },
      select: { id: true, name: true, email: true },
    }),
    db().policyDecision.findMany({
      where: { id: { in: requests.flatMap(({ decisionId }) => decisionId ?? []) } },
      select: { id: true, outcome: true },
    }),
    namespaceHolders(requests.map(({ server }) => server.namespace)),
  ]);
  const versionOf = new Map(versions.map((row) => [`${row.serverName} ${row.version}`, row]));
  const nameOf = new Map(people.map((person) => [person.id, personName(person)]));
  const outcomeOf = new Map(decisions.map(({ id, outcome }) => [id, outcome]));
  return {
    role: org.role,
    total,
    counts: Object.fromEntries(REQUEST_VIEWS.map((one, index) => [one, counts[index]!])) as Record<RequestView, number>,
    rows: requests.map((row) => {
      const version = versionOf.get(`${row.server.name} ${row.version}`);
      return {
        id: row.id,
        serverName: row.server.name,
        title: (version?.manifest as Manifest | undefined)?.title ?? null,
        version: row.version,
        kind: row.kind,
        state: row.state,
        requester: row.requesterId === null ? null : (nameOf.get(row.requesterId) ?? 'Somebody who left'),
        isMine: row.requesterId === viewer.id,
        team: row.team?.displayName ?? null,
        reason: row.reason,
        tools: row.toolPolicy === null ? null : Object.keys((row.toolPolicy as { rules: object }).rules),
        until: row.until?.toISOString() ?? null,
        dueAt: row.dueAt.toISOString(),
        isOverdue: row.state === 'open' && row.dueAt <= now,
        createdAt: row.createdAt.toISOString(),
        decidedAt: row.decidedAt?.toISOString() ?? null,
        decision: row.decision,
        verdict: row.decisionId === null ? null : (outcomeOf.get(row.decisionId) ?? null),
        marks: version ? marksOf(version, holders) : null,
        messages: row._count.messages,
      };
    }),
  };
}
