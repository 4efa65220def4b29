import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import type { FeedTrust } from '../documents.ts';

/** Where an organization's feed is read without credentials. */
export const feedBaseUrl = (org: string, pathKey: string) => `${config().publicUrl}/orgs/${org}/feed/k/${pathKey}`;

/**
 * What a gateway is configured with: keys, root and address. For signed-in owners and reviewers only, never from the
 * feed itself: a feed that hands out its own trust proves nothing. Throws NOT_FOUND, FORBIDDEN, UNAUTHENTICATED.
 */
export async function feedTrust({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer | null;
  orgSlug: string;
  now?: Date;
}): Promise<FeedTrust> {
  const org = requireOrg(viewer, orgSlug, 'feed.trust');
  const [feed, keys, root] = await Promise.all([
    db().feed.findUniqueOrThrow({ where: { orgId: org.id } }),
    db().feedKey.findMany({
      where: { orgId: org.id, role: { in: ['feed', 'root'] }, retiredAt: null },
      orderBy: { createdAt: 'asc' },
    }),
    db().feedRoot.findFirstOrThrow({ where: { orgId: org.id }, orderBy: { version: 'desc' } }),
  ]);
  await db().$transaction((tx) =>
    appendEvent(tx, { orgId: org.id, kind: 'feed.trust-downloaded', actor: actorOf(viewer!), subject: {}, now }),
  );
  return {
    v: 1,
    org: org.slug,
    baseUrl: feedBaseUrl(org.slug, feed.pathKey),
    feedKeys: keys.filter(({ role }) => role === 'feed').map(publicKey),
    recoveryKeys: keys.filter(({ role }) => role === 'root').map(publicKey),
    threshold: 1,
    tufRoot: JSON.parse(Buffer.from(root.bytes).toString('utf8')),
  };
}

const publicKey = ({ keyid, algorithm, publicPem }: { keyid: string; algorithm: string; publicPem: string }) => ({
  keyid,
  algorithm: algorithm as FeedTrust['feedKeys'][number]['algorithm'],
  pem: publicPem,
});
