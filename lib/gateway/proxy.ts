import type {
  JSONRPCMessage,
  JSONRPCNotification,
  JSONRPCRequest,
  RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import type { Audit } from './audit.ts';
import type { Decision } from './decide.ts';
import {
  calledTool,
  cancelledMessage,
  errorMessage,
  INVALID_PARAMS,
  INVALID_REQUEST,
  keyOf,
  type Refusal,
  refusalMessage,
  resultMessage,
} from './messages.ts';
import { OwnRequests, UpstreamRpcError } from './own-requests.ts';
import { GatewayError } from './reasons.ts';
import { isFinal } from './session-decision.ts';
import { ToolCatalog, type ToolListing } from './tool-catalog.ts';

/** The longest the server may take for one page of its tools. */
export const LIST_TIMEOUT_MS = 30_000;

/** Messages to the client that may be waiting before reading from the server stops. */
const MAX_UNSENT = 64;

export type ProxyUpstream = {
  send(message: JSONRPCMessage): void;
  pause(): void;
  resume(): void;
  kill(): void;
};

/** What the feed says now about the running session, or about one tool of it. */
export type Decide = (asked?: { tool: string; digest: string | null }) => Decision;

type Pending = { id: RequestId; method: string; tool?: string; digest?: string | null };

/**
 * The gateway between one client and one server, at the level of JSON-RPC messages. `tools/list` is answered by the
 * gateway from its own listing of the server, `tools/call` passes only when feed and live digest allow it; everything
 * else goes through, in both directions. Messages are parsed and written anew, never copied as bytes: two parsers that
 * read one line differently must not be possible.
 *
 * A response of the server reaches the client only if it answers a request that was passed on: otherwise a server
 * could answer `tools/list` itself.
 */
export class GatewayProxy {
  readonly #sendToClient: (message: JSONRPCMessage) => Promise<void>;
  readonly #upstream: ProxyUpstream;
  readonly #decide: Decide;
  readonly #audit: Audit;
  readonly #subject: { server: string; version: string };
  readonly #own: OwnRequests;
  readonly #catalog: ToolCatalog;
  /** Requests of the client that the server has. */
  readonly #pending = new Map<string, Pending>();
  /** Requests of the client that the gateway has. */
  readonly #held = new Map<string, Pending>();
  #stopped: Refusal | null = null;
  #isInitialized = false;
  #wasAsked = false;
  #shownState: string | null = null;
  #unsent = 0;

  constructor({
    sendToClient,
    upstream,
    decide,
    audit,
    subject,
    listTimeoutMs = LIST_TIMEOUT_MS,
  }: {
    sendToClient: (message: JSONRPCMessage) => Promise<void>;
    upstream: ProxyUpstream;
    decide: Decide;
    audit: Audit;
    subject: { server: string; version: string };
    listTimeoutMs?: number;
  }) {
    this.#sendToClient = sendToClient;
    this.#upstream = upstream;
    this.#decide = decide;
    this.#audit = audit;
    this.#subject = subject;
    this.#own = new OwnRequests({ send: (message) => upstream.send(message) });
    this.#catalog = new ToolCatalog({
      listPage: (cursor) =>
        this.#own.request({
          method: 'tools/list',
          params: cursor === null ? {} : { cursor },
          timeoutMs: listTimeoutMs,
        }),
    });
    this.#shownState = shownState(decide());
  }

  /** The refusal that ended the session, if one did. */
  get stopped(): Refusal | null {
    return this.#stopped;
  }

  /** Whether the client has sent any request yet, and so had an answer. */
  get wasAsked(): boolean {
    return this.#wasAsked;
  }

  fromClient(message: JSONRPCMessage): void {
    if ('method' in message && 'id' in message) this.#clientRequest(message);
    else if ('method' in message) this.#clientNotification(message);
    else if (!this.#stopped) this.#upstream.send(message);
  }

  fromUpstream(message: JSONRPCMessage): void {
    if (this.#stopped || this.#own.handle(message)) return;
    if (!('method' in message)) {
      this.#upstreamResponse(message);
      return;
    }
    if (message.method === 'notifications/tools/list_changed') this.#catalog.invalidate();
    const decision = this.#check();
    if (decision.allow) this.#toClient(message);
    else if ('id' in message) this.#upstream.send(this.#refusal(message.id, decision));
  }

  /** Call it after every attempt to refresh the feed, also after a failed one: the accepted list has become older. */
  feedChanged(): void {
    const decision = this.#check();
    if (this.#stopped) return;
    // The digests we rely on are then never older than one refresh, even if the server changes its tools in silence.
    this.#catalog.invalidate();
    for (const [key, pending] of this.#pending) {
      const { tool, digest = null } = pending;
      const now = decision.allow && tool !== undefined ? this.#decide({ tool, digest }) : decision;
      if (!now.allow) this.#withdraw(key, pending, now);
    }
    this.#tellIfChanged(decision);
  }

  /** The server's process is gone. */
  upstreamEnded(description: string): void {
    this.#stop({ allow: false, code: 'UPSTREAM_ENDED', message: `The server ${this.#subject.server} ${description}.` });
  }

  #clientRequest(request: JSONRPCRequest): void {
    const { id, method } = request;
    this.#wasAsked = true;
    if (this.#pending.has(keyOf(id)) || this.#held.has(keyOf(id))) {
      const message = `The id ${JSON.stringify(id)} belongs to a request that is not answered yet.`;
      this.#toClient(errorMessage(id, { code: INVALID_REQUEST, message }));
    } else if (method === 'tools/list') void this.#list(request);
    else if (method === 'tools/call') void this.#call(request);
    else this.#otherRequest(request);
  }

  #otherRequest(request: JSONRPCRequest): void {
    const { id, method } = request;
    const decision = this.#check();
    if (decision.allow) this.#forward(request, {});
    else if (method === 'ping') this.#toClient(resultMessage(id, {}));
    else {
      this.#audit({ event: 'request', decision: 'deny', code: decision.code, method });
      this.#toClient(this.#refusal(id, decision));
    }
  }

  #clientNotification(notification: JSONRPCNotification): void {
    if (notification.method === 'notifications/initialized') this.#isInitialized = true;
    if (notification.method === 'notifications/cancelled') {
      const { requestId } = (notification.params ?? {}) as { requestId?: RequestId };
      // The server never had a request that is held here, so it must not hear that it was cancelled.
      if (requestId !== undefined && this.#held.delete(keyOf(requestId))) return;
      if (requestId !== undefined) this.#pending.delete(keyOf(requestId));
    }
    if (!this.#stopped) this.#upstream.send(notification);
  }

  async #list(request: JSONRPCRequest): Promise<void> {
    const { id, params } = request;
    const before = this.#check();
    if (before.allow && params?.cursor !== undefined) {
      const message = 'This gateway lists all tools on one page and gives no cursors.';
      this.#toClient(errorMessage(id, { code: INVALID_PARAMS, message }));
      return;
    }
    const listing = before.allow ? await this.#listingFor(request, { fresh: true }) : null;
    if (before.allow && !listing) return;
    const decision = this.#check();
    const hidden: { tool: string; code: string }[] = [];
    const tools = (listing?.tools ?? []).filter(({ name }) => {
      const { allow, code } = this.#decide({ tool: name, digest: listing?.digests.get(name) ?? null });
      if (!allow) hidden.push({ tool: name.slice(0, 128), code });
      return allow;
    });
    const shown = decision.allow ? tools : [];
    this.#audit({
      event: 'list',
      decision: decision.allow ? 'allow' : 'deny',
      code: decision.code,
      shown: shown.length,
      hidden: hidden.slice(0, 100),
    });
    this.#toClient(resultMessage(id, { tools: shown }));
  }

  async #call(request: JSONRPCRequest): Promise<void> {
    const tool = calledTool(request);
    if (tool === null) {
      const message = 'tools/call without the name of a tool.';
      this.#refuseCall({
        request,
        tool: '',
        digest: null,
        refusal: { allow: false, code: 'REQUEST_MALFORMED', message },
      });
      return;
    }
    const session = this.#check();
    const first = session.allow ? this.#decide({ tool, digest: null }) : session;
    // Whatever the server lists, these would be refused; only a missing digest is worth asking it.
    if (!first.allow && first.code !== 'TOOL_UNSEEN') {
      this.#refuseCall({ request, tool, digest: null, refusal: first });
      return;
    }
    const listing = await this.#listingFor(request, {});
    if (!listing) return;
    const digest = listing.digests.get(tool) ?? null;
    const running = this.#check();
    const decision = running.allow ? this.#decide({ tool, digest }) : running;
    if (decision.allow) {
      this.#audit({ event: 'call', decision: 'allow', code: decision.code, tool, digest });
      this.#forward(request, { tool, digest });
    } else this.#refuseCall({ request, tool, digest, refusal: decision });
  }

  /** The server's tools, while the request is held; null when it was cancelled or answered meanwhile. */
  async #listingFor(request: JSONRPCRequest, options: { fresh?: boolean }): Promise<ToolListing | null> {
    const key = keyOf(request.id);
    this.#held.set(key, { id: request.id, method: request.method });
    try {
      const listing = await this.#catalog.list(options);
      return this.#held.delete(key) ? listing : null;
    } catch (error) {
      if (this.#held.delete(key)) this.#listingFailed(request, error);
      return null;
    }
  }

  #listingFailed({ id, method }: JSONRPCRequest, error: unknown): void {
    if (error instanceof UpstreamRpcError && method === 'tools/list') {
      this.#toClient(errorMessage(id, error.error));
      return;
    }
    const { code, message } =
      error instanceof GatewayError
        ? error
        : new GatewayError(
            'UPSTREAM_FAILED',
            'The server did not list its tools, so none can be compared with what was approved.',
          );
    this.#audit({ event: 'list', decision: 'deny', code, method, message });
    this.#toClient(this.#refusal(id, { code, message }));
  }

  #upstreamResponse(message: Exclude<JSONRPCMessage, JSONRPCRequest | JSONRPCNotification>): void {
    const key = message.id === undefined ? '' : keyOf(message.id);
    const pending = this.#pending.get(key);
    if (!pending) {
      const text = 'A response that nobody waits for was dropped.';
      this.#audit({ event: 'upstream', code: 'UPSTREAM_MALFORMED', message: text });
      return;
    }
    const decision = this.#check();
    if (this.#stopped) return;
    this.#pending.delete(key);
    this.#toClient(decision.allow ? message : this.#refusal(pending.id, decision));
  }

  /** What the feed says now. A refusal that no later feed can lift within this session ends it here. */
  #check(): Decision {
    if (this.#stopped) return this.#stopped;
    const decision = this.#decide();
    if (!decision.allow && isFinal(decision)) this.#stop(decision);
    return decision;
  }

  #stop(refusal: Refusal): void {
    if (this.#stopped) return;
    const { code, message } = refusal;
    this.#stopped = refusal;
    this.#audit({ event: 'session', decision: 'deny', code, message });
    this.#upstream.kill();
    for (const { id, method } of [...this.#pending.values(), ...this.#held.values()]) {
      this.#toClient(method === 'tools/list' ? resultMessage(id, { tools: [] }) : this.#refusal(id, refusal));
    }
    this.#pending.clear();
    this.#held.clear();
    this.#own.failAll(new GatewayError(code, message));
    this.#tellIfChanged(refusal);
  }

  /** Takes back a request that the server has already. */
  #withdraw(key: string, { id, tool, digest = null, method }: Pending, refusal: Refusal): void {
    const about = tool === undefined ? {} : { tool, digest };
    this.#pending.delete(key);
    this.#audit({ event: tool ? 'call' : 'request', decision: 'deny', code: refusal.code, method, ...about });
    this.#upstream.send(cancelledMessage(id, refusal.code));
    this.#toClient(this.#refusal(id, refusal, tool));
  }

  #refuseCall({
    request,
    tool,
    digest,
    refusal,
  }: {
    request: JSONRPCRequest;
    tool: string;
    digest: string | null;
    refusal: Refusal;
  }): void {
    const { code, message } = refusal;
    this.#audit({ event: 'call', decision: 'deny', code, message, tool: tool.slice(0, 128), digest });
    this.#toClient(this.#refusal(request.id, refusal, tool));
  }

  #forward(request: JSONRPCRequest, about: { tool?: string; digest?: string | null }): void {
    this.#pending.set(keyOf(request.id), { id: request.id, method: request.method, ...about });
    this.#upstream.send(request);
  }

  /** Clients that showed tools should ask again once they are gone, back, or others. */
  #tellIfChanged(decision: Decision): void {
    const state = shownState(decision);
    if (state === this.#shownState) return;
    this.#shownState = state;
    if (this.#isInitialized) this.#toClient({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  }

  #refusal(id: RequestId, refusal: { code: string; message: string }, tool?: string): JSONRPCMessage {
    return refusalMessage({ id, refusal, subject: this.#subject, tool });
  }

  #toClient(message: JSONRPCMessage): void {
    this.#unsent += 1;
    if (this.#unsent === MAX_UNSENT) this.#upstream.pause();
    const done = () => {
      this.#unsent -= 1;
      if (this.#unsent === 0) this.#upstream.resume();
    };
    this.#sendToClient(message).then(done, done);
  }
}

function shownState(decision: Decision): string | null {
  return decision.allow ? JSON.stringify(decision.entry.tools.allow) : null;
}
