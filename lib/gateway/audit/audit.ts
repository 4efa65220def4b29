import { createHash } from 'node:crypto';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import { canonicalJson } from '#lib/manifest/canonical.ts';
import type { JsonValue } from '#lib/manifest/types.ts';

/** What the audit keeps of the arguments of calls. They may hold secrets, so nothing unless told. */
export type AuditArguments = 'none' | 'hash' | 'full';

/** One line of the gateway's audit log. Results of calls are never in it. */
export type AuditEvent = {
  event:
    | 'start'
    | 'feed'
    | 'session'
    | 'list'
    | 'call'
    | 'result'
    | 'request'
    | 'ask'
    | 'upstream'
    | 'upstream-stderr'
    | 'http'
    | 'end';
  /** `would-deny`: a dry run let it pass. */
  decision?: 'allow' | 'deny' | 'would-deny';
  /** A code of `GATEWAY_REASONS`, or of `FEED_ERRORS` and `FEED_WARNINGS` for `feed`. */
  code?: string;
  message?: string;
  method?: string;
  /** JSON-RPC id as the client gave it. */
  requestId?: RequestId;
  tool?: string;
  digest?: string | null;
  /** Or their sha256 over the canonical form, in hex. */
  arguments?: unknown;
  serial?: number;
  epoch?: number;
  /** Counts for `list`. */
  shown?: number;
  hidden?: { tool: string; code: string }[];
  /** Of `result`: from passing the call on to its answer. */
  durationMs?: number;
  isError?: boolean;
  text?: string;
  /** Who and what it was about; a session's log adds these. */
  session?: string;
  client?: string;
  server?: string;
  version?: string;
};

export type Audit = (event: AuditEvent) => void;

const MAX_TEXT = 4096;
const MAX_ID = 256;

/**
 * Writes events as JSON lines, each with time, server and version. What the server itself prints comes through here
 * as a string inside such a line, so it cannot forge one.
 */
export function auditLog({
  write,
  now,
  context,
}: {
  write: (line: string) => void;
  now: () => Date;
  /** A function where it changes, such as the serial of the feed that decides. */
  context: Record<string, unknown> | (() => Record<string, unknown>);
}): Audit {
  return (event) => {
    const text = event.text === undefined ? {} : { text: event.text.slice(0, MAX_TEXT) };
    const id = typeof event.requestId === 'string' ? { requestId: event.requestId.slice(0, MAX_ID) } : {};
    const about = typeof context === 'function' ? context() : context;
    write(`${JSON.stringify({ at: now().toISOString(), ...about, ...event, ...text, ...id })}\n`);
  };
}

/** The same log, with what every event of one session has in common. */
export function auditWith(audit: Audit, context: Partial<AuditEvent>): Audit {
  return (event) => audit({ ...context, ...event });
}

/** What the log keeps of a call's arguments; nothing for `none`. */
export function auditedArguments(mode: AuditArguments, value: unknown): { arguments?: unknown } {
  if (mode === 'none' || value === undefined) return {};
  if (mode === 'full') return { arguments: value };
  try {
    return {
      arguments: createHash('sha256')
        .update(canonicalJson(value as JsonValue))
        .digest('hex'),
    };
  } catch {
    return { arguments: 'not canonical' };
  }
}
