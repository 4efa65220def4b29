import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { RequestKind } from '#lib/db/client/client.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import type { VersionRule } from '../allowlist/version-rule.ts';

/** Days until a request is overdue, unless the organization set another number. */
export const DEFAULT_REVIEW_DAYS = 5;
const DAY_MS = 86_400_000;

export type NewRequest = {
  orgId: string;
  serverId: string;
  serverName: string;
  version: string;
  kind: RequestKind;
  reason: string;
  /** Null: Hallmark itself asks. */
  requester: Actor | null;
  versionRule?: VersionRule;
  toolPolicy?: ToolPolicy | null;
  until?: Date | null;
  teamId?: string | null;
  decisionId?: string | null;
  dueAt?: Date;
  now: Date;
};

/**
 * Puts a line into the review queue. One is enough: an open one of the same kind, version and asker is kept as it is, and an older
 * one of Hallmark's own about another version of the server is superseded, except what changed since it was approved. Returns the
 * request's id.
 */
export async function openRequestInTransaction(tx: Tx, input: NewRequest): Promise<string> {
  const { orgId, serverId, serverName, version, kind, requester, now } = input;
  const requesterId = requester?.type === 'user' ? requester.id : null;
  const waiting = await tx.approvalRequest.findMany({
    where: { orgId, serverId, kind, requesterId, state: { in: ['open', 'asked'] } },
    select: { id: true, version: true, teamId: true },
  });
  const same = waiting.find((one) => one.version === version && one.teamId === (input.teamId ?? null));
  if (same) {
    if (input.decisionId)
      await tx.approvalRequest.update({ where: { id: same.id }, data: { decisionId: input.decisionId } });
    return same.id;
  }
  // Each approved version that changed is a question of its own: the answer about another one is none about it.
  if (kind !== 'person' && kind !== 'drift') {
    for (const { id, version: older } of waiting) {
      const reason = `${version} waits in its place`;
      await closeSuperseded(tx, { id, orgId, serverName, version: older, reason, now });
    }
  }
  const row = await tx.approvalRequest.create({
    data: {
      orgId,
      serverId,
      teamId: input.teamId ?? null,
      kind,
      requesterId,
      version,
      versionRule: (input.versionRule ?? { kind: 'exact' }) as unknown as Prisma.InputJsonValue,
      toolPolicy: input.toolPolicy ? (input.toolPolicy as unknown as Prisma.InputJsonValue) : Prisma.DbNull,
      reason: input.reason,
      until: input.until ?? null,
      dueAt: input.dueAt ?? new Date(now.getTime() + DEFAULT_REVIEW_DAYS * DAY_MS),
      decisionId: input.decisionId ?? null,
      createdAt: now,
      updatedAt: now,
    },
  });
  await appendEvent(tx, {
    orgId,
    kind: 'request.opened',
    actor: requester ?? { type: 'system', name: 'Hallmark' },
    subject: { server: serverName, version, request: row.id },
    data: { reason: input.reason, kind },
    now,
  });
  return row.id;
}

/** Ends an open request that nobody has to decide any more. */
export async function closeSuperseded(
  tx: Tx,
  {
    id,
    orgId,
    serverName,
    version,
    reason,
    now,
  }: { id: string; orgId: string; serverName: string; version: string; reason: string; now: Date },
): Promise<void> {
  await tx.approvalRequest.update({
    where: { id },
    data: { state: 'superseded', decision: reason, decidedAt: now, updatedAt: now },
  });
  await appendEvent(tx, {
    orgId,
    kind: 'request.superseded',
    actor: { type: 'system', name: 'Hallmark' },
    subject: { server: serverName, version, request: id },
    data: { reason },
    now,
  });
}
