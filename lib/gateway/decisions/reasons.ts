import { STALE_CODES } from '#lib/feed/client/index.ts';

/** Why the gateway allows or refuses. A refusal carries its code in `error.data.hallmark.code`. */
export const GATEWAY_REASONS = {
  ALLOWED: 'The signed allowlist allows it.',
  LOCKDOWN: 'The organization has locked everything down.',
  SERVER_REVOKED: 'The organization revoked the server.',
  VERSION_REVOKED: 'The organization revoked or suspended this version of the server.',
  SERVER_UNKNOWN: 'The server is not on the allowlist.',
  VERSION_UNKNOWN: 'This version of the server is not on the allowlist.',
  ENTRY_EXPIRED: 'The approval of this version has ended.',
  ENVIRONMENT_DENIED: 'The version is not allowed in this environment.',
  TEAM_UNKNOWN: 'The list has no team of that name.',
  GROUP_UNKNOWN: 'The list has no group of agents of that name.',
  TEAM_DENIED: 'The organization allows it, but not to this team.',
  GROUP_DENIED: 'The organization allows it, but not to this group of agents.',
  READ_ONLY: 'Only tools that change nothing may be used here, and this one is not known to be one.',
  TOOL_NOT_ALLOWED: 'The tool is not among the allowed tools of this version.',
  TOOL_DRIFTED: 'The tool is not the one that was approved: its definition has changed.',
  TOOL_UNSEEN: 'The server does not list the tool, so it cannot be compared with what was approved.',
  TOOL_NAME_COLLISION: 'Two tools of the server would get the same name behind the common endpoint.',
  ASK_UNSUPPORTED: 'A person has to agree to each call, and the client cannot ask one.',
  ASK_DECLINED: 'A person has to agree to each call and did not.',
  ASK_TIMEOUT: 'A person has to agree to each call and did not answer in time.',
  DEFINITIONS_DRIFTED: 'Prompts, resources, templates or instructions are not those that were approved.',
  DEFINITIONS_UNSEEN: 'Prompts, resources or templates were not seen when the version was approved.',
  RESOURCE_NOT_LISTED: 'The resource is neither listed nor covered by a listed template.',
  PROMPT_NOT_LISTED: 'The server does not list a prompt of that name.',
  METHOD_DENIED: 'The gateway passes no requests with this method.',
  SERVER_REQUEST_DENIED: 'The server asks the client for something that the gateway is not configured to pass.',
  REQUEST_MALFORMED: 'The request does not have the form that MCP gives it.',
  NO_COMMAND: 'The allowlist names no command that starts this version.',
  REMOTE_NOT_ALLOWED: 'The configured address is not among the approved addresses of this version.',
  CREDENTIAL_MODE: 'The list wants credentials of another kind than the gateway is configured to use.',
  CREDENTIALS_MISSING: 'The caller gave no credentials of their own, and the list wants them.',
  PACKAGE_CHANGED: 'The package registry offers another package than the one that was approved.',
  PACKAGE_UNCHECKED: 'The package could not be compared with the one that was approved.',
  UPSTREAM_TIMEOUT: 'The server did not answer in time.',
  UPSTREAM_MALFORMED: 'The server answered something that is not what was asked for.',
  UPSTREAM_FAILED: 'The server answered with an error.',
  UPSTREAM_UNSTABLE: 'The server keeps changing its tools while they are listed.',
  UPSTREAM_ENDED: 'The server has ended.',
  SESSION_LIMIT: 'The gateway serves as many sessions as it may.',
  ...STALE_CODES,
} as const;

export type GatewayReason = keyof typeof GATEWAY_REASONS;

/** JSON-RPC error code of every refusal, in the range that JSON-RPC 2.0 §5.1 leaves to implementations. */
export const REFUSED = -32001;

/**
 * What a dry run lets through. Not among them: whatever somebody took back (revocation, suspension, lockdown), what the
 * list does not name at all, since nothing says how to start it, and packages that are not the approved ones.
 */
export const DRY_RUN_PASSES: ReadonlySet<GatewayReason> = new Set<GatewayReason>([
  'ENTRY_EXPIRED',
  'ENVIRONMENT_DENIED',
  'TEAM_UNKNOWN',
  'GROUP_UNKNOWN',
  'TEAM_DENIED',
  'GROUP_DENIED',
  'READ_ONLY',
  'TOOL_NOT_ALLOWED',
  'TOOL_DRIFTED',
  'TOOL_UNSEEN',
  'ASK_UNSUPPORTED',
  'DEFINITIONS_DRIFTED',
  'DEFINITIONS_UNSEEN',
  'RESOURCE_NOT_LISTED',
  'PROMPT_NOT_LISTED',
  'PACKAGE_UNCHECKED',
  'FEED_STALE_NEW_BLOCKED',
  'FEED_STALE_DENIED',
  'FEED_GRACE_OVER',
]);

/** Thrown inside the gateway where there is nothing to decide on. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayReason;

  constructor(code: GatewayReason, message: string) {
    super(message);
    this.code = code;
  }
}
