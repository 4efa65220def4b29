import { db } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { orgTransaction } from '../org-transaction.ts';
import type { Attempt } from './tend-allowlist.ts';

const ACTOR = { type: 'system', name: 'Hallmark' } as const;
/** Changes that stay although their publication failed (`tryPublish`). */
const UNPUBLISHED = ['allowlist.suspended', 'allowlist.expired', 'lockdown.started'] as const;

/**
 * Publishes the feeds whose last such change came after their last publication. The chain of events orders the two: a publication
 * holds it while it reads what is allowed.
 */
export async function publishBehind({ now, attempt }: { now: Date; attempt: Attempt }): Promise<number> {
  const behind = await db().$queryRaw<{ orgId: string }[]>`
    select f."orgId" from "Feed" f
    where exists (
      select 1 from unnest(${[...UNPUBLISHED]}::text[]) as kinds(kind)
      where (select max(seq) from "AuditEvent" where chain = f."orgId" and kind = kinds.kind) >
        (select coalesce(max(seq), 0) from "AuditEvent" where chain = f."orgId" and kind = 'feed.published'))`;
  let published = 0;
  for (const { orgId } of behind) {
    const isDone = await attempt(orgId, async () => {
      await orgTransaction(orgId, (tx) =>
        publishFeed(tx, { orgId, reason: 'what could not be published before', actor: ACTOR, now }),
      );
    });
    if (isDone) published += 1;
  }
  return published;
}
