import { type Db, db } from '#lib/db/db.ts';
import { appendEvent } from './append-event.ts';

/** Nobody may have events removed earlier, whatever is set. */
export const MIN_RETENTION_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Removes the events of a chain that are older than `days`. The last removed one stays known with its hash, in a checkpoint
 * and in the event that says so, and the rest verifies from there. Only a beginning without gaps goes, only what the
 * outbox has seen, and never the newest event. Returns how many went.
 */
export async function pruneEvents(
  { chain, days, now }: { chain: string; days: number; now: Date },
  database: Db = db(),
): Promise<{ removed: number; seq: number | null }> {
  const kept = Math.max(days, MIN_RETENTION_DAYS);
  const before = new Date(now.getTime() - kept * DAY_MS);
  return database.$transaction(
    async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`audit:${chain}`}, 0))`;
      const newest = await tx.auditEvent.findFirst({
        where: { chain },
        orderBy: { seq: 'desc' },
        select: { seq: true },
      });
      const young = await tx.auditEvent.findFirst({
        where: { chain, at: { gte: before } },
        orderBy: { seq: 'asc' },
        select: { seq: true },
      });
      const seen = chain === 'instance' ? null : ((await tx.outboxCursor.findUnique({ where: { chain } }))?.seq ?? 0);
      const below = Math.min(young?.seq ?? newest?.seq ?? 0, newest?.seq ?? 0, seen === null ? Infinity : seen + 1);
      const last = await tx.auditEvent.findFirst({
        where: { chain, seq: { lt: below } },
        orderBy: { seq: 'desc' },
        select: { seq: true, hash: true },
      });
      if (!last) return { removed: 0, seq: null };
      const { count } = await tx.auditEvent.deleteMany({ where: { chain, seq: { lte: last.seq } } });
      await tx.auditCheckpoint.create({ data: { chain, seq: last.seq, hash: last.hash, removedAt: now } });
      await appendEvent(tx, {
        orgId: chain === 'instance' ? null : chain,
        kind: 'audit.pruned',
        actor: { type: 'system', name: 'Hallmark' },
        subject: {},
        data: { seq: last.seq, hash: last.hash, days: kept, removed: count },
        now,
      });
      return { removed: count, seq: last.seq };
    },
    { timeout: 120_000 },
  );
}
