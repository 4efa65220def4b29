import { PRIVATE, refusalOf, withoutSharing } from '#lib/http/orgs/open-org.ts';
import { decodePart } from '#lib/http/registry/decode-part.ts';
import { cacheable, methodNotAllowed, problem } from '#lib/http/respond.ts';
import { atomXml } from './atom-xml.ts';
import { newServersFeed, publisherFeed, serverFeed } from './catalog-feeds.ts';
import { orgFeed } from './org-feed.ts';

const PUBLIC = 'public, max-age=60';
const CONTENT_TYPE = 'application/atom+xml; charset=utf-8';

/** Atom feeds: `/feed.xml`, and `feed.xml` of servers, publishers and organizations. Null for any other path. */
export async function handleAtom(request: Request): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (!pathname.endsWith('/feed.xml')) return null;
  const parts = pathname.slice(1, -'feed.xml'.length).split('/').slice(0, -1).map(decodePart);
  const [root, ...rest] = parts;
  const isOurs =
    parts.length === 0 ||
    (root === 'servers' && rest.length === 2) ||
    (root === 'publishers' && rest.length === 1) ||
    (root === 'orgs' && (rest.length === 1 || (rest.length === 3 && rest[1] === 'atom')));
  if (!isOurs) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request.method, 'GET, HEAD');
  try {
    if (rest.includes(null)) return problem(404, 'There is no feed at this address.');
    const names = rest as string[];
    if (root === 'orgs') {
      const feed = await orgFeed(request, names[0]!, names[2] ?? null);
      return withoutSharing(cacheable(request, atomXml(feed), { contentType: CONTENT_TYPE, cacheControl: PRIVATE }));
    }
    const feed = await catalogFeed(root, names);
    if (!feed) return problem(404, 'There is no feed at this address.');
    return cacheable(request, atomXml(feed), { contentType: CONTENT_TYPE, cacheControl: PUBLIC });
  } catch (error) {
    const refused = refusalOf(error);
    return root === 'orgs' ? withoutSharing(refused) : refused;
  }
}

function catalogFeed(root: string | null | undefined, names: string[]) {
  if (root === undefined) return newServersFeed();
  return root === 'servers' ? serverFeed(names.join('/')) : publisherFeed(names[0]!);
}
