import type {
  JSONRPCMessage,
  JSONRPCNotification,
  JSONRPCRequest,
  RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import type { Audit } from '../audit/audit.ts';
import type { Decision, Refusal } from '../decisions/decide.ts';
import { GatewayError } from '../decisions/reasons.ts';
import { isFinal } from '../decisions/session-decision.ts';
import { ClientSink, type SendToClient } from './client-sink.ts';
import { DefinitionsGate } from './definitions-gate.ts';
import { GUARDED_METHODS } from './definitions-guard.ts';
import { initializeForServer } from './initialize.ts';
import {
  cancelledMessage,
  errorMessage,
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  refusalMessage,
  resultMessage,
  type Subject,
  upstreamErrorMessage,
} from './messages.ts';
import { Announcements } from './notification-limits.ts';
import { OwnRequests, PeerRpcError } from './own-requests.ts';
import { RequestTable, type Tracked } from './request-table.ts';
import { DEFAULT_RULES, type SessionRules } from './rules.ts';
import { ServerMessages } from './server-messages.ts';
import { type Decide, failureOf, ToolGate } from './tool-gate.ts';

/** What a client may say unasked. */
const CLIENT_NOTIFICATIONS = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
]);

const LIST_CHANGED = 'notifications/tools/list_changed';

export type ProxyUpstream = {
  send(message: JSONRPCMessage): void;
  pause(): void;
  resume(): void;
  kill(): void;
};

/**
 * The gateway between one client and one server, at the level of JSON-RPC messages. `tools/list` is answered by the
 * gateway from its own listing of the server, `tools/call` passes only when feed and live digest allow it; what is about
 * prompts and resources passes `DefinitionsGuard`, what the server says unasked `ServerMessages`; a method that none of
 * them knows is refused. Messages are parsed and written anew, never copied as bytes: two parsers that read one line
 * differently must not be possible.
 *
 * A response of the server reaches the client only if it answers a request that was passed on: otherwise a server
 * could answer `tools/list` itself.
 */
export class GatewayProxy {
  readonly #toClient: ClientSink['send'];
  readonly #upstream: ProxyUpstream;
  readonly #decide: Decide;
  readonly #audit: Audit;
  readonly #subject: Subject;
  readonly #rules: SessionRules;
  readonly #own: OwnRequests;
  readonly #ownToClient: OwnRequests;
  readonly #tools: ToolGate;
  readonly #definitions: DefinitionsGate;
  readonly #serverMessages: ServerMessages;
  readonly #announcements: Announcements;
  readonly #table = new RequestTable();
  #stopped: Refusal | null = null;
  #isInitialized = false;
  #wasAsked = false;
  #shownState: string | null = null;

  constructor({
    sendToClient,
    upstream,
    decide,
    audit,
    subject,
    org = () => 'The organization',
    rules = DEFAULT_RULES,
  }: {
    sendToClient: SendToClient;
    upstream: ProxyUpstream;
    decide: Decide;
    audit: Audit;
    subject: Subject;
    /** Whose list decides, for texts. */
    org?: () => string;
    rules?: SessionRules;
  }) {
    const toClient = new ClientSink(sendToClient, upstream).send;
    this.#toClient = toClient;
    this.#upstream = upstream;
    this.#decide = decide;
    this.#audit = audit;
    this.#subject = subject;
    this.#rules = rules;
    const toServer = (message: JSONRPCMessage) => upstream.send(message);
    this.#own = new OwnRequests({ send: toServer });
    this.#ownToClient = new OwnRequests({ send: toClient, timeoutCode: 'ASK_TIMEOUT' });
    const ports = {
      check: () => this.#check(),
      held: <T>(request: JSONRPCRequest, work: () => Promise<T>, failed?: (error: unknown) => void) =>
        this.#held(request, work, failed),
      forward: (request: JSONRPCRequest, about: { tool?: string; digest?: string | null } = {}) =>
        this.#forward(request, about),
      toClient,
      audit,
      subject,
      rules,
    };
    this.#tools = new ToolGate({
      ...ports,
      requests: { server: this.#own, client: this.#ownToClient },
      decide,
      org,
    });
    this.#definitions = new DefinitionsGate({
      ...ports,
      request: (method, params) => this.#own.request({ method, params, timeoutMs: rules.listTimeoutMs }),
      refuse: (request, refusal) => this.#refuse(request, refusal),
      subscribe: (uri) => this.#serverMessages.subscribe(uri),
    });
    this.#announcements = new Announcements((method) => this.#toClient({ jsonrpc: '2.0', method }));
    const { announcements, table } = { announcements: this.#announcements, table: this.#table };
    this.#serverMessages = new ServerMessages({ toClient, toServer, table, rules, audit, subject, announcements });
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
    else if (!this.#ownToClient.handle(message) && !this.#stopped) this.#serverMessages.response(message);
  }

  fromUpstream(message: JSONRPCMessage): void {
    if (this.#stopped || this.#own.handle(message)) return;
    if (!('method' in message)) {
      this.#upstreamResponse(message);
      return;
    }
    if (message.method === LIST_CHANGED) this.#tools.invalidate();
    if (message.method === 'notifications/prompts/list_changed') this.#definitions.guard.invalidate('prompts');
    if (message.method === 'notifications/resources/list_changed') {
      this.#definitions.guard.invalidate('resources');
      this.#definitions.guard.invalidate('resourceTemplates');
    }
    const decision = this.#check();
    if (!('id' in message)) {
      if (decision.allow) this.#serverMessages.notification(message);
    } else if (decision.allow) this.#serverMessages.request(message);
    else this.#upstream.send(this.#refusal(message.id, decision));
  }

  /** Call it after every attempt to refresh the feed, also after a failed one: the accepted list has become older. */
  feedChanged(): void {
    const decision = this.#check();
    if (this.#stopped) return;
    // The digests we rely on are then never older than one refresh, even if the server changes its tools in silence.
    this.#tools.invalidate();
    this.#definitions.guard.invalidate();
    for (const pending of this.#table.pending) {
      const { tool, digest = null } = pending;
      const now = decision.allow && tool !== undefined ? this.#decide({ tool, digest }) : decision;
      if (!now.allow) this.#withdraw(pending, now);
    }
    this.#tellIfChanged(decision);
  }

  /** The server is gone. */
  upstreamEnded(description: string): void {
    this.#stop({ allow: false, code: 'UPSTREAM_ENDED', message: `The server ${this.#subject.server} ${description}.` });
  }

  /** No more timers and nothing more to the client. */
  close(): void {
    this.#announcements.stop();
    this.#table.drain();
    this.#ownToClient.failAll(new GatewayError('UPSTREAM_ENDED', 'The session is over.'));
    this.#own.failAll(new GatewayError('UPSTREAM_ENDED', 'The session is over.'));
  }

  #clientRequest(request: JSONRPCRequest): void {
    const { id, method } = request;
    this.#wasAsked = true;
    if (this.#table.has(id)) {
      const message = `The id ${JSON.stringify(id)} belongs to a request that is not answered yet.`;
      this.#toClient(errorMessage(id, { code: INVALID_REQUEST, message }));
    } else if (method === 'ping') this.#toClient(resultMessage(id, {}));
    else if (method === 'tools/list') void this.#tools.list(request);
    else if (method === 'tools/call') void this.#tools.call(request);
    else if (GUARDED_METHODS.has(method)) this.#definitions.handle(request);
    else this.#otherRequest(request);
  }

  #otherRequest(request: JSONRPCRequest): void {
    const { id, method } = request;
    const decision = this.#check();
    if (!decision.allow) this.#refuse(request, decision);
    else if (method === 'initialize') {
      this.#tools.clientCapabilities = request.params?.capabilities;
      this.#forward(initializeForServer(request, this.#rules.serverRequests), {});
    } else if (method === 'logging/setLevel') this.#forward(request, {});
    else {
      const code = 'METHOD_DENIED';
      this.#audit({ event: 'request', decision: 'deny', code, method: method.slice(0, 128), requestId: id });
      const data = { hallmark: { code, ...this.#subject } };
      this.#toClient(errorMessage(id, { code: METHOD_NOT_FOUND, message: 'This gateway does not pass it.', data }));
    }
  }

  #clientNotification(notification: JSONRPCNotification): void {
    const { method, params } = notification;
    if (method === 'notifications/initialized') this.#isInitialized = true;
    if (method === 'notifications/cancelled') {
      const { requestId } = (params ?? {}) as { requestId?: RequestId };
      // The server never had a request that is held here, so it must not hear that it was cancelled.
      if (requestId === undefined || this.#table.release(requestId) || !this.#table.settle(requestId)) return;
    }
    if (!this.#stopped && CLIENT_NOTIFICATIONS.has(method)) this.#upstream.send(notification);
  }

  /** What `work` gives, while the request is held; null when it was cancelled or answered meanwhile, or `work` failed. */
  async #held<T>(
    request: JSONRPCRequest,
    work: () => Promise<T>,
    failed: (error: unknown) => void = (error) => this.#workFailed(request, error),
  ): Promise<T | null> {
    this.#table.hold(request);
    try {
      const result = await work();
      return this.#table.release(request.id) ? result : null;
    } catch (error) {
      if (this.#table.release(request.id)) failed(error);
      return null;
    }
  }

  #workFailed({ id, method }: JSONRPCRequest, error: unknown): void {
    if (error instanceof PeerRpcError) {
      this.#toClient(upstreamErrorMessage({ id, error: error.error, subject: this.#subject }));
      return;
    }
    const { code, message } = failureOf(error);
    this.#audit({ event: 'request', decision: 'deny', code, method, requestId: id, message });
    this.#toClient(this.#refusal(id, { code, message }));
  }

  #upstreamResponse(message: Exclude<JSONRPCMessage, JSONRPCRequest | JSONRPCNotification>): void {
    const pending = this.#table.settle(message.id);
    if (!pending) {
      const text = 'A response that nobody waits for was dropped.';
      this.#audit({ event: 'upstream', code: 'UPSTREAM_MALFORMED', message: text });
      return;
    }
    const decision = this.#check();
    const { id, method, tool } = pending;
    if (this.#stopped) {
      this.#toClient(this.#refusal(id, this.#stopped));
      return;
    }
    const isError = 'error' in message || (message.result as { isError?: unknown }).isError === true;
    const durationMs = Math.round((performance.now() - pending.startedAt) * 10) / 10;
    if (tool !== undefined) this.#audit({ event: 'result', tool, requestId: id, durationMs, isError });
    if (!decision.allow) this.#toClient(this.#refusal(id, decision));
    else if ('error' in message) {
      const mayElicit = this.#rules.serverRequests.has('elicitation');
      this.#toClient(upstreamErrorMessage({ id, error: message.error, subject: this.#subject, mayElicit }));
    } else if (method === 'initialize') this.#definitions.initialized(id, message.result, decision);
    else this.#toClient(message);
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
    for (const { id, method } of this.#table.drain()) {
      this.#toClient(method === 'tools/list' ? resultMessage(id, { tools: [] }) : this.#refusal(id, refusal));
    }
    this.#own.failAll(new GatewayError(code, message));
    this.#ownToClient.failAll(new GatewayError(code, message));
    this.#tellIfChanged(refusal);
  }

  /** Takes back a request that the server has already. */
  #withdraw({ id, tool, digest = null, method }: Tracked, refusal: Refusal): void {
    const about = tool === undefined ? {} : { tool, digest };
    this.#table.settle(id);
    const { code } = refusal;
    this.#audit({ event: tool ? 'call' : 'request', decision: 'deny', code, method, requestId: id, ...about });
    this.#upstream.send(cancelledMessage(id, code));
    this.#toClient(this.#refusal(id, refusal, tool));
  }

  #refuse({ id, method }: JSONRPCRequest, refusal: { code: string; message: string }): void {
    this.#audit({ event: 'request', decision: 'deny', code: refusal.code, method, requestId: id });
    this.#toClient(this.#refusal(id, refusal));
  }

  #forward(request: JSONRPCRequest, about: { tool?: string; digest?: string | null }): void {
    const { startTimeoutMs, callTimeoutMs } = this.#rules;
    const timeoutMs = request.method === 'initialize' ? startTimeoutMs : callTimeoutMs;
    const onTimeout = (tracked: Tracked) => {
      const message = `${this.#subject.server} did not answer within ${timeoutMs / 1000} s.`;
      this.#withdraw(tracked, { allow: false, code: 'UPSTREAM_TIMEOUT', message });
    };
    this.#table.pass(request, about, { timeoutMs, onTimeout });
    this.#upstream.send(request);
  }

  /** Clients that showed tools should ask again once they are gone, back, or others. */
  #tellIfChanged(decision: Decision): void {
    const state = shownState(decision);
    if (state === this.#shownState) return;
    this.#shownState = state;
    if (this.#isInitialized) this.#announcements.announce(LIST_CHANGED);
  }

  #refusal(id: RequestId, refusal: { code: string; message: string }, tool?: string): JSONRPCMessage {
    return refusalMessage({ id, refusal, subject: this.#subject, tool });
  }
}

function shownState(decision: Decision): string | null {
  return decision.allow ? JSON.stringify(decision.entry.tools.allow) : null;
}
