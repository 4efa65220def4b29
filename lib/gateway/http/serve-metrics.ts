import http, { type ServerResponse } from 'node:http';
import type { GatewayMetrics } from '../audit/metrics.ts';
import { type Listener, listen } from './listen.ts';

/** Where metrics are: on a port of their own, or, without one, beside `/mcp`. */
export type MetricsPlace = { host: string; port: number | null; path: string };

/** Metrics on a port of their own. Rejects when it is taken. */
export async function serveMetrics({
  host,
  port,
  path,
  metrics,
}: {
  host: string;
  port: number;
  path: string;
  metrics: GatewayMetrics;
}): Promise<Listener> {
  const server = http.createServer((request, response) => {
    const asked = (request.url ?? '/').split('?', 1)[0];
    if (asked === path && request.method === 'GET') void writeMetrics(response, metrics);
    else response.writeHead(404).end();
  });
  const listening = await listen(server, host, port);
  return {
    port: listening,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function writeMetrics(response: ServerResponse, { registry }: GatewayMetrics): Promise<void> {
  const text = await registry.metrics();
  response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text);
}
