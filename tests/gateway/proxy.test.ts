import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import type { Decision } from '#lib/gateway/index.ts';
import { GatewayProxy } from '#lib/gateway/sessions/proxy.ts';
import { toolDigest } from '#lib/manifest/definition-digests.ts';
import { version } from '#tests/feed/support/test-feed.ts';

const tool = { name: 'read', description: 'Reads.', inputSchema: { type: 'object' } };
const entry = version({ tools: { default: 'deny', allow: [{ name: 'read', digest: toolDigest(tool) }] } });
const allowed: Decision = { allow: true, code: 'ALLOWED', message: 'ok', entry };
const passing: Decision = { allow: false, code: 'FEED_STALE_DENIED', message: 'stale' };
const final: Decision = { allow: false, code: 'SERVER_REVOKED', message: 'revoked' };

/** The proxy with both ends in the test's hands, message by message. */
function proxyInHands() {
  const toClient: JSONRPCMessage[] = [];
  const toServer: JSONRPCMessage[] = [];
  const events: string[] = [];
  const feed = { session: allowed as Decision };
  const proxy = new GatewayProxy({
    sendToClient: async (message) => void toClient.push(message),
    upstream: {
      send: (message) => toServer.push(message),
      pause: () => events.push('pause'),
      resume: () => events.push('resume'),
      kill: () => events.push('kill'),
    },
    decide: (asked) => {
      if (!feed.session.allow || !asked) return feed.session;
      if (asked.tool !== 'read') return { allow: false, code: 'TOOL_NOT_ALLOWED', message: 'no' };
      if (asked.digest === null) return { allow: false, code: 'TOOL_UNSEEN', message: 'unseen' };
      return asked.digest === toolDigest(tool) ? allowed : { allow: false, code: 'TOOL_DRIFTED', message: 'drifted' };
    },
    audit: () => {},
    subject: { server: 'com.example/a', version: '1.0.0' },
  });
  const ask = (id: string | number, method: string, params = {}) =>
    proxy.fromClient({ jsonrpc: '2.0', id, method, params });
  const read = (id: string | number) => ask(id, 'tools/call', { name: 'read' });
  const listRequest = () => toServer.findLast((m): m is JSONRPCRequest => 'method' in m && m.method === 'tools/list');
  /** The server answers the gateway's own tools/list. */
  const list = async (tools: unknown[] = [tool]) => {
    proxy.fromUpstream({ jsonrpc: '2.0', id: listRequest()?.id ?? 0, result: { tools } });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { proxy, toClient, toServer, events, feed, ask, read, list, listRequest };
}

const codes = (messages: JSONRPCMessage[]) =>
  messages.map((m) =>
    'error' in m ? ((m.error.data as { hallmark?: { code: string } })?.hallmark?.code ?? m.error.code) : 'ok',
  );

describe('requests that the gateway holds', () => {
  test('are not forwarded when they are cancelled meanwhile, and the server does not hear of them', async () => {
    const { proxy, toClient, toServer, read, list } = proxyInHands();
    read(1);
    proxy.fromClient({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await list();
    expect(toServer.map((m) => 'method' in m && m.method)).toEqual(['tools/list']);
    expect(toClient).toEqual([]);
  });

  test('are refused when the session ends meanwhile; a held list is empty', () => {
    const { proxy, toClient, events, feed, ask, read } = proxyInHands();
    read(1);
    ask(2, 'tools/list');
    feed.session = final;
    proxy.feedChanged();
    expect(codes(toClient)).toEqual(['SERVER_REVOKED', 'ok']);
    expect(toClient[1]).toMatchObject({ id: 2, result: { tools: [] } });
    expect(events).toEqual(['kill']);
  });

  test('wait for one listing together, and for a new one when the tools change while it runs', async () => {
    const { proxy, toServer, toClient, read, list, listRequest } = proxyInHands();
    read(1);
    read(2);
    const first = listRequest();
    proxy.fromUpstream({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    await list();
    expect(listRequest()).not.toBe(first);
    await list([{ ...tool, description: 'Reads and sends.' }]);
    expect(toServer.filter((m) => 'method' in m && m.method === 'tools/call')).toEqual([]);
    expect(codes(toClient.filter((m) => 'id' in m))).toEqual(['TOOL_DRIFTED', 'TOOL_DRIFTED']);
  });
});

describe('ids', () => {
  test('of requests that are not answered yet cannot be used again', async () => {
    const { toClient, toServer, ask } = proxyInHands();
    ask(1, 'resources/list');
    ask(1, 'prompts/list');
    expect(toServer).toHaveLength(1);
    expect(codes(toClient)).toEqual([-32600]);
  });

  test('1 and "1" are two requests', () => {
    const { proxy, toClient, ask } = proxyInHands();
    ask(1, 'resources/list');
    ask('1', 'resources/list');
    proxy.fromUpstream({ jsonrpc: '2.0', id: '1', result: { which: 'text' } });
    proxy.fromUpstream({ jsonrpc: '2.0', id: '1', result: { which: 'again' } });
    proxy.fromUpstream({ jsonrpc: '2.0', id: 1, result: { which: 'number' } });
    expect(toClient).toMatchObject([
      { id: '1', result: { which: 'text' } },
      { id: 1, result: { which: 'number' } },
    ]);
  });

  test('of cancelled requests are answered no more', () => {
    const { proxy, toClient, toServer, ask } = proxyInHands();
    ask(1, 'resources/list');
    proxy.fromClient({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    proxy.fromUpstream({ jsonrpc: '2.0', id: 1, result: {} });
    expect(toServer).toHaveLength(2);
    expect(toClient).toEqual([]);
  });
});

describe('while the feed refuses for the time being', () => {
  test('an answer on its way becomes a refusal, questions of the server too, and the server lives', () => {
    const { proxy, toClient, toServer, events, feed, ask } = proxyInHands();
    ask(1, 'resources/list');
    feed.session = passing;
    proxy.fromUpstream({ jsonrpc: '2.0', id: 1, result: { secret: true } });
    proxy.fromUpstream({ jsonrpc: '2.0', id: 7, method: 'sampling/createMessage', params: {} });
    proxy.fromUpstream({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
    expect(codes(toClient)).toEqual(['FEED_STALE_DENIED']);
    expect(toServer.at(-1)).toMatchObject({ id: 7, error: { code: -32001 } });
    expect(events).toEqual([]);
  });

  test('requests that the server has are withdrawn, and pings are answered', () => {
    const { proxy, toClient, toServer, feed, ask } = proxyInHands();
    ask(1, 'resources/list');
    feed.session = passing;
    proxy.feedChanged();
    ask(2, 'ping');
    expect(toServer.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(codes(toClient)).toEqual(['FEED_STALE_DENIED', 'ok']);
  });
});

test('tools/call without a name is refused', () => {
  const { toClient, toServer, ask } = proxyInHands();
  ask(1, 'tools/call', { name: ['read'] });
  expect(codes(toClient)).toEqual(['REQUEST_MALFORMED']);
  expect(toServer).toEqual([]);
});

test('reading from the server stops while the client is slow', () => {
  const { proxy, events } = proxyInHands();
  for (let count = 0; count < 100; count += 1)
    proxy.fromUpstream({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
  expect(events).toEqual(['pause']);
});
