import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionRules } from '#lib/gateway/index.ts';
import { toolDigest } from '#lib/manifest/definition-digests.ts';
import { TestFeed } from '#tests/feed/support/test-feed.ts';
import { approved, call, eventually, fixtureCommand, openSession, refusal, SERVER } from './support/session.ts';

const tool = { name: 'add_note', description: 'Adds a note.', inputSchema: { type: 'object' } };
const allowed = [{ name: tool.name, digest: toolDigest(tool) }];

let feed: TestFeed;
beforeEach(async () => {
  feed = await new TestFeed().start();
});
afterEach(() => feed.stop());

async function open(mode: string, options: { rules?: Partial<SessionRules> } = {}) {
  const command = fixtureCommand('hostile', mode);
  await feed.publish({ servers: [{ name: SERVER, versions: [approved(command, allowed)] }] });
  return openSession({ feed, ...options });
}

test('a server that never lists its tools gets no calls', async () => {
  const { client, audit } = await open('hang', { rules: { listTimeoutMs: 50 } });
  await expect(client.listTools()).rejects.toMatchObject(refusal('UPSTREAM_TIMEOUT'));
  await expect(call(client, 'add_note')).rejects.toMatchObject(refusal('UPSTREAM_TIMEOUT'));
  expect(audit.filter(({ code }) => code === 'UPSTREAM_TIMEOUT')).toHaveLength(2);
});

test('lines that are no messages are dropped and logged; the session goes on', async () => {
  const { client, audit } = await open('garbage');
  expect((await client.listTools()).tools).toEqual([tool]);
  expect(await call(client, 'add_note')).toBe('did tools/call');
  const dropped = audit.filter(({ code }) => code === 'UPSTREAM_MALFORMED');
  expect(dropped.length).toBeGreaterThanOrEqual(5);
});

test('answers to requests that the server never got do not reach the client', async () => {
  const { client, audit } = await open('forge');
  expect((await client.listTools()).tools).toEqual([tool]);
  expect((await client.listTools()).tools).toEqual([tool]);
  await eventually(() => audit.find(({ message }) => message?.includes('nobody waits for')));
});

test.each([
  ['nonsense', 'UPSTREAM_MALFORMED'],
  ['endless', 'UPSTREAM_MALFORMED'],
  ['restless', 'UPSTREAM_UNSTABLE'],
])('a server that answers tools/list with %s gets no calls', async (mode, code) => {
  const { client } = await open(mode);
  await expect(call(client, 'add_note')).rejects.toMatchObject(refusal(code));
  await expect(client.listTools()).rejects.toMatchObject(refusal(code));
});

describe('a server that writes without end', () => {
  test('is ended, and what was asked is refused', async () => {
    const { client, ended } = await open('flood');
    await expect(client.listTools()).resolves.toEqual({ tools: [] });
    expect(await ended).toMatchObject({ exitCode: 5 });
  });
});
