import { createHash } from 'node:crypto';
import { log } from '#lib/config/log.ts';
import { DomainError } from './domain-error.ts';

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Entity',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/**
 * RFC 9457 problem with one extension member: `error` repeats `detail`, because the OpenAPI of the registry promises
 * `{"error": …}` while the official server answers problem+json. Readers of either find what they look for.
 */
export function problem(status: number, detail: string, extra: Record<string, unknown> = {}): Response {
  const body = { title: TITLES[status] ?? 'Error', status, detail, error: detail, ...extra };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}

/** A 405 with the `Allow` that RFC 9110 §15.5.6 asks for. */
export function methodNotAllowed(method: string, allow: string): Response {
  const response = problem(405, `${method} is not allowed here. Allowed: ${allow}`);
  response.headers.set('allow', allow);
  return response;
}

/** The answer to anything thrown: DomainError as it says, everything else as a 500 that tells nothing about the inside. */
export function problemOf(error: unknown): Response {
  if (error instanceof DomainError) return problem(error.status, error.message, { code: error.code, ...error.details });
  log.error({ err: error }, 'a request failed');
  return problem(500, 'Something failed on our side. It has been logged; try again later.', { code: 'INTERNAL' });
}

/** Strong ETag of these bytes. */
export const etagOf = (body: string | Uint8Array) =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;

/** True when If-None-Match names this ETag (RFC 9110 §13.1.2; weak comparison, as it asks). */
export function isNotModified(request: Request, etag: string): boolean {
  const given = request.headers.get('if-none-match');
  if (!given) return false;
  return given.trim() === '*' || given.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** A 200 with a strong ETag, or the 304 that spares it. */
export function cacheable(
  request: Request,
  body: string | Uint8Array<ArrayBuffer>,
  { contentType = 'application/json', cacheControl }: { contentType?: string; cacheControl: string },
): Response {
  const etag = etagOf(body);
  const headers = { etag, 'cache-control': cacheControl };
  if (isNotModified(request, etag)) return new Response(null, { status: 304, headers });
  return new Response(body, { headers: { ...headers, 'content-type': contentType } });
}

/** The request's body, at most `limit` bytes. Throws TOO_LARGE as soon as there are more. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new DomainError('TOO_LARGE', `The body is larger than ${limit} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
