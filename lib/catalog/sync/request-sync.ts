import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueueSync } from '#lib/jobs/enqueue.ts';
import { findSyncSource } from './find-sync-source.ts';

/**
 * Has a source crawled as soon as a worker is free, whatever failed before; a crawl that was cut off goes on. `crawling`
 * when a worker is at it already. Who may ask is for the caller to say: instance admins. Throws NOT_FOUND, CONFLICT.
 */
export async function requestSync({
  name,
  now = new Date(),
}: {
  name: string;
  now?: Date;
}): Promise<'queued' | 'crawling'> {
  const source = await findSyncSource(name);
  if (!source.isEnabled) throw new DomainError('CONFLICT', `${name} is disabled. Enable it first.`);
  if (source.leaseUntil && source.leaseUntil > now) return 'crawling';
  // Not the count of failures: the next one must wait longer than the one before, however often somebody asks.
  await db().syncSource.updateMany({ where: { id: source.id, isEnabled: true }, data: { nextRunAt: now } });
  await enqueueSync();
  return 'queued';
}
