import { CaseFailure } from './outcome.ts';

/** What came back, whole. */
export type Answer = {
  /** Method and address, with what made the request special. */
  request: string;
  url: string;
  status: number;
  headers: Headers;
  text: string;
};

export type Send = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  token?: string;
};

/** A page of a hundred large manifests stays far below. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** Waits for a registry that limits its callers, each at most this long. */
const MAX_WAITS = 3;
const MAX_WAIT_MS = 60_000;

/** The registry could not be asked at all. */
export class Unreachable extends Error {}

/**
 * Sends requests below one address. Redirects are answers here, not followed. The address is the user's own choice, so
 * private ones are fine.
 */
export class HttpClient {
  readonly baseUrl: string;
  /** Requests sent so far. */
  count = 0;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /** Throws CaseFailure when nothing comes back; waits and asks again after 429. */
  async send(path: string, { method = 'GET', headers = {}, body, token }: Send = {}): Promise<Answer> {
    const url = `${this.baseUrl}${path}`;
    const request = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join(
      ', ',
    );
    const init: RequestInit = {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body,
    };
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#once(url, init, request);
      if (answer instanceof CaseFailure) {
        // A connection that was kept open may have been closed just now; only what changes nothing is sent again.
        if (attempt === 0 && method === 'GET') continue;
        throw answer;
      }
      const wait = attempt < MAX_WAITS ? retryAfter(answer) : null;
      if (wait === null) return answer;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  async #once(url: string, init: RequestInit, request: string): Promise<Answer | CaseFailure> {
    this.count += 1;
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
      const { status, headers } = response;
      return { request, url, status, headers, text: await readText(response) };
    } catch (error) {
      return new CaseFailure({ request, expected: 'an answer', seen: `none: ${reasonOf(error)}` });
    }
  }
}

/** Milliseconds to wait before asking again; null when there is no need or it would take too long. */
function retryAfter({ status, headers }: Answer): number | null {
  if (status !== 429) return null;
  const seconds = Number(headers.get('retry-after') ?? '2');
  const wait = (Number.isFinite(seconds) ? Math.max(seconds, 1) : 2) * 1000;
  return wait <= MAX_WAIT_MS ? wait : null;
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error(`the body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Fetch hides why a connection failed in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : error.message;
}
