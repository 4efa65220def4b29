import type { Tx } from '#lib/db/db.ts';
import { pickLatest } from '#lib/manifest/index.ts';

/**
 * Marks the latest version of a server. `updatedAt` moves on both rows of a flip: a client that syncs by
 * `updated_since` must learn that the old row lost the mark (the official registry does not tell it).
 */
export async function recalculateLatest(tx: Tx, serverName: string, now: Date): Promise<void> {
  const versions = await tx.version.findMany({
    where: { serverName },
    select: { id: true, version: true, status: true, publishedAt: true, isLatest: true },
  });
  const latest = pickLatest(versions);
  // The old mark goes first: the database allows one latest version a server.
  for (const version of versions) {
    if (version.isLatest && version.id !== latest?.id) {
      await tx.version.update({ where: { id: version.id }, data: { isLatest: false, updatedAt: now } });
    }
  }
  if (latest && !latest.isLatest) {
    await tx.version.update({ where: { id: latest.id }, data: { isLatest: true, updatedAt: now } });
  }
}

/**
 * Holds a server's name until the transaction ends, so that of several publications at once each sees what the one
 * before it committed. Names that differ only in case share the lock, because they may not both be taken.
 */
export async function lockServerName(tx: Tx, name: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`server:${name.toLowerCase()}`}, 0))`;
}
