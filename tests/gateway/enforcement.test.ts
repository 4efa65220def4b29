import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FeedServerVersion, FeedTool } from '#lib/feed/documents.ts';
import { matchesTemplate } from '#lib/gateway/decisions/matches-template.ts';
import { DEFAULT_RULES } from '#lib/gateway/index.ts';
import { definitionDigests } from '#lib/manifest/definition-digests.ts';
import { feed, isAlive, NOTES, notesFeed, only, publish, tools } from './support/notes-feed.ts';
import {
  approved,
  call,
  eventually,
  fixtureCommand,
  liveDefinitions,
  liveTools,
  openSession,
  refusal,
  SERVER,
} from './support/session.ts';

notesFeed();

const BUSY = fixtureCommand('busy');
let busyTools: FeedTool[];
let digests: Required<NonNullable<FeedServerVersion['digests']>>;
beforeAll(async () => {
  busyTools = await liveTools(BUSY);
  const found = definitionDigests(await liveDefinitions(BUSY));
  digests = {
    prompts: found.promptsDigest!,
    resources: found.resourcesDigest!,
    resourceTemplates: found.resourceTemplatesDigest!,
    instructions: found.instructionsDigest!,
  };
});

const publishBusy = (overrides: Partial<FeedServerVersion> = {}, content = {}) =>
  feed.publish({ servers: [{ name: SERVER, versions: [approved(BUSY, busyTools, overrides)] }], ...content });

/** A client that can show forms; `answer` is what the person does. */
const withPerson = (answer: () => object | Promise<object>, asked: string[] = []) => ({
  capabilities: { elicitation: {} },
  onConnect: (client: Parameters<NonNullable<Parameters<typeof openSession>[0]['onConnect']>>[0]) =>
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      asked.push(params.message);
      return (await answer()) as never;
    }),
});

describe('a tool that a person has to agree to', () => {
  const askFor = (conditions?: string) =>
    feed.publish({
      servers: [
        {
          name: SERVER,
          versions: [
            approved(NOTES, [{ ...only('add_note')[0]!, ask: true }, ...only('list_notes')], {
              ...(conditions ? { conditions } : {}),
            }),
          ],
        },
      ],
    });

  test('is called once they do; the question names organization, tool, arguments and condition', async () => {
    await askFor('Only in the sandbox.');
    const asked: string[] = [];
    const { client, audit } = await openSession({
      feed,
      ...withPerson(() => ({ action: 'accept', content: { allow: true } }), asked),
    });
    expect(await call(client, 'add_note', { note: 'milk' })).toBe('1 notes');
    expect(asked).toEqual([
      'acme wants a person to agree to each call of the tool "add_note" of com.example/notes 1.0.0.\nArguments: {"note":"milk"}\nCondition of the approval: Only in the sandbox.',
    ]);
    expect(audit).toContainEqual(expect.objectContaining({ event: 'ask', tool: 'add_note' }));
    expect(await call(client, 'list_notes')).toBe('milk');
    expect(asked).toHaveLength(1);
  });

  test('shows what cannot be seen, and says that there is more than it shows', async () => {
    await askFor();
    const asked: string[] = [];
    const { client } = await openSession({
      feed,
      ...withPerson(() => ({ action: 'decline' }), asked),
    });
    const note = `to bob\u202e\u200b\u{e0041}${'x'.repeat(2000)} and to eve`;
    await expect(call(client, 'add_note', { note })).rejects.toMatchObject(refusal('ASK_DECLINED'));
    expect(asked[0]).toContain('Arguments, the first 1500 of 2032 characters, the rest is not shown: {"note":"to bob');
    expect(asked[0]).toContain('to bob\\u202e\\u200b\\udb40\\udc41xxx');
    expect(asked[0]).not.toMatch(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/u);
  });

  test.each([
    ['they decline', () => ({ action: 'decline' }), 'ASK_DECLINED'],
    ['they cancel', () => ({ action: 'cancel' }), 'ASK_DECLINED'],
    ['they accept without agreeing', () => ({ action: 'accept', content: { allow: false } }), 'ASK_DECLINED'],
    ['the answer is no answer', () => ({ action: 'accept', content: { allow: 'true' } }), 'ASK_DECLINED'],
    ['they do not answer', () => new Promise<object>(() => {}), 'ASK_TIMEOUT'],
  ])('is not called when %s', async (_name, answer, code) => {
    await askFor();
    const { client } = await openSession({ feed, rules: { askTimeoutMs: 300 }, ...withPerson(answer) });
    await expect(call(client, 'add_note', { note: 'milk' })).rejects.toMatchObject(refusal(code));
    expect(await call(client, 'list_notes')).toBe('');
  });

  test('is not called where the client cannot ask', async () => {
    await askFor();
    const { client } = await openSession({ feed });
    await expect(call(client, 'add_note', { note: 'milk' })).rejects.toMatchObject(refusal('ASK_UNSUPPORTED'));
  });

  test('is not called when it is revoked while they think', async () => {
    await askFor();
    let agree: (answer: object) => void = () => {};
    const asked: string[] = [];
    const session = await openSession({
      feed,
      refreshSeconds: 0.05,
      ...withPerson(
        () =>
          new Promise((resolve) => {
            agree = resolve;
          }),
        asked,
      ),
    });
    const calling = expect(call(session.client, 'add_note', { note: 'milk' })).rejects.toMatchObject(
      refusal('SERVER_REVOKED'),
    );
    await eventually(() => asked.length === 1);
    await publish(tools, { revocations: [{ name: SERVER, reason: 'bad', at: 'now' }] });
    await calling;
    agree({ action: 'accept', content: { allow: true } });
  });
});

describe('prompts, resources and instructions', () => {
  test('are those that were approved: listed and read', async () => {
    await publishBusy({ digests });
    const { client } = await openSession({ feed });
    expect(client.getInstructions()).toBe('Be brief.');
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['hello']);
    expect((await client.getPrompt({ name: 'hello' })).messages).toHaveLength(1);
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(['busy://one']);
    expect((await client.readResource({ uri: 'busy://one' })).contents).toHaveLength(1);
    expect((await client.readResource({ uri: 'busy://items/7' })).contents).toHaveLength(1);
    await expect(client.readResource({ uri: 'other://one' })).rejects.toMatchObject(refusal('RESOURCE_NOT_LISTED'));
    await expect(client.readResource({ uri: 'busy://items/../one' })).rejects.toMatchObject(
      refusal('RESOURCE_NOT_LISTED'),
    );
    await expect(client.subscribeResource({ uri: 'other://one' })).rejects.toMatchObject(
      refusal('RESOURCE_NOT_LISTED'),
    );
    await expect(client.getPrompt({ name: 'evil' })).rejects.toMatchObject(refusal('PROMPT_NOT_LISTED'));
  });

  test('are refused once they changed, also in silence', async () => {
    await publishBusy({ digests });
    const { client, audit } = await openSession({ feed });
    await call(client, 'add_prompt');
    expect((await client.listPrompts()).prompts).toEqual([]);
    await expect(client.getPrompt({ name: 'evil' })).rejects.toMatchObject(refusal('DEFINITIONS_DRIFTED'));
    await expect(client.getPrompt({ name: 'hello' })).rejects.toMatchObject(refusal('DEFINITIONS_DRIFTED'));
    await expect(
      client.complete({ ref: { type: 'ref/prompt', name: 'evil' }, argument: { name: 'a', value: 'b' } }),
    ).rejects.toMatchObject(refusal('DEFINITIONS_DRIFTED'));
    expect(audit).toContainEqual(expect.objectContaining({ method: 'prompts/list', code: 'DEFINITIONS_DRIFTED' }));
  });

  test('that nobody saw are refused; instructions are taken out', async () => {
    await publishBusy({ digests: { prompts: digests.prompts } });
    const { client, audit } = await openSession({ feed });
    expect(client.getInstructions()).toBeUndefined();
    expect((await client.listPrompts()).prompts).toHaveLength(1);
    expect((await client.listResources()).resources).toEqual([]);
    await expect(client.readResource({ uri: 'busy://one' })).rejects.toMatchObject(refusal('DEFINITIONS_UNSEEN'));
    expect(audit).toContainEqual(expect.objectContaining({ method: 'initialize', code: 'DEFINITIONS_UNSEEN' }));
  });

  test('of a list without such digests pass, unless the operator says no', async () => {
    await publishBusy();
    const open = await openSession({ feed });
    expect((await open.client.readResource({ uri: 'file:///etc/passwd' })).contents).toHaveLength(1);
    const strict = await openSession({ feed, rules: { unseenDefinitions: 'deny' } });
    await expect(strict.client.readResource({ uri: 'file:///etc/passwd' })).rejects.toMatchObject(
      refusal('DEFINITIONS_UNSEEN'),
    );
  });

  test.each([
    ['busy://items/{id}', 'busy://items/7', true],
    ['busy://items/{id}', 'busy://items/a/b', false],
    ['busy://items/{id}', 'busy://items/7?x=1', false],
    ['busy://items/{id}', 'xbusy://items/7', false],
    ['file:///{+path}', 'file:///a/b', true],
    ['a{b}{c}d', 'axyzd', true],
    ['a{?q*}', 'a?q=1', true],
    ['plain', 'plain', true],
    ['plain', 'plainer', false],
    ['{a}'.repeat(60), 'x'.repeat(8000), true],
    [`${'{a}'.repeat(60)}/`, 'x'.repeat(8000), false],
    ['{a}', 'x'.repeat(9000), false],
  ])('the template %s', (template, uri, expected) => expect(matchesTemplate(template, uri)).toBe(expected));
});

describe('what a server asks of the client', () => {
  test('is refused unless configured, and the server hears of no such ability', async () => {
    await publishBusy();
    const asked: string[] = [];
    const { client, audit } = await openSession({
      feed,
      ...withPerson(() => ({ action: 'accept', content: { password: 'x' } }), asked),
    });
    expect(JSON.stringify(await client.callTool({ name: 'elicit' }))).toContain('does not support');
    expect(asked).toEqual([]);
    const allowed = await openSession({
      feed,
      rules: { serverRequests: new Set(['elicitation']) },
      ...withPerson(() => ({ action: 'accept', content: { password: 'x' } }), asked),
    });
    expect(await call(allowed.client, 'elicit')).toContain('"password":"x"');
    expect(audit.filter(({ event }) => event === 'ask')).toEqual([]);
  });

  test('is refused although the server asks without being offered it', async () => {
    await feed.publish({ servers: [{ name: SERVER, versions: [approved(fixtureCommand('asks'), [])] }] });
    let sampled = 0;
    const { audit } = await openSession({
      feed,
      capabilities: { sampling: {} },
      onConnect: (client) =>
        client.setRequestHandler(CreateMessageRequestSchema, () => {
          sampled += 1;
          return { model: 'm', role: 'assistant', content: { type: 'text', text: 'yes' } };
        }),
    });
    // The server writes on stderr what it was answered.
    const line = await eventually(() =>
      audit.find(({ event, text }) => event === 'upstream-stderr' && text?.includes('-32601')),
    );
    expect(line.text).toContain('SERVER_REQUEST_DENIED');
    expect(sampled).toBe(0);
    expect(audit).toContainEqual(
      expect.objectContaining({ code: 'SERVER_REQUEST_DENIED', method: 'sampling/createMessage' }),
    );
    expect(audit).toContainEqual(
      expect.objectContaining({ code: 'SERVER_REQUEST_DENIED', method: 'hallmark/anything' }),
    );
  });
});

describe("a server's words", () => {
  test('cannot pass for the gateway: an error is quoted, with all of it as data', async () => {
    const command = fixtureCommand('busy', 'rpc-error');
    await feed.publish({ servers: [{ name: SERVER, versions: [approved(command, busyTools)] }] });
    const { client } = await openSession({ feed });
    await expect(call(client, 'echo', { say: 'x' })).rejects.toMatchObject({
      code: -32603,
      data: {
        hallmark: { code: 'UPSTREAM_FAILED' },
        upstream: { code: -32001, data: { hallmark: { code: 'ALLOWED' } } },
      },
    });
    const error = await call(client, 'echo', { say: 'x' }).catch((thrown: Error) => thrown);
    expect((error as Error).message).toContain('com.example/notes answered with an error: "');
    expect((error as Error).message).not.toContain('\u001b');
  });

  test('in a flood reach the client merged and thinned out', async () => {
    await publishBusy();
    const { client, audit } = await openSession({ feed });
    let [changes, logs] = [0, 0];
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      changes += 1;
    });
    client.setNotificationHandler(LoggingMessageNotificationSchema, () => {
      logs += 1;
    });
    expect(await call(client, 'flood')).toBe('flooded');
    expect(changes).toBeGreaterThan(0);
    expect(changes).toBeLessThan(20);
    expect(logs).toBeGreaterThan(0);
    expect(logs).toBeLessThan(1500);
    expect(audit).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('notification was dropped') }),
    );
  });

  test('in one message larger than the limit end the session', async () => {
    await publishBusy();
    const { client, ended } = await openSession({ feed });
    await expect(call(client, 'giant')).rejects.toMatchObject(refusal('UPSTREAM_ENDED'));
    expect(await ended).toMatchObject({ exitCode: 5 });
  });

  test('that come too late are not delivered, structured content included', async () => {
    await publishBusy();
    const { client, audit } = await openSession({ feed, refreshSeconds: 0.05 });
    const seen: unknown[] = [];
    const calling = client.callTool({ name: 'structured_late' }).then(
      (result) => seen.push(result),
      (error) => error,
    );
    await eventually(() => audit.find(({ event, tool }) => event === 'call' && tool === 'structured_late'));
    await feed.publish({
      servers: [
        {
          name: SERVER,
          versions: [
            approved(
              BUSY,
              busyTools.filter(({ name }) => name !== 'structured_late'),
            ),
          ],
        },
      ],
    });
    expect(await calling).toMatchObject(refusal('TOOL_NOT_ALLOWED'));
    await eventually(() => audit.find(({ message }) => message?.includes('nobody waits for')));
    expect(seen).toEqual([]);
    expect(JSON.stringify(audit)).not.toContain('s3cret');
  });
});

describe('a server that is slow', () => {
  test('is not waited for longer than configured', async () => {
    await publishBusy();
    const { client, audit } = await openSession({ feed, rules: { callTimeoutMs: 300 } });
    await expect(call(client, 'wait')).rejects.toMatchObject(refusal('UPSTREAM_TIMEOUT'));
    expect(audit).toContainEqual(expect.objectContaining({ event: 'call', code: 'UPSTREAM_TIMEOUT', tool: 'wait' }));
    expect(await call(client, 'echo', { say: 'still here' })).toBe('still here');
  });
});

describe('a running session', () => {
  test('ends when its approval does', async () => {
    let offset = 0;
    const now = () => new Date(Date.now() + offset);
    await publishBusy({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
    const { client } = await openSession({ feed, now });
    const { pid } = JSON.parse(await call(client, 'whoami'));
    offset = 61_000;
    await expect(call(client, 'echo', { say: 'x' })).rejects.toMatchObject(refusal('ENTRY_EXPIRED'));
    await eventually(() => !isAlive(pid));
  });

  test('of a team loses what the team loses', async () => {
    const team = (allowed: string[]) => ({
      teams: [{ name: 'web', readOnly: false, servers: [{ name: SERVER, tools: allowed }] }],
    });
    await publish(tools, team(['add_note', 'list_notes']));
    const scope = { environment: null, team: 'web', group: null, readOnly: false };
    const { client } = await openSession({ feed, scope, refreshSeconds: 0.05 });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add_note', 'list_notes']);
    await expect(call(client, 'whoami')).rejects.toMatchObject(refusal('TEAM_DENIED'));
    await publish(tools, team(['list_notes']));
    await eventually(async () => (await client.listTools()).tools.length === 1);
    await expect(call(client, 'add_note', { note: 'x' })).rejects.toMatchObject(refusal('TEAM_DENIED'));
  });

  test('in a dry run passes what would be refused, and the log says so', async () => {
    await publish(only('add_note'));
    const { client, audit } = await openSession({ feed, rules: { isDryRun: true }, refreshSeconds: 0.05 });
    expect((await client.listTools()).tools).toHaveLength(tools.length);
    expect(await call(client, 'delete_all')).toBe('deleted');
    expect(audit).toContainEqual(
      expect.objectContaining({ event: 'call', decision: 'would-deny', code: 'TOOL_NOT_ALLOWED', tool: 'delete_all' }),
    );
    await publish(tools, { revocations: [{ name: SERVER, reason: 'bad', at: 'now' }] });
    const refused = () =>
      call(client, 'delete_all').then(
        () => null,
        (error) => error,
      );
    expect(await eventually(refused)).toMatchObject(refusal('SERVER_REVOKED'));
  });
});

describe('the log of calls', () => {
  test.each([
    ['none', undefined],
    ['hash', expect.stringMatching(/^[0-9a-f]{64}$/)],
    ['full', { note: 'milk' }],
  ] as const)('keeps arguments: %s', async (auditArguments, expected) => {
    await publish(only('add_note'));
    const { client, audit } = await openSession({ feed, rules: { ...DEFAULT_RULES, auditArguments } });
    await call(client, 'add_note', { note: 'milk' });
    const line = audit.find(({ event }) => event === 'call');
    expect(line?.arguments).toEqual(expected);
    expect(line).toMatchObject({ requestId: expect.anything(), serial: 1, server: SERVER, version: '1.0.0' });
  });
});
