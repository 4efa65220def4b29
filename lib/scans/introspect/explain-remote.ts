import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { OutboundErrorCode } from '#lib/outbound/index.ts';
import { escapeLine } from './escape-lines.ts';
import { REMOTE_LIMITS, type RemoteSession } from './remote-session.ts';
import type { IntrospectErrorCode, IntrospectFailure } from './types.ts';

/** What is known when a request to a remote server failed. */
export type RemoteFailureFacts = {
  error: unknown;
  session: Pick<RemoteSession, 'signIn' | 'status' | 'fault' | 'hasTooMany'>;
  isAborted: boolean;
  /** Whether the time for the whole look is up. */
  isLate: boolean;
  /** What was asked, e.g. `initialize`. */
  asked: string;
};

const CODES: Record<OutboundErrorCode, IntrospectErrorCode> = {
  URL_REFUSED: 'ADDRESS_REFUSED',
  ADDRESS_REFUSED: 'ADDRESS_REFUSED',
  REDIRECT_REFUSED: 'ADDRESS_REFUSED',
  NAME_NOT_FOUND: 'UNREACHABLE',
  UNREACHABLE: 'UNREACHABLE',
  TLS_FAILED: 'UNREACHABLE',
  TIMED_OUT: 'SERVER_HANGS',
  BODY_TOO_LARGE: 'OUTPUT_FLOOD',
};

/** Statuses with which a server says that it would answer at another time. */
const LATER = [429, 502, 503, 504];

/** Turns what happened into a code and one sentence. The server's words come as text, cut and with nothing invisible. */
export function explainRemoteFailure(facts: RemoteFailureFacts): IntrospectFailure {
  return { ...judge(facts), stderr: [] };
}

function judge({ error, session, isAborted, isLate, asked }: RemoteFailureFacts): {
  code: IntrospectErrorCode;
  message: string;
} {
  if (isAborted) return { code: 'ABORTED', message: 'The introspection was stopped.' };
  if (session.hasTooMany) {
    const message = `The server made its client send more than ${REMOTE_LIMITS.requests} requests, and was left.`;
    return { code: 'OUTPUT_FLOOD', message };
  }
  if (session.fault) return { code: CODES[session.fault.code], message: escapeLine(session.fault.message) };
  if (session.signIn) {
    const { status, says } = session.signIn;
    const how = says === null ? 'It does not say how to sign in.' : `It says: ${escapeLine(says)}`;
    return { code: 'NEEDS_SIGN_IN', message: `The server needs sign-in (status ${status} to ${asked}). ${how}` };
  }
  const isTimeout = error instanceof McpError && error.code === ErrorCode.RequestTimeout;
  if (isLate || isTimeout) return { code: 'SERVER_HANGS', message: `The server did not answer ${asked} in time.` };
  const words = escapeLine(error instanceof Error ? error.message : String(error));
  if (session.status !== null && session.status >= 300) {
    const code = LATER.includes(session.status) ? 'UNREACHABLE' : 'PROTOCOL_ERROR';
    const redirect = /Redirect to .*/.exec(words)?.[0];
    const why = redirect === undefined ? '' : ` ${redirect}.`;
    return { code, message: `The server answered ${asked} with status ${session.status}.${why}` };
  }
  if (error instanceof StreamableHTTPError && error.code === -1) {
    return { code: 'PROTOCOL_ERROR', message: `The server's answer to ${asked} is not MCP: ${words}` };
  }
  return { code: 'PROTOCOL_ERROR', message: `The server's answer to ${asked} is not usable: ${words}` };
}
