import { db, Prisma, type Tx } from '#lib/db/db.ts';
import { lockFeed } from '#lib/feed/store/publish-feed.ts';

const ATTEMPTS = 3;

/**
 * A transaction that changes what an organization allows. Takes the feed's row first, so that decisions of one
 * organization come one after the other and never wait for each other in a circle: a revocation must not lose to an
 * approval. What the database ends all the same (deadlock with something else) is tried again.
 */
export async function orgTransaction<T>(orgId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db().$transaction(async (tx) => {
        await lockFeed(tx, orgId);
        return work(tx);
      });
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
    }
  }
}

/** P2034: the transaction conflicted or was chosen to end a deadlock. 40P01 is PostgreSQL's own word for the latter. */
function isConflict(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034') return true;
  return error instanceof Error && /40P01|deadlock detected/.test(error.message);
}
