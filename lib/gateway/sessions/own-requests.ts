import { randomUUID } from 'node:crypto';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { GatewayError, type GatewayReason } from '../decisions/reasons.ts';
import type { RpcError } from './messages.ts';

/** The other side's own JSON-RPC error. */
export class PeerRpcError extends Error {
  readonly error: RpcError;

  constructor(error: RpcError) {
    super(`It answered with error ${error.code}.`);
    this.error = error;
  }
}

type Waiting = { resolve: (result: unknown) => void; reject: (error: Error) => void; timer: NodeJS.Timeout };

/**
 * Requests that the gateway itself makes to one side. Their ids are random, so that neither a request of the other side
 * can collide with one nor this side guess it.
 */
export class OwnRequests {
  readonly #send: (message: JSONRPCMessage, relatedTo?: RequestId) => void;
  readonly #timeoutCode: GatewayReason;
  readonly #waiting = new Map<string, Waiting>();

  constructor({
    send,
    timeoutCode = 'UPSTREAM_TIMEOUT',
  }: {
    send: (message: JSONRPCMessage, relatedTo?: RequestId) => void;
    timeoutCode?: GatewayReason;
  }) {
    this.#send = send;
    this.#timeoutCode = timeoutCode;
  }

  /** The result. Throws the timeout's `GatewayError`, `PeerRpcError`, or what `failAll` was given. */
  request({
    method,
    params,
    timeoutMs,
    relatedTo,
    id = `hallmark-${randomUUID()}`,
  }: {
    method: string;
    params: Record<string, unknown>;
    timeoutMs: number;
    /** The request of the other side for whose sake it is made. */
    relatedTo?: RequestId;
    id?: string;
  }): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        this.#send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: 'timeout' } });
        reject(new GatewayError(this.#timeoutCode, `${method} was not answered within ${timeoutMs / 1000} s.`));
      }, timeoutMs);
      timer.unref();
      this.#waiting.set(id, { resolve, reject, timer });
      this.#send({ jsonrpc: '2.0', id, method, params }, relatedTo);
    });
  }

  /** Takes a response if it belongs to one of these requests. */
  handle(message: JSONRPCMessage): boolean {
    if (!('id' in message) || typeof message.id !== 'string' || 'method' in message) return false;
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return false;
    this.#waiting.delete(message.id);
    clearTimeout(waiting.timer);
    if ('error' in message) waiting.reject(new PeerRpcError(message.error));
    else if ('result' in message) waiting.resolve(message.result);
    return true;
  }

  /** Stops waiting for one of them. */
  forget(id: string): void {
    clearTimeout(this.#waiting.get(id)?.timer);
    this.#waiting.delete(id);
  }

  failAll(error: Error): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}
