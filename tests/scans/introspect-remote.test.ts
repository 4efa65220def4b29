import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type IntrospectRemoteOptions, introspectRemote } from '#lib/scans/introspect/index.ts';
import { fillUrl } from '#lib/scans/introspect/remote-url.ts';
import {
  answering,
  notesServer,
  type RemoteWorld,
  serveEvents,
  serveStreamable,
  startRemoteWorld,
} from './remote-servers.ts';

const URL = 'https://mcp.example/mcp';
let world: RemoteWorld;

beforeAll(async () => {
  world = await startRemoteWorld(['mcp.example', 'other.example']);
});
afterAll(() => world.close());
beforeEach(() => world.web.clear());

const LIMITS = { initializeMs: 1_500, requestMs: 1_000, listsMs: 2_000 };
const look = (options: Partial<IntrospectRemoteOptions> = {}) =>
  introspectRemote({ url: URL, kind: 'streamable-http', outbound: world.outbound, limits: LIMITS, ...options });

describe('a remote server', () => {
  it.each([false, true])('over streamable HTTP is asked once and told goodbye (JSON answers: %s)', async (isJson) => {
    const { handler, ended } = serveStreamable({ isJson });
    world.web.set(URL, handler);
    const result = await look();
    expect(result).toMatchObject({
      ok: true,
      definitions: {
        tools: [{ name: 'list_notes', description: 'Lists the notes.' }],
        prompts: [{ name: 'summary' }],
        resources: [{ uri: 'notes://readme' }],
        resourceTemplates: [],
        instructions: 'Keeps notes.',
      },
      facts: { name: 'notes', version: '2.0.0' },
      failures: {},
    });
    expect(ended).toEqual(['session-1']);
    const methods = world.web.requests.map(({ method }) => method);
    expect(methods).not.toContain('GET');
    expect(methods.filter((method) => method === 'DELETE')).toHaveLength(1);
    for (const { headers } of world.web.requests) {
      expect(headers.authorization).toBeUndefined();
      expect(headers.cookie).toBeUndefined();
    }
  });

  it('over server-sent events, also where only the kind "any" is known', async () => {
    for (const kind of ['sse', 'any'] as const) {
      world.web.clear();
      const { stream, post } = serveEvents('/messages');
      world.web.set(URL, (request, response) =>
        request.method === 'GET' ? stream(request, response) : response.writeHead(405).end(),
      );
      world.web.set('https://mcp.example/messages', post);
      expect(await look({ kind })).toMatchObject({ ok: true, definitions: { tools: [{ name: 'list_notes' }] } });
      expect(world.web.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
    }
  });

  it('that changes what it says is reported as it was at the time', async () => {
    let asked = 0;
    world.web.set(URL, serveStreamable({ make: () => notesServer(`Answer ${++asked}.`) }).handler);
    const descriptions = [];
    for (let i = 0; i < 2; i++) {
      const result = await look();
      descriptions.push(result.ok && result.definitions.tools?.[0]?.description);
    }
    expect(descriptions).toEqual(['Answer 1.', 'Answer 2.']);
  });
});

describe('a remote server that is not answered for', () => {
  it.each([
    {
      shows: 'what it says about signing in',
      answer: {
        status: 401,
        headers: {
          'www-authenticate': 'Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource"',
        },
      },
      code: 'NEEDS_SIGN_IN',
      message: /needs sign-in \(status 401 to initialize\)\. It says: Bearer resource_metadata="https:\/\/mcp\.example/,
    },
    {
      shows: 'that it does not say how to sign in',
      answer: { status: 403 },
      code: 'NEEDS_SIGN_IN',
      message: /status 403.*does not say how/,
    },
    { shows: 'that it is busy', answer: { status: 429 }, code: 'UNREACHABLE', message: /status 429/ },
    { shows: 'that nothing is there', answer: { status: 404 }, code: 'PROTOCOL_ERROR', message: /status 404/ },
    {
      shows: 'a web page',
      answer: { headers: { 'content-type': 'text/html' }, body: '<h1>Hello</h1>' },
      code: 'PROTOCOL_ERROR',
      message: /not MCP.*text\/html/,
    },
    {
      shows: 'JSON that is no message',
      answer: { headers: { 'content-type': 'application/json' }, body: '{"hello":1}' },
      code: 'PROTOCOL_ERROR',
      message: /not usable/,
    },
    {
      shows: 'a redirect to a private address',
      answer: { status: 307, headers: { location: 'https://169.254.169.254/latest' } },
      code: 'PROTOCOL_ERROR',
      message: /Redirect to https:\/\/169\.254\.169\.254\/latest not followed/,
    },
    {
      shows: 'a redirect to another host',
      answer: { status: 308, headers: { location: 'https://other.example/mcp' } },
      code: 'PROTOCOL_ERROR',
      message: /Redirect to https:\/\/other\.example\/mcp not followed/,
    },
    {
      shows: 'a redirect to plain http',
      answer: { status: 307, headers: { location: 'http://mcp.example/mcp' } },
      code: 'PROTOCOL_ERROR',
      message: /plain http not followed/,
    },
  ])('shows $shows', async ({ answer, code, message }) => {
    world.web.set(URL, answer as Parameters<RemoteWorld['web']['set']>[1]);
    expect(await look()).toMatchObject({ ok: false, code, message: expect.stringMatching(message) });
    expect(world.web.requests).toHaveLength(1);
  });

  it('because its address is not public', async () => {
    expect(await look({ outbound: world.strict })).toMatchObject({ ok: false, code: 'ADDRESS_REFUSED' });
    expect(await look({ url: 'http://mcp.example/mcp' })).toMatchObject({ ok: false, code: 'ADDRESS_REFUSED' });
    expect(await look({ url: 'https://user:key@mcp.example/' })).toMatchObject({ ok: false, code: 'ADDRESS_REFUSED' });
    expect(world.web.requests).toEqual([]);
  });

  it('because its name is not known', async () => {
    expect(await look({ url: 'https://gone.example/mcp' })).toMatchObject({ ok: false, code: 'UNREACHABLE' });
  });

  it.each([
    ['never answers', () => {}],
    [
      'sends events without end that are no answer',
      (_: unknown, response: import('node:http').ServerResponse) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write(': still here\n\n'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('because it %s', async (_, handler) => {
    world.web.set(URL, handler);
    for (const kind of ['streamable-http', 'sse'] as const) {
      expect(await look({ kind })).toMatchObject({ ok: false, code: 'SERVER_HANGS' });
    }
  });

  it('because it floods', async () => {
    const block = Buffer.alloc(1024 * 1024, 'x');
    world.web.set(URL, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = () => {
        while (response.writable && response.write(block));
      };
      response.on('drain', more);
      more();
    });
    const limits = { initializeMs: 10_000, listsMs: 10_000 };
    for (const kind of ['streamable-http', 'sse'] as const) {
      expect(await look({ kind, limits })).toMatchObject({ ok: false, code: 'OUTPUT_FLOOD' });
    }
  });

  it('because the scan was stopped', async () => {
    world.web.set(URL, () => {});
    const stop = new AbortController();
    const looking = look({ signal: stop.signal });
    stop.abort();
    expect(await looking).toMatchObject({ ok: false, code: 'ABORTED' });
  });
});

describe('lists of a remote server', () => {
  const tool = { name: 'one', inputSchema: { type: 'object' } };

  it('that need sign-in are said to', async () => {
    const initialized = answering(() => ({}));
    let requests = 0;
    world.web.set(URL, (request, response) =>
      ++requests > 2 ? response.writeHead(401).end() : initialized(request, response),
    );
    const result = await look();
    expect(result).toMatchObject({
      ok: true,
      definitions: { tools: null },
      failures: { tools: { code: 'NEEDS_SIGN_IN' } },
    });
  });

  it('that never end are given up', async () => {
    let page = 0;
    world.web.set(
      URL,
      answering((method) => (method === 'tools/list' ? { tools: [tool], nextCursor: `page ${++page}` } : {})),
    );
    const result = await look({ limits: { ...LIMITS, listsMs: 20_000 } });
    expect(result).toMatchObject({ ok: true, definitions: { tools: null } });
    expect(page).toBeLessThanOrEqual(250);
  });

  it('are read from a server that asks its client things, up to a number of answers', async () => {
    world.web.set(URL, (request, response) => {
      if (request.method !== 'POST') return void response.writeHead(200).end();
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const { method } = JSON.parse(text);
        if (method !== 'initialize') return void response.writeHead(202).end();
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let id = 0; id < 2_000; id++) {
          response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: `q${id}`, method: 'ping' })}\n\n`);
        }
      });
    });
    expect(await look()).toMatchObject({ ok: false, code: 'OUTPUT_FLOOD' });
    expect(world.web.requests.length).toBeLessThanOrEqual(251);
  });
});

describe('the address of a remote', () => {
  it.each([
    [{ url: 'https://a.example/mcp' }, { ok: true, url: 'https://a.example/mcp' }],
    [
      { url: 'https://{region}.a.example/{tenant}', variables: { region: { default: 'eu' }, tenant: {} } },
      { ok: false, missing: ['tenant'] },
    ],
    [
      { url: 'https://{region}.a.example', variables: { region: { value: 'eu', default: 'us' } } },
      { ok: true, url: 'https://eu.a.example' },
    ],
    [{ url: 'https://{unknown}.a.example' }, { ok: false, missing: ['unknown'] }],
    [
      { url: 'https://{constructor}.a.example', variables: {} },
      { ok: false, missing: ['constructor'] },
    ],
    [
      { url: 'https://{a}.a.example', variables: { a: { default: '{b}' } } },
      { ok: false, missing: ['a'] },
    ],
  ])('%j', (remote, filled) => {
    expect(fillUrl(remote)).toEqual(filled);
  });
});
