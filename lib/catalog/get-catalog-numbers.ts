import { db } from '#lib/db/db.ts';

export type CatalogNumbers = { servers: number; withTools: number; signed: number; lastScanAt: string | null };

/** What the home page counts: servers with a version that is not deleted, by their latest version. */
export async function getCatalogNumbers(): Promise<CatalogNumbers> {
  const latest = { isLatest: true, status: { not: 'deleted' as const } };
  const [servers, withTools, signed, lastScan] = await Promise.all([
    db().version.count({ where: latest }),
    db().version.count({ where: { ...latest, currentScan: { toolsDigest: { not: null } } } }),
    db().version.count({ where: { ...latest, signatureState: 'signed' } }),
    db().scan.findFirst({ where: { status: 'done' }, orderBy: { finishedAt: 'desc' }, select: { finishedAt: true } }),
  ]);
  return { servers, withTools, signed, lastScanAt: lastScan?.finishedAt?.toISOString() ?? null };
}
