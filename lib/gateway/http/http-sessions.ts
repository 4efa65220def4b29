import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { type Audit, auditWith } from '../audit/audit.ts';
import type { SendToClient } from '../sessions/client-sink.ts';
import type { Front } from '../sessions/front.ts';
import type { ClientIdentity } from './client-tokens.ts';

type HttpSession = {
  transport: StreamableHTTPServerTransport;
  /** Path, client and credentials that it was opened with; a request with others does not find it. */
  owner: string;
  label: string;
  front: Front | null;
  lastUsed: number;
  /** Requests that are being answered, the stream of `GET` included. */
  open: number;
};

export type OpenFront = (input: {
  sendToClient: SendToClient;
  audit: Audit;
  client: ClientIdentity;
  headers: Record<string, string>;
}) => Promise<Front>;

/** The client sessions over HTTP: one transport and one front each. */
export class HttpSessions {
  readonly #sessions = new Map<string, HttpSession>();
  readonly #limit: number;
  readonly #idleMs: number;
  readonly #maxBytes: number;
  readonly #audit: Audit;
  readonly #onCount: (count: number) => void;
  readonly #sweeper: NodeJS.Timeout;
  /** Sessions that are being opened count too. */
  #opening = 0;

  constructor(options: {
    limit: number;
    idleMs: number;
    maxRequestBytes: number;
    audit: Audit;
    onCount: (count: number) => void;
  }) {
    this.#limit = options.limit;
    this.#idleMs = options.idleMs;
    this.#maxBytes = options.maxRequestBytes;
    this.#audit = options.audit;
    this.#onCount = options.onCount;
    this.#sweeper = setInterval(() => this.#sweep(), Math.min(options.idleMs, 30_000));
    this.#sweeper.unref();
  }

  /** Answers a request of a client that was identified, at an address that exists. */
  async handle({
    request,
    response,
    endpoint,
    client,
    secrets,
    openFront,
  }: {
    request: IncomingMessage;
    response: ServerResponse;
    endpoint: string;
    client: ClientIdentity;
    /** Credentials of the caller for servers: part of who owns the session. */
    secrets: Record<string, string>;
    openFront: OpenFront;
  }): Promise<void> {
    const owner = ownerOf({ endpoint, client, secrets });
    const id = request.headers['mcp-session-id'];
    if (id !== undefined) {
      const session = typeof id === 'string' ? this.#sessions.get(id) : undefined;
      if (session?.owner !== owner) {
        rpcError(response, 404, -32001, 'There is no such session; it may have ended. Initialize a new one.');
        return;
      }
      await this.#pass(session, request, response);
      return;
    }
    if (request.method !== 'POST') {
      rpcError(response, 400, -32000, 'The Mcp-Session-Id header is missing.');
      return;
    }
    if (this.#sessions.size + this.#opening >= this.#limit) {
      this.#audit({ event: 'session', decision: 'deny', code: 'SESSION_LIMIT', client: client.name });
      response.setHeader('retry-after', '30');
      rpcError(response, 503, -32000, 'This gateway serves as many sessions as it may. Try again later.');
      return;
    }
    this.#opening += 1;
    let isCounted = true;
    const counted = () => {
      if (isCounted) this.#opening -= 1;
      isCounted = false;
    };
    try {
      await this.#open({ request, response, client, headers: secrets, owner, openFront, counted });
    } finally {
      counted();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#sessions.keys()].map((id) => this.#end(id, 'the gateway stops')));
  }

  async #open({
    request,
    response,
    client,
    headers,
    owner,
    openFront,
    counted,
  }: {
    request: IncomingMessage;
    response: ServerResponse;
    client: ClientIdentity;
    headers: Record<string, string>;
    owner: string;
    openFront: OpenFront;
    /** The session counts by itself from now on. */
    counted: () => void;
  }): Promise<void> {
    // The id is a credential: the log has another one.
    const label = randomUUID().slice(0, 8);
    const audit = auditWith(this.#audit, { session: label, client: client.name });
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize: this.#maxBytes,
      onsessioninitialized: async (id) => {
        const session: HttpSession = { transport, owner, label, front: null, lastUsed: Date.now(), open: 0 };
        this.#sessions.set(id, session);
        counted();
        this.#onCount(this.#sessions.size);
        audit({ event: 'session', message: 'opened' });
        session.front = await openFront({
          // A client that went away is not told, and hears of it when it comes back.
          sendToClient: (message, relatedTo) =>
            transport.send(message, relatedTo === undefined ? {} : { relatedRequestId: relatedTo }).catch(() => {}),
          audit,
          client,
          headers,
        });
      },
      onsessionclosed: (id) => this.#end(id, 'the client closed it'),
    });
    const front = () => this.#sessions.get(transport.sessionId ?? '')?.front;
    transport.onmessage = (message: JSONRPCMessage) => front()?.fromClient(message);
    await transport.start();
    const done = this.#track(response, () => this.#sessions.get(transport.sessionId ?? ''));
    await transport.handleRequest(request, response);
    await done;
    // Not an initialize request: it was answered with what is wrong.
    if (transport.sessionId === undefined) await transport.close();
  }

  async #pass(session: HttpSession, request: IncomingMessage, response: ServerResponse): Promise<void> {
    session.lastUsed = Date.now();
    const done = this.#track(response, () => session);
    await session.transport.handleRequest(request, response);
    await done;
  }

  /** A session is not idle while one of its requests is answered. */
  #track(response: ServerResponse, session: () => HttpSession | undefined): Promise<void> {
    const counted = session();
    if (counted) counted.open += 1;
    return new Promise((resolve) =>
      response.once('close', () => {
        if (counted) counted.open -= 1;
        const used = session();
        if (used) used.lastUsed = Date.now();
        resolve();
      }),
    );
  }

  #sweep(): void {
    const limit = Date.now() - this.#idleMs;
    for (const [id, { open, lastUsed }] of this.#sessions) {
      if (open === 0 && lastUsed < limit) void this.#end(id, 'nothing was asked for too long');
    }
  }

  async #end(id: string, message: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (!session) return;
    this.#sessions.delete(id);
    this.#onCount(this.#sessions.size);
    this.#audit({ event: 'end', session: session.label, message });
    await session.front?.close();
    await session.transport.close();
  }
}

export function rpcError(response: ServerResponse, status: number, code: number, message: string): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }));
}

function ownerOf({
  endpoint,
  client,
  secrets,
}: {
  endpoint: string;
  client: ClientIdentity;
  secrets: Record<string, string>;
}): string {
  return createHash('sha256')
    .update(JSON.stringify([endpoint, client, Object.entries(secrets).sort()]))
    .digest('hex');
}
