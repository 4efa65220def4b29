import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { Tx } from '#lib/db/db.ts';

/**
 * Closes the requests that an approval made outside of the queue has answered: those of the whole organization about this version that
 * ask for no more tools than are allowed now. Call it in the approval's transaction.
 */
export async function settleRequests(
  tx: Tx,
  {
    orgId,
    serverId,
    serverName,
    version,
    allowedTools,
    totalTools,
    actor,
    except,
    reason,
    now,
  }: {
    orgId: string;
    serverId: string;
    serverName: string;
    version: string;
    allowedTools: readonly string[];
    /** Tools that the version has. */
    totalTools: number;
    actor: Actor;
    /** The request that is being decided itself. */
    except: string | null;
    reason: string;
    now: Date;
  },
): Promise<void> {
  const waiting = await tx.approvalRequest.findMany({
    where: {
      orgId,
      serverId,
      version,
      teamId: null,
      state: { in: ['open', 'asked'] },
      ...(except === null ? {} : { id: { not: except } }),
    },
    select: { id: true, kind: true, toolPolicy: true },
  });
  for (const { id, kind, toolPolicy } of waiting) {
    const isAnswered =
      kind !== 'person' ||
      (toolPolicy === null
        ? allowedTools.length === totalTools
        : Object.keys((toolPolicy as { rules: object }).rules).every((name) => allowedTools.includes(name)));
    if (!isAnswered) continue;
    await tx.approvalRequest.update({
      where: { id },
      data: {
        state: 'approved',
        decision: reason,
        decidedAt: now,
        decidedById: actor.type === 'user' ? actor.id : null,
        updatedAt: now,
      },
    });
    await appendEvent(tx, {
      orgId,
      kind: 'request.approved',
      actor,
      subject: { server: serverName, version, request: id },
      data: { reason },
      now,
    });
  }
}
