import type { IncomingMessage, ServerResponse } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { createOutbound, createResolver, type Outbound } from '#lib/outbound/index.ts';
import { startDnsServer } from '#tests/support/dns-server.ts';
import { startHttpsServer, type TestHttpsServer } from '#tests/support/https-server.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export type RemoteWorld = {
  web: TestHttpsServer;
  /** Reaches this machine, as the hosts of the tests need it. */
  outbound: Outbound;
  /** As in production: loopback is refused. */
  strict: Outbound;
  close(): Promise<void>;
};

/** Hosts of the internet on loopback, with their names and certificates. */
export async function startRemoteWorld(hosts: readonly string[]): Promise<RemoteWorld> {
  const [dns, web] = await Promise.all([startDnsServer(), startHttpsServer()]);
  for (const host of hosts) dns.set(host, { A: ['127.0.0.1'] });
  const common = { resolver: createResolver([dns.address]), ca: web.ca, port: () => web.port };
  return {
    web,
    outbound: createOutbound({ ...common, privateNetworks: parsePrivateNetworks(hosts.join(', ')) }),
    strict: createOutbound(common),
    close: async () => {
      await Promise.all([dns.close(), web.close()]);
    },
  };
}

/** A well-behaved server with one tool, one prompt and one resource. */
export function notesServer(description = 'Lists the notes.'): McpServer {
  const server = new McpServer({ name: 'notes', version: '2.0.0' }, { instructions: 'Keeps notes.' });
  server.registerTool('list_notes', { description }, () => ({ content: [] }));
  server.registerPrompt('summary', { description: 'Sums up.' }, () => ({ messages: [] }));
  server.registerResource('readme', 'notes://readme', {}, () => ({ contents: [] }));
  return server;
}

/** Streamable HTTP as the SDK serves it: a session per client, ended by DELETE. */
export function serveStreamable({ isJson = false, make = notesServer }: { isJson?: boolean; make?: () => McpServer }) {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  let count = 0;
  const ended: string[] = [];
  const handler: Handler = async (request, response) => {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (request.method === 'DELETE' && typeof id === 'string') ended.push(id);
    if (known) return void known.handleRequest(request, response);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => `session-${++count}`,
      enableJsonResponse: isJson,
      onsessioninitialized: (session) => void sessions.set(session, transport),
    });
    await make().connect(transport);
    await transport.handleRequest(request, response);
  };
  return { handler, ended };
}

/** The older transport: a stream of events, and an address to post to. */
export function serveEvents(path: string): { stream: Handler; post: Handler } {
  let transport: SSEServerTransport | undefined;
  return {
    stream: async (_, response) => {
      transport = new SSEServerTransport(path, response);
      await notesServer().connect(transport);
    },
    post: (request, response) => void transport?.handlePostMessage(request, response),
  };
}

/** A server by hand, for what the SDK would not do: answers each JSON-RPC request with what `answer` gives for it. */
export function answering(answer: (method: string) => unknown): Handler {
  return (request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { id, method } = text === '' ? {} : JSON.parse(text);
      if (id === undefined) return void response.writeHead(202).end();
      const result = method === 'initialize' ? INITIALIZED : answer(method);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  };
}

const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'by hand', version: '1' },
};
