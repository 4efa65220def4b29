import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueueScan } from '#lib/jobs/enqueue.ts';
import { SCAN_LIMITS } from './limits.ts';

const HOUR_MS = 3_600_000;

/**
 * Orders a scan of a version, with the server run in the sandbox, for any signed-in person. `waiting` when one is on its
 * way already: one waiting scan a version is enough. Throws UNAUTHENTICATED, NOT_FOUND, and CONFLICT for a person who
 * asked for SCAN_LIMITS.requestsPerHour scans within the hour before.
 */
export async function requestScan({
  viewer,
  serverName,
  version,
  now = new Date(),
}: {
  viewer: Viewer | null;
  serverName: string;
  version: string;
  now?: Date;
}): Promise<'queued' | 'waiting'> {
  if (!viewer) throw new DomainError('UNAUTHENTICATED', 'Sign in to ask for a scan.');
  const scanId = await db().$transaction(async (tx) => {
    // One request of a person, and one request for a version, at a time: both limits are counted.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`scan-request:${viewer.id}`}, 0))`;
    const [row] = await tx.$queryRaw<{ id: string }[]>`
      select id from "Version" where "serverName" = ${serverName} and version = ${version} for update`;
    if (!row) throw new DomainError('NOT_FOUND', `There is no version ${version} of ${serverName}.`);
    const waiting = await tx.scan.findFirst({
      where: { versionId: row.id, status: { in: ['queued', 'running'] } },
      select: { id: true },
    });
    if (waiting) return null;
    const requested = await tx.scan.count({
      where: { requestedById: viewer.id, createdAt: { gt: new Date(now.getTime() - HOUR_MS) } },
    });
    if (requested >= SCAN_LIMITS.requestsPerHour) {
      throw new DomainError(
        'CONFLICT',
        `You asked for ${requested} scans within an hour, and no more are allowed. Try again later.`,
      );
    }
    const scan = await tx.scan.create({
      data: { versionId: row.id, reason: `requested by ${viewer.name}`, requestedById: viewer.id, createdAt: now },
    });
    return scan.id;
  });
  if (scanId === null) return 'waiting';
  await enqueueScan(scanId);
  return 'queued';
}
