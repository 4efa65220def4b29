import { quoteText } from '#lib/manifest/json-path.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { parseHttpDate, parseRetryAfter } from './back-off.ts';
import type { SyncLimits } from './limits.ts';
import { UpstreamError } from './upstream-error.ts';

export type PageRequest = {
  baseUrl: string;
  cursor: string | null;
  updatedSince: string | null;
  includeDeleted: boolean;
  outbound: Outbound;
  trustedOrigins: readonly string[];
  limits: Pick<SyncLimits, 'pageItems' | 'pageBytes' | 'pageTimeoutMs'>;
  signal?: AbortSignal;
  now: () => Date;
};

/** A page as it came, with the latest moment of which it is sure to be the truth, by the earlier of the two clocks. */
export type FetchedPage = { bytes: Buffer; asOf: Date };

/**
 * `GET {base}/v0.1/servers`. The parameters go with every page: the official registry's cursor does not carry them.
 * Throws UpstreamError for any other status than 200, and what the guarded client throws.
 */
export async function fetchPage(request: PageRequest): Promise<FetchedPage> {
  const { baseUrl, cursor, limits, now } = request;
  const url = new URL(`${baseUrl}/v0.1/servers`);
  url.searchParams.set('limit', String(limits.pageItems));
  if (request.updatedSince) url.searchParams.set('updated_since', request.updatedSince);
  if (request.includeDeleted) url.searchParams.set('include_deleted', 'true');
  if (cursor !== null) url.searchParams.set('cursor', cursor);

  const askedAt = now();
  const response = await request.outbound.fetch(url, {
    headers: { accept: 'application/json' },
    maxBytes: limits.pageBytes,
    timeoutMs: limits.pageTimeoutMs,
    isSameOriginOnly: true,
    trustedOrigins: request.trustedOrigins,
    signal: request.signal,
  });
  const answeredAt = now();
  const date = parseHttpDate(response.headers.get('date'));
  if (response.status !== 200) throw refusal(response, { cursor, answeredAt: date ?? answeredAt, host: url.host });
  return { bytes: response.body, asOf: earlierStart({ askedAt, answeredAt, date }) };
}

/**
 * When the upstream began to answer, by its own clock or by ours, whichever is earlier. Where its clock is behind, its
 * `updatedAt` is too; where it is ahead, our time only asks for more than needed. A cached answer has the date of its
 * making, which is what counts.
 */
function earlierStart({ askedAt, answeredAt, date }: { askedAt: Date; answeredAt: Date; date: Date | null }): Date {
  if (!date) return askedAt;
  const took = answeredAt.getTime() - askedAt.getTime();
  return new Date(Math.min(askedAt.getTime(), date.getTime() - Math.max(0, took)));
}

function refusal(
  { status, headers, body }: { status: number; headers: Headers; body: Buffer },
  { cursor, answeredAt, host }: { cursor: string | null; answeredAt: Date; host: string },
): UpstreamError {
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), answeredAt);
  if (status === 429) {
    return new UpstreamError('RATE_LIMITED', `${host} asks for fewer requests (status 429).`, { status, retryAfterMs });
  }
  if (status >= 500 || status === 408) {
    return new UpstreamError('UPSTREAM_ERROR', `${host} answered with status ${status}.`, { status, retryAfterMs });
  }
  const said = detailOf(body);
  const message = `${host} answered with status ${status}${said ? `: ${said}` : '.'}`;
  const isCursor = cursor !== null && [400, 404, 410, 422].includes(status);
  return new UpstreamError(isCursor ? 'CURSOR_REFUSED' : 'UPSTREAM_REFUSED', message, { status });
}

/** What a problem answer says about itself, cut to a line. */
function detailOf(body: Buffer): string | null {
  try {
    const { detail, error, title } = JSON.parse(body.subarray(0, 64 * 1024).toString('utf8'));
    const text = [detail, error, title].find((value) => typeof value === 'string' && value !== '');
    // People read it in a terminal.
    return text ? quoteText(text, 200).slice(1, -1) : null;
  } catch {
    return null;
  }
}
