import { DomainError } from '#lib/http/domain-error.ts';
import { decodePart } from '#lib/http/registry/decode-part.ts';
import { cacheable, methodNotAllowed, problem } from '#lib/http/respond.ts';
import { getReport, REPORT_FORMATS, type ReportFormat } from '#lib/scans/get-report.ts';
import { openOrg, PRIVATE, refusalOf, withoutSharing } from './open-org.ts';

export const ORG_REPORT = /^\/api\/v1\/orgs\/([^/]+)\/servers\/([^/]+)\/versions\/([^/]+)\/report$/;

/**
 * GET /api/v1/orgs/{org}/servers/{name}/versions/{version}/report?format= – the report with what the organization answered
 * for itself, for a token of it. What is asked with a session is for the console: null, as for any other path.
 */
export async function handleOrgReport(request: Request): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const [, slug, name, version] = ORG_REPORT.exec(pathname) ?? [];
  if (slug === undefined || name === undefined || version === undefined) return null;
  if (!request.headers.has('authorization') && request.headers.has('cookie')) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request.method, 'GET, HEAD');
  const [serverName, versionName] = [decodePart(name), decodePart(version)];
  if (serverName === null || versionName === null) return problem(400, 'The path has a broken percent-encoding.');
  try {
    const org = await openOrg(request, slug, null);
    if (org.team !== null) {
      throw new DomainError(
        'NOT_FOUND',
        'The token is for a team. What the organization answered is read with a token of all of it.',
      );
    }
    return withoutSharing(await orgReportResponse({ request, org, serverName, version: versionName }));
  } catch (error) {
    return withoutSharing(refusalOf(error));
  }
}

/** Throws NOT_FOUND, and BAD_REQUEST for a format that there is not. */
export async function orgReportResponse({
  request,
  org,
  serverName,
  version,
}: {
  request: Request;
  org: { id: string; slug: string };
  serverName: string;
  version: string;
}): Promise<Response> {
  const report = await getReport({ serverName, version, format: formatOf(request), org });
  const response = cacheable(request, report.body, { contentType: report.contentType, cacheControl: PRIVATE });
  response.headers.set('content-disposition', `attachment; filename="${report.fileName}"`);
  return response;
}

/** `format` of a request for a report, JSON where it names none. Throws BAD_REQUEST. */
export function formatOf(request: Request): ReportFormat {
  const asked = new URL(request.url).searchParams.get('format') ?? 'json';
  if (Object.hasOwn(REPORT_FORMATS, asked)) return asked as ReportFormat;
  throw new DomainError(
    'BAD_REQUEST',
    `There is no format of that name. Known: ${Object.keys(REPORT_FORMATS).join(', ')}.`,
  );
}
