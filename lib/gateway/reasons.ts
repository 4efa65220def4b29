import { STALE_CODES } from '#lib/feed/client/index.ts';

/** Why the gateway allows or refuses. A refusal carries its code in `error.data.hallmark.code`. */
export const GATEWAY_REASONS = {
  ALLOWED: 'The signed allowlist allows it.',
  LOCKDOWN: 'The organization has locked everything down.',
  SERVER_REVOKED: 'The organization revoked the server.',
  VERSION_REVOKED: 'The organization revoked this version of the server.',
  SERVER_UNKNOWN: 'The server is not on the allowlist.',
  VERSION_UNKNOWN: 'This version of the server is not on the allowlist.',
  TOOL_NOT_ALLOWED: 'The tool is not among the allowed tools of this version.',
  TOOL_DRIFTED: 'The tool is not the one that was approved: its definition has changed.',
  TOOL_UNSEEN: 'The server does not list the tool, so it cannot be compared with what was approved.',
  REQUEST_MALFORMED: 'The request does not have the form that MCP gives it.',
  NO_COMMAND: 'The allowlist names no command that starts this version.',
  UPSTREAM_TIMEOUT: 'The server did not list its tools in time.',
  UPSTREAM_MALFORMED: 'The server answered something that is not a list of tools.',
  UPSTREAM_FAILED: 'The server answered with an error when asked for its tools.',
  UPSTREAM_UNSTABLE: 'The server keeps changing its tools while they are listed.',
  UPSTREAM_ENDED: 'The server has ended.',
  ...STALE_CODES,
} as const;

export type GatewayReason = keyof typeof GATEWAY_REASONS;

/** JSON-RPC error code of every refusal, in the range that JSON-RPC 2.0 §5.1 leaves to implementations. */
export const REFUSED = -32001;

/** Thrown inside the gateway where there is nothing to decide on. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayReason;

  constructor(code: GatewayReason, message: string) {
    super(message);
    this.code = code;
  }
}
