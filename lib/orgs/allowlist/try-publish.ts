import type { Actor } from '#lib/audit/events.ts';
import { log } from '#lib/config/log.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';

/**
 * `publishFeed` for changes that must stay even where the feed cannot be signed now. Returns null then; `publishBehind` makes up
 * for it. What the failed attempt wrote is undone, the rest of the transaction stays.
 */
export async function tryPublish(
  tx: Tx,
  publication: { orgId: string; reason: string; actor: Actor; now: Date },
): Promise<number | null> {
  await tx.$executeRaw`savepoint publication`;
  try {
    const serial = await publishFeed(tx, publication);
    await tx.$executeRaw`release savepoint publication`;
    return serial;
  } catch (error) {
    await tx.$executeRaw`rollback to savepoint publication`;
    log.error(
      { orgId: publication.orgId, error: error instanceof Error ? error.message : String(error) },
      'the feed could not be published; the job of the allowlist tries again',
    );
    return null;
  }
}
