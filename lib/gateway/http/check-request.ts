import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../config/gateway-config.ts';

export type HttpFault = { status: number; message: string; headers?: Record<string, string> };

/**
 * Why a request is refused before anything else is looked at, or null. A page of somebody else in a browser on this
 * machine can make requests to loopback addresses, also under a name of its own that resolves to them (DNS rebinding):
 * Host has to be one of ours, and an Origin, which only browsers send, one that is configured (MCP 2025-11-25,
 * transports, security warning).
 */
export function checkRequest({
  request,
  port,
  host,
  allowedHosts,
  allowedOrigins,
}: {
  request: Pick<IncomingMessage, 'headers'>;
  /** Where the gateway listens. */
  port: number;
  host: string;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
}): HttpFault | null {
  const given = (request.headers.host ?? '').toLowerCase();
  const own = isLoopback(host) ? ['127.0.0.1', 'localhost', '[::1]'] : [host.includes(':') ? `[${host}]` : host];
  const known = [...own.map((name) => `${name}:${port}`), ...(port === 80 ? own : [])];
  const configured = allowedHosts.map((name) => name.toLowerCase());
  const bare = given.replace(/:\d+$/, '');
  if (!known.includes(given) && !configured.includes(given) && !configured.includes(bare)) {
    return { status: 403, message: 'The Host header does not name this gateway; see listen.allowed_hosts.' };
  }
  const { origin } = request.headers;
  if (origin !== undefined && !allowedOrigins.some((allowed) => new URL(allowed).origin === origin)) {
    return { status: 403, message: 'Pages of this origin may not call the gateway; see listen.allowed_origins.' };
  }
  return null;
}

/** What a browser needs to hear about an origin that may call. */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': 'authorization, content-type, mcp-session-id, mcp-protocol-version, last-event-id',
    'access-control-expose-headers': 'mcp-session-id, www-authenticate',
    vary: 'origin',
  };
}
