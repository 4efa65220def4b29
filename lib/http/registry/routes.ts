import { grantOfRequest } from '#lib/auth/grants.ts';
import { changeServerStatus, changeVersionStatus } from '#lib/catalog/change-status.ts';
import { editVersion } from '#lib/catalog/edit-version.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { type ListQuery, listByName, listByRank, type RegistryRow, versionsOf } from '#lib/catalog/registry-rows.ts';
import { getMoves, movedToOf } from '#lib/catalog/server-moves.ts';
import { config } from '#lib/config/config.ts';
import { PRODUCT_VERSION } from '#lib/config/product.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { cacheable, problem, readBody } from '#lib/http/respond.ts';
import { LIMITS, validateManifest } from '#lib/manifest/index.ts';
import { rankServers } from '#lib/search/rank-servers.ts';
import { encodeCursor, type Position } from './cursor.ts';
import { parseBoolean, parseListQuery } from './list-query.ts';
import { openapiYaml } from './openapi.ts';
import { serverList, serverResponse } from './server-response.ts';
import { parseStatusChange, readJson } from './status-change.ts';

/** Hits of a search that pages can reach; past them a better question helps more than another page. */
const MAX_RANKED = 1000;

/** Clients may keep an answer this long; also the longest time that a revoked version is still found. */
const CACHE = 'public, max-age=60';

// GET /servers – list, search and sync
export async function listServers(request: Request): Promise<Response> {
  const parsed = parseListQuery(new URL(request.url).searchParams);
  if (parsed instanceof Response) return parsed;
  const { query, position, limit } = parsed;
  const { rows, hasMore } = query.search
    ? await rankedRows(query, position, limit)
    : await rowsByName(query, position, limit);
  const next = hasMore ? nextPosition(query, position, rows) : null;
  const page = await withLastMoves(rows);
  return cacheable(request, serverList(page, next && encodeCursor(query, next)), { cacheControl: CACHE });
}

/** A row knows the next name of a server that moved; people need the last one. */
async function withLastMoves(rows: RegistryRow[]): Promise<RegistryRow[]> {
  const moved = rows.filter((row) => row.movedTo !== null).map((row) => row.serverName);
  if (moved.length === 0) return rows;
  const last = await movedToOf([...new Set(moved)]);
  return rows.map((row) => (row.movedTo === null ? row : { ...row, movedTo: last.get(row.serverName) ?? row.movedTo }));
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
  if (rows.length === 0) throw await notFoundError(name, 'Server not found');
  return cacheable(request, serverList(await withLastMoves(rows), null), { cacheControl: CACHE });
}

// GET /servers/{serverName}/versions/{version} – one version; `latest` is reserved
export async function getVersion(request: Request, name: string, version: string): Promise<Response> {
  const [row] = await versionsOf({ name, version, includeDeleted: includesDeleted(request) });
  if (!row) throw await notFoundError(name, version === 'latest' ? 'Server not found' : 'Server version not found');
  const [answer] = await withLastMoves([row]);
  return cacheable(request, serverResponse(answer!), { cacheControl: CACHE });
}

/** A name that went elsewhere says where, also when nothing of it is left. */
async function notFoundError(name: string, message: string): Promise<DomainError> {
  const { movedTo } = await getMoves(name);
  if (movedTo === null) return new DomainError('NOT_FOUND', message);
  return new DomainError('NOT_FOUND', `${message}: it goes on as ${movedTo}`, { movedTo });
}

// POST /publish – publish a version; the body is server.json
export async function publish(request: Request): Promise<Response> {
  const grant = await grantOfRequest(request);
  const manifestBytes = await readBody(request, LIMITS.maxBytes + 1);
  const published = await publishVersion({ manifestBytes, origin: 'published', grant });
  return oneVersion(published.name, published.version);
}

// POST /validate – every fault of a manifest; publishes nothing
export async function validate(request: Request): Promise<Response> {
  return uncached(validateManifest(await readBody(request, LIMITS.maxBytes + 1)));
}

// PUT /servers/{serverName}/versions/{version} – replace a manifest, for admins
export async function putVersion(request: Request, serverName: string, version: string): Promise<Response> {
  const grant = await grantOfRequest(request);
  const params = new URL(request.url).searchParams;
  const status = params.get('status') || undefined;
  const change = parseStatusChange(
    { status: status ?? 'active', statusMessage: params.get('status_message') || undefined },
    'query',
  );
  await editVersion({
    serverName,
    version,
    manifestBytes: await readBody(request, LIMITS.maxBytes + 1),
    ...(status === undefined ? {} : change),
    grant,
  });
  return oneVersion(serverName, version);
}

// PATCH /servers/{serverName}/versions/{version}/status – deprecate, delete or restore a version
export async function patchVersionStatus(request: Request, serverName: string, version: string): Promise<Response> {
  const grant = await grantOfRequest(request);
  const change = parseStatusChange(await readJson(request), 'body');
  await changeVersionStatus({ serverName, version, ...change, ...grant });
  return oneVersion(serverName, version);
}

// PATCH /servers/{serverName}/status – the same for every version, all or none
export async function patchServerStatus(request: Request, serverName: string): Promise<Response> {
  const grant = await grantOfRequest(request);
  const change = parseStatusChange(await readJson(request), 'body');
  const changed = new Set(await changeServerStatus({ serverName, ...change, ...grant }));
  const rows = await versionsOf({ name: serverName, version: null, includeDeleted: true });
  const servers = rows.filter(({ version }) => changed.has(version)).map(serverResponse);
  return json(`{"updatedCount":${changed.size},"servers":[${servers.join(',')}]}`);
}

async function oneVersion(name: string, version: string): Promise<Response> {
  const [row] = await versionsOf({ name, version, includeDeleted: true });
  return json(serverResponse(row!));
}

const json = (body: string) =>
  new Response(body, { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
const uncached = (body: unknown) => json(JSON.stringify(body));

export const ping = () => uncached({ pong: true });

// GET /health – with the client id with which `mcp-publisher login github` asks GitHub
export const health = () => uncached({ status: 'ok', github_client_id: config().GITHUB_CLIENT_ID ?? '' });

// GET /version
export const version = () => {
  const { HALLMARK_GIT_COMMIT, HALLMARK_BUILD_TIME } = config();
  return uncached({
    version: PRODUCT_VERSION,
    git_commit: HALLMARK_GIT_COMMIT ?? 'unknown',
    build_time: HALLMARK_BUILD_TIME ?? 'unknown',
  });
};

// GET /openapi.yaml – this API
export const openapi = (request: Request) =>
  cacheable(request, openapiYaml(config().publicUrl), { contentType: 'application/yaml', cacheControl: CACHE });

export const notFound = () => problem(404, 'Endpoint not found. See the registry API at /openapi.yaml.');
