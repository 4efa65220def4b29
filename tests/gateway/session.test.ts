import { CreateMessageRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { BASE_ENVIRONMENT, GATEWAY_EXIT, type GatewayOptions } from '#lib/gateway/index.ts';
import type { TestFeed } from '#tests/feed/support/test-feed.ts';
import { feed, isAlive, NOTES, notesFeed, only, publish, tools } from './support/notes-feed.ts';
import {
  approved,
  call,
  eventually,
  fixtureCommand,
  liveTools,
  openSession,
  refusal,
  SERVER,
  startGateway,
} from './support/session.ts';

notesFeed();

describe('what the feed allows', () => {
  test('is listed and called; everything else is neither', async () => {
    await publish(only('add_note', 'list_notes'));
    const { client, audit } = await openSession({ feed });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add_note', 'list_notes']);
    expect(await call(client, 'add_note', { note: 'milk' })).toBe('1 notes');
    await expect(call(client, 'delete_all')).rejects.toMatchObject(refusal('TOOL_NOT_ALLOWED'));
    await expect(call(client, 'no_such_tool')).rejects.toMatchObject(refusal('TOOL_NOT_ALLOWED'));
    expect(audit).toContainEqual(
      expect.objectContaining({ event: 'call', decision: 'allow', tool: 'add_note', server: SERVER }),
    );
    expect(audit).toContainEqual(
      expect.objectContaining({ event: 'call', decision: 'deny', tool: 'delete_all', code: 'TOOL_NOT_ALLOWED' }),
    );
    expect(JSON.stringify(audit)).not.toContain('milk');
  });

  test('can be called without listing first', async () => {
    await publish(only('add_note'));
    const { client } = await openSession({ feed });
    expect(await call(client, 'add_note', { note: 'milk' })).toBe('1 notes');
  });

  test('is listed from every page, and a name that is listed twice with two definitions is not', async () => {
    const paged = fixtureCommand('paged');
    const all = (await liveTools(paged)).filter(({ name }) => name !== 'unapproved');
    const allow = [...new Map(all.reverse().map((tool) => [tool.name, tool])).values()];
    await feed.publish({ servers: [{ name: SERVER, versions: [approved(paged, allow)] }] });
    const { client, audit } = await openSession({ feed });
    expect(await client.listTools()).toMatchObject({
      tools: [{ name: 'first' }, { name: 'second' }, { name: 'third' }],
    });
    expect(audit.find(({ event }) => event === 'list')).toMatchObject({
      shown: 3,
      hidden: [
        { tool: 'twice', code: 'TOOL_UNSEEN' },
        { tool: 'unapproved', code: 'TOOL_NOT_ALLOWED' },
        { tool: 'twice', code: 'TOOL_UNSEEN' },
      ],
    });
    await expect(call(client, 'twice')).rejects.toMatchObject(refusal('TOOL_UNSEEN'));
    await expect(client.listTools({ cursor: '1' })).rejects.toMatchObject({ code: -32602 });
  });

  test('leaves everything else as it is: resources, prompts, logging, progress, cancelling, and questions back', async () => {
    await publish(tools);
    const { client, audit } = await openSession({
      feed,
      rules: { serverRequests: new Set(['sampling', 'roots']) },
      capabilities: { sampling: {}, roots: {} },
      onConnect: (connecting) => {
        connecting.setRequestHandler(CreateMessageRequestSchema, () => ({
          model: 'm',
          role: 'assistant',
          content: { type: 'text', text: 'yes' },
        }));
        connecting.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///srv/notes' }] }));
      },
    });
    expect(client.getInstructions()).toBe('Keeps notes.');
    expect(client.getServerVersion()).toEqual({ name: 'notes', version: '1.0.0' });
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(['notes://readme']);
    expect((await client.getPrompt({ name: 'summarize' })).messages).toHaveLength(1);
    await client.ping();
    await client.setLoggingLevel('error');
    expect(await call(client, 'ask_model')).toBe('{"type":"text","text":"yes"}');
    expect(await call(client, 'ask_roots')).toBe('file:///srv/notes');

    const leave = new AbortController();
    const progress: number[] = [];
    const slow = client.callTool({ name: 'slow' }, undefined, {
      signal: leave.signal,
      onprogress: (step) => {
        progress.push(step.progress);
        leave.abort();
      },
    });
    await expect(slow).rejects.toThrow();
    expect(progress).toEqual([1]);
    await eventually(() =>
      audit.find(({ event, text }) => event === 'upstream-stderr' && text === 'slow was cancelled'),
    );
  });

  test('starts with the command of the allowlist, further arguments and a small environment', async () => {
    await publish(only('whoami'));
    process.env.HALLMARK_TEST_SECRET = 'x';
    const { client } = await openSession({ feed, args: ['--root', '/srv/notes'] });
    const { args, env } = JSON.parse(await call(client, 'whoami'));
    delete process.env.HALLMARK_TEST_SECRET;
    expect(args).toEqual(['--root', '/srv/notes']);
    expect(env.filter((name: string) => !BASE_ENVIRONMENT.some((known) => known === name))).toEqual([]);
    expect(env).not.toContain('HALLMARK_TEST_SECRET');
  });

  test("may be started with the operator's own command, and the digests still decide", async () => {
    await feed.publish({ servers: [{ name: SERVER, versions: [approved(null, only('add_note'))] }] });
    const { client } = await openSession({ feed, exec: NOTES });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add_note']);
  });

  test('cannot be forged by the server in the audit log', async () => {
    await publish(tools);
    const { audit } = await openSession({ feed });
    const line = await eventually(() => audit.find(({ event }) => event === 'upstream-stderr'));
    expect(line.text).toContain('forged');
    expect(audit.find(({ tool }) => tool === 'forged')).toBeUndefined();
  });
});

describe('a tool that is not the approved one', () => {
  test('is not listed and not called', async () => {
    const drifted = only('add_note').map((tool) => ({ ...tool, digest: 'f'.repeat(64) }));
    await publish([...drifted, ...only('list_notes')]);
    const { client } = await openSession({ feed });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['list_notes']);
    await expect(call(client, 'add_note', { note: 'x' })).rejects.toMatchObject(refusal('TOOL_DRIFTED'));
  });

  test('is refused at once when the server announces the change between list and call', async () => {
    await publish(tools);
    const { client } = await openSession({ feed });
    expect((await client.listTools()).tools).toHaveLength(tools.length);
    await call(client, 'change');
    await expect(call(client, 'add_note', { note: 'x' })).rejects.toMatchObject(refusal('TOOL_DRIFTED'));
    expect((await client.listTools()).tools).toHaveLength(tools.length - 1);
  });

  test('is refused after the next refresh when the server changes it in silence', async () => {
    await publish(tools);
    const { client, audit } = await openSession({ feed, refreshSeconds: 0.05 });
    await call(client, 'change_silently');
    const drifted = () =>
      call(client, 'add_note', { note: 'x' }).then(
        () => null,
        (error) => error,
      );
    expect(await eventually(drifted)).toMatchObject(refusal('TOOL_DRIFTED'));
    expect(audit.filter(({ event, code }) => event === 'call' && code === 'TOOL_DRIFTED')).toHaveLength(1);
  });

  test('is not shown to a client that lists again', async () => {
    await publish(tools);
    const { client } = await openSession({ feed });
    await call(client, 'change_silently');
    expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('add_note');
  });
});

describe('a session that does not start tells the client why', () => {
  type Case = {
    name: string;
    code: string;
    exitCode: number;
    options?: Partial<GatewayOptions>;
    attack?: (feed: TestFeed) => void;
  };
  const cases: Case[] = [
    {
      name: 'the server is not on the list',
      code: 'SERVER_UNKNOWN',
      exitCode: GATEWAY_EXIT.denied,
      options: { server: 'com.example/other' },
    },
    {
      name: 'the version is not on the list',
      code: 'VERSION_UNKNOWN',
      exitCode: GATEWAY_EXIT.denied,
      options: { version: '9.9.9' },
    },
    {
      name: 'the feed cannot be reached, and nothing was accepted before',
      code: 'FEED_UNREACHABLE',
      exitCode: GATEWAY_EXIT.feedUnreachable,
      attack: (attacked) => attacked.files.clear(),
    },
    {
      name: 'the feed does not verify, and nothing was accepted before',
      code: 'FEED_EXPIRED',
      exitCode: GATEWAY_EXIT.feedRefused,
      options: { now: () => new Date(Date.now() + 3_600_000) },
    },
    {
      name: 'its program is not there',
      code: 'UPSTREAM_ENDED',
      exitCode: GATEWAY_EXIT.serverEnded,
      options: { exec: ['/no/such/program'] },
    },
  ];
  test.each(cases)('$name', async ({ code, exitCode, options, attack }) => {
    await publish(tools);
    const session = startGateway({ feed, ...options });
    attack?.(feed);
    const { connect, ended } = await session;
    await expect(connect()).rejects.toMatchObject(refusal(code));
    expect(await ended).toMatchObject({ exitCode });
  });

  test('the list names no command for it', async () => {
    await feed.publish({ servers: [{ name: SERVER, versions: [approved(null, tools)] }] });
    const { connect, ended } = await startGateway({ feed });
    await expect(connect()).rejects.toMatchObject(refusal('NO_COMMAND'));
    expect(await ended).toMatchObject({ exitCode: GATEWAY_EXIT.denied, message: expect.stringContaining('--exec') });
  });
});

describe('a session ends', () => {
  test('when the server does: what was asked is refused', async () => {
    await publish(tools);
    const { client, ended } = await openSession({ feed });
    await expect(call(client, 'crash')).rejects.toMatchObject({
      ...refusal('UPSTREAM_ENDED'),
      message: expect.stringContaining('ended with code 7'),
    });
    expect(await ended).toMatchObject({ exitCode: GATEWAY_EXIT.serverEnded });
  });

  test('when the operator ends it, and takes the server with it', async () => {
    await publish(tools);
    const leave = new AbortController();
    const { client, ended } = await openSession({ feed, signal: leave.signal });
    const { pid } = JSON.parse(await call(client, 'whoami'));
    leave.abort();
    expect(await ended).toMatchObject({ exitCode: GATEWAY_EXIT.closed });
    await eventually(() => !isAlive(pid));
  });
});
