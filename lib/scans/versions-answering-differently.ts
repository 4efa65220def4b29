import { db } from '#lib/db/db.ts';

/** Versions of a server that did not say the same in every finished scan: their tools differ between two of them. */
export async function versionsAnsweringDifferently(serverName: string): Promise<Set<string>> {
  const rows = await db().scan.groupBy({
    by: ['versionId', 'toolsDigest'],
    where: { version: { serverName }, status: 'done', toolsDigest: { not: null } },
  });
  const digests = Map.groupBy(rows, ({ versionId }) => versionId);
  const ids = [...digests].filter(([, group]) => group.length > 1).map(([id]) => id);
  if (ids.length === 0) return new Set();
  const versions = await db().version.findMany({ where: { id: { in: ids } }, select: { version: true } });
  return new Set(versions.map(({ version }) => version));
}
