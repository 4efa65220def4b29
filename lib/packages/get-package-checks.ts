import { db, type Tx } from '#lib/db/db.ts';
import type { StoredCheck } from './settle-check.ts';
import type { PackageCheckKind, PackageCheckView } from './types.ts';

/** The order of the questions on a page. */
const KINDS: readonly PackageCheckKind[] = ['ownership', 'integrity', 'digest', 'provenance'];

/** What is known about the packages of a version, in the order of the manifest; empty before the first check. */
export async function getPackageChecks(versionId: string, tx: Tx = db()): Promise<PackageCheckView[]> {
  const rows = await tx.packageCheck.findMany({ where: { versionId } });
  return rows
    .map((row): PackageCheckView => {
      const { result, checkedAt, since } = row as unknown as StoredCheck;
      return { ...result, checkedAt: checkedAt.toISOString(), since: since.toISOString() };
    })
    .sort((a, b) => a.packageIndex - b.packageIndex || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}
