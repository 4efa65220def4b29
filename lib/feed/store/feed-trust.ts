import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import type { FeedTrust } from '../documents.ts';
import { trustKey } from './declare-compromised.ts';
import { keysInUse } from './keys.ts';

/** Where an organization's feed is read: with the path key without credentials, else with a gateway token. */
export const feedBaseUrl = (org: string, pathKey: string | null): string =>
  `${config().publicUrl}/orgs/${org}/feed${pathKey === null ? '' : `/k/${pathKey}`}`;

/**
 * What a gateway is configured with: keys, root and address. For signed-in owners and reviewers only, never from the
 * feed itself: a feed that hands out its own trust proves nothing. Throws NOT_FOUND, FORBIDDEN, UNAUTHENTICATED.
 */
export async function feedTrust({
  viewer,
  orgSlug,
  access = 'key',
  now = new Date(),
}: {
  viewer: Viewer | null;
  orgSlug: string;
  /** Whether gateways read by the path key in the address, or by a token that they have besides. */
  access?: 'key' | 'token';
  now?: Date;
}): Promise<FeedTrust> {
  const org = requireOrg(viewer, orgSlug, 'feed.trust');
  const [feed, keys, root] = await Promise.all([
    db().feed.findUniqueOrThrow({ where: { orgId: org.id } }),
    keysInUse(db(), org.id),
    db().feedRoot.findFirstOrThrow({ where: { orgId: org.id }, orderBy: { version: 'desc' } }),
  ]);
  await db().$transaction((tx) =>
    appendEvent(tx, { orgId: org.id, kind: 'feed.trust-downloaded', actor: actorOf(viewer!), subject: {}, now }),
  );
  return {
    v: 1,
    org: org.slug,
    baseUrl: feedBaseUrl(org.slug, access === 'key' ? feed.pathKey : null),
    feedKeys: keys.filter(({ role }) => role === 'feed').map(trustKey),
    recoveryKeys: keys.filter(({ role }) => role === 'root').map(trustKey),
    threshold: 1,
    tufRoot: JSON.parse(Buffer.from(root.bytes).toString('utf8')),
  };
}
