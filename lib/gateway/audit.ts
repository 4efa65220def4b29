/** One line of the gateway's audit log. Arguments and results of calls are never in it: they may hold secrets. */
export type AuditEvent = {
  event: 'start' | 'feed' | 'session' | 'list' | 'call' | 'request' | 'upstream' | 'upstream-stderr' | 'end';
  decision?: 'allow' | 'deny';
  /** A code of `GATEWAY_REASONS`, or of `FEED_ERRORS` and `FEED_WARNINGS` for `feed`. */
  code?: string;
  message?: string;
  method?: string;
  tool?: string;
  digest?: string | null;
  serial?: number;
  epoch?: number;
  /** Counts for `list`. */
  shown?: number;
  hidden?: { tool: string; code: string }[];
  text?: string;
};

export type Audit = (event: AuditEvent) => void;

const MAX_TEXT = 4096;

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
  context: Record<string, string | null>;
}): Audit {
  return (event) => {
    const text = event.text === undefined ? {} : { text: event.text.slice(0, MAX_TEXT) };
    write(`${JSON.stringify({ at: now().toISOString(), ...context, ...event, ...text })}\n`);
  };
}
