import { randomUUID } from 'node:crypto';
import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { GatewayError } from '../decisions/reasons.ts';
import { cancelledMessage, errorMessage, INTERNAL_ERROR, keyOf, type RpcError } from './messages.ts';
import type { OpenedServer } from './open-server.ts';
import { OwnRequests, PeerRpcError } from './own-requests.ts';

/** The proxy before the server answers within limits of its own; no second clock runs here. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/** What the common endpoint hears of one server. */
export type MemberPorts = {
  /** A request or notification of the server; `relatedTo` is the client's request. */
  fromServer: (member: Member, message: JSONRPCMessage, relatedTo: RequestId | undefined) => void;
};

/** One server behind the common endpoint: a client of its proxy, with ids of its own. */
export class Member {
  readonly alias: string;
  opened: OpenedServer | null = null;
  capabilities: Record<string, unknown> = {};
  instructions: string | null = null;
  /** Names as the server listed them last. */
  toolNames: string[] = [];
  promptNames: string[] = [];
  readonly #requests: OwnRequests;
  readonly #ports: MemberPorts;
  /** From the client's ids to those here, and back. */
  readonly #idOf = new Map<string, string>();
  readonly #clientIdOf = new Map<string, RequestId>();

  constructor({ alias, ports }: { alias: string; ports: MemberPorts }) {
    this.alias = alias;
    this.#ports = ports;
    this.#requests = new OwnRequests({ send: (message) => this.opened?.proxy.fromClient(message) });
  }

  /** For `openServer`. */
  readonly sendToClient = async (message: JSONRPCMessage, relatedTo?: RequestId): Promise<void> => {
    if (this.#requests.handle(message)) return;
    const clientId = typeof relatedTo === 'string' ? this.#clientIdOf.get(relatedTo) : undefined;
    if ('method' in message) this.#ports.fromServer(this, message, clientId);
  };

  /** A request of the gateway. Throws `PeerRpcError` or `GatewayError`. */
  ask(method: string, params: Record<string, unknown>, timeoutMs = NO_LIMIT_MS): Promise<Record<string, unknown>> {
    return this.#requests.request({ method, params, timeoutMs }) as Promise<Record<string, unknown>>;
  }

  /** A request of the client, with its parameters as this server knows them. Never settles once the client cancelled it. */
  async forward(
    request: JSONRPCRequest,
    params: Record<string, unknown>,
  ): Promise<{ result: Record<string, unknown> } | { error: RpcError }> {
    const id = `hallmark-${randomUUID()}`;
    this.#idOf.set(keyOf(request.id), id);
    this.#clientIdOf.set(id, request.id);
    try {
      const asked = { method: request.method, params, timeoutMs: NO_LIMIT_MS, id };
      return { result: (await this.#requests.request(asked)) as Record<string, unknown> };
    } catch (error) {
      return { error: rpcErrorOf(error) };
    } finally {
      this.#idOf.delete(keyOf(request.id));
      this.#clientIdOf.delete(id);
    }
  }

  /** The client does not wait any more. Whether it waited for this server. */
  cancel(clientId: RequestId, reason: string): boolean {
    const id = this.#idOf.get(keyOf(clientId));
    if (id === undefined) return false;
    this.#idOf.delete(keyOf(clientId));
    this.#clientIdOf.delete(id);
    this.#requests.forget(id);
    this.send(cancelledMessage(id, reason));
    return true;
  }

  /** A notification or a response of the client. */
  send(message: JSONRPCMessage): void {
    this.opened?.proxy.fromClient(message);
  }

  /** All pages of a list; empty where the server has none or does not answer. */
  async listAll(method: string, member: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let cursor: unknown;
    try {
      for (let page = 0; page < 100 && items.length < 10_000; page += 1) {
        const result = await this.ask(method, cursor === undefined ? {} : { cursor });
        const found = result[member];
        if (Array.isArray(found)) items.push(...found.filter((item) => typeof item === 'object' && item !== null));
        cursor = result.nextCursor;
        if (typeof cursor !== 'string') break;
      }
    } catch (error) {
      if (!(error instanceof PeerRpcError) && !(error instanceof GatewayError)) throw error;
    }
    return items;
  }

  async close(): Promise<void> {
    this.#requests.failAll(new GatewayError('UPSTREAM_ENDED', 'The session is over.'));
    await this.opened?.close();
  }
}

function rpcErrorOf(error: unknown): RpcError {
  if (error instanceof PeerRpcError) return error.error;
  const message = error instanceof GatewayError ? error.message : 'The server could not be asked.';
  const refused = errorMessage(0, { code: INTERNAL_ERROR, message });
  return (refused as { error: RpcError }).error;
}
