import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { Prisma, Tx } from '#lib/db/db.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';
import { type StoredCheck, settleCheck } from './settle-check.ts';
import type { PackageCheckResult } from './types.ts';

/**
 * Keeps the answers about all packages of a version, with an event for each state that changed. Checks that the version
 * does not have any more (its manifest was replaced) go. Returns how many states changed; first answers are no change.
 */
export async function storePackageChecks(
  tx: Tx,
  {
    versionId,
    results,
    actor,
    now,
  }: { versionId: string; results: readonly PackageCheckResult[]; actor: Actor; now: Date },
): Promise<{ changed: number }> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`package-checks:${versionId}`}, 0))`;
  const version = await tx.version.findUniqueOrThrow({
    where: { id: versionId },
    select: { serverName: true, version: true, packageChecks: true },
  });
  const keyOf = ({ packageIndex, kind }: { packageIndex: number; kind: string }) => `${packageIndex} ${kind}`;
  const rows = new Map(version.packageChecks.map((row) => [keyOf(row), row]));

  let [changed, isNews] = [0, rows.size === 0 && results.length > 0];
  for (const result of results) {
    const row = rows.get(keyOf(result));
    rows.delete(keyOf(result));
    const previous = row ? (row as unknown as StoredCheck) : null;
    const settled = settleCheck(previous, result, now);
    const data = { ...settled, result: settled.result as unknown as Prisma.InputJsonValue };
    const { packageIndex, kind } = result;
    if (!row) {
      await tx.packageCheck.create({ data: { versionId, packageIndex, kind, ...data } });
      continue;
    }
    await tx.packageCheck.update({ where: { id: row.id }, data });
    if (row.state === settled.state || previous?.result.label !== result.label) continue;
    changed++;
    isNews = true;
    await appendEvent(tx, {
      orgId: null,
      kind: 'package.check-changed',
      actor,
      subject: { server: version.serverName, version: version.version, package: result.label, kind },
      data: { state: settled.state, previous: row.state, code: settled.result.code, message: settled.result.message },
      now,
    });
  }
  await tx.packageCheck.deleteMany({ where: { id: { in: [...rows.values()].map(({ id }) => id) } } });
  if (isNews) await enqueuePolicyTasks(tx, { versionIds: [versionId], occasion: 'scan', now });
  return { changed };
}
