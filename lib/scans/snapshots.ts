import { Prisma, type Tx } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import type { Definitions, Manifest } from '#lib/manifest/types.ts';
import type { ComparedSnapshot } from '#scanners/drift/index.ts';
import { NO_DEFINITIONS } from './no-definitions.ts';
import { packageSight, SIGHT_SELECT, type SightRow } from './package-sight.ts';

export type ScanFacts = { at: string; origin: 'live' | 'declared' | null };
/** A snapshot as it was stored, and the scan that saw it; null where no scan has. */
export type StoredSnapshot = { snapshot: ComparedSnapshot; scan: ScanFacts | null };

type ScanRow = SightRow & {
  definitions: unknown;
  definitionsOrigin: 'live' | 'declared' | null;
  finishedAt: Date | null;
};
const SCAN_SELECT = { definitions: true, definitionsOrigin: true, finishedAt: true, ...SIGHT_SELECT } as const;

/** Finished, and not emptied since; retention/prune-scans.ts leaves those that the functions below look for. */
const KEPT = { status: 'done', coverage: { not: Prisma.AnyNull } } satisfies Prisma.ScanWhereInput;

export const storedSnapshot = (manifest: unknown, scan: ScanRow | null): StoredSnapshot => ({
  snapshot: {
    manifest: manifest as Manifest,
    definitions: (scan?.definitions as Definitions | null | undefined) ?? NO_DEFINITIONS,
    sight: scan && packageSight(scan),
  },
  scan: scan?.finishedAt ? { at: scan.finishedAt.toISOString(), origin: scan.definitionsOrigin } : null,
});

/** What the version is now: its manifest, and what the scan that counts saw. Null when there is no such version. */
export async function currentSnapshot(tx: Tx, versionId: string): Promise<StoredSnapshot | null> {
  const row = await tx.version.findUnique({
    where: { id: versionId },
    select: { manifest: true, currentScan: { select: SCAN_SELECT } },
  });
  return row && storedSnapshot(row.manifest, row.currentScan);
}

/**
 * What the server said before it said what the current scan saw: the newest finished scan of the version that saw other tools.
 * Null when every scan saw the same.
 */
export async function earlierAnswer(tx: Tx, versionId: string): Promise<StoredSnapshot | null> {
  const row = await tx.version.findUnique({
    where: { id: versionId },
    select: { manifest: true, currentScan: { select: { toolsDigest: true, finishedAt: true } } },
  });
  const current = row?.currentScan;
  if (!row || !current?.toolsDigest || !current.finishedAt) return null;
  const scan = await tx.scan.findFirst({
    where: {
      versionId,
      ...KEPT,
      finishedAt: { lte: current.finishedAt },
      toolsDigest: { notIn: [current.toolsDigest] },
    },
    orderBy: [{ finishedAt: 'desc' }, { id: 'desc' }],
    select: SCAN_SELECT,
  });
  return scan && storedSnapshot(row.manifest, scan);
}

/**
 * What an organization approved: the manifest with the digest that it pinned, and the newest scan until the approval that saw
 * the tools that it pinned. Null when either is not kept any more.
 */
export async function approvedSnapshot(
  tx: Tx,
  { versionId, pinned, approvedAt }: { versionId: string; pinned: FeedServerVersion; approvedAt: Date },
): Promise<StoredSnapshot | null> {
  const manifest = await manifestWithDigest(tx, versionId, pinned.manifestSha256);
  const saw = { versionId, ...KEPT, toolsDigest: pinned.toolsDigest };
  const scan =
    (await tx.scan.findFirst({
      where: { ...saw, finishedAt: { lte: approvedAt } },
      orderBy: [{ finishedAt: 'desc' }, { id: 'desc' }],
      select: SCAN_SELECT,
    })) ??
    (await tx.scan.findFirst({ where: saw, orderBy: [{ finishedAt: 'asc' }, { id: 'asc' }], select: SCAN_SELECT }));
  return manifest === null || scan === null ? null : storedSnapshot(manifest, scan);
}

/** The manifest, or the revision of it that an admin replaced since. */
async function manifestWithDigest(tx: Tx, versionId: string, manifestSha256: string): Promise<unknown> {
  const row = await tx.version.findUnique({
    where: { id: versionId },
    select: { manifest: true, manifestSha256: true },
  });
  if (row?.manifestSha256 === manifestSha256) return row.manifest;
  const revision = await tx.versionRevision.findFirst({
    where: { versionId, manifestSha256 },
    select: { manifestBytes: true },
  });
  return revision === null ? null : JSON.parse(Buffer.from(revision.manifestBytes).toString('utf8'));
}
