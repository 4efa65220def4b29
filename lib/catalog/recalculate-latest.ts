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
  for (const version of versions) {
    const isLatest = version.id === latest?.id;
    if (isLatest !== version.isLatest)
      await tx.version.update({ where: { id: version.id }, data: { isLatest, updatedAt: now } });
  }
}
