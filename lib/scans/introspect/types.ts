import type { Definitions, JsonObject } from '#lib/manifest/types.ts';

/** Why a server, or one of its lists, could not be read. */
export const INTROSPECT_ERROR_CODES = [
  'SERVER_HANGS',
  'SERVER_EXITED',
  'MISSING_CONFIGURATION',
  'NEEDS_NETWORK',
  'OUTPUT_FLOOD',
  'GARBAGE_OUTPUT',
  'PROTOCOL_ERROR',
  'TOO_MANY_PROCESSES',
  'MEMORY',
  'TIME',
  'TOO_MANY_ITEMS',
  'NEEDS_SIGN_IN',
  'UNREACHABLE',
  'ADDRESS_REFUSED',
  'ABORTED',
] as const;
export type IntrospectErrorCode = (typeof INTROSPECT_ERROR_CODES)[number];

export type IntrospectLimits = {
  /** From the start of the process to the answer to `initialize`. */
  initializeMs: number;
  /** For one page of one list. */
  requestMs: number;
  /** For all lists together. */
  listsMs: number;
  /** Of one list. */
  pages: number;
  items: number;
  /** Lines on standard output that are no JSON-RPC messages. */
  garbageLines: number;
  garbageBytes: number;
};

export const DEFAULT_INTROSPECT_LIMITS: IntrospectLimits = {
  initializeMs: 20_000,
  requestMs: 10_000,
  listsMs: 30_000,
  pages: 200,
  items: 10_000,
  garbageLines: 200,
  garbageBytes: 256 * 1024,
};

export type IntrospectFailure = {
  code: IntrospectErrorCode;
  message: string;
  /** Last lines of standard error, invisible characters escaped. They are the server's own words. */
  stderr: string[];
};

export const LIST_KINDS = ['tools', 'prompts', 'resources', 'resourceTemplates'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** A definition, or a part of one, that is not what the MCP specification says. */
export type DefinitionIssue = {
  list: ListKind;
  /** Position in the server's list, from 0. */
  index: number;
  message: string;
  /** Whether the whole definition was left out. */
  isDropped: boolean;
};

export type ServerFacts = {
  name: string;
  version: string;
  title: string | null;
  protocolVersion: string;
  capabilities: JsonObject;
};

export type Introspection =
  | {
      ok: true;
      /** A list is null where it could not be read to its end; `failures` says why. */
      definitions: Definitions;
      facts: ServerFacts;
      issues: DefinitionIssue[];
      /** Definitions left out of a list because they were unusable; absent where there are none. */
      dropped: Partial<Record<ListKind, number>>;
      failures: Partial<Record<ListKind, IntrospectFailure>>;
    }
  | ({ ok: false } & IntrospectFailure);
