import { clientOfFile } from '#lib/exports/index.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { isNotModified, methodNotAllowed, problem } from '#lib/http/respond.ts';
import { type ExportRequest, type OrgExport, orgExport } from '#lib/orgs/published/org-export.ts';
import { openOrg, PRIVATE, refusalOf, withoutSharing } from './open-org.ts';

const PATH = /^\/orgs\/([^/]+)\/exports(?:\/k\/([^/]+))?\/([^/]+)$/;
const NOTES = '.notes.json';

/**
 * An organization's list in a client's own form: `/orgs/{org}/exports/k/{viewKey}/{file}` without credentials,
 * `/orgs/{org}/exports/{file}` with a token; `{file}.notes.json` is what the client cannot express. Without either it is
 * for the console, where a session counts: null, as for any other path.
 */
export async function handleExports(request: Request): Promise<Response | null> {
  const { pathname, searchParams } = new URL(request.url);
  const [, slug, key, file] = PATH.exec(pathname) ?? [];
  if (slug === undefined || file === undefined) return null;
  if (key === undefined && !request.headers.has('authorization') && request.headers.has('cookie')) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request.method, 'GET, HEAD');
  try {
    const org = await openOrg(request, slug, key ?? null);
    const asked = parseExportRequest(searchParams);
    if (org.team !== null && asked.team !== undefined && asked.team !== org.team) {
      throw new DomainError('NOT_FOUND', 'The token is for another team.');
    }
    const narrowed = org.team === null ? asked : { ...asked, team: org.team };
    return withoutSharing(await exportResponse({ request, orgId: org.id, file, asked: narrowed }));
  } catch (error) {
    return withoutSharing(refusalOf(error));
  }
}

/** The file or its notes. Throws NOT_FOUND for a file that no client has. */
export async function exportResponse({
  request,
  orgId,
  file,
  asked,
}: {
  request: Request;
  orgId: string;
  file: string;
  asked: ExportRequest;
}): Promise<Response> {
  const isNotes = file.endsWith(NOTES);
  const client = clientOfFile(isNotes ? file.slice(0, -NOTES.length) : file);
  if (client === null) {
    return problem(404, 'No client has a file of this name. The page Clients of the organization lists them.');
  }
  const made = await orgExport({ orgId, client, asked });
  const headers = { etag: isNotes ? made.etag.replace(/"$/, '.n"') : made.etag, 'cache-control': PRIVATE };
  if (isNotModified(request, headers.etag)) return new Response(null, { status: 304, headers });
  const { text, contentType } = isNotes ? notesOf(made) : made;
  return new Response(text, { headers: { ...headers, 'content-type': `${contentType}; charset=utf-8` } });
}

function notesOf({ serial, publishedAt, counts, notes }: OrgExport) {
  const body = { serial, publishedAt: publishedAt.toISOString(), counts, notes };
  return { text: `${JSON.stringify(body, null, 2)}\n`, contentType: 'application/json' };
}

/** Throws UNPROCESSABLE: what is misspelled must not pass for "no restriction". */
export function parseExportRequest(params: URLSearchParams): ExportRequest {
  const known = ['team', 'group', 'environment', 'askAs', 'windows'];
  const wrong = [...params.keys()].find((name) => !known.includes(name) || params.getAll(name).length > 1);
  if (wrong !== undefined) {
    throw new DomainError(
      'UNPROCESSABLE',
      `"${wrong.slice(0, 40)}" is no parameter, or is there twice. Known: ${known.join(', ')}.`,
    );
  }
  const askAs = params.get('askAs') ?? undefined;
  const windows = params.get('windows') ?? undefined;
  if (askAs !== undefined && askAs !== 'deny' && askAs !== 'allow') {
    throw new DomainError('UNPROCESSABLE', 'askAs is deny or allow.');
  }
  if (windows !== undefined && windows !== 'true' && windows !== 'false') {
    throw new DomainError('UNPROCESSABLE', 'windows is true or false.');
  }
  const textOf = (name: string) => params.get(name) ?? undefined;
  const given = {
    team: textOf('team'),
    group: textOf('group'),
    environment: textOf('environment'),
    askAs,
    windows: windows === undefined ? undefined : windows === 'true',
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
