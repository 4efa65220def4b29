import { appendEvent } from '#lib/audit/append-event.ts';
import { db } from '#lib/db/db.ts';
import { closeSuperseded } from './open-request.ts';

/** Requests that one run looks at; the next run takes the rest. */
const MAX_PER_RUN = 500;

/**
 * Tells once of every request that waits beyond its day, and closes those about versions that were deleted. Returns how many of each.
 */
export async function tendRequests({ now = new Date() } = {}): Promise<{ overdue: number; superseded: number }> {
  const waiting = { state: { in: ['open' as const, 'asked' as const] } };
  const [overdue, gone] = await Promise.all([
    db().approvalRequest.findMany({
      where: { state: 'open', dueAt: { lte: now }, remindedAt: null },
      select: { id: true },
      orderBy: { dueAt: 'asc' },
      take: MAX_PER_RUN,
    }),
    db().$queryRaw<{ id: string }[]>`
      select r.id from "ApprovalRequest" r
      join "Version" v on v."serverId" = r."serverId" and v.version = r.version
      where r.state in ('open', 'asked') and v.status = 'deleted'
      limit ${MAX_PER_RUN}`,
  ]);
  for (const { id } of overdue) await tellOverdue(id, now);
  for (const { id } of gone) {
    await db().$transaction(async (tx) => {
      await tx.$queryRaw`select 1 from "ApprovalRequest" where id = ${id} for update`;
      const request = await tx.approvalRequest.findFirst({
        where: { id, ...waiting },
        include: { server: { select: { name: true } } },
      });
      if (!request) return;
      const { orgId, version } = request;
      await closeSuperseded(tx, {
        id,
        orgId,
        serverName: request.server.name,
        version,
        reason: 'the version was deleted',
        now,
      });
    });
  }
  return { overdue: overdue.length, superseded: gone.length };
}

async function tellOverdue(id: string, now: Date): Promise<void> {
  await db().$transaction(async (tx) => {
    // Of several workers one tells it.
    const { count } = await tx.approvalRequest.updateMany({
      where: { id, state: 'open', remindedAt: null },
      data: { remindedAt: now },
    });
    if (count === 0) return;
    const request = await tx.approvalRequest.findUniqueOrThrow({
      where: { id },
      include: { server: { select: { name: true } } },
    });
    await appendEvent(tx, {
      orgId: request.orgId,
      kind: 'request.overdue',
      actor: { type: 'system', name: 'Hallmark' },
      subject: { server: request.server.name, version: request.version, request: id },
      data: { since: request.createdAt.toISOString().slice(0, 10) },
      now,
    });
  });
}
