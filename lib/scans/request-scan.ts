import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueueScan } from '#lib/jobs/enqueue.ts';

/** Orders a scan of a version, with the server run in the sandbox, for any signed-in person. One waiting scan a version is enough. */
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
}): Promise<void> {
  if (!viewer) throw new DomainError('UNAUTHENTICATED', 'Sign in to ask for a scan.');
  const row = await db().version.findUnique({
    where: { serverName_version: { serverName, version } },
    select: { id: true },
  });
  if (!row) throw new DomainError('NOT_FOUND', `There is no version ${version} of ${serverName}.`);
  const waiting = await db().scan.findFirst({ where: { versionId: row.id, status: { in: ['queued', 'running'] } } });
  if (waiting) return;
  const scan = await db().scan.create({
    data: { versionId: row.id, reason: `requested by ${viewer.name}`, createdAt: now },
  });
  await enqueueScan(scan.id);
}
