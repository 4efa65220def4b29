import { config } from '#lib/config/config.ts';
import { PRODUCT_VERSION } from '#lib/config/product.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { encodeCursor } from '#lib/http/registry/cursor.ts';
import { decodePart } from '#lib/http/registry/decode-part.ts';
import { answerRoutes, type Route, withCors } from '#lib/http/registry/handle-registry.ts';
import { parseBoolean, parseListQuery } from '#lib/http/registry/list-query.ts';
import { viewOpenapiYaml } from '#lib/http/registry/openapi.ts';
import { serverList, serverResponse } from '#lib/http/registry/server-response.ts';
import { cacheable, problem } from '#lib/http/respond.ts';
import { listView } from '#lib/orgs/published/list-view.ts';
import type { Part } from '#lib/orgs/published/narrowing.ts';
import { type RegistryView, registryView, type ViewItem, viewRows } from '#lib/orgs/published/registry-view.ts';
import { openOrg, PRIVATE, refusalOf, withoutSharing } from './open-org.ts';

const PARTS = { teams: 'team', groups: 'group', environments: 'environment' } as const;
const PATH = /^\/orgs\/([^/]+)\/registry(?:\/k\/([^/]+))?((?:\/(?:teams|groups|environments)\/[^/]+)*)(\/.*)?$/;

/**
 * An organization's view of the registry: `/orgs/{org}/registry/k/{viewKey}/v0.1/…` for clients that send no credentials,
 * `/orgs/{org}/registry/v0.1/…` with a token, both also under `/v0`. `/teams/{team}`, `/groups/{group}` and
 * `/environments/{name}` before the version narrow it, so that each is a base address of its own. Only what is approved in
 * the published list is there. Answers everything below `/registry` itself; null for any other path.
 */
export async function handleRegistryView(request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  if (!/^\/orgs\/[^/]+\/registry(?:\/|$)/.test(url.pathname)) return null;
  // A base address with a slash at its end makes `//v0.1`: an answer helps the client, a redirect would stop a browser.
  url.pathname = url.pathname.replace(/\/{2,}(?=.)/g, '/');
  return withCors(request, withoutSharing(await answer(request, url)));
}

async function answer(request: Request, url: URL): Promise<Response> {
  const [, slug, key, parts, rest = '/'] = PATH.exec(url.pathname)!;
  const path = /^\/v0(?:\.1)?(\/.*)?$/.exec(rest)?.[1] ?? (rest === '/openapi.yaml' ? rest : null);
  if (path === null) {
    return problem(404, `Endpoint not found. The registry begins at ${base(url)}/v0.1/servers.`);
  }
  // A browser asks without credentials whether it may ask, and must not learn more from it.
  if (request.method === 'OPTIONS')
    return new Response(null, { status: 204, headers: { allow: 'GET, HEAD, OPTIONS' } });
  try {
    const part = parsePart(parts ?? '');
    const org = await openOrg(request, slug!, key ?? null);
    if (org.team !== null && part.team !== undefined && part.team !== org.team) {
      throw new DomainError('NOT_FOUND', 'The token is for another team.');
    }
    const view = () => registryView({ orgId: org.id, part: org.team === null ? part : { ...part, team: org.team } });
    return await answerRoutes({ request, url, path, routes: routesOf(view, base(url)) });
  } catch (error) {
    return refusalOf(error);
  }
}

/** The address of the view itself, as it was asked for. */
const base = (url: URL): string => {
  const path = url.pathname.replace(/\/(?:v0(?:\.1)?(?:\/.*)?|openapi\.yaml|)$/, '');
  return `${config().publicUrl}${path}`;
};

function parsePart(text: string): Part {
  const words = text.split('/').slice(1).map(decodePart);
  const part: Part = {};
  for (let i = 0; i < words.length; i += 2) {
    const kind = PARTS[words[i] as keyof typeof PARTS];
    if (part[kind] !== undefined) throw new DomainError('NOT_FOUND', `The address names two of ${words[i]}.`);
    part[kind] = words[i + 1] ?? '';
  }
  return part;
}

function routesOf(view: () => Promise<RegistryView>, baseUrl: string): Route[] {
  return [
    { pattern: ['servers'], methods: { GET: async (request) => listServers(request, await view()) } },
    {
      pattern: ['servers', null, 'versions'],
      methods: { GET: async (request, [name]) => listVersions(request, await view(), name!) },
    },
    {
      pattern: ['servers', null, 'versions', null],
      methods: { GET: async (request, [name, version]) => getVersion(request, await view(), name!, version!) },
    },
    // Where a proxy has decoded the slash of the name.
    {
      pattern: ['servers', null, null, 'versions'],
      methods: { GET: async (request, [space, name]) => listVersions(request, await view(), `${space}/${name}`) },
    },
    {
      pattern: ['servers', null, null, 'versions', null],
      methods: {
        GET: async (request, [space, name, version]) => getVersion(request, await view(), `${space}/${name}`, version!),
      },
    },
    { pattern: ['ping'], methods: { GET: () => uncached({ pong: true }) } },
    { pattern: ['health'], methods: { GET: () => uncached({ status: 'ok' }) } },
    { pattern: ['version'], methods: { GET: () => uncached(versionOfProgram()) } },
    {
      pattern: ['openapi.yaml'],
      methods: {
        GET: (request) =>
          cacheable(request, viewOpenapiYaml(baseUrl), { contentType: 'application/yaml', cacheControl: PRIVATE }),
      },
    },
  ];
}

// GET /servers – what is approved: list, search and sync
async function listServers(request: Request, view: RegistryView): Promise<Response> {
  const parsed = parseListQuery(new URL(request.url).searchParams);
  if (parsed instanceof Response) return parsed;
  const { items, next } = listView(view.items, parsed);
  const rows = await viewRows(view, items);
  // A page of the largest manifests ends early; then the next one begins behind its last row.
  const cut =
    rows.length < items.length
      ? parsed.query.search === null
        ? { after: lastOf(rows) }
        : { offset: offsetOf(parsed) + rows.length }
      : next;
  return json(request, serverList(rows, cut && encodeCursor(parsed.query, cut)));
}

const lastOf = (rows: { serverName: string; version: string }[]): [string, string] => {
  const last = rows.at(-1)!;
  return [last.serverName, last.version];
};
const offsetOf = ({ position }: { position: object | null }): number =>
  position && 'offset' in position ? Number(position.offset) : 0;

// GET /servers/{serverName}/versions – all approved versions, the one published last first
async function listVersions(request: Request, view: RegistryView, name: string): Promise<Response> {
  const items = admitted(request, view, name).sort((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime());
  if (items.length === 0) throw new DomainError('NOT_FOUND', 'Server not found');
  return json(request, serverList(await viewRows(view, items), null));
}

// GET /servers/{serverName}/versions/{version} – one approved version; `latest` is the highest of them
async function getVersion(request: Request, view: RegistryView, name: string, version: string): Promise<Response> {
  const items = admitted(request, view, name);
  const item = items.find((one) => (version === 'latest' ? one.isLatest : one.version === version));
  if (!item) {
    throw new DomainError('NOT_FOUND', version === 'latest' ? 'Server not found' : 'Server version not found');
  }
  const [row] = await viewRows(view, [item]);
  if (!row) throw new DomainError('NOT_FOUND', 'Server version not found');
  return json(request, serverResponse(row));
}

function admitted(request: Request, view: RegistryView, name: string): ViewItem[] {
  const isAll = parseBoolean(new URL(request.url).searchParams.get('include_deleted')) ?? false;
  return view.items.filter((item) => item.name === name && (isAll || item.status !== 'deleted'));
}

const json = (request: Request, body: string) => cacheable(request, body, { cacheControl: PRIVATE });
const uncached = (body: object) => Response.json(body, { headers: { 'cache-control': 'no-store' } });

function versionOfProgram() {
  const { HALLMARK_GIT_COMMIT, HALLMARK_BUILD_TIME } = config();
  return {
    version: PRODUCT_VERSION,
    git_commit: HALLMARK_GIT_COMMIT ?? 'unknown',
    build_time: HALLMARK_BUILD_TIME ?? 'unknown',
  };
}
