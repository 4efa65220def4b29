import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { db } from '#lib/db/db.ts';
import { findSyncSource } from './find-sync-source.ts';

/**
 * Turns a source on or off. Off, what was taken over stays and a crawl that is under way stops at its next page; on
 * again, it goes on there at once, whatever failed before. Throws NOT_FOUND.
 */
export async function setSyncEnabled({
  name,
  isEnabled,
  actor,
  now = new Date(),
}: {
  name: string;
  isEnabled: boolean;
  actor: Actor;
  now?: Date;
}): Promise<void> {
  await db().$transaction(async (tx) => {
    const source = await findSyncSource(name, tx);
    if (source.isEnabled === isEnabled) return;
    await tx.syncSource.update({
      where: { id: source.id },
      data: { isEnabled, ...(isEnabled ? { nextRunAt: now, failures: 0 } : {}) },
    });
    const data = { isEnabled };
    await appendEvent(tx, { orgId: null, kind: 'sync.source-changed', actor, subject: { source: name }, data, now });
  });
}
