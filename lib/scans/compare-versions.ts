import type { Viewer } from '#lib/auth/viewer.ts';
import { compareSigners, type SignerChange } from '#lib/catalog/signer-change.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { describeSigner, type SignerFacts, type VerificationResult } from '#lib/signing/index.ts';
import { compareSnapshots, type Drift } from '#scanners/drift/index.ts';
import { describePermission } from '#scanners/permissions/describe.ts';
import type { PermissionKind } from '#scanners/types.ts';
import { approvedSnapshot, currentSnapshot, earlierAnswer, type ScanFacts, type StoredSnapshot } from './snapshots.ts';

export type ComparedSide = {
  version: string;
  publishedAt: string;
  status: 'active' | 'deprecated' | 'deleted';
  /** The scan whose sight is compared; null where no scan has finished. */
  scan: ScanFacts | null;
  /** Signer in words; null where it is not signed. */
  signer: string | null;
};

export type VersionComparison = {
  serverName: string;
  title: string | null;
  from: ComparedSide;
  to: ComparedSide;
  /**
   * `versions` two versions; `answers` one version, as a scan saw it before and as it is now; `approval` what an organization
   * approved against what is there now.
   */
  against: 'versions' | 'answers' | 'approval';
  drift: Drift;
  permissions: Record<'added' | 'removed', { kind: PermissionKind; sentence: string }[]>;
  signerChange: SignerChange | null;
  /** Newest first. */
  versions: { version: string; isLatest: boolean; publishedAt: string }[];
};

/** Why there is nothing to compare: for the page to say. */
export type NoComparison = {
  serverName: string;
  title: string | null;
  reason: 'one-version' | 'same-answers' | 'not-kept';
  versions: VersionComparison['versions'];
};

const SHOWN_VERSIONS = 200;
const SIDE_SELECT = {
  id: true,
  version: true,
  status: true,
  publishedAt: true,
  manifest: true,
  signatures: {
    where: { isValid: true },
    orderBy: [{ verifiedAt: 'asc' }, { id: 'asc' }],
    select: { result: true, matched: true },
  },
} satisfies Prisma.VersionSelect;

/**
 * The difference of two versions of a server, by default of the latest and the one published before it. With the same version
 * twice: of what it answers now and what it answered in an earlier scan. With `approvedBy`, the slug of an organization of the
 * viewer: of what it approved of `from`. Null when there is no such server or version, or no such approval for this viewer.
 */
export async function compareVersions({
  name,
  from,
  to,
  approvedBy,
  viewer,
}: {
  name: string;
  from?: string;
  to?: string;
  approvedBy?: string;
  viewer: Viewer | null;
}): Promise<VersionComparison | NoComparison | null> {
  const versions = await db().version.findMany({
    where: { serverName: name },
    orderBy: [{ publishedAt: 'desc' }, { id: 'desc' }],
    take: SHOWN_VERSIONS,
    select: { version: true, isLatest: true, publishedAt: true },
  });
  const laterName = to ?? (versions.find(({ isLatest }) => isLatest) ?? versions[0])?.version;
  const later = laterName === undefined ? null : await findSide(name, laterName);
  if (later === null) return null;
  const earlierName = from ?? versions[versions.findIndex(({ version }) => version === laterName) + 1]?.version;
  const shared = {
    serverName: name,
    title: (later.manifest as unknown as Manifest).title ?? null,
    versions: versions.map((row) => ({ ...row, publishedAt: row.publishedAt.toISOString() })),
  };
  if (earlierName === undefined) return { ...shared, reason: 'one-version' };
  const earlier = earlierName === laterName ? later : await findSide(name, earlierName);
  if (earlier === null) return null;

  const after = await currentSnapshot(db(), later.id);
  const against = approvedBy !== undefined ? 'approval' : earlier.id === later.id ? 'answers' : 'versions';
  const before = await (against === 'approval'
    ? approvedSide({ versionId: earlier.id, approvedBy: approvedBy ?? '', viewer })
    : against === 'answers'
      ? earlierAnswer(db(), later.id)
      : currentSnapshot(db(), earlier.id));
  if (before === undefined) return null;
  if (before === null || after === null)
    return { ...shared, reason: against === 'answers' ? 'same-answers' : 'not-kept' };
  const drift = compareSnapshots(before.snapshot, after.snapshot);
  const said = (permissions: Drift['permissions']['added']) =>
    permissions.map((permission) => ({ kind: permission.kind, sentence: describePermission(permission) }));
  return {
    ...shared,
    from: sideOf(earlier, before),
    to: sideOf(later, after),
    against,
    drift,
    permissions: { added: said(drift.permissions.added), removed: said(drift.permissions.removed) },
    signerChange:
      earlier.id === later.id
        ? null
        : compareSigners(
            { version: earlier.version, signers: signersOf(earlier) },
            { version: later.version, signers: signersOf(later) },
          ),
  };
}

type VersionRow = { version: string; publishedAt: Date; status: ComparedSide['status']; signatures: SignatureRow[] };
type SignatureRow = { result: unknown; matched: unknown };

const findSide = (serverName: string, version: string) =>
  db().version.findUnique({ where: { serverName_version: { serverName, version } }, select: SIDE_SELECT });

/** What the viewer's organization approved of a version; undefined when it is none of theirs or approved nothing. */
async function approvedSide({
  versionId,
  approvedBy,
  viewer,
}: {
  versionId: string;
  approvedBy: string;
  viewer: Viewer | null;
}): Promise<StoredSnapshot | null | undefined> {
  const org = viewer?.orgs.find(({ slug }) => slug === approvedBy);
  if (org === undefined) return undefined;
  const approval = await db().allowlistVersion.findFirst({
    where: { versionId, entry: { orgId: org.id } },
    select: { feedEntry: true, approvedAt: true },
  });
  if (approval === null) return undefined;
  const pinned = approval.feedEntry as unknown as FeedServerVersion;
  return approvedSnapshot(db(), { versionId, pinned, approvedAt: approval.approvedAt });
}

function sideOf(row: VersionRow, { scan }: StoredSnapshot): ComparedSide {
  const [signer] = signersOf(row);
  return {
    version: row.version,
    publishedAt: row.publishedAt.toISOString(),
    status: row.status,
    scan,
    signer: signer === undefined ? null : describeSigner(signer),
  };
}

/** Bound signers where there are some; else whoever signed. */
function signersOf({ signatures }: VersionRow): SignerFacts[] {
  const bound = signatures.filter(({ matched }) => matched !== null);
  return (bound.length > 0 ? bound : signatures).flatMap(({ result }) => {
    const verified = result as VerificationResult;
    return verified.ok ? [verified.signer] : [];
  });
}
