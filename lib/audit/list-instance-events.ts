import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { type EventFilter, type EventList, listEvents, NO_FILTER } from './list-events.ts';

/** Events of the instance's own chain, newest first. Throws FORBIDDEN. */
export async function listInstanceEvents({
  viewer,
  filter = NO_FILTER,
}: {
  viewer: Viewer;
  filter?: EventFilter;
}): Promise<EventList> {
  requireAdmin(viewer);
  return listEvents({ chain: 'instance', filter });
}
