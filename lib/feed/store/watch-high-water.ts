import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { watchFeedChanges } from './feed-changes.ts';
import { noteHighWater } from './high-water.ts';

/** Keeps the high-water files up to what is committed, as it is committed. For workers. */
export function watchHighWater(): () => void {
  const note = async (orgId?: string) => {
    try {
      const feeds = await db().feed.findMany({ where: orgId === undefined ? {} : { orgId } });
      for (const feed of feeds) await noteHighWater(feed);
    } catch (error) {
      log.warn({ error: String(error) }, 'the high-water files of feeds could not be brought up to date');
    }
  };
  return watchFeedChanges({ onChange: ({ orgId }) => void note(orgId), onMissed: () => void note() });
}
