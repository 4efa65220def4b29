import { z } from 'zod';
import { grantOfRequest } from '#lib/auth/grants.ts';
import { addSignature } from '#lib/catalog/add-signature.ts';
import { listSignatures } from '#lib/catalog/list-signatures.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { formatOf, handleOrgReport, ORG_REPORT } from '#lib/http/orgs/handle-org-report.ts';
import { decodePart } from '#lib/http/registry/decode-part.ts';
import { cacheable, methodNotAllowed, problem, problemOf, readBody } from '#lib/http/respond.ts';
import { parseStrictJson } from '#lib/manifest/index.ts';
import { policySchema } from '#lib/orgs/policy/published-schema.ts';
import { definitionsSchema } from '#lib/scans/definitions-schema.ts';
import { getReport } from '#lib/scans/get-report.ts';

/** Base64 of 1 MiB, a bundle of 256 KiB, and tool definitions. */
const MAX_BODY = 8 * 1024 * 1024;

const publication = z.strictObject({
  /** server.json, base64 of its exact bytes: they are what was signed. */
  manifest: z.base64(),
  bundle: z.record(z.string(), z.unknown()).optional(),
  definitions: definitionsSchema.optional(),
});
const signature = z.strictObject({ bundle: z.record(z.string(), z.unknown()) });

/** Hallmark's own API under `/api/v1`. Null for any other path, and for what a person asks in the console. */
export async function handleApi(request: Request): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith('/api/v1/')) return null;
  try {
    if (pathname === '/api/v1/publish') return post(request, publish);
    if (pathname === '/api/v1/policy-schema') {
      if (request.method === 'GET' || request.method === 'HEAD') return schemaOf(request);
      return methodNotAllowed(request.method, 'GET, HEAD');
    }
    const match = /^\/api\/v1\/servers\/([^/]+)\/versions\/([^/]+)\/signatures$/.exec(pathname);
    if (match) {
      const [name, version] = [decodePart(match[1]!), decodePart(match[2]!)];
      if (name === null || version === null) return problem(400, 'The path has a broken percent-encoding.');
      if (request.method === 'GET' || request.method === 'HEAD') return await signaturesOf(name, version);
      return post(request, (r) => attach(r, name, version), 'GET, POST');
    }
    if (ORG_REPORT.test(pathname)) return await handleOrgReport(request);
    const report = /^\/api\/v1\/servers\/([^/]+)\/versions\/([^/]+)\/report$/.exec(pathname);
    if (report) {
      const [name, version] = [decodePart(report[1]!), decodePart(report[2]!)];
      if (name === null || version === null) return problem(400, 'The path has a broken percent-encoding.');
      if (request.method === 'GET' || request.method === 'HEAD') return await reportOf(request, name, version);
      return methodNotAllowed(request.method, 'GET, HEAD');
    }
    return problem(
      404,
      'Endpoint not found. The API has /api/v1/publish, /api/v1/policy-schema, /api/v1/servers/{name}/versions/{version}/signatures, /api/v1/servers/{name}/versions/{version}/report and /api/v1/orgs/{org}/servers/{name}/versions/{version}/report.',
    );
  } catch (error) {
    return problemOf(error);
  }
}

async function post(
  request: Request,
  handler: (request: Request) => Promise<Response>,
  allowed = 'POST',
): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed(request.method, allowed);
  try {
    return await handler(request);
  } catch (error) {
    return problemOf(error);
  }
}

// POST /api/v1/publish – publish a version, with a Sigstore bundle and tool definitions where there are some
async function publish(request: Request): Promise<Response> {
  const grant = await grantOfRequest(request);
  const body = await parseJson(request, publication);
  const published = await publishVersion({
    manifestBytes: new Uint8Array(Buffer.from(body.manifest, 'base64')),
    bundle: body.bundle,
    declared: body.definitions,
    origin: 'published',
    grant,
  });
  return Response.json(published, { status: 201, headers: { 'cache-control': 'no-store' } });
}

// GET /api/v1/servers/{name}/versions/{version}/signatures – the manifest's bytes, its bundles and what verification said
async function signaturesOf(serverName: string, version: string): Promise<Response> {
  const list = await listSignatures({ serverName, version });
  if (!list) throw new DomainError('NOT_FOUND', 'Server version not found');
  return Response.json(list, { headers: { 'cache-control': 'no-cache' } });
}

// GET /api/v1/servers/{name}/versions/{version}/report?format=json|sarif|markdown – the scan that counts, as a file
async function reportOf(request: Request, serverName: string, version: string): Promise<Response> {
  const { body, contentType, fileName } = await getReport({ serverName, version, format: formatOf(request) });
  const response = cacheable(request, body, { contentType, cacheControl: 'no-cache' });
  response.headers.set('content-disposition', `attachment; filename="${fileName}"`);
  return response;
}

// GET /api/v1/policy-schema?format=cedar|json – the Cedar schema that approval policies are validated against
function schemaOf(request: Request): Response {
  const format = new URL(request.url).searchParams.get('format') ?? 'cedar';
  if (format !== 'cedar' && format !== 'json')
    throw new DomainError('BAD_REQUEST', 'There is no format of that name. Known: cedar, json.');
  const { body, contentType } = policySchema(format);
  return cacheable(request, body, { contentType, cacheControl: 'public, max-age=300' });
}

// POST /api/v1/servers/{name}/versions/{version}/signatures – add a bundle to a published version
async function attach(request: Request, serverName: string, version: string): Promise<Response> {
  const grant = await grantOfRequest(request);
  const { bundle } = await parseJson(request, signature);
  const result = await addSignature({
    serverName,
    version,
    bundle,
    grant,
  });
  return Response.json(result, { headers: { 'cache-control': 'no-store' } });
}

async function parseJson<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  // Strict: a bundle or a tool with duplicate keys, half surrogates or U+0000 could not be stored as it came.
  const json = parseStrictJson(await readBody(request, MAX_BODY), { maxBytes: MAX_BODY });
  if (!json.ok)
    throw new DomainError('BAD_REQUEST', `The body cannot be read: ${json.issues[0]?.message ?? 'not JSON'}`);
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DomainError('UNPROCESSABLE', `${issue.path.join('.') || 'The body'}: ${issue.message}`);
}
