import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { ServerRequestKind } from './rules.ts';

/** What a gateway passes of a server's offers. Tasks are not among them: their results would come past `tools/call`. */
const SERVER_CAPABILITIES = ['tools', 'prompts', 'resources', 'completions', 'logging'] as const;

/** `initialize` as the server gets it: the client can only do what the server may ask for. */
export function initializeForServer(
  request: JSONRPCRequest,
  serverRequests: ReadonlySet<ServerRequestKind>,
): JSONRPCRequest {
  const offered = (request.params?.capabilities ?? {}) as Record<string, unknown>;
  const capabilities: Record<string, unknown> = {};
  for (const kind of serverRequests) if (offered[kind] !== undefined) capabilities[kind] = offered[kind];
  return { ...request, params: { ...request.params, capabilities } };
}

/** The answer to it as the client gets it. */
export function initializeForClient(
  result: Record<string, unknown>,
  { keepsInstructions }: { keepsInstructions: boolean },
): Record<string, unknown> {
  const offered = (result.capabilities ?? {}) as Record<string, unknown>;
  const capabilities: Record<string, unknown> = {};
  for (const name of SERVER_CAPABILITIES) if (offered[name] !== undefined) capabilities[name] = offered[name];
  const { instructions, ...rest } = result;
  return { ...rest, capabilities, ...(keepsInstructions && instructions !== undefined ? { instructions } : {}) };
}
