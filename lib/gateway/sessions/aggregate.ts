import {
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  LATEST_PROTOCOL_VERSION,
  type RequestId,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import { PRODUCT_VERSION } from '#lib/config/product.ts';
import { exposedUri } from './aggregate-names.ts';
import { type RefusedServer, routeRequest } from './aggregate-routes.ts';
import type { SendToClient } from './client-sink.ts';
import type { Front } from './front.ts';
import { Member } from './member.ts';
import { errorMessage, INVALID_REQUEST, keyOf, refusalMessage, resultMessage } from './messages.ts';
import { Announcements } from './notification-limits.ts';
import { type GatewayContext, openServer, type ServerPlan, type SessionIdentity } from './open-server.ts';

/** Offers of servers that the common endpoint makes its own. */
const CAPABILITIES = ['tools', 'prompts', 'resources', 'completions', 'logging'] as const;

/** Instructions of all servers together, in characters: they are read by a model at every start. */
const MAX_INSTRUCTIONS = 32_768;

/**
 * All configured servers as one MCP server. Decides nothing itself: every request goes through the proxy before the
 * server that it names, exactly as if the client were connected to that alone. Tools and prompts are `server__name`,
 * resources `hallmark+server:uri`.
 */
export class Aggregate implements Front {
  readonly #plans: ServerPlan[];
  readonly #context: GatewayContext;
  readonly #identity: SessionIdentity;
  readonly #sendToClient: SendToClient;
  readonly #members = new Map<string, Member>();
  readonly #announcements: Announcements;
  readonly #stopListening: () => void;
  /** The client's requests that are not answered yet. */
  readonly #open = new Set<string>();
  /** Requests of servers that the client has: the id that it knows, whose it is, and the server's own. */
  readonly #fromServers = new Map<string, { member: Member; id: RequestId }>();
  /** Servers that are left out, by their names here. */
  readonly #refused = new Map<string, RefusedServer>();
  #initializeParams: Record<string, unknown> = {};
  #isInitialized = false;
  #isClosed = false;
  #counter = 0;

  constructor({
    plans,
    context,
    identity,
    sendToClient,
  }: {
    plans: ServerPlan[];
    context: GatewayContext;
    identity: SessionIdentity;
    sendToClient: SendToClient;
  }) {
    this.#plans = plans;
    this.#context = context;
    this.#identity = identity;
    this.#sendToClient = sendToClient;
    this.#announcements = new Announcements((method) => void sendToClient({ jsonrpc: '2.0', method }));
    this.#stopListening = context.watch.onAttempt(({ isNew }) => {
      if (isNew && this.#isInitialized) void this.#openNew();
    });
  }

  fromClient(message: JSONRPCMessage): void {
    if ('method' in message && 'id' in message) void this.#request(message);
    else if ('method' in message) this.#notification(message);
    else this.#response(message);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    this.#announcements.stop();
    await Promise.all([...this.#members.values()].map((member) => member.close()));
  }

  async #request(request: JSONRPCRequest): Promise<void> {
    const { id, method } = request;
    const key = keyOf(id);
    if (this.#open.has(key)) {
      const message = `The id ${JSON.stringify(id)} belongs to a request that is not answered yet.`;
      void this.#sendToClient(errorMessage(id, { code: INVALID_REQUEST, message }));
      return;
    }
    this.#open.add(key);
    const answer =
      method === 'ping'
        ? resultMessage(id, {})
        : method === 'initialize'
          ? await this.#initialize(request)
          : await routeRequest({
              request,
              members: this.#members,
              refused: this.#refused,
              audit: this.#context.audit,
            });
    // Cancelled meanwhile: nobody waits.
    if (this.#open.delete(key)) void this.#sendToClient(answer);
  }

  async #initialize(request: JSONRPCRequest): Promise<JSONRPCMessage> {
    const { id, params = {} } = request;
    if (this.#members.size > 0) {
      return errorMessage(id, { code: INVALID_REQUEST, message: 'This session is initialized already.' });
    }
    this.#initializeParams = params;
    await Promise.all(this.#plans.map((plan) => this.#openMember(plan)));
    const first = this.#plans.map(({ alias }) => this.#refused.get(alias)).find(Boolean);
    if (this.#members.size === 0 && first) {
      return refusalMessage({ id, refusal: first.refusal, subject: first.subject });
    }
    const wanted = String(params.protocolVersion);
    const capabilities: Record<string, unknown> = { tools: { listChanged: true } };
    for (const name of CAPABILITIES) {
      const offers = [...this.#members.values()].map((member) => member.capabilities[name]).filter(Boolean);
      if (offers.length > 0) capabilities[name] = Object.assign({}, capabilities[name], ...offers);
    }
    return resultMessage(id, {
      protocolVersion: SUPPORTED_PROTOCOL_VERSIONS.includes(wanted) ? wanted : LATEST_PROTOCOL_VERSION,
      capabilities,
      serverInfo: { name: 'hallmark-gateway', version: PRODUCT_VERSION },
      ...this.#instructions(),
    });
  }

  #instructions(): { instructions?: string } {
    const parts = [...this.#members.values()]
      .filter(({ instructions }) => instructions)
      .map(({ alias, instructions }) => `Tools that begin with ${alias}__:\n${instructions}`);
    return parts.length > 0 ? { instructions: parts.join('\n\n').slice(0, MAX_INSTRUCTIONS) } : {};
  }

  /** Opens one server and introduces the client to it. Leaves it out when it refuses or fails. */
  async #openMember(plan: ServerPlan): Promise<Member | null> {
    const { alias } = plan;
    const fromServer = (from: Member, message: JSONRPCMessage, relatedTo: RequestId | undefined) =>
      this.#fromServer(from, message, relatedTo);
    const member = new Member({ alias, ports: { fromServer } });
    const { opened, ...refused } = await openServer({
      plan,
      context: this.#context,
      identity: this.#identity,
      sendToClient: member.sendToClient,
    });
    if (!opened) {
      this.#refused.set(alias, refused as RefusedServer);
      return null;
    }
    member.opened = opened;
    const timeoutMs = this.#context.rules.startTimeoutMs;
    try {
      const result = await member.ask('initialize', this.#initializeParams, timeoutMs);
      member.capabilities = (result.capabilities ?? {}) as Record<string, unknown>;
      member.instructions = typeof result.instructions === 'string' ? result.instructions : null;
    } catch (error) {
      const message = `${opened.subject.server} is left out: it did not answer initialize. ${(error as Error).message}`;
      const code = opened.proxy.stopped?.code ?? 'UPSTREAM_FAILED';
      this.#context.audit({ event: 'start', decision: 'deny', code, message, ...opened.subject });
      this.#refused.set(alias, {
        refusal: opened.proxy.stopped ?? { allow: false, code, message },
        subject: opened.subject,
      });
      await member.close();
      return null;
    }
    if (this.#isClosed) {
      await member.close();
      return null;
    }
    this.#refused.delete(alias);
    this.#add(member);
    return member;
  }

  /** In the order of the configuration, whichever started first: lists and instructions read the same at every start. */
  #add(member: Member): void {
    this.#members.set(member.alias, member);
    for (const { alias } of this.#plans) {
      const known = this.#members.get(alias);
      if (known && this.#members.delete(alias)) this.#members.set(alias, known);
    }
  }

  /** Servers that a newer list allows join the running session. */
  async #openNew(): Promise<void> {
    for (const plan of this.#plans) {
      const known = this.#members.get(plan.alias);
      if (known && !known.opened?.proxy.stopped) continue;
      if (known) {
        // Revoked, and perhaps allowed again, maybe in another version: a new start, as for a new client.
        this.#members.delete(plan.alias);
        await known.close();
      }
      const member = await this.#openMember(plan);
      if (!member) continue;
      member.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      this.#announcements.announce('notifications/tools/list_changed');
    }
  }

  #notification(notification: JSONRPCNotification): void {
    const { method, params } = notification;
    if (method === 'notifications/cancelled') {
      const { requestId, reason } = (params ?? {}) as { requestId?: RequestId; reason?: unknown };
      if (requestId === undefined || !this.#open.delete(keyOf(requestId))) return;
      for (const member of this.#members.values()) member.cancel(requestId, String(reason ?? 'cancelled'));
      return;
    }
    if (method === 'notifications/initialized') this.#isInitialized = true;
    if (method === 'notifications/initialized' || method === 'notifications/roots/list_changed') {
      for (const member of this.#members.values()) member.send(notification);
    }
  }

  #response(message: Exclude<JSONRPCMessage, JSONRPCRequest | JSONRPCNotification>): void {
    const asked = message.id === undefined ? undefined : this.#fromServers.get(keyOf(message.id));
    if (!asked) return;
    this.#fromServers.delete(keyOf(message.id!));
    asked.member.send({ ...message, id: asked.id });
  }

  #fromServer(member: Member, message: JSONRPCMessage, relatedTo: RequestId | undefined): void {
    if (!('method' in message)) return;
    if ('id' in message) {
      this.#counter += 1;
      const id = `${member.alias}:${this.#counter}`;
      this.#fromServers.set(keyOf(id), { member, id: message.id });
      void this.#sendToClient({ ...message, id }, relatedTo);
      return;
    }
    const { method, params = {} } = message;
    if (method.endsWith('/list_changed')) this.#announcements.announce(method);
    else if (method === 'notifications/cancelled') {
      const found = [...this.#fromServers].find(([, open]) => open.member === member && open.id === params.requestId);
      if (!found) return;
      this.#fromServers.delete(found[0]);
      // The key is the type of the id and the id, and these ids are strings.
      const requestId = found[0].slice('string:'.length);
      void this.#sendToClient({ ...message, params: { ...params, requestId } });
    } else if (method === 'notifications/resources/updated' && typeof params.uri === 'string') {
      void this.#sendToClient({ ...message, params: { ...params, uri: exposedUri(member.alias, params.uri) } });
    } else if (method === 'notifications/message') {
      const logger = `${member.alias}${typeof params.logger === 'string' ? `/${params.logger}` : ''}`;
      void this.#sendToClient({ ...message, params: { ...params, logger } }, relatedTo);
    } else void this.#sendToClient(message, relatedTo);
  }
}
