import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { PolicyMode } from '#lib/db/client/client.ts';
import { db, Prisma } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import { orgSettings } from '../settings.ts';
import { type CheckedPolicy, checkPolicy } from './check-policy.ts';
import { policyInForce } from './decide-version.ts';
import { type DecidingPolicy, sayVerdict } from './evaluate-policy.ts';
import { type ExceptionRow, listExceptions } from './exceptions.ts';
import type { ChosenTemplate } from './templates.ts';

export type PolicyVersionView = {
  version: number;
  mode: PolicyMode;
  cedar: string;
  coolDownDays: number;
  toolPolicy: ToolPolicy;
  templates: ChosenTemplate[];
  note: string;
  by: string | null;
  at: string;
};

/** An approved version that the policy in force denies. */
export type FallingRow = {
  serverName: string;
  version: string;
  reason: string;
  decisionId: string;
  isWaiting: boolean;
};

export type PolicyPage = {
  inForce: PolicyVersionView | null;
  scope: 'requested' | 'catalog';
  issues: CheckedPolicy['issues'];
  history: Omit<PolicyVersionView, 'cedar' | 'toolPolicy' | 'templates'>[];
  exceptions: ExceptionRow[];
  falling: FallingRow[];
  /** Versions that cool down, what is due first first. */
  cooling: { serverName: string; version: string; until: string }[];
  /** Versions that wait for the policy to look at them now. */
  due: number;
  decisions: Record<'approve' | 'deny' | 'review', number>;
};

const MAX_ROWS = 100;

/** All that an organization's policy page shows. Throws NOT_FOUND, FORBIDDEN. */
export async function getPolicyPage({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  now?: Date;
}): Promise<PolicyPage> {
  const org = requireOrg(viewer, orgSlug, 'policy.read');
  const [rows, { settings }, exceptions, falling, cooling, due, decided] = await Promise.all([
    db().orgPolicy.findMany({ where: { orgId: org.id }, orderBy: { version: 'desc' }, take: MAX_ROWS }),
    db().org.findUniqueOrThrow({ where: { id: org.id }, select: { settings: true } }),
    listExceptions({ orgId: org.id, now }),
    fallingOf(org.id),
    db().policyTask.findMany({
      where: { orgId: org.id, dueAt: { gt: now }, occasion: 'cool-down' },
      orderBy: { dueAt: 'asc' },
      take: MAX_ROWS,
      select: { dueAt: true, version: { select: { serverName: true, version: true } } },
    }),
    db().policyTask.count({ where: { orgId: org.id, dueAt: { lte: now } } }),
    db().policyDecision.groupBy({ by: ['outcome'], where: { orgId: org.id }, _count: true }),
  ]);
  const views = await viewsOf(rows);
  const inForce = views[0] ?? null;
  const counts = { approve: 0, deny: 0, review: 0 };
  for (const { outcome, _count } of decided) counts[outcome] = _count;
  return {
    inForce,
    scope: orgSettings(settings).policyScope,
    issues: inForce ? checkPolicy(inForce.cedar).issues : [],
    history: views,
    exceptions,
    falling,
    cooling: cooling.map(({ dueAt, version }) => ({ ...version, until: dueAt.toISOString() })),
    due,
    decisions: counts,
  };
}

/** One version of a policy and the one before it. Throws NOT_FOUND. */
export async function getPolicyVersion({
  viewer,
  orgSlug,
  version,
}: {
  viewer: Viewer;
  orgSlug: string;
  version: number;
}): Promise<{ current: PolicyVersionView; previous: PolicyVersionView | null; newest: number }> {
  const org = requireOrg(viewer, orgSlug, 'policy.read');
  const rows = await db().orgPolicy.findMany({ where: { orgId: org.id, version: { in: [version, version - 1] } } });
  const [views, newest] = [await viewsOf(rows), await policyInForce(db(), org.id)];
  const current = views.find((one) => one.version === version);
  if (!current) throw new DomainError('NOT_FOUND', `The policy has no version ${version}.`);
  const previous = views.find((one) => one.version === version - 1) ?? null;
  return { current, previous, newest: newest?.version ?? version };
}

type Row = Awaited<ReturnType<typeof policyInForce>> & object;

async function viewsOf(rows: Row[]): Promise<PolicyVersionView[]> {
  const users = await db().user.findMany({
    where: { id: { in: rows.flatMap(({ createdById }) => createdById ?? []) } },
    select: { id: true, name: true, email: true },
  });
  const names = new Map(users.map(({ id, name, email }) => [id, name ?? email]));
  return rows.map((row) => ({
    version: row.version,
    mode: row.mode,
    cedar: row.cedar,
    coolDownDays: row.coolDownDays,
    toolPolicy: row.toolPolicy as unknown as ToolPolicy,
    templates: row.templates as unknown as ChosenTemplate[],
    note: row.note,
    by: row.createdById === null ? null : (names.get(row.createdById) ?? null),
    at: row.createdAt.toISOString(),
  }));
}

/** Approved versions whose newest decision under the policy in force is a denial, without exceptions. */
export async function fallingOf(orgId: string): Promise<(FallingRow & { serverId: string })[]> {
  type Found = {
    decisionId: string;
    serverId: string;
    serverName: string;
    version: string;
    deciding: unknown;
    isWaiting: boolean;
  };
  const rows = await db().$queryRaw<Found[]>(Prisma.sql`
    select d.id as "decisionId", v."serverId", v."serverName", v.version, d.deciding,
      exists (select 1 from "ApprovalRequest" r where r."orgId" = e."orgId" and r."serverId" = v."serverId"
        and r.version = v.version and r.state in ('open', 'asked')) as "isWaiting"
    from "AllowlistVersion" a
    join "AllowlistEntry" e on e.id = a."entryId" and e."orgId" = ${orgId} and e.state = 'approved'
    join "Version" v on v.id = a."versionId"
    join lateral (select p.id, p.outcome, p.deciding, p."policyVersion" from "PolicyDecision" p
      where p."versionId" = v.id and p."orgId" = ${orgId} order by p."decidedAt" desc, p.id desc limit 1) d on true
    where a.state = 'approved' and a.source <> 'exception' and d.outcome = 'deny'
      and d."policyVersion" = (select max(version) from "OrgPolicy" where "orgId" = ${orgId})
      and (select mode from "OrgPolicy" where "orgId" = ${orgId} order by version desc limit 1) <> 'off'
    order by v."serverName", v.version limit ${MAX_ROWS}`);
  return rows.map(({ deciding, ...row }) => ({
    ...row,
    reason: sayVerdict({ outcome: 'deny', deciding: deciding as DecidingPolicy[], errors: [] }),
  }));
}
