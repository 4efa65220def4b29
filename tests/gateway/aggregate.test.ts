import { ElicitRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FeedTool } from '#lib/feed/documents.ts';
import { collidingNames, exposedName, ownName, splitUri } from '#lib/gateway/sessions/aggregate-names.ts';
import { connectHttp, openHttpGateway, plan } from './support/http-gateway.ts';
import { feed, isAlive, NOTES, notesFeed, only } from './support/notes-feed.ts';
import { approved, call, eventually, fixtureCommand, liveTools, refusal, SERVER } from './support/session.ts';

notesFeed();

const BUSY = fixtureCommand('busy');
const AWKWARD = fixtureCommand('awkward');
let busyTools: FeedTool[];
let awkwardTools: FeedTool[];
beforeAll(async () => {
  busyTools = await liveTools(BUSY);
  awkwardTools = await liveTools(AWKWARD);
});

const servers = (notes = only('add_note', 'list_notes', 'whoami')) => [
  { name: SERVER, versions: [approved(NOTES, notes)] },
  { name: 'com.example/busy', versions: [approved(BUSY, busyTools)] },
];
const plans = [plan('notes', SERVER), plan('busy', 'com.example/busy')];

async function open(content: Parameters<typeof feed.publish>[0] = { servers: servers() }, extra = {}) {
  await feed.publish(content);
  return openHttpGateway({ feed, plans, ...extra });
}

describe('several servers behind one endpoint', () => {
  test('list their tools under their own names, and each call reaches its server', async () => {
    const { url } = await open();
    const client = await connectHttp(url());
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['notes__add_note', 'notes__list_notes', 'notes__whoami']);
    expect(names).toContain('busy__echo');
    expect(await call(client, 'notes__add_note', { note: 'milk' })).toBe('1 notes');
    expect(await call(client, 'busy__echo', { say: 'hi' })).toBe('hi');
    expect(client.getInstructions()).toBe(
      'Tools that begin with notes__:\nKeeps notes.\n\nTools that begin with busy__:\nBe brief.',
    );
    expect(client.getServerVersion()).toMatchObject({ name: 'hallmark-gateway' });
  });

  test.each([
    ['a tool that is not allowed', 'notes__delete_all', 'TOOL_NOT_ALLOWED'],
    ['a tool of another server', 'notes__echo', 'TOOL_NOT_ALLOWED'],
    ['a name without a server', 'add_note', 'TOOL_NOT_ALLOWED'],
    ['a server that is not configured', 'other__add_note', 'TOOL_NOT_ALLOWED'],
    ['a server with a prefix of its own', 'notes__notes__add_note', 'TOOL_NOT_ALLOWED'],
    ['nothing after the server', 'notes__', 'TOOL_NOT_ALLOWED'],
  ])('refuse %s', async (_name, tool, code) => {
    const { url } = await open();
    const client = await connectHttp(url());
    await expect(call(client, tool)).rejects.toMatchObject(refusal(code));
  });

  test('say whose a resource, a template and a prompt is, and find it again', async () => {
    const { url } = await open();
    const client = await connectHttp(url());
    const uris = (await client.listResources()).resources.map(({ uri }) => uri);
    expect(uris).toEqual(['hallmark+notes:notes://readme', 'hallmark+busy:busy://one']);
    expect((await client.readResource({ uri: 'hallmark+busy:busy://one' })).contents).toEqual([
      { uri: 'hallmark+busy:busy://one', text: 'One.' },
    ]);
    const templates = (await client.listResourceTemplates()).resourceTemplates;
    expect(templates.map(({ uriTemplate }) => uriTemplate)).toContain('hallmark+busy:busy://items/{id}');
    expect((await client.getPrompt({ name: 'busy__hello' })).messages).toHaveLength(1);
    const { content } = await client.callTool({ name: 'busy__link' });
    expect(content).toMatchObject([
      { uri: 'hallmark+busy:busy://one' },
      { resource: { uri: 'hallmark+busy:busy://one' } },
    ]);
    await expect(client.readResource({ uri: 'busy://one' })).rejects.toMatchObject(refusal('TOOL_NOT_ALLOWED'));
    await expect(client.readResource({ uri: 'hallmark+notes:busy://one' })).rejects.toThrow(/answered with an error/);
  });

  test('go on without one that is revoked; it comes back when it is allowed again', async () => {
    const { url, gateway } = await open();
    const client = await connectHttp(url());
    let changes = 0;
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      changes += 1;
    });
    const { pid } = JSON.parse(await call(client, 'notes__whoami'));
    const revocations = [{ name: SERVER, reason: 'it leaks', at: '2026-11-20' }];
    await feed.publish({ servers: servers(), revocations });
    await gateway.context.watch.refresh();
    await expect(call(client, 'notes__list_notes')).rejects.toMatchObject(refusal('SERVER_REVOKED'));
    expect(await call(client, 'busy__echo', { say: 'hi' })).toBe('hi');
    await eventually(() => !isAlive(pid));
    await eventually(() => changes >= 1);
    const shown = async () => (await client.listTools()).tools.filter(({ name }) => name.startsWith('notes__')).length;
    expect(await shown()).toBe(0);
    await feed.publish({ servers: servers() });
    await gateway.context.watch.refresh();
    await eventually(async () => (await shown()) === 3);
  });

  test('say of one that was left out from the start why, whatever is asked of it', async () => {
    const { url, gateway, audit } = await open({ servers: servers().slice(1) });
    const client = await connectHttp(url());
    const refused = refusal('SERVER_UNKNOWN');
    await expect(call(client, 'notes__add_note', { note: 'milk' })).rejects.toMatchObject(refused);
    await expect(client.getPrompt({ name: 'notes__hello' })).rejects.toMatchObject(refused);
    await expect(client.readResource({ uri: 'hallmark+notes:notes://readme' })).rejects.toMatchObject(refused);
    expect(audit).toContainEqual(
      expect.objectContaining({ event: 'call', code: 'SERVER_UNKNOWN', server: SERVER, tool: 'notes__add_note' }),
    );
    const revocations = [{ name: SERVER, reason: 'it leaks', at: '2026-11-20' }];
    await feed.publish({ servers: servers(), revocations });
    await gateway.context.watch.refresh();
    await eventually(async () => {
      const answer = await call(client, 'notes__list_notes').catch((error) => error);
      return answer.data?.hallmark.code === 'SERVER_REVOKED';
    });
    await feed.publish({ servers: servers() });
    await gateway.context.watch.refresh();
    await eventually(async () => (await call(client, 'notes__list_notes').catch(() => null)) !== null);
  });

  test('are all closed by lockdown, also for new clients', async () => {
    const { url, gateway } = await open();
    const client = await connectHttp(url());
    const pids = [
      JSON.parse(await call(client, 'notes__whoami')).pid,
      JSON.parse(await call(client, 'busy__whoami')).pid,
    ];
    await feed.publish({ servers: servers(), mode: 'lockdown' });
    await gateway.context.watch.refresh();
    await expect(call(client, 'busy__echo', { say: 'x' })).rejects.toMatchObject(refusal('LOCKDOWN'));
    expect((await client.listTools()).tools).toEqual([]);
    for (const pid of pids) await eventually(() => !isAlive(pid));
    await expect(connectHttp(url())).rejects.toMatchObject(refusal('LOCKDOWN'));
  });

  test('leave out one that does not start, and say so in the log', async () => {
    const broken = {
      name: SERVER,
      versions: [approved([process.execPath, '-e', 'process.exit(3)'], only('add_note'))],
    };
    const { url, audit } = await open({ servers: [broken, servers()[1]!] });
    const client = await connectHttp(url());
    expect((await client.listTools()).tools.every(({ name }) => name.startsWith('busy__'))).toBe(true);
    expect(audit).toContainEqual(
      expect.objectContaining({ event: 'start', decision: 'deny', code: 'UPSTREAM_ENDED', server: SERVER }),
    );
  });

  test.each([
    ['all together', '/mcp', 'notes__'],
    ['one by itself', '/servers/notes/mcp', ''],
  ])('ask the person and report progress over HTTP on the stream of the call: %s', async (_name, path, prefix) => {
    const asked = [{ ...only('add_note')[0]!, ask: true as const }, ...only('slow')];
    const { url } = await open({ servers: servers(asked) });
    const messages: string[] = [];
    const client = await connectHttp(url(path), {
      capabilities: { elicitation: {} },
      onConnect: (connecting) =>
        connecting.setRequestHandler(ElicitRequestSchema, ({ params }) => {
          messages.push(params.message);
          return { action: 'accept', content: { allow: true } };
        }),
    });
    expect(await call(client, `${prefix}add_note`, { note: 'milk' })).toBe('1 notes');
    expect(messages).toHaveLength(1);
    const leave = new AbortController();
    const progress: number[] = [];
    const slow = client.callTool({ name: `${prefix}slow` }, undefined, {
      signal: leave.signal,
      onprogress: (step) => {
        progress.push(step.progress);
        leave.abort();
      },
    });
    await expect(slow).rejects.toThrow();
    expect(progress).toEqual([1]);
  });

  test('pass on what a server asks, to the client and back to that server', async () => {
    const { url } = await open(undefined, { rules: { serverRequests: new Set(['elicitation']) } });
    const client = await connectHttp(url(), {
      capabilities: { elicitation: {} },
      onConnect: (connecting) =>
        connecting.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { password: 'x' } })),
    });
    expect(await call(client, 'busy__elicit')).toContain('"password":"x"');
  });

  test('stop a call that the client takes back', async () => {
    const { url, audit } = await open();
    const client = await connectHttp(url());
    const leave = new AbortController();
    const waiting = client.callTool({ name: 'busy__wait' }, undefined, { signal: leave.signal });
    await eventually(() => audit.find(({ event, tool }) => event === 'call' && tool === 'wait'));
    leave.abort();
    await expect(waiting).rejects.toThrow();
    expect(await call(client, 'busy__echo', { say: 'still here' })).toBe('still here');
  });
});

describe('names at the common endpoint', () => {
  test('are found again, cut to 64 characters where they are long or hold characters that clients refuse', async () => {
    await feed.publish({ servers: [{ name: 'com.example/awkward', versions: [approved(AWKWARD, awkwardTools)] }] });
    const { url, audit } = await openHttpGateway({ feed, plans: [plan('awkward', 'com.example/awkward')] });
    const client = await connectHttp(url());
    // Called before anything was listed: the signed list knows the names.
    expect(await call(client, exposedName('awkward', 'with.dots'))).toBe('with.dots');
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toHaveLength(3);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(await call(client, names[2]!)).toBe('l'.repeat(120));
    // Two tools with one name: neither is shown nor called.
    const twin = exposedName('awkward', 'twin.a');
    expect(names).not.toContain(twin);
    await expect(call(client, twin)).rejects.toMatchObject(refusal('TOOL_NAME_COLLISION'));
    expect(audit).toContainEqual(expect.objectContaining({ code: 'TOOL_NAME_COLLISION', tool: twin }));
    const own = await connectHttp(url('/servers/awkward/mcp'));
    expect(await call(own, 'twin.a')).toBe('twin.a');
  });

  test('of one server never equal those of another', () => {
    const tools = ['b', '_b', '__b', 'b__c', 'x'.repeat(300), 'ü', '../b'];
    const all = ['a', 'a-b', 'a1'].flatMap((alias) => tools.map((tool) => exposedName(alias, tool)));
    expect(new Set(all).size).toBe(all.length);
    for (const tool of tools) expect(ownName({ alias: 'a', exposed: exposedName('a', tool), known: tools })).toBe(tool);
    expect(collidingNames('a', tools)).toEqual(new Set());
  });

  test.each([
    ['hallmark+a:file:///x', 'a', 'file:///x'],
    ['hallmark+a:hallmark+b:x', 'a', 'hallmark+b:x'],
  ])('%s is of %s', (exposed, alias, uri) => expect(splitUri(exposed)).toEqual({ alias, uri }));
});
