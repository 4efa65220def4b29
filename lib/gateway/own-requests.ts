import { randomUUID } from 'node:crypto';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { GatewayError } from './reasons.ts';

/** The server's own JSON-RPC error, to be passed on as it is. */
export class UpstreamRpcError extends Error {
  readonly error: { code: number; message: string; data?: unknown };

  constructor(error: { code: number; message: string; data?: unknown }) {
    super(`The server answered with error ${error.code}.`);
    this.error = error;
  }
}

type Waiting = { resolve: (result: unknown) => void; reject: (error: Error) => void; timer: NodeJS.Timeout };

/**
 * Requests that the gateway itself makes to the server. Their ids are random, so that neither a client's request can
 * collide with one nor a server guess it.
 */
export class OwnRequests {
  readonly #send: (message: JSONRPCMessage) => void;
  readonly #waiting = new Map<string, Waiting>();

  constructor({ send }: { send: (message: JSONRPCMessage) => void }) {
    this.#send = send;
  }

  /** The result. Throws `UPSTREAM_TIMEOUT`, `UpstreamRpcError`, or what `failAll` was given. */
  request({
    method,
    params,
    timeoutMs,
  }: {
    method: string;
    params: Record<string, unknown>;
    timeoutMs: number;
  }): Promise<unknown> {
    const id = `hallmark-${randomUUID()}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        this.#send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: 'timeout' } });
        reject(
          new GatewayError('UPSTREAM_TIMEOUT', `The server did not answer ${method} within ${timeoutMs / 1000} s.`),
        );
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#send({ jsonrpc: '2.0', id, method, params });
    });
  }

  /** Takes a response if it belongs to one of these requests. */
  handle(message: JSONRPCMessage): boolean {
    if (!('id' in message) || typeof message.id !== 'string' || 'method' in message) return false;
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return false;
    this.#waiting.delete(message.id);
    clearTimeout(waiting.timer);
    if ('error' in message) waiting.reject(new UpstreamRpcError(message.error));
    else if ('result' in message) waiting.resolve(message.result);
    return true;
  }

  failAll(error: Error): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}
