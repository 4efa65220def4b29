import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { quote } from '../decisions/quote.ts';
import { REFUSED } from '../decisions/reasons.ts';

/** Error codes of JSON-RPC 2.0 §5.1. */
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
/** MCP 2025-11-25: the client has to open an address before the request can go on. Its `data` is the address. */
const URL_ELICITATION_REQUIRED = -32042;

const MAX_QUOTED = 500;

export type Subject = { server: string; version: string };
export type RpcError = { code: number; message: string; data?: unknown };

export function resultMessage(id: RequestId, result: Record<string, unknown>): JSONRPCMessage {
  return { jsonrpc: '2.0', id, result };
}

export function errorMessage(id: RequestId, error: RpcError): JSONRPCMessage {
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
  subject: Partial<Subject>;
  tool?: string | undefined;
}): JSONRPCMessage {
  const hallmark = { code: refusal.code, ...subject, ...(tool ? { tool } : {}) };
  return errorMessage(id, { code: REFUSED, message: refusal.message, data: { hallmark } });
}

/**
 * A server's own error, so that it cannot pass for the gateway's: its sentence is quoted, everything it sent is in
 * `data.upstream`, and the code of refusals is not its to use.
 */
export function upstreamErrorMessage({
  id,
  error,
  subject,
  mayElicit = false,
}: {
  id: RequestId;
  error: RpcError;
  subject: Subject;
  mayElicit?: boolean;
}): JSONRPCMessage {
  if (mayElicit && error.code === URL_ELICITATION_REQUIRED) return errorMessage(id, error);
  const isReserved = error.code === REFUSED || error.code === URL_ELICITATION_REQUIRED;
  return errorMessage(id, {
    code: isReserved ? INTERNAL_ERROR : error.code,
    message: `${subject.server} answered with an error: ${quote(String(error.message), MAX_QUOTED)}`,
    data: { hallmark: { code: 'UPSTREAM_FAILED', ...subject }, upstream: error },
  });
}

export function noCursors(id: RequestId): JSONRPCMessage {
  const message = 'This gateway lists everything on one page and gives no cursors.';
  return errorMessage(id, { code: INVALID_PARAMS, message });
}

export function cancelledMessage(requestId: RequestId, reason: string): JSONRPCMessage {
  return { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, reason } };
}

/** What `tools/call` asks for; null when it names no tool. */
export function calledTool(request: JSONRPCRequest): string | null {
  const name = request.params?.name;
  return typeof name === 'string' ? name : null;
}

/** The token under which progress of this request is reported; null without one. */
export function progressTokenOf(request: JSONRPCRequest): RequestId | null {
  const token = request.params?._meta?.progressToken;
  return typeof token === 'string' || typeof token === 'number' ? token : null;
}

/** JSON-RPC ids 1 and "1" are different ids. */
export function keyOf(id: RequestId): string {
  return `${typeof id}:${id}`;
}
