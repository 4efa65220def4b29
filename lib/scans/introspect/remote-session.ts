import { ReadableStream } from 'node:stream/web';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type Outbound, OutboundError } from '#lib/outbound/index.ts';

/** What looking at one remote server may cost, both sides. */
export const REMOTE_LIMITS = {
  /** Every list has a few pages; each request that a server makes of its client costs one answer. */
  requests: 250,
  /** Of all answers together, decoded. */
  bytes: 16 * 1024 * 1024,
} as const;

export type SignIn = { status: 401 | 403; says: string | null };

/**
 * Every request that one look at a remote server makes: through the guarded way out, without credentials, counted, and over
 * when the first of them fails. Redirects are not followed here: the SDK asks again for those within the origin.
 */
export class RemoteSession {
  /** What the last answer said about signing in; null where it was let through. */
  signIn: SignIn | null = null;
  /** Status of the last answer. */
  status: number | null = null;
  fault: OutboundError | null = null;
  hasTooMany = false;
  /** Called at the first fault: what waits for an answer waits in vain. */
  onFault: () => void = () => {};
  readonly #outbound: Outbound;
  readonly #kind: 'streamable-http' | 'sse';
  readonly #signal: AbortSignal;
  readonly #timeoutMs: number;
  readonly #trustedOrigins: readonly string[];
  #requests = 0;
  #bytes = 0;
  #streams = 0;

  constructor(options: {
    outbound: Outbound;
    kind: 'streamable-http' | 'sse';
    signal: AbortSignal;
    timeoutMs: number;
    trustedOrigins: readonly string[];
  }) {
    this.#outbound = options.outbound;
    this.#kind = options.kind;
    this.#signal = options.signal;
    this.#timeoutMs = options.timeoutMs;
    this.#trustedOrigins = options.trustedOrigins;
  }

  readonly fetch: FetchLike = async (url, init = {}) => {
    const method = methodOf(init.method);
    // Nothing is asked that is answered outside of a request: streamable HTTP needs no stream of its own (405 says there is
    // none), and a stream of events that ended is not opened again (204 says so).
    if (method === 'GET' && (this.#kind === 'streamable-http' || this.#streams > 0)) {
      return new Response(null, { status: this.#kind === 'sse' ? 204 : 405 });
    }
    if (method === 'GET') this.#streams += 1;
    this.#requests += 1;
    if (this.#requests > REMOTE_LIMITS.requests) {
      this.hasTooMany = true;
      this.onFault();
      throw new Error('Too many requests were needed.');
    }
    try {
      const response = await this.#outbound.open(url, {
        method,
        headers: Object.fromEntries(new Headers(init.headers as HeadersInit)),
        ...(typeof init.body === 'string' ? { body: init.body } : {}),
        maxBytes: Math.max(0, REMOTE_LIMITS.bytes - this.#bytes),
        timeoutMs: this.#timeoutMs,
        trustedOrigins: this.#trustedOrigins,
        signal: init.signal ? AbortSignal.any([this.#signal, init.signal]) : this.#signal,
      });
      this.#note(response);
      if (response.body === null) return response;
      const { status, headers } = response;
      return new Response(ReadableStream.from(this.#counted(response.body as AsyncIterable<Uint8Array>)) as BodyInit, {
        status,
        headers,
      });
    } catch (error) {
      throw this.#failed(error);
    }
  };

  #note({ status, headers }: Response): void {
    this.status = status;
    this.signIn = status === 401 || status === 403 ? { status, says: headers.get('www-authenticate') } : null;
  }

  async *#counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) {
        this.#bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    if (error instanceof OutboundError && this.fault === null && !this.#signal.aborted) {
      this.fault = error;
      this.onFault();
    }
    return error;
  }
}

const methodOf = (method = 'GET'): 'GET' | 'POST' | 'DELETE' => {
  const name = method.toUpperCase();
  return name === 'POST' || name === 'DELETE' ? name : 'GET';
};
