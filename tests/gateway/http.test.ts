import http from 'node:http';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import { connectHttp, INITIALIZE, openHttpGateway, plan, post } from './support/http-gateway.ts';
import { feed, isAlive, notesFeed, only, publish, tools } from './support/notes-feed.ts';
import { call, eventually, refusal, SERVER } from './support/session.ts';

notesFeed();

const plans = [plan('notes', SERVER)];
const TOKEN = 'a-token-of-a-client-0001';
const clients = [{ name: 'ci', tokenSha256: sha256Hex(Buffer.from(TOKEN)), team: null, group: null, readOnly: false }];

describe('a server by itself over HTTP', () => {
  test('is listed and called under its own names, until it is revoked', async () => {
    await publish(only('add_note', 'whoami'));
    const { url, gateway, audit } = await openHttpGateway({ feed, plans });
    const client = await connectHttp(url('/servers/notes/mcp'));
    const changed = new Promise<void>((resolve) =>
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve()),
    );
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add_note', 'whoami']);
    expect(await call(client, 'add_note', { note: 'milk' })).toBe('1 notes');
    const { pid } = JSON.parse(await call(client, 'whoami'));
    await publish(tools, { revocations: [{ name: SERVER, reason: 'it leaks', at: '2026-11-20' }] });
    gateway.context.watch.hint();
    await changed;
    await expect(call(client, 'add_note', { note: 'x' })).rejects.toMatchObject(refusal('SERVER_REVOKED'));
    expect((await client.listTools()).tools).toEqual([]);
    await eventually(() => !isAlive(pid));
    // A new session is refused in the answer to its first request.
    await expect(connectHttp(url('/servers/notes/mcp'))).rejects.toMatchObject(refusal('SERVER_REVOKED'));
    expect(audit).toContainEqual(
      expect.objectContaining({ event: 'call', decision: 'allow', tool: 'add_note', client: 'anyone', serial: 1 }),
    );
    expect(audit).toContainEqual(expect.objectContaining({ event: 'result', tool: 'add_note', isError: false }));
  });

  test('refuses a call that was made by hand, past the list', async () => {
    await publish(only('add_note'));
    const { url } = await openHttpGateway({ feed, plans });
    const at = url('/servers/notes/mcp');
    const { session } = await post(at, INITIALIZE);
    const headers = { 'mcp-session-id': session!, 'mcp-protocol-version': '2025-11-25' };
    await post(at, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
    const { message } = await post(
      at,
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'delete_all', arguments: {} } },
      headers,
    );
    expect(message).toMatchObject({ id: 1, error: { code: -32001, data: { hallmark: { code: 'TOOL_NOT_ALLOWED' } } } });
    const other = await post(at, { jsonrpc: '2.0', id: 2, method: 'tools/call_batch', params: {} }, headers);
    expect(other.message).toMatchObject({ error: { code: -32601, data: { hallmark: { code: 'METHOD_DENIED' } } } });
  });

  test('serves each session with a process of its own', async () => {
    await publish(tools);
    const { url, gateway } = await openHttpGateway({ feed, plans });
    const [one, two] = [await connectHttp(url('/servers/notes/mcp')), await connectHttp(url('/servers/notes/mcp'))];
    await call(one, 'add_note', { note: 'mine' });
    expect(await call(two, 'list_notes')).toBe('');
    expect(await gateway.metrics.registry.metrics()).toContain('hallmark_gateway_sessions 2');
  });

  test('ends the server when the client deletes its session', async () => {
    await publish(tools);
    const { url } = await openHttpGateway({ feed, plans });
    const client = await connectHttp(url('/servers/notes/mcp'));
    const { pid } = JSON.parse(await call(client, 'whoami'));
    await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
    await eventually(() => !isAlive(pid));
  });

  test('ends a session that is not used', async () => {
    await publish(tools);
    const limits = { sessions: 10, idleMs: 100, requestBytes: 65_536 };
    const { url, audit } = await openHttpGateway({ feed, plans, limits });
    await post(url('/servers/notes/mcp'), INITIALIZE);
    await eventually(() => audit.find(({ event, message }) => event === 'end' && message?.includes('too long')));
  });
});

describe('requests over HTTP that are refused', () => {
  type Case = {
    name: string;
    status: number;
    path?: string;
    body?: unknown;
    headers?: Record<string, string>;
    options?: Partial<Parameters<typeof openHttpGateway>[0]>;
  };
  const cases: Case[] = [
    { name: 'an origin that is not configured', status: 403, headers: { origin: 'https://evil.example' } },
    { name: 'an origin that is null', status: 403, headers: { origin: 'null' } },
    { name: 'a name that was made to resolve to this machine', status: 403, headers: { host: 'evil.example:8808' } },
    { name: 'a host with another port', status: 403, headers: { host: '127.0.0.1:1' } },
    { name: 'a server that is not configured', status: 404, path: '/servers/other/mcp' },
    { name: 'a path with dots', status: 404, path: '/servers/notes/../../mcp/x' },
    { name: 'no token where one is wanted', status: 401, options: { clients } },
    { name: 'another token', status: 401, headers: { authorization: 'Bearer nope' }, options: { clients } },
    {
      name: 'the token in another scheme',
      status: 401,
      headers: { authorization: `Basic ${TOKEN}` },
      options: { clients },
    },
    { name: 'a session that nobody has', status: 404, headers: { 'mcp-session-id': 'guess' } },
    {
      name: 'a first request that is not initialize',
      status: 400,
      body: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    },
    { name: 'something that is not JSON', status: 400, body: '{"jsonrpc":' },
    { name: 'another content type', status: 415, headers: { 'content-type': 'text/plain' } },
    { name: 'a body that is too large', status: 413, body: { ...INITIALIZE, filler: 'x'.repeat(70_000) } },
    {
      name: 'one session too many',
      status: 503,
      options: { limits: { sessions: 0, idleMs: 1000, requestBytes: 65_536 } },
    },
  ];
  test.each(cases)(
    '$name: $status',
    async ({ status, path = '/servers/notes/mcp', body = INITIALIZE, headers, options }) => {
      await publish(tools);
      const limits = { sessions: 10, idleMs: 60_000, requestBytes: 65_536 };
      const { url } = await openHttpGateway({ feed, plans, limits, ...options });
      expect(await rawPost(url(), path, body, headers)).toBe(status);
    },
  );

  test('an origin that is configured may call, and its preflight is answered', async () => {
    await publish(tools);
    const origin = 'https://inspector.example';
    const { url } = await openHttpGateway({ feed, plans, allowedOrigins: [origin] });
    const preflight = await fetch(url(), { method: 'OPTIONS', headers: { origin } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(await rawPost(url(), '/servers/notes/mcp', INITIALIZE, { origin })).toBe(200);
  });

  test("another client's session is not found", async () => {
    await publish(tools);
    const other = { ...clients[0]!, name: 'other', tokenSha256: sha256Hex(Buffer.from('the-token-of-another-one')) };
    const { url } = await openHttpGateway({ feed, plans, clients: [...clients, other] });
    const at = url('/servers/notes/mcp');
    const mine = { authorization: `Bearer ${TOKEN}` };
    const { session } = await post(at, INITIALIZE, mine);
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const headers = { 'mcp-session-id': session! };
    expect((await post(at, list, { ...headers, authorization: 'Bearer the-token-of-another-one' })).status).toBe(404);
    expect((await post(url('/mcp'), list, { ...headers, ...mine })).status).toBe(404);
    expect((await post(at, list, { ...headers, ...mine })).status).toBe(200);
  });
});

describe('health', () => {
  const get = async (url: URL) => {
    const response = await fetch(url);
    return { status: response.status, body: await response.json() };
  };

  test('is up at once, and ready once a feed is accepted', async () => {
    await publish(tools);
    feed.outage = 503;
    const { url, gateway } = await openHttpGateway({ feed, plans });
    expect(await get(url('/healthz'))).toMatchObject({ status: 200 });
    expect(await get(url('/readyz'))).toMatchObject({ status: 503, body: { code: 'FEED_NONE' } });
    await expect(connectHttp(url())).rejects.toMatchObject(refusal('FEED_NONE'));
    feed.outage = null;
    await gateway.context.watch.refresh();
    expect(await get(url('/readyz'))).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  test('is not ready in lockdown', async () => {
    await publish(tools, { mode: 'lockdown' });
    const { url } = await openHttpGateway({ feed, plans });
    expect(await get(url('/readyz'))).toMatchObject({ status: 503, body: { code: 'LOCKDOWN' } });
  });

  test('metrics count calls, refusals and sessions, on a port of their own or beside the servers', async () => {
    await publish(only('add_note'));
    const metrics = { host: '127.0.0.1', port: 0, path: '/metrics' };
    const { url, gateway } = await openHttpGateway({ feed, plans, metrics });
    const client = await connectHttp(url('/servers/notes/mcp'));
    await call(client, 'add_note', { note: 'x' });
    await expect(call(client, 'delete_all')).rejects.toThrow();
    const text = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
    for (const line of [
      'hallmark_gateway_calls_total{server="com.example/notes",decision="allow"} 1',
      'hallmark_gateway_calls_total{server="com.example/notes",decision="deny"} 1',
      'hallmark_gateway_refusals_total{code="TOOL_NOT_ALLOWED"} 1',
      'hallmark_gateway_upstream_seconds_count{server="com.example/notes"} 1',
      'hallmark_gateway_feed_serial 1',
      'hallmark_gateway_sessions 1',
    ]) {
      expect(text).toContain(line);
    }
    expect((await fetch(url('/metrics'))).status).toBe(404);
    const beside = await openHttpGateway({ feed, plans, metrics: { ...metrics, port: null } });
    expect((await fetch(beside.url('/metrics'))).status).toBe(200);
  });
});

/** fetch sets Host itself, so this goes by hand. */
function rawPost(url: URL, path: string, body: unknown, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: url.hostname,
        port: url.port,
        path,
        method: 'POST',
        headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', reject);
    request.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}
