import { DomainError } from '#lib/http/domain-error.ts';
import { methodNotAllowed, problem, problemOf } from '#lib/http/respond.ts';
import type { ManifestIssue } from '#lib/manifest/index.ts';
import { AUTH_ROUTES } from './auth-routes.ts';
import { decodePart } from './decode-part.ts';
import {
  getVersion,
  health,
  listServers,
  listVersions,
  notFound,
  openapi,
  patchServerStatus,
  patchVersionStatus,
  ping,
  publish,
  putVersion,
  validate,
  version,
} from './routes.ts';

export type Route = {
  methods: Record<string, (request: Request, parts: string[]) => Response | Promise<Response>>;
  pattern: (string | null)[];
};

/** Path below `/v0.1`; null stands for one part, which may hold encoded slashes. */
export const ROUTES: Route[] = [
  { pattern: ['servers'], methods: { GET: listServers } },
  { pattern: ['servers', null, 'versions'], methods: { GET: (request, [name]) => listVersions(request, name!) } },
  {
    pattern: ['servers', null, 'versions', null],
    methods: {
      GET: (request, [name, version]) => getVersion(request, name!, version!),
      PUT: (request, [name, version]) => putVersion(request, name!, version!),
    },
  },
  {
    pattern: ['servers', null, 'versions', null, 'status'],
    methods: { PATCH: (request, [name, version]) => patchVersionStatus(request, name!, version!) },
  },
  {
    pattern: ['servers', null, 'status'],
    methods: { PATCH: (request, [name]) => patchServerStatus(request, name!) },
  },
  { pattern: ['publish'], methods: { POST: publish } },
  { pattern: ['validate'], methods: { POST: validate } },
  { pattern: ['ping'], methods: { GET: ping } },
  { pattern: ['health'], methods: { GET: health } },
  { pattern: ['version'], methods: { GET: version } },
  { pattern: ['openapi.yaml'], methods: { GET: openapi } },
  ...AUTH_ROUTES,
];

/**
 * The MCP registry API under `/v0.1` and its alias `/v0`. Returns null for any other path. Answers everything under the
 * prefixes itself, as JSON: a client that mistypes a path must not get a page.
 */
export async function handleRegistry(request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  // ToolHive looks for the description beside the prefix, not below it.
  if (url.pathname === '/openapi.yaml')
    return withCors(request, await answerRoutes({ request, url, path: '/openapi.yaml', routes: ROUTES }));
  const match = /^\/v0(?:\.1)?(\/.*)?$/.exec(url.pathname);
  if (!match) return null;
  return withCors(request, await answerRoutes({ request, url, path: match[1] ?? '/', routes: ROUTES }));
}

/** Answers `path` by these routes, as a JSON problem where there is none: an address without a slash at its end is the canonical one. */
export async function answerRoutes({
  request,
  url,
  path,
  routes,
}: {
  request: Request;
  url: URL;
  path: string;
  routes: readonly Route[];
}): Promise<Response> {
  if (/\0|%00/.test(url.pathname + url.search)) return problem(400, 'NUL bytes are not allowed in the path or query.');
  if (url.pathname.length > 1 && url.pathname.endsWith('/')) {
    // Leading slashes are folded: "//evil.example/" must not become an address of its own.
    const target = url.pathname.replace(/\/+$/, '').replace(/^\/+/, '/');
    return new Response(null, { status: 308, headers: { location: `${target}${url.search}` } });
  }
  const parts = path.slice(1).split('/').map(decodePart);
  if (parts.includes(null)) return problem(400, 'The path has a broken percent-encoding.');
  const found = routes
    .map((route) => ({ route, values: matchParts(route.pattern, parts as string[]) }))
    .find(({ values }) => values);
  if (!found) return notFound();
  const { methods } = found.route;
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: allowed(methods) } });
  const handler = methods[request.method === 'HEAD' ? 'GET' : request.method];
  if (!handler) return methodNotAllowed(request.method, allowed(methods));
  try {
    return withAllow(await handler(request, found.values!), methods);
  } catch (error) {
    return withAllow(officialProblem(error), methods);
  }
}

/**
 * The official registry answers a manifest against its schema with 422 and every other refused publication with 400,
 * conflicts too; its clients know nothing else.
 */
function officialProblem(error: unknown): Response {
  if (error instanceof DomainError && error.code === 'MANIFEST_INVALID') {
    const issues = (error.details.issues ?? []) as ManifestIssue[];
    const errors = issues
      .filter(({ severity }) => severity === 'error')
      .map(({ path, message }) => ({ message, location: path ? `body.${path}` : 'body' }));
    const isAgainstSchema = issues.some(({ type, severity }) => type === 'schema' && severity === 'error');
    const [status, detail] = isAgainstSchema ? [422, 'validation failed'] : [400, error.message];
    return problem(status, detail, { code: error.code, errors, ...error.details });
  }
  if (error instanceof DomainError && error.status === 409) {
    return problem(400, error.message, { code: error.code, ...error.details });
  }
  return problemOf(error);
}

/** The values of the null parts, or null when the pattern does not fit. */
function matchParts(pattern: (string | null)[], parts: string[]): string[] | null {
  if (pattern.length !== parts.length) return null;
  const values: string[] = [];
  for (const [i, expected] of pattern.entries()) {
    if (expected === null) values.push(parts[i]!);
    else if (expected !== parts[i]) return null;
  }
  return values;
}

const allowed = (methods: Route['methods']) =>
  [...Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)), 'OPTIONS'].join(', ');

function withAllow(response: Response, methods: Route['methods']): Response {
  response.headers.set('allow', allowed(methods));
  return response;
}

/**
 * Browser clients read the registry without credentials. GitHub Copilot documents these three headers to the letter, so a
 * reading answers `GET, OPTIONS` even where the address takes more; only a preflight for another method is told of it.
 */
export function withCors(request: Request, response: Response): Response {
  const asked = request.headers.get('access-control-request-method');
  const isReading = (request.method === 'OPTIONS' ? (asked ?? 'GET') : request.method) === 'GET';
  const all = (response.headers.get('allow') ?? 'GET, OPTIONS').replace('HEAD, ', '');
  response.headers.set('access-control-allow-origin', '*');
  response.headers.set('access-control-allow-methods', isReading && all.startsWith('GET') ? 'GET, OPTIONS' : all);
  response.headers.set('access-control-allow-headers', 'Authorization, Content-Type');
  response.headers.set('access-control-expose-headers', 'Content-Type, Content-Length, ETag');
  response.headers.set('access-control-max-age', '86400');
  return response;
}
