import type { AuditArguments } from '../audit/audit.ts';
import type { UnseenDefinitions } from '../decisions/definitions.ts';

/** What a server may ask of the client, with the request that asks it. */
export const SERVER_REQUESTS = {
  sampling: 'sampling/createMessage',
  elicitation: 'elicitation/create',
  roots: 'roots/list',
} as const;

export type ServerRequestKind = keyof typeof SERVER_REQUESTS;

/** How one gateway treats its sessions, beside what the feed says. */
export type SessionRules = {
  /** Decides and logs, and lets pass what `DRY_RUN_PASSES` names. */
  isDryRun: boolean;
  /** What servers may ask of clients; everything else is refused. */
  serverRequests: ReadonlySet<ServerRequestKind>;
  unseenDefinitions: UnseenDefinitions;
  auditArguments: AuditArguments;
  /** The longest the server may take to answer `initialize`: `npx` may have to fetch it first. */
  startTimeoutMs: number;
  /** The longest the server may take for one page of a list. */
  listTimeoutMs: number;
  /** The longest from passing any other request on to its answer. */
  callTimeoutMs: number;
  /** The longest a person may take to agree to a call. */
  askTimeoutMs: number;
};

export const DEFAULT_RULES: SessionRules = {
  isDryRun: false,
  // A client offers its roots so that servers know where to work; the other two spend its model or its person's trust.
  serverRequests: new Set<ServerRequestKind>(['roots']),
  unseenDefinitions: 'allow',
  auditArguments: 'none',
  startTimeoutMs: 120_000,
  listTimeoutMs: 30_000,
  callTimeoutMs: 600_000,
  askTimeoutMs: 300_000,
};
