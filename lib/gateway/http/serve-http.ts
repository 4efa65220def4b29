import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Audit } from '../audit/audit.ts';
import type { GatewayMetrics } from '../audit/metrics.ts';
import type { Scope } from '../decisions/scope.ts';
import { checkRequest, corsHeaders } from './check-request.ts';
import { identifyClient, type KnownClient } from './client-tokens.ts';
import { type HttpSessions, type OpenFront, rpcError } from './http-sessions.ts';
import { type Listener, listen } from './listen.ts';
import { writeMetrics } from './serve-metrics.ts';

/** Whether the gateway can serve now; the code and sentence when not. */
export type Readiness = { isReady: boolean; code: string; message: string };

export type HttpOptions = {
  host: string;
  port: number;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  clients: readonly KnownClient[];
  scope: Scope;
  aliases: readonly string[];
  /** Headers of callers that are credentials for servers, lower-case. */
  credentialHeaders: readonly string[];
  sessions: HttpSessions;
  /** `alias` is null for all servers behind one endpoint. */
  frontFor: (alias: string | null) => OpenFront;
  readiness: () => Readiness;
  metrics: { metrics: GatewayMetrics; path: string } | null;
  audit: Audit;
};

/**
 * The gateway's HTTP side: `/mcp`, `/servers/{alias}/mcp`, `/healthz`, `/readyz` and perhaps metrics. Resolves when it
 * listens. Rejects when the port is taken.
 */
export async function serveHttp(options: HttpOptions): Promise<Listener> {
  const { host, audit } = options;
  let port = options.port;
  const server = http.createServer((request, response) => {
    answer({ request, response, options, port }).catch((error: unknown) => {
      audit({ event: 'http', code: 'INTERNAL', text: (error as Error).stack ?? String(error) });
      rpcError(response, 500, -32603, 'The gateway failed.');
    });
  });
  server.headersTimeout = 15_000;
  // For the request itself; answers may stream as long as their session lives.
  server.requestTimeout = 60_000;
  port = await listen(server, host, port);
  return {
    port,
    close: async () => {
      await options.sessions.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer({
  request,
  response,
  options,
  port,
}: {
  request: IncomingMessage;
  response: ServerResponse;
  options: HttpOptions;
  port: number;
}): Promise<void> {
  const path = pathOf(request);
  response.setHeader('x-content-type-options', 'nosniff');
  // Probes come with addresses of their own for Host, and learn nothing here.
  if (path === '/healthz') return json(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const { isReady, code, message } = options.readiness();
    return json(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', code, message });
  }
  const { host, allowedHosts, allowedOrigins, metrics, audit } = options;
  const fault = checkRequest({ request, port, host, allowedHosts, allowedOrigins });
  if (fault) {
    audit({ event: 'http', decision: 'deny', code: 'ORIGIN_DENIED', message: fault.message, text: describe(request) });
    return rpcError(response, fault.status, -32000, fault.message);
  }
  for (const [name, value] of Object.entries(corsHeaders(request.headers.origin))) response.setHeader(name, value);
  if (request.method === 'OPTIONS') return void response.writeHead(204).end();

  const alias = endpointOf(path, options.aliases);
  const isMetrics = metrics !== null && path === metrics.path && request.method === 'GET';
  const client = identifyClient({
    authorization: request.headers.authorization,
    clients: options.clients,
    scope: options.scope,
  });
  if (!client) {
    audit({ event: 'http', decision: 'deny', code: 'CLIENT_UNKNOWN', text: describe(request) });
    response.setHeader('www-authenticate', 'Bearer realm="hallmark gateway"');
    return rpcError(response, 401, -32000, 'This gateway wants a token: Authorization: Bearer …');
  }
  if (isMetrics) return writeMetrics(response, metrics.metrics);
  if (alias === undefined) {
    return rpcError(response, 404, -32000, 'Nothing is here. Servers are at /mcp and /servers/{name}/mcp.');
  }
  if (!['GET', 'POST', 'DELETE'].includes(request.method ?? '')) {
    response.setHeader('allow', 'GET, POST, DELETE');
    return rpcError(response, 405, -32000, 'Only GET, POST and DELETE are answered here.');
  }
  await options.sessions.handle({
    request,
    response,
    endpoint: path,
    client,
    secrets: secretsOf(request, options.credentialHeaders),
    openFront: options.frontFor(alias),
  });
}

/** The server that a path names, null for all of them, undefined for none. */
function endpointOf(path: string, aliases: readonly string[]): string | null | undefined {
  if (path === '/mcp') return null;
  const alias = /^\/servers\/([a-z0-9-]+)\/mcp$/.exec(path)?.[1];
  return alias !== undefined && aliases.includes(alias) ? alias : undefined;
}

function secretsOf({ headers }: IncomingMessage, names: readonly string[]): Record<string, string> {
  const found = names.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return Object.fromEntries(found);
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function describe({ method, url, headers }: IncomingMessage): string {
  return JSON.stringify({ method, url: url?.slice(0, 200), host: headers.host, origin: headers.origin });
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}
