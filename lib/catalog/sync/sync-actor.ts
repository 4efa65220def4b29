import type { Actor } from '#lib/audit/events.ts';

/** Who did it where an upstream's change was taken over. */
export const syncActor = (sourceName: string): Extract<Actor, { type: 'system' }> => ({
  type: 'system',
  name: `Sync of ${sourceName}`,
});
