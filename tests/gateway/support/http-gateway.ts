import { spawn } from 'node:child_process';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import type { AuditEvent } from '#lib/gateway/audit/audit.ts';
import { type HttpGateway, type HttpGatewayOptions, runHttpGateway, type ServerPlan } from '#lib/gateway/index.ts';
import { serverEnvironment } from '#lib/gateway/upstreams/environment.ts';
import type { Reach } from '#lib/gateway/upstreams/open-upstream.ts';
import { tempDir } from '#tests/feed/support/temp-dir.ts';
import type { TestFeed } from '#tests/feed/support/test-feed.ts';
import { fixtureCommand } from './session.ts';

export function plan(alias: string, server: string, reach: Partial<Reach> = {}): ServerPlan {
  const { env } = serverEnvironment({ source: process.env, pass: [] });
  const credentials = { shared: {}, personal: {} };
  return { alias, server, version: null, reach: { exec: null, args: [], env, remote: null, credentials, ...reach } };
}

export type OpenGateway = { gateway: HttpGateway; audit: AuditEvent[]; url: (path?: string) => URL };

/** A gateway over HTTP on a port of its own, in this process; closed when the test ends. */
export async function openHttpGateway({
  feed,
  plans,
  ...options
}: { feed: TestFeed; plans: ServerPlan[] } & Partial<HttpGatewayOptions>): Promise<OpenGateway> {
  const audit: AuditEvent[] = [];
  const gateway = await runHttpGateway({
    trust: feed.trust(),
    stateDir: await tempDir(),
    refreshSeconds: 3600,
    host: '127.0.0.1',
    port: 0,
    writeAudit: (line) => audit.push(JSON.parse(line)),
    ...options,
    plans,
  });
  onTestFinished(() => gateway.close());
  return { gateway, audit, url: (path = '/mcp') => new URL(path, `http://127.0.0.1:${gateway.port}`) };
}

/** A real client over streamable HTTP. */
export async function connectHttp(
  url: URL,
  {
    headers = {},
    capabilities = {},
    onConnect = () => {},
  }: { headers?: Record<string, string>; capabilities?: ClientCapabilities; onConnect?: (client: Client) => void } = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { capabilities });
  onConnect(client);
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }) as never);
  onTestFinished(() => client.close());
  return client;
}

/** The `busy` server over HTTP in a process of its own. */
export async function startRemote(authorization = ''): Promise<{ url: string; origin: string; stop: () => void }> {
  const [program, ...args] = fixtureCommand('busy', 'http', authorization) as [string, ...string[]];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = () => void child.kill('SIGKILL');
  onTestFinished(stop);
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
  );
  const origin = `http://127.0.0.1:${port}`;
  return { url: `${origin}/mcp`, origin, stop };
}

/** A JSON-RPC message by hand, as with curl. */
export async function post(
  url: URL,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; session: string | null; message: Record<string, never> | null }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const data = text.startsWith('{') ? text : /^data: (\{.*)$/m.exec(text)?.[1];
  return {
    status: response.status,
    session: response.headers.get('mcp-session-id'),
    message: data ? JSON.parse(data) : null,
  };
}

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'curl', version: '1' } },
};
