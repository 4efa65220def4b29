import { appendEvent } from '#lib/audit/append-event.ts';
import { db } from '#lib/db/db.ts';
import { orgTransaction } from '../org-transaction.ts';
import type { Attempt } from './tend-allowlist.ts';
import { tryPublish } from './try-publish.ts';

const ACTOR = { type: 'system', name: 'Hallmark' } as const;

/** Ends the approvals whose time is over. Gateways refuse them from that time on, also with an older list, which names the end. */
export async function expireEntries({ now, attempt }: { now: Date; attempt: Attempt }): Promise<number> {
  const due = { state: { in: ['approved' as const, 'suspended' as const] }, expiresAt: { lte: now } };
  const orgs = await db().allowlistEntry.findMany({ where: due, distinct: ['orgId'], select: { orgId: true } });
  let expired = 0;
  for (const { orgId } of orgs) {
    await attempt(orgId, async () => {
      expired += await orgTransaction(orgId, async (tx) => {
        const entries = await tx.allowlistEntry.findMany({
          where: { orgId, ...due },
          orderBy: { server: { name: 'asc' } },
          select: { id: true, server: { select: { name: true } } },
        });
        const ids = entries.map(({ id }) => id);
        await tx.allowlistVersion.updateMany({
          where: { entryId: { in: ids }, state: { in: ['approved', 'suspended'] } },
          data: { state: 'expired', revokedAt: now, revokedReason: 'its approval ended' },
        });
        await tx.allowlistEntry.updateMany({
          where: { id: { in: ids } },
          data: { state: 'expired', suspendedAt: null, suspendedReason: null, updatedAt: now },
        });
        for (const { server } of entries)
          await appendEvent(tx, {
            orgId,
            kind: 'allowlist.expired',
            actor: ACTOR,
            subject: { server: server.name },
            now,
          });
        const [first] = entries;
        if (!first) return 0;
        const about = entries.length === 1 ? first.server.name : `${entries.length} servers`;
        await tryPublish(tx, { orgId, reason: `the approval of ${about} ended`, actor: ACTOR, now });
        return entries.length;
      });
    });
  }
  return expired;
}
