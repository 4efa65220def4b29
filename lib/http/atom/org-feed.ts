import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { eventView } from '#lib/audit/event-view.ts';
import { bearerOf, findToken } from '#lib/auth/tokens.ts';
import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { instanceMasterKey } from '#lib/feed/store/keys.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { AtomFeed } from './atom-xml.ts';

const ENTRIES = 50;

/** Decisions and findings: what changes what may be used, and why. */
const KINDS = ['allowlist.', 'deny.', 'lockdown.', 'finding.'];
const REQUESTS = ['request.approved', 'request.denied'];

/**
 * The path segment that opens an organization's Atom feed. Made from the key of the registry view, so that a change of
 * that ends both, and a secret of the instance: who reads the registry view, which every developer's client does, cannot
 * work it out and read reasons and names.
 */
async function atomKey({ id, viewKey }: { id: string; viewKey: string }): Promise<string> {
  const { key } = await instanceMasterKey();
  const secret = Buffer.from(hkdfSync('sha256', key, '', 'hallmark atom feeds v1', 32));
  return createHmac('sha256', secret).update(`${id}|${viewKey}`).digest('hex').slice(0, 40);
}

/** The address for feed readers, for those who may read the events. Throws FORBIDDEN, NOT_FOUND. */
export async function orgFeedAddress({ viewer, orgSlug }: { viewer: Viewer; orgSlug: string }): Promise<string> {
  const { id, slug } = requireOrg(viewer, orgSlug, 'audit.read');
  const { viewKey } = await db().org.findUniqueOrThrow({ where: { id }, select: { viewKey: true } });
  return `${config().publicUrl}/orgs/${slug}/atom/${await atomKey({ id, viewKey })}/feed.xml`;
}

/**
 * The organization's feed for its key, or for a `view` token of the whole organization. A wrong key, an unknown
 * organization and the token of another one or of a team look the same: NOT_FOUND. Throws UNAUTHENTICATED without a token.
 */
export async function orgFeed(request: Request, slug: string, key: string | null): Promise<AtomFeed> {
  const notFound = () =>
    new DomainError('NOT_FOUND', "There is no feed at this address. The organization's audit page has the right one.");
  const token = key === null ? await viewToken(request) : null;
  const org = await db().org.findUnique({
    where: { slug },
    select: { id: true, slug: true, displayName: true, viewKey: true, createdAt: true },
  });
  if (!org) throw notFound();
  const isAdmitted =
    key === null ? token?.orgId === org.id && token.teamId === null : sameText(key, await atomKey(org));
  if (!isAdmitted) throw notFound();
  const page = `${config().publicUrl}/orgs/${org.slug}`;
  const events = await db().auditEvent.findMany({
    where: {
      chain: org.id,
      OR: [...KINDS.map((kind) => ({ kind: { startsWith: kind } })), { kind: { in: REQUESTS } }],
    },
    orderBy: { seq: 'desc' },
    take: ENTRIES,
  });
  return {
    id: `urn:hallmark:org:${org.id}`,
    title: `Decisions of ${org.displayName}`,
    link: page,
    self: key === null ? `${page}/feed.xml` : `${page}/atom/${key}/feed.xml`,
    since: org.createdAt,
    entries: events.map((event) => {
      const { text, actor } = eventView(event);
      return {
        id: `urn:hallmark:event:${event.id}`,
        title: text,
        summary: `${actor}: ${event.kind}`,
        link: `${page}/audit?before=${event.seq + 1}`,
        at: event.at,
        author: actor,
      };
    }),
  };
}

async function viewToken(request: Request) {
  const secret = bearerOf(request);
  if (!secret) throw new DomainError('UNAUTHENTICATED', 'This needs a view token: Authorization: Bearer <token>.');
  const token = await findToken({ secret, kind: 'view', now: new Date() });
  if (!token) throw new DomainError('UNAUTHENTICATED', 'The view token is not valid, expired or revoked.');
  return token;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
