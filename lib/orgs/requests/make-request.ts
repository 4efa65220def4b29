import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { parsePolicy, requireReason } from '../allowlist/approve-version.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import type { VersionRule } from '../allowlist/version-rule.ts';
import { orgTransaction } from '../org-transaction.ts';
import { orgSettings } from '../settings.ts';
import { openRequestInTransaction } from './open-request.ts';
import { type RequestTarget, requestTarget, requireKnownTools } from './request-target.ts';
import { settleByPolicy } from './settle-by-policy.ts';

const DAY_MS = 86_400_000;
/** Requests of one person that may wait at the same time: a queue is for people. */
const MAX_WAITING = 100;

export type RequestInput = {
  viewer: Viewer;
  orgSlug: string;
  serverName: string;
  version: string;
  versionRule?: VersionRule;
  /** Tools that are asked for; null for all that the version has. */
  toolPolicy?: ToolPolicy | null;
  reason: string;
  until?: Date | null;
  /** Team that it is for; null for the whole organization. */
  teamSlug?: string | null;
  now?: Date;
};

/** What became of a request: a policy may have approved it at once, and then the feed has a new serial. */
export type MadeRequest = { id: string; state: 'open' | 'approved'; serial: number | null };

/**
 * Asks for a version of a server. Throws NOT_FOUND, FORBIDDEN, UNPROCESSABLE (reason, tools, date), DENIED when the organization
 * denies the server, CONFLICT when exactly this is approved already or the person has 100 requests waiting.
 */
export async function makeRequest(input: RequestInput): Promise<MadeRequest> {
  const { viewer, orgSlug, serverName, version, now = new Date() } = input;
  const org = requireOrg(viewer, orgSlug, 'request.make');
  const reason = requireReason(input.reason);
  const toolPolicy = input.toolPolicy ? parsePolicy(input.toolPolicy) : null;
  const until = requireFuture(input.until ?? null, now);
  return orgTransaction(org.id, async (tx) => {
    const target = await requestTarget(tx, serverName, version);
    requireKnownTools(toolPolicy, target);
    const teamId = input.teamSlug ? await requireTeam(tx, { viewer, org, slug: input.teamSlug }) : null;
    await requireNew(tx, { org, target, teamId, toolPolicy });
    await requireRoom(tx, { orgId: org.id, requesterId: viewer.id });
    const { settings } = await tx.org.findUniqueOrThrow({ where: { id: org.id }, select: { settings: true } });
    const { reviewDays } = orgSettings(settings);
    const id = await openRequestInTransaction(tx, {
      orgId: org.id,
      serverId: target.serverId,
      serverName,
      version,
      kind: 'person',
      reason,
      requester: actorOf(viewer),
      versionRule: input.versionRule,
      toolPolicy,
      until,
      teamId,
      dueAt: new Date(now.getTime() + reviewDays * DAY_MS),
      now,
    });
    const serial = await settleByPolicy(tx, { org, requestId: id, target, now });
    return { id, state: serial === null ? 'open' : 'approved', serial };
  });
}

function requireFuture(until: Date | null, now: Date): Date | null {
  if (until === null || until.getTime() > now.getTime()) return until;
  throw new DomainError('UNPROCESSABLE', 'Give a day in the future, or leave it empty for no end.');
}

/** A team that the person is in; owners and reviewers ask for every team. */
async function requireTeam(
  tx: Tx,
  { viewer, org, slug }: { viewer: Viewer; org: { id: string; role: string }; slug: string },
): Promise<string> {
  const team = await tx.team.findUnique({
    where: { orgId_slug: { orgId: org.id, slug } },
    select: { id: true, archivedAt: true, members: { where: { userId: viewer.id }, select: { userId: true } } },
  });
  const mayAsk = team && !team.archivedAt && (org.role !== 'requester' || team.members.length > 0);
  if (!mayAsk) throw new DomainError('NOT_FOUND', `There is no team "${slug}" that you belong to.`);
  return team.id;
}

/** Nothing to ask for where the organization, and the team, allow it already without limits. */
async function requireNew(
  tx: Tx,
  {
    org,
    target,
    teamId,
    toolPolicy,
  }: {
    org: { id: string; displayName: string };
    target: RequestTarget;
    teamId: string | null;
    toolPolicy: ToolPolicy | null;
  },
): Promise<void> {
  const approved = await tx.allowlistVersion.findFirst({
    where: { versionId: target.versionId, state: 'approved', entry: { orgId: org.id, state: 'approved' } },
    select: { feedEntry: true, entryId: true },
  });
  if (!approved) return;
  const allowed = (approved.feedEntry as unknown as { tools: { allow: { name: string }[] } }).tools.allow.map(
    ({ name }) => name,
  );
  const wanted = toolPolicy === null ? (target.tools ?? []) : Object.keys(toolPolicy.rules);
  if (wanted.some((name) => !allowed.includes(name))) return;
  if (teamId !== null) {
    const ofTeam = await tx.teamEntry.findUnique({ where: { teamId_entryId: { teamId, entryId: approved.entryId } } });
    if (!ofTeam || ofTeam.toolPolicy !== null) return;
  }
  throw new DomainError(
    'CONFLICT',
    `${target.serverName} ${target.version} is approved in ${org.displayName} with these tools already.`,
  );
}

async function requireRoom(tx: Tx, { orgId, requesterId }: { orgId: string; requesterId: string }): Promise<void> {
  const waiting = await tx.approvalRequest.count({
    where: { orgId, requesterId, state: { in: ['open', 'asked'] } },
  });
  if (waiting < MAX_WAITING) return;
  throw new DomainError('CONFLICT', `${MAX_WAITING} of your requests wait already. Withdraw what you do not need.`);
}
