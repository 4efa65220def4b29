import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import type { FeedTool } from '#lib/feed/documents.ts';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import { tempDir } from '#tests/feed/support/temp-dir.ts';
import { connectHttp, INITIALIZE, post } from './support/http-gateway.ts';
import { feed, NOTES, notesFeed, only } from './support/notes-feed.ts';
import { approved, call, eventually, fixtureCommand, liveTools, SERVER } from './support/session.ts';

notesFeed();

const RUN = path.join(import.meta.dirname, 'support', 'run-cli.ts');
/** Each command is a process of its own, and some tests need six. */
const LONG = 180_000;
const BUSY = fixtureCommand('busy');
let busyTools: FeedTool[];
let dir: string;
beforeAll(async () => {
  busyTools = await liveTools(BUSY);
});
beforeEach(async () => {
  dir = await tempDir();
  await feed.publish({
    servers: [
      { name: SERVER, versions: [approved(NOTES, only('add_note', 'list_notes'))] },
      {
        name: 'com.example/busy',
        versions: [approved(BUSY, [{ ...busyTools[0]!, ask: true }, ...busyTools.slice(1)])],
      },
    ],
  });
  await writeFile(path.join(dir, 'feed-trust.json'), JSON.stringify(feed.trust()));
});

const servers = { notes: { name: SERVER }, busy: { name: 'com.example/busy' } };
async function config(value: object = {}): Promise<string> {
  const file = path.join(dir, 'gateway.yaml');
  await writeFile(file, stringify({ trust: 'feed-trust.json', state: 'state', hints: false, servers, ...value }));
  return file;
}

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [RUN, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

async function stdio(...args: string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const command = { command: process.execPath, args: [RUN, 'gateway', ...args], cwd: dir, stderr: 'ignore' as const };
  await client.connect(new StdioClientTransport(command));
  onTestFinished(() => client.close());
  return client;
}

describe('hallmark gateway --config', { timeout: LONG }, () => {
  test('serves several servers over stdio, and logs to a file', async () => {
    const client = await stdio('--config', await config({ audit: { file: 'audit.jsonl', arguments: 'hash' } }));
    expect(await call(client, 'notes__add_note', { note: 'milk' })).toBe('1 notes');
    expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('notes__delete_all');
    const log = await readFile(path.join(dir, 'audit.jsonl'), 'utf8');
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({
        event: 'call',
        tool: 'add_note',
        server: SERVER,
        arguments: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    );
    expect(log).not.toContain('milk');
  });

  test('serves one of them by itself', async () => {
    const client = await stdio('--config', await config(), '--', 'notes');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add_note', 'list_notes']);
  });

  test('serves over HTTP with tokens, until it is told to stop', async () => {
    const token = 'a-client-token-0000001';
    const clients = [{ name: 'ci', token_sha256: sha256Hex(Buffer.from(token)) }];
    const file = await config({ listen: { port: 0 }, clients });
    const child = spawn(process.execPath, [RUN, 'gateway', '--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const url = await eventually(() => /(http:\/\/127\.0\.0\.1:\d+\/mcp),/.exec(err)?.[1]);
    expect((await post(new URL(url), INITIALIZE)).status).toBe(401);
    const client = await connectHttp(new URL(url), { headers: { authorization: `Bearer ${token}` } });
    expect(await call(client, 'busy__echo', { say: 'hi' })).toBe('hi');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(err).not.toContain(token);
  });

  test.each([
    ['a configuration that is not there', ['--config', 'none.yaml'], 'cannot be read'],
    ['a fault in it', ['--config', 'gateway.yaml'], 'serverz'],
    ['a server that it does not have', ['--config', 'good.yaml', '--', 'other'], 'has no server other'],
    ['a listener for everybody', ['--config', 'good.yaml', '--listen', '0.0.0.0:0'], 'listen.host'],
    ['a listener that is none', ['--config', 'good.yaml', '--listen', 'here'], '--listen here'],
    ['neither configuration nor server', ['--trust', 'feed-trust.json'], 'Name a server'],
    [
      'an audit file that cannot be',
      ['--config', 'good.yaml', '--audit-file', 'no/such/dir/audit'],
      'cannot be written',
    ],
  ])('ends with 2 for %s', async (_name, args, message) => {
    await writeFile(path.join(dir, 'good.yaml'), await readFile(await config()));
    await config({ serverz: {} });
    const { code, err } = await run('gateway', ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('hallmark gateway check', { timeout: LONG }, () => {
  test('says what would be served, and ends with 0', async () => {
    const { code, out } = await run('gateway', 'check', '--config', await config());
    expect(out).toContain(`notes: ${SERVER} 1.0.0 would be served by ${process.execPath} `);
    expect(out).toContain('  notes__add_note\n');
    expect(out).toContain(' (asks a person)\n');
    expect(code).toBe(0);
  });

  test('ends with 4 when something is refused', async () => {
    const file = await config({ servers: { ...servers, gone: { name: 'com.example/gone' } }, read_only: true });
    const { code, out } = await run('gateway', 'check', '--config', file, '--json');
    expect(code).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      serial: 1,
      servers: [
        { alias: 'notes', allowed: true, tools: [], refused: [{ code: 'READ_ONLY' }, { code: 'READ_ONLY' }] },
        { alias: 'busy', allowed: true },
        { alias: 'gone', allowed: false, code: 'SERVER_UNKNOWN' },
      ],
    });
  });

  test('ends with 3 when the feed cannot be reached and none was accepted', async () => {
    feed.outage = 503;
    expect(await run('gateway', 'check', '--config', await config())).toMatchObject({ code: 3, out: '' });
  });
});

describe('hallmark feed sync', { timeout: LONG }, () => {
  const COMMAND = ['npx', '-y', 'notes@1.0.0'];
  const publishNotes = (content = {}) =>
    feed.publish({ servers: [{ name: SERVER, versions: [approved(COMMAND, only('add_note'))] }], ...content });
  beforeEach(() => publishNotes());
  const out = () => path.join(dir, '.vscode', 'mcp.json');
  const sync = (...args: string[]) =>
    run(
      'feed',
      'sync',
      '--trust',
      'feed-trust.json',
      '--state',
      'state',
      '--client',
      'vscode',
      '--out',
      '.vscode/mcp.json',
      ...args,
    );
  const read = async () => JSON.parse(await readFile(out(), 'utf8'));

  test("writes the client's file, and touches it again only when the feed changes it", async () => {
    expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('was written') });
    expect(JSON.stringify(await read())).toContain('notes@1.0.0');
    const { mtimeMs } = await stat(out());
    expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('is up to date') });
    expect((await stat(out())).mtimeMs).toBe(mtimeMs);
    await feed.publish({ servers: [] });
    expect(await sync('--check')).toMatchObject({ code: 4, out: expect.stringContaining('is not what the feed says') });
    expect(JSON.stringify(await read())).toContain('notes@1.0.0');
    expect(await sync('--json')).toMatchObject({ code: 0 });
    expect(JSON.stringify(await read())).not.toContain('notes@1.0.0');
  });

  test('keeps the last good file when the feed does not verify', async () => {
    await sync();
    const before = await readFile(out());
    feed.tamper('head', '"sig":"', '"sig":"AAAA');
    expect(await sync()).toMatchObject({ code: 1, err: expect.stringContaining('(FEED_SIGNATURE)') });
    expect(await sync('--fail-closed')).toMatchObject({ code: 1 });
    expect(await readFile(out())).toEqual(before);
  });

  test('writes nothing at first when the feed cannot be reached', async () => {
    feed.outage = 503;
    expect(await sync()).toMatchObject({ code: 3 });
    expect(existsSync(out())).toBe(false);
  });

  test('with --fail-closed writes the form that allows nothing once the feed is too old, or was never seen', async () => {
    feed.outage = 503;
    expect(await sync('--fail-closed')).toMatchObject({ code: 3, err: expect.stringContaining('now allows nothing') });
    const nothing = await readFile(out(), 'utf8');
    expect(nothing).not.toContain(SERVER);
    feed.outage = null;
    await publishNotes({ onStale: 'deny' });
    expect(await sync('--fail-closed')).toMatchObject({ code: 0 });
    expect(await readFile(out(), 'utf8')).not.toBe(nothing);
    feed.outage = 503;
    // The head is still within its lease.
    expect(await sync('--fail-closed')).toMatchObject({ code: 3, err: expect.stringContaining('stays as it is') });
  });

  test('refuses a team that the list does not have', async () => {
    await sync();
    expect(await sync('--team', 'web')).toMatchObject({ code: 1, err: expect.stringContaining('NOT_FOUND') });
    expect(JSON.stringify(await read())).toContain('notes@1.0.0');
    expect(await sync('--team', 'web', '--fail-closed')).toMatchObject({ code: 1 });
    expect(JSON.stringify(await read())).not.toContain('notes@1.0.0');
  });

  test.each([
    ['a client that there is not', ['--client', 'emacs']],
    ['a decision that is none', ['--ask-as', 'maybe']],
    ['a place that cannot be written', ['--out', 'feed-trust.json/x']],
  ])('ends with 2 for %s', async (_name, args) => {
    expect(await sync(...args)).toMatchObject({ code: 2 });
  });
});
