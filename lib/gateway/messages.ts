import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Decision } from './decide.ts';
import { REFUSED } from './reasons.ts';

export type Refusal = Extract<Decision, { allow: false }>;

/** Error codes of JSON-RPC 2.0 §5.1. */
export const INVALID_REQUEST = -32600;
export const INVALID_PARAMS = -32602;

export function resultMessage(id: RequestId, result: Record<string, unknown>): JSONRPCMessage {
  return { jsonrpc: '2.0', id, result };
}

export function errorMessage(id: RequestId, error: { code: number; message: string; data?: unknown }): JSONRPCMessage {
  return { jsonrpc: '2.0', id, error };
}

/** A refusal as a JSON-RPC error: the sentence for a person, the code and what it is about in `data.hallmark`. */
export function refusalMessage({
  id,
  refusal,
  subject,
  tool,
}: {
  id: RequestId;
  refusal: { code: string; message: string };
  subject: { server: string; version: string };
  tool?: string | undefined;
}): JSONRPCMessage {
  const hallmark = { code: refusal.code, ...subject, ...(tool ? { tool } : {}) };
  return errorMessage(id, { code: REFUSED, message: refusal.message, data: { hallmark } });
}

export function cancelledMessage(requestId: RequestId, reason: string): JSONRPCMessage {
  return { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, reason } };
}

/** What `tools/call` asks for; null when it names no tool. */
export function calledTool(request: JSONRPCRequest): string | null {
  const name = request.params?.name;
  return typeof name === 'string' ? name : null;
}

/** JSON-RPC ids 1 and "1" are different ids. */
export function keyOf(id: RequestId): string {
  return `${typeof id}:${id}`;
}
