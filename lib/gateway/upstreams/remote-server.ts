import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Outbound } from '#lib/outbound/index.ts';
import { INTERNAL_ERROR, keyOf } from '../sessions/messages.ts';
import { MAX_MESSAGE_BYTES, type Upstream } from './upstream.ts';

/** The stream of what a server says unasked is opened anew after this, or after `MAX_MESSAGE_BYTES`. */
const STREAM_MS = 3_600_000;
const PATIENCE_MS = 2000;

/** Set by the transport; a credential may not be one of them. */
export const TRANSPORT_HEADERS = new Set([
  'accept',
  'connection',
  'content-length',
  'content-type',
  'host',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
  'transfer-encoding',
]);

/**
 * A remote server over streamable HTTP. Every request goes through the guarded way out, to the approved address only:
 * the SDK follows redirects within its origin and none beyond.
 */
export class RemoteServer implements Upstream {
  onmessage: (message: JSONRPCMessage) => void = () => {};
  ongarbage: (error: Error) => void = () => {};
  onstderr: (line: string) => void = () => {};
  onclose: (description: string) => void = () => {};

  readonly #outbound: Outbound;
  readonly #trustedOrigins: readonly string[];
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;
  readonly #transport: StreamableHTTPClientTransport;
  #initializeKey: string | null = null;
  #sending: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor({
    url,
    headers,
    outbound,
    trustedOrigins,
    timeoutMs,
  }: {
    url: string;
    /** Credentials, sent with every request. */
    headers: Record<string, string>;
    outbound: Outbound;
    trustedOrigins: readonly string[];
    /** For one request with its whole answer. */
    timeoutMs: number;
  }) {
    this.#outbound = outbound;
    this.#trustedOrigins = trustedOrigins;
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
    this.#transport = new StreamableHTTPClientTransport(new URL(url), { fetch: this.#fetch });
  }

  start(): void {
    this.#transport.onmessage = (message) => this.#received(message);
    this.#transport.onerror = (error) => {
      if (!this.#isClosed) this.ongarbage(error);
    };
    void this.#transport.start();
  }

  /** In order: a server may not hear of `initialized` before it answered `initialize`. */
  send(message: JSONRPCMessage): void {
    if (this.#isClosed) return;
    if ('method' in message && 'id' in message && message.method === 'initialize') {
      this.#initializeKey = keyOf(message.id);
    }
    const isRequest = 'method' in message && 'id' in message;
    const sent = this.#sending.then(() => this.#transport.send(message)).catch((error) => this.#failed(message, error));
    // Requests run side by side; what is no request is only begun after those before it.
    if (!isRequest) this.#sending = sent;
  }

  /** HTTP has no way to stop one session's server that would not stop its answers too. */
  pause(): void {}
  resume(): void {}

  kill(): void {
    this.#isClosed = true;
    this.#transport.onmessage = () => {};
    void this.#transport.close();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
    await Promise.race([this.#transport.terminateSession().catch(() => {}), patience]);
    await this.#transport.close();
  }

  #received(message: JSONRPCMessage): void {
    if ('result' in message && this.#initializeKey === keyOf(message.id)) {
      const { protocolVersion } = message.result;
      if (typeof protocolVersion === 'string' && /^[\d-]{1,32}$/.test(protocolVersion)) {
        this.#transport.setProtocolVersion(protocolVersion);
      }
    }
    this.onmessage(message);
  }

  #failed(message: JSONRPCMessage, error: unknown): void {
    if (this.#isClosed) return;
    const { code, message: text } = error as { code?: unknown; message: string };
    if (code === 404) {
      this.kill();
      this.onclose('ended its session');
    } else if ('method' in message && 'id' in message) {
      this.onmessage({ jsonrpc: '2.0', id: message.id, error: { code: INTERNAL_ERROR, message: text.slice(0, 500) } });
    }
  }

  readonly #fetch: FetchLike = async (url, init = {}) => {
    const method = init.method === 'POST' || init.method === 'DELETE' ? init.method : 'GET';
    return this.#outbound.open(url, {
      method,
      headers: { ...Object.fromEntries(new Headers(init.headers as HeadersInit)), ...this.#headers },
      ...(typeof init.body === 'string' ? { body: init.body } : {}),
      maxBytes: MAX_MESSAGE_BYTES,
      timeoutMs: method === 'GET' ? STREAM_MS : this.#timeoutMs,
      trustedOrigins: this.#trustedOrigins,
      ...(init.signal ? { signal: init.signal } : {}),
    });
  };
}
