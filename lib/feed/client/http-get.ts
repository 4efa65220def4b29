import { FeedError } from '../feed-error.ts';
import { FEED_REQUEST_TIMEOUT_MS } from './limits.ts';

export type Fetch = typeof globalThis.fetch;

export type HttpSource = {
  baseUrl: string;
  fetch: Fetch;
  /** Gateway token, for a base URL without path key. */
  token?: string | undefined;
  timeoutMs?: number;
};

export type HttpAnswer =
  | { status: 'ok'; bytes: Buffer; etag: string | null }
  | { status: 'not-modified' }
  | { status: 'missing'; httpStatus: number };

/**
 * Reads one document below the feed's base URL, counting bytes as they come (after decompression).
 * 403 and 404 are answers, since TUF asks for roots that may not be there; every other failure throws
 * `FEED_UNREACHABLE`, too many bytes throw `FEED_TOO_LARGE`. Redirects are not followed. Messages name host and path,
 * never the secret part of the base URL.
 */
export async function httpGet({
  source,
  path,
  maxBytes,
  accept,
  etag,
}: {
  source: HttpSource;
  path: string;
  maxBytes: number;
  accept?: string;
  etag?: string | null;
}): Promise<HttpAnswer> {
  const url = `${source.baseUrl.replace(/\/+$/, '')}/${path}`;
  const label = `${new URL(url).host} (${path})`;
  const headers: Record<string, string> = {
    accept: accept ?? 'application/json',
    'user-agent': 'hallmark-feed-client',
  };
  if (source.token) headers.authorization = `Bearer ${source.token}`;
  if (etag) headers['if-none-match'] = etag;
  const timeoutMs = source.timeoutMs ?? FEED_REQUEST_TIMEOUT_MS;
  try {
    const response = await source.fetch(url, {
      headers,
      redirect: 'manual',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status === 304 && etag) {
      await response.body?.cancel();
      return { status: 'not-modified' };
    }
    if (response.status === 200) {
      return { status: 'ok', bytes: await readLimited(response, maxBytes, label), etag: response.headers.get('etag') };
    }
    await response.body?.cancel();
    if (response.status === 403 || response.status === 404) return { status: 'missing', httpStatus: response.status };
    throw new FeedError('FEED_UNREACHABLE', `${label} answered ${response.status}.`);
  } catch (error) {
    if (error instanceof FeedError) throw error;
    throw new FeedError('FEED_UNREACHABLE', `${label} could not be read: ${reason(error, timeoutMs)}.`, {
      cause: error,
    });
  }
}

/** As `httpGet`, for documents that must be there. */
export async function httpGetRequired(
  input: Parameters<typeof httpGet>[0],
): Promise<{ bytes: Buffer; etag: string | null }> {
  const answer = await httpGet(input);
  if (answer.status === 'ok') return answer;
  const host = new URL(input.source.baseUrl).host;
  const what = answer.status === 'missing' ? answer.httpStatus : 304;
  throw new FeedError('FEED_UNREACHABLE', `${host} (${input.path}) answered ${what}.`);
}

async function readLimited(response: Response, maxBytes: number, label: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new FeedError('FEED_TOO_LARGE', `${label} sent more than the ${maxBytes} bytes it may have.`);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

function reason(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'it failed';
  if (error.name === 'TimeoutError') return `no complete answer within ${timeoutMs / 1000} s`;
  const cause = error.cause as { code?: string } | undefined;
  return cause?.code ?? error.message;
}
