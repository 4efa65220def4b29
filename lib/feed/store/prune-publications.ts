import { db } from '#lib/db/db.ts';
import { FEED_TTL_MS } from '../tuf/tuf-format.ts';

/** The newest of each organization that stay, however old: what the feed page shows, and more. */
const KEEP_NEWEST = 50;
/** No head, snapshot or targets document that is online may still be good after this, so nobody asks for what it names. */
const KEEP_MS = Math.max(FEED_TTL_MS.targets, FEED_TTL_MS.snapshot, FEED_TTL_MS.head);

/**
 * Deletes publications that no reader can need any more: each holds two whole bodies. Roots stay for ever: a client
 * that was away follows all of them. Archives carry what they name; serials and digests stay in the audit log.
 * Returns how many went.
 */
export async function prunePublications({ now = new Date(), keepNewest = KEEP_NEWEST } = {}): Promise<number> {
  const before = new Date(now.getTime() - KEEP_MS);
  return db().$executeRaw`
    delete from "FeedPublication" p
    using (
      select id, row_number() over (partition by "orgId" order by epoch desc, serial desc) as place
      from "FeedPublication"
    ) ranked
    where ranked.id = p.id and ranked.place > ${keepNewest} and p."publishedAt" < ${before}`;
}
