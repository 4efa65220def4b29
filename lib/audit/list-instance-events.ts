import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { type EventView, eventView } from './event-view.ts';

export const EVENTS_A_PAGE = 50;

/**
 * Events of the instance's own chain, newest first; `before` is the number of the event to go on below. `next` is the
 * `before` of the following page, null where there is none. Throws FORBIDDEN.
 */
export async function listInstanceEvents({
  viewer,
  before,
}: {
  viewer: Viewer;
  before?: number | null;
}): Promise<{ events: EventView[]; next: number | null }> {
  requireAdmin(viewer);
  const rows = await db().auditEvent.findMany({
    where: { chain: 'instance', ...(before ? { seq: { lt: before } } : {}) },
    orderBy: { seq: 'desc' },
    take: EVENTS_A_PAGE + 1,
  });
  const shown = rows.slice(0, EVENTS_A_PAGE);
  return { events: shown.map(eventView), next: rows.length > shown.length ? shown.at(-1)!.seq : null };
}
