import type { Tx } from '#lib/db/db.ts';
import { pickLatest } from '#lib/manifest/index.ts';

/**
 * Marks the latest version of a server. `updatedAt` moves on both rows of a flip: a client that syncs by
 * `updated_since` must learn that the old row lost the mark (the official registry does not tell it).
 */
export const recalculateLatest = (tx: Tx, serverName: string, now: Date): Promise<void> =>
  recalculateLatestOf(tx, [serverName], now);

/** The same for several servers in two statements; with all their versions in memory, so name no more than some dozens. */
export async function recalculateLatestOf(tx: Tx, serverNames: string[], now: Date): Promise<void> {
  const versions = await tx.version.findMany({
    where: { serverName: { in: serverNames } },
    select: { id: true, serverName: true, version: true, status: true, publishedAt: true, isLatest: true },
  });
  const byServer = Map.groupBy(versions, ({ serverName }) => serverName);
  const latest = new Set([...byServer.values()].map((rows) => pickLatest(rows)?.id));
  const idsOf = (isWrong: (row: (typeof versions)[number]) => boolean) => versions.filter(isWrong).map(({ id }) => id);
  // The old mark goes first: the database allows one latest version a server.
  await markLatest(tx, { ids: idsOf((row) => row.isLatest && !latest.has(row.id)), isLatest: false, now });
  await markLatest(tx, { ids: idsOf((row) => !row.isLatest && latest.has(row.id)), isLatest: true, now });
}

async function markLatest(tx: Tx, { ids, isLatest, now }: { ids: string[]; isLatest: boolean; now: Date }) {
  if (ids.length > 0) await tx.version.updateMany({ where: { id: { in: ids } }, data: { isLatest, updatedAt: now } });
}

/**
 * Holds a server's name until the transaction ends, so that of several publications at once each sees what the one
 * before it committed. Names that differ only in case share the lock, because they may not both be taken.
 */
export const lockServerName = (tx: Tx, name: string): Promise<void> => lockServerNames(tx, [name]);

/** Holds several names, in one order, so that two that ask for the same names do not wait for each other. */
export async function lockServerNames(tx: Tx, names: string[]): Promise<void> {
  const keys = [...new Set(names.map((name) => `server:${name.toLowerCase()}`))].sort();
  await tx.$executeRaw`
    select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${keys}::text[]) with ordinality as keys(key, i)`;
}
