import { appendEvent } from '#lib/audit/append-event.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import type { KeyKeeper } from './change-keys.ts';
import { announceFeed } from './feed-changes.ts';
import { lockFeed, newPathKey } from './publish-feed.ts';

/**
 * Gives the feed another address for clients that send no credentials. The old one is 404 as soon as this commits, and
 * its event streams end; who reads with a token is not touched. Nothing is signed: no document names the address.
 */
export async function changePathKey({
  keeper: { org, actor },
  now = new Date(),
}: {
  keeper: KeyKeeper;
  now?: Date;
}): Promise<{ pathKey: string }> {
  const pathKey = newPathKey();
  await orgTransaction(org.id, async (tx) => {
    const { epoch, serial } = await lockFeed(tx, org.id);
    await tx.feed.update({ where: { orgId: org.id }, data: { pathKey } });
    await appendEvent(tx, { orgId: org.id, kind: 'feed.path-key-changed', actor, subject: {}, now });
    await announceFeed(tx, { orgId: org.id, epoch, serial });
  });
  return { pathKey };
}
