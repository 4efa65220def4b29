import { timingSafeEqual } from 'node:crypto';
import { bearerOf, findToken } from '#lib/auth/tokens.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { cacheable, methodNotAllowed, problem, problemOf } from '#lib/http/respond.ts';

const IMMUTABLE = 'private, max-age=31536000, immutable';
const ALWAYS_ASK = 'private, no-cache';
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * The signed feed: `/orgs/{org}/feed/k/{key}/…` for clients that send no credentials, `/orgs/{org}/feed/…` with a
 * gateway token. Serves stored bytes and signs nothing. Returns null for any other path.
 */
export async function handleFeed(request: Request): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const match = /^\/orgs\/([^/]+)\/feed(?:\/k\/([^/]+))?\/(head|bodies\/.+|tuf\/.+)$/.exec(pathname);
  if (!match) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request.method, 'GET, HEAD');
  try {
    const org = await openFeed(request, match[1]!, match[2] ?? null);
    return await serve(request, org, match[3]!.split('/'));
  } catch (error) {
    return problemOf(error);
  }
}

type OpenFeed = { orgId: string; headBytes: Uint8Array | null; timestampBytes: Uint8Array | null };

/** The feed, when the request may read it. A wrong key and an unknown organization look the same. */
async function openFeed(request: Request, slug: string, key: string | null): Promise<OpenFeed> {
  const notFound = () =>
    new DomainError('NOT_FOUND', 'There is no feed at this address. Check the baseUrl of the trust file.');
  const feed = await db().feed.findFirst({
    where: { org: { slug } },
    select: { orgId: true, pathKey: true, headBytes: true, timestampBytes: true },
  });
  if (key !== null) {
    if (!feed || !sameText(key, feed.pathKey)) throw notFound();
    return feed;
  }
  const secret = bearerOf(request);
  if (!secret)
    throw new DomainError('UNAUTHENTICATED', 'This feed needs a gateway token: Authorization: Bearer <token>.');
  const token = await findToken({ secret, kind: 'gateway', now: new Date() });
  if (!token) throw new DomainError('UNAUTHENTICATED', 'The gateway token is not valid, expired or revoked.');
  if (!feed || token.orgId !== feed.orgId) throw notFound();
  return feed;
}

async function serve(
  request: Request,
  { orgId, headBytes, timestampBytes }: OpenFeed,
  [part, ...rest]: string[],
): Promise<Response> {
  const notFound = () => problem(404, 'The feed has no such document.');
  const send = (bytes: Uint8Array | null | undefined, cacheControl: string, contentType?: string) =>
    bytes ? cacheable(request, new Uint8Array(bytes), { cacheControl, contentType }) : notFound();

  if (part === 'head') {
    if (!headBytes) throw new DomainError('KEYS_UNAVAILABLE', 'This feed was never signed.');
    return send(headBytes, ALWAYS_ASK, 'application/vnd.dsse+json');
  }
  if (part === 'bodies' && rest.length === 1) {
    const sha256 = rest[0]!.replace(/\.json$/, '');
    return send(await bodyBytes(orgId, sha256), IMMUTABLE);
  }
  if (part === 'tuf' && rest[0] === 'targets' && rest.length === 2) {
    const named = /^([0-9a-f]{64})\.(allowlist|revocations)\.json$/.exec(rest[1]!);
    return named
      ? send(await bodyBytes(orgId, named[1]!, named[2] as 'allowlist' | 'revocations'), IMMUTABLE)
      : notFound();
  }
  if (part === 'tuf' && rest[0] === 'metadata' && rest.length === 2) {
    if (rest[1] === 'timestamp.json') return send(timestampBytes, ALWAYS_ASK);
    const named = /^([1-9][0-9]{0,8})\.(root|targets|snapshot)\.json$/.exec(rest[1]!);
    return named ? send(await metadataBytes(orgId, named[2]!, Number(named[1])), IMMUTABLE) : notFound();
  }
  return notFound();
}

/** A document by its digest: the allowlist or the revocations of any publication of this organization. */
async function bodyBytes(
  orgId: string,
  sha256: string,
  only?: 'allowlist' | 'revocations',
): Promise<Uint8Array | null> {
  if (!SHA256.test(sha256)) return null;
  if (only !== 'revocations') {
    const row = await db().feedPublication.findFirst({
      where: { orgId, allowlistSha256: sha256 },
      select: { allowlistBytes: true },
    });
    if (row) return row.allowlistBytes;
  }
  if (only === 'allowlist') return null;
  const row = await db().feedPublication.findFirst({
    where: { orgId, revocationsSha256: sha256 },
    select: { revocationsBytes: true },
  });
  return row?.revocationsBytes ?? null;
}

async function metadataBytes(orgId: string, role: string, version: number): Promise<Uint8Array | null> {
  if (role === 'root')
    return (await db().feedRoot.findUnique({ where: { orgId_version: { orgId, version } } }))?.bytes ?? null;
  const isTargets = role === 'targets';
  const row = await db().feedPublication.findFirst({
    where: { orgId, ...(isTargets ? { targetsVersion: version } : { snapshotVersion: version }) },
    select: { targetsBytes: isTargets, snapshotBytes: !isTargets },
  });
  return row?.targetsBytes ?? row?.snapshotBytes ?? null;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
