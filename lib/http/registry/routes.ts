import { bearerOf, findToken } from '#lib/auth/tokens.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { type ListQuery, listByName, listByRank, type RegistryRow, versionsOf } from '#lib/catalog/registry-rows.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { cacheable, problem, readBody } from '#lib/http/respond.ts';
import { LIMITS, validateManifest } from '#lib/manifest/index.ts';
import { rankServers } from '#lib/search/rank-servers.ts';
import { encodeCursor, type Position } from './cursor.ts';
import { parseBoolean, parseListQuery } from './list-query.ts';
import { serverList, serverResponse } from './server-response.ts';

/** Hits of a search that pages can reach; past them a better question helps more than another page. */
const MAX_RANKED = 1000;

/** Clients may keep an answer this long; also the longest time that a revoked version is still found. */
const CACHE = 'public, max-age=60';

// GET /servers – list, search and sync
export async function listServers(request: Request): Promise<Response> {
  const parsed = parseListQuery(new URL(request.url).searchParams);
  if (parsed instanceof Response) return parsed;
  const { query, position, limit } = parsed;
  // One row more than asked tells whether there is a next page: no empty page at the end.
  const rows = query.search
    ? await rankedRows(query, position, limit + 1)
    : await rowsByName(query, position, limit + 1);
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? nextPosition(query, position, page) : null;
  return cacheable(request, serverList(page, next && encodeCursor(query, next)), { cacheControl: CACHE });
}

const offsetOf = (position: Position | null) => (position && 'offset' in position ? position.offset : 0);

const rowsByName = (query: ListQuery, position: Position | null, limit: number) =>
  listByName({ query, after: position && 'after' in position ? position.after : null, limit });

async function rankedRows(query: ListQuery, position: Position | null, limit: number) {
  const serverIds = await rankServers({ text: query.search!, limit: MAX_RANKED });
  return listByRank({ query, serverIds, offset: offsetOf(position), limit });
}

function nextPosition(query: ListQuery, position: Position | null, page: RegistryRow[]): Position {
  if (query.search) return { offset: offsetOf(position) + page.length };
  const last = page.at(-1)!;
  return { after: [last.serverName, last.version] };
}

const includesDeleted = (request: Request) =>
  parseBoolean(new URL(request.url).searchParams.get('include_deleted')) ?? false;

// GET /servers/{serverName}/versions – all versions, newest first
export async function listVersions(request: Request, name: string): Promise<Response> {
  const rows = await versionsOf({ name, version: null, includeDeleted: includesDeleted(request) });
  if (rows.length === 0) throw new DomainError('NOT_FOUND', 'Server not found');
  return cacheable(request, serverList(rows, null), { cacheControl: CACHE });
}

// GET /servers/{serverName}/versions/{version} – one version; `latest` is reserved
export async function getVersion(request: Request, name: string, version: string): Promise<Response> {
  const [row] = await versionsOf({ name, version, includeDeleted: includesDeleted(request) });
  if (!row) throw new DomainError('NOT_FOUND', version === 'latest' ? 'Server not found' : 'Server version not found');
  return cacheable(request, serverResponse(row), { cacheControl: CACHE });
}

// POST /publish – publish a version; the body is server.json
export async function publish(request: Request): Promise<Response> {
  const token = await requirePublishToken(request);
  const manifestBytes = await readBody(request, LIMITS.maxBytes + 1);
  const published = await publishVersion({
    manifestBytes,
    origin: 'published',
    actor: { type: 'token', id: token.id, name: token.name },
    namespaces: token.publisher!.namespaces.map((namespace) => namespace.name),
  });
  const [row] = await versionsOf({ name: published.name, version: published.version, includeDeleted: true });
  return new Response(serverResponse(row!), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

// POST /validate – every fault of a manifest; publishes nothing
export async function validate(request: Request): Promise<Response> {
  return Response.json(validateManifest(await readBody(request, LIMITS.maxBytes + 1)), {
    headers: { 'cache-control': 'no-store' },
  });
}

/** The publish token of the request. Throws UNAUTHENTICATED with the official registry's sentences. */
export async function requirePublishToken(request: Request) {
  const secret = bearerOf(request);
  if (!secret)
    throw new DomainError('UNAUTHENTICATED', "Invalid Authorization header format. Expected 'Bearer <token>'");
  const token = await findToken({ secret, kind: 'publish', now: new Date() });
  if (!token?.publisher)
    throw new DomainError(
      'UNAUTHENTICATED',
      'Invalid or expired Registry JWT token. Issue a publish token in the publisher console.',
    );
  return token;
}

export const ping = () => Response.json({ pong: true }, { headers: { 'cache-control': 'no-store' } });
export const health = () => Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
export const notFound = () => problem(404, 'Endpoint not found. See the registry API at /v0.1/servers.');
