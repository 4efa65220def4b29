import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { db } from '#lib/db/db.ts';
import { findSyncSource } from './find-sync-source.ts';

/**
 * Removes a source. What was taken over from it stays as it is, and other sources may go on with its names. Throws
 * NOT_FOUND.
 */
export async function removeSyncSource({
  name,
  actor,
  now = new Date(),
}: {
  name: string;
  actor: Actor;
  now?: Date;
}): Promise<void> {
  await db().$transaction(async (tx) => {
    const { id, baseUrl } = await findSyncSource(name, tx);
    await tx.syncSource.delete({ where: { id } });
    const data = { baseUrl };
    await appendEvent(tx, { orgId: null, kind: 'sync.source-removed', actor, subject: { source: name }, data, now });
  });
}
