import { db } from '#lib/db/db.ts';
import { acknowledgeHead } from '#lib/feed/store/acknowledge-head.ts';
import { gatewayAck, recordAck } from '#lib/feed/store/record-ack.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { cacheable, isNotModified, methodNotAllowed, problem, problemOf, readBody } from '#lib/http/respond.ts';
import { eventStream } from './event-stream.ts';
import { admit, admitToken } from './gateway-access.ts';
import type { OpenFeed, Served } from './open-feeds.ts';

const IMMUTABLE = 'private, max-age=31536000, immutable';
const ALWAYS_ASK = 'private, no-cache';
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_ACK_BYTES = 16 * 1024;

/**
 * The signed feed: `/orgs/{org}/feed/k/{key}/…` for clients that send no credentials, `/orgs/{org}/feed/…` with a
 * gateway token. Serves stored bytes and signs nothing. Returns null for any other path.
 */
export async function handleFeed(request: Request): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const match =
    /^\/orgs\/([^/]+)\/feed(?:\/k\/([^/]+))?\/(head|recovery|events|ack|ack\/head|bodies\/.+|tuf\/.+)$/.exec(pathname);
  if (!match) return null;
  const [slug, key, document] = [match[1]!, match[2] ?? null, match[3]!];
  try {
    if (document.startsWith('ack')) return await answerGateway(request, { slug, key, document });
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request.method, 'GET, HEAD');
    const { feed, token } = await admit(request, { slug, key });
    if (document === 'events') {
      return request.method === 'GET' ? eventStream({ feed, token }) : methodNotAllowed(request.method, 'GET');
    }
    return await serve(request, feed, document.split('/'));
  } catch (error) {
    return problemOf(error);
  }
}

/** POST …/feed/ack and …/feed/ack/head – what a gateway applies, and the proof of a head that we do not know. */
async function answerGateway(
  request: Request,
  { slug, key, document }: { slug: string; key: string | null; document: string },
): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed(request.method, 'POST');
  if (key !== null) {
    throw new DomainError(
      'UNAUTHENTICATED',
      'Acknowledge at …/feed/ack with a gateway token; the path key only reads.',
    );
  }
  const { feed, token } = await admitToken(request, slug);
  const body = await readBody(request, MAX_ACK_BYTES);
  const { orgId } = feed;
  if (document === 'ack/head') await acknowledgeHead({ orgId, envelopeBytes: body, now: new Date() });
  else await recordAck({ orgId, tokenId: token.id, ack: gatewayAck(body), now: new Date() });
  return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
}

async function serve(request: Request, feed: OpenFeed, [part, ...rest]: string[]): Promise<Response> {
  const { orgId } = feed;
  const notFound = () => problem(404, 'The feed has no such document.');
  const send = (bytes: Uint8Array | null | undefined) =>
    bytes ? cacheable(request, new Uint8Array(bytes), { cacheControl: IMMUTABLE }) : notFound();

  if (part === 'head') {
    if (!feed.head) throw new DomainError('KEYS_UNAVAILABLE', 'This feed was never signed.');
    // A head that ran out proves nothing. Saying so is better than a document that every reader refuses.
    if (feed.headExpires <= Date.now()) {
      throw new DomainError(
        'KEYS_UNAVAILABLE',
        `The head expired at ${new Date(feed.headExpires).toISOString()} and could not be signed anew: its key cannot be used, or no worker runs.`,
      );
    }
    return sendServed(request, feed.head, 'application/vnd.dsse+json');
  }
  if (part === 'recovery') {
    return feed.recovery ? sendServed(request, feed.recovery, 'application/vnd.dsse+json') : notFound();
  }
  if (part === 'bodies' && rest.length === 1) return send(await bodyBytes(orgId, rest[0]!.replace(/\.json$/, '')));
  if (part === 'tuf' && rest[0] === 'targets' && rest.length === 2) {
    const named = /^([0-9a-f]{64})\.(allowlist|revocations)\.json$/.exec(rest[1]!);
    return named ? send(await bodyBytes(orgId, named[1]!, named[2] as 'allowlist' | 'revocations')) : notFound();
  }
  if (part === 'tuf' && rest[0] === 'metadata' && rest.length === 2) {
    if (rest[1] === 'timestamp.json') {
      return feed.timestamp ? sendServed(request, feed.timestamp, 'application/json') : notFound();
    }
    const named = /^([1-9][0-9]{0,8})\.(root|targets|snapshot)\.json$/.exec(rest[1]!);
    return named ? send(await metadataBytes(orgId, named[2]!, Number(named[1]))) : notFound();
  }
  return notFound();
}

/** As `cacheable`, with the ETag that was computed when the row was read. */
function sendServed(request: Request, { bytes, etag }: Served, contentType: string): Response {
  const headers = { etag, 'cache-control': ALWAYS_ASK };
  if (isNotModified(request, etag)) return new Response(null, { status: 304, headers });
  return new Response(bytes, { headers: { ...headers, 'content-type': contentType } });
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
