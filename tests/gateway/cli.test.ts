import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tempDir } from '#tests/feed/support/temp-dir.ts';
import { TestFeed } from '#tests/feed/support/test-feed.ts';
import { approved, call, eventually, fixtureCommand, liveTools, refusal, SERVER } from './support/session.ts';

const NOTES = fixtureCommand('notes');
const RUN = path.join(import.meta.dirname, 'support', 'run-cli.ts');

let feed: TestFeed;
let dir: string;
let trustFile: string;
beforeEach(async () => {
  feed = await new TestFeed().start();
  dir = await tempDir();
  trustFile = path.join(dir, 'feed-trust.json');
  await feed.publish({ servers: [{ name: SERVER, versions: [approved(NOTES, await liveTools(NOTES))] }] });
  await writeFile(trustFile, JSON.stringify(feed.trust()));
});
afterEach(() => feed.stop());

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [RUN, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

describe('hallmark feed pull', () => {
  const pull = (...args: string[]) =>
    run('feed', 'pull', '--trust', trustFile, '--state', path.join(dir, 'state'), ...args);

  test('writes the signed documents and says what it checked', async () => {
    const { code, out, err } = await pull('--out-revocations', 'revocations.json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Serial 1, epoch 1, new since the last time; 1 server, 0 revoked');
    expect(await readFile(path.join(dir, 'allowlist.json'))).toEqual(feed.last?.allowlistBytes);
    expect(await readFile(path.join(dir, 'revocations.json'))).toEqual(feed.last?.revocationsBytes);
    expect(JSON.parse((await pull('--json')).out)).toMatchObject({
      ok: true,
      serial: 1,
      changed: false,
      servers: 1,
      warnings: [],
    });
  });

  test('ends with 1 when the feed does not verify, and writes nothing', async () => {
    feed.tamper('head', '"sig":"', '"sig":"AAAA');
    const { code, err } = await pull();
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('(FEED_SIGNATURE)') });
    expect(existsSync(path.join(dir, 'allowlist.json'))).toBe(false);
    expect(JSON.parse((await pull('--json')).out)).toMatchObject({ ok: false, code: 'FEED_SIGNATURE' });
  });

  test('ends with 3 when the feed cannot be reached', async () => {
    feed.outage = 503;
    expect(await pull()).toMatchObject({ code: 3, err: expect.stringContaining('answered 503') });
  });

  test.each([
    ['a trust file that is not there', ['--trust', 'none.json']],
    ['an option that does not exist', ['--trust', 'feed-trust.json', '--insecure']],
    ['no trust file', []],
  ])('ends with 2 for %s', async (_name, args) => {
    expect(await run('feed', 'pull', ...args)).toMatchObject({ code: 2, out: '' });
  });
});

describe('hallmark gateway', () => {
  const flags = () => ['gateway', '--trust', trustFile, '--state', path.join(dir, 'state'), '--refresh', '1'];

  async function connect(...args: string[]): Promise<Client> {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [RUN, ...flags(), ...args],
        env: { HALLMARK_TEST_TOKEN: 'x', HALLMARK_TEST_OTHER: 'y' },
        stderr: 'ignore',
      }),
    );
    return client;
  }

  test('serves one server with arguments and named variables, until it is revoked', async () => {
    const client = await connect('--arg', '--root', '--arg', '/srv', '--env', 'HALLMARK_TEST_TOKEN', '--', SERVER);
    const { args, env } = JSON.parse(await call(client, 'whoami'));
    expect(args).toEqual(['--root', '/srv']);
    expect(env.filter((name: string) => name.startsWith('HALLMARK'))).toEqual(['HALLMARK_TEST_TOKEN']);
    await feed.publish({ revocations: [{ name: SERVER, reason: 'it leaks', at: '2026-11-20' }] });
    const refused = () =>
      call(client, 'list_notes').then(
        () => null,
        (error) => error,
      );
    expect(await eventually(refused)).toMatchObject(refusal('SERVER_REVOKED'));
    await client.close();
  });

  test('takes a version and a command of the operator', async () => {
    const client = await connect('--', `${SERVER}@1.0.0`, '--exec', ...NOTES, '--own');
    expect(JSON.parse(await call(client, 'whoami')).args).toEqual(['--own']);
    await client.close();
  });

  test('ends with 4 and says why when the feed does not allow the server', async () => {
    const { code, out, err } = await run(...flags(), '--', 'com.example/other');
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('hallmark gateway: com.example/other is not on the allowlist of acme.');
  });

  test.each([
    ['a variable that is not set', ['--env', 'HALLMARK_NOT_SET', '--', SERVER]],
    ['words after the name', ['--', SERVER, 'node', 'x.js']],
    ['--exec without a command', ['--', SERVER, '--exec']],
    ['an interval that is none', ['--refresh', 'often', '--', SERVER]],
    ['no server', []],
  ])('ends with 2 for %s', async (_name, args) => {
    expect(await run(...flags(), ...args)).toMatchObject({ code: 2, out: '' });
  });
});
