import { compareSigners } from '#lib/catalog/signer-change.ts';
import { log } from '#lib/config/log.ts';
import type { Tx } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { approvedSnapshot, currentSnapshot } from '#lib/scans/snapshots.ts';
import type { SignerFacts, VerificationResult } from '#lib/signing/types.ts';
import { compareSnapshots, type Drift } from '#scanners/drift/index.ts';
import type { ComparisonFacts } from './facts.ts';

/** An approved version of a server. */
export type ApprovedVersion = {
  versionId: string;
  serverId: string;
  feedEntry: unknown;
  approvedAt: Date;
  version: { version: string; publishedAt: Date };
};

/**
 * What a version is compared with: its own approval, else that of the newest version published before it, else of the
 * newest of all.
 */
export function comparedWith(
  version: { id: string; publishedAt: Date },
  approved: readonly ApprovedVersion[],
): ApprovedVersion | null {
  const newestFirst = [...approved].sort((a, b) => b.version.publishedAt.getTime() - a.version.publishedAt.getTime());
  return (
    newestFirst.find(({ versionId }) => versionId === version.id) ??
    newestFirst.find((one) => one.version.publishedAt <= version.publishedAt) ??
    newestFirst[0] ??
    null
  );
}

/** How a version differs from what was approved. Null where that cannot be told, which is not the same as no difference. */
export async function compareApproved(
  tx: Tx,
  versionId: string,
  approval: ApprovedVersion,
): Promise<ComparisonFacts | null> {
  const pinned = approval.feedEntry as FeedServerVersion;
  const [before, after] = [
    await approvedSnapshot(tx, { versionId: approval.versionId, pinned, approvedAt: approval.approvedAt }),
    await currentSnapshot(tx, versionId),
  ];
  if (before === null || after === null) return null;
  const drift = compare(before.snapshot, after.snapshot);
  const tools = after.snapshot.definitions.tools;
  if (drift === null || tools === null || drift.notCompared.includes('tools')) return null;
  const increases = drift.changes.filter((change) => change.class === 'permission-increase');
  return {
    version: approval.version.version,
    newTools: [...drift.tools.added, ...drift.tools.renamed.map(({ to }) => to)].sort(),
    changedTools: drift.tools.changed,
    removedTools: drift.tools.removed,
    permissionsIncreased: drift.permissions.added.length > 0 || increases.length > 0 || drift.cut > 0,
    newPermissions: [...new Set(drift.permissions.added.map(({ kind }) => kind as string))].sort(),
    signerChanged: await isOtherSigner(tx, versionId, approval),
    worst: drift.worst ?? 'none',
  };
}

/** A comparison that fails must not keep a policy from answering: what it would have said is unknown then. */
function compare(...[before, after]: Parameters<typeof compareSnapshots>): Drift | null {
  try {
    return compareSnapshots(before, after);
  } catch (error) {
    log.error({ err: error }, 'two snapshots could not be compared');
    return null;
  }
}

async function isOtherSigner(tx: Tx, versionId: string, approval: ApprovedVersion): Promise<boolean> {
  const signatures = await tx.signature.findMany({
    where: { versionId: { in: [versionId, approval.versionId] }, isValid: true },
    orderBy: [{ verifiedAt: 'asc' }, { id: 'asc' }],
    select: { versionId: true, result: true, matched: true },
  });
  const signersOf = (id: string): SignerFacts[] => {
    const own = signatures.filter((signature) => signature.versionId === id);
    const bound = own.filter(({ matched }) => matched !== null);
    return (bound.length > 0 ? bound : own).flatMap(({ result }) => {
      const verified = result as unknown as VerificationResult;
      return verified.ok ? [verified.signer] : [];
    });
  };
  const version = approval.version.version;
  if (approval.versionId !== versionId)
    return (
      compareSigners(
        { version, signers: signersOf(approval.versionId) },
        { version, signers: signersOf(versionId) },
      ) !== null
    );
  const pinned = (approval.feedEntry as FeedServerVersion).signer;
  if (pinned === null) return false;
  return !signersOf(versionId).some(({ issuer, san }) => issuer === pinned.issuer && san === pinned.san);
}
