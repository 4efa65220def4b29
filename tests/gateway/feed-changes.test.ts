import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { feed, isAlive, notesFeed, only, publish, tools } from './support/notes-feed.ts';
import { call, eventually, openSession, refusal, SERVER } from './support/session.ts';

notesFeed();

const revoke = () =>
  publish(tools, { revocations: [{ name: SERVER, reason: 'it leaks', at: '2026-11-20T12:00:00Z' }] });

describe('a change of the feed reaches a running session', () => {
  test('revocation ends it: pending and further requests are refused, the list is empty, the server is gone', async () => {
    await publish(tools);
    const { client, audit } = await openSession({ feed, refreshSeconds: 0.05 });
    let changes = 0;
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      changes += 1;
    });
    const { pid } = JSON.parse(await call(client, 'whoami'));
    const pending = expect(client.callTool({ name: 'slow' })).rejects.toMatchObject({
      ...refusal('SERVER_REVOKED'),
      message: expect.stringContaining('acme revoked com.example/notes on 2026-11-20T12:00:00Z: it leaks'),
    });
    await revoke();
    await pending;
    expect((await client.listTools()).tools).toEqual([]);
    await expect(call(client, 'add_note', { note: 'x' })).rejects.toMatchObject(refusal('SERVER_REVOKED'));
    await expect(client.listResources()).rejects.toMatchObject(refusal('SERVER_REVOKED'));
    await client.ping();
    await eventually(() => !isAlive(pid));
    expect(changes).toBe(1);
    expect(audit).toContainEqual(
      expect.objectContaining({ event: 'session', decision: 'deny', code: 'SERVER_REVOKED' }),
    );
  });

  test.each([
    [
      'the version is revoked',
      'VERSION_REVOKED',
      { revocations: [{ name: SERVER, version: '1.0.0', reason: 'r', at: 'now' }] },
    ],
    ['the server leaves the list', 'SERVER_UNKNOWN', { servers: [] }],
    ['the organization locks down', 'LOCKDOWN', { mode: 'lockdown' as const }],
  ])('%s', async (_name, code, content) => {
    await publish(tools);
    const { client } = await openSession({ feed, refreshSeconds: 0.05 });
    const pending = expect(client.callTool({ name: 'slow' })).rejects.toMatchObject(refusal(code));
    await publish(tools, content);
    await pending;
  });

  test('a tool that is no longer allowed is refused, also while it runs; the session goes on', async () => {
    await publish(tools);
    const { client } = await openSession({ feed, refreshSeconds: 0.05 });
    const changed = new Promise<void>((resolve) =>
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve()),
    );
    const pending = expect(client.callTool({ name: 'slow' })).rejects.toMatchObject(refusal('TOOL_NOT_ALLOWED'));
    await publish(only('list_notes'));
    await pending;
    await changed;
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['list_notes']);
  });
});

describe('a feed that is not refreshed', () => {
  const HOUR = 3_600_000;
  const grace = { graceSeconds: 3600 };

  test('with deny, stops serving at its expiry and serves again once it is fresh', async () => {
    let offset = 0;
    await publish(tools, { onStale: 'deny', ...grace });
    const { client } = await openSession({ feed, refreshSeconds: 0.05, now: () => new Date(Date.now() + offset) });
    expect((await client.listTools()).tools).toHaveLength(tools.length);
    feed.outage = 503;
    offset = HOUR / 2;
    await expect(call(client, 'list_notes')).rejects.toMatchObject(refusal('FEED_STALE_DENIED'));
    expect((await client.listTools()).tools).toEqual([]);
    feed.outage = null;
    await feed.refresh(new Date(Date.now() + offset));
    await eventually(async () => (await client.listTools()).tools.length === tools.length);
  });

  test('with block_new, serves the running session until the grace time is over and refuses a new one', async () => {
    let offset = 0;
    const now = () => new Date(Date.now() + offset);
    await publish(tools, { onStale: 'block_new', ...grace });
    const { client, stateDir } = await openSession({ feed, now });
    feed.outage = 503;
    offset = HOUR / 2;
    expect((await client.listTools()).tools).toHaveLength(tools.length);
    await expect(openSession({ feed, now, stateDir })).rejects.toMatchObject(refusal('FEED_STALE_NEW_BLOCKED'));
    offset = 2 * HOUR;
    expect((await client.listTools()).tools).toEqual([]);
    await expect(call(client, 'list_notes')).rejects.toMatchObject(refusal('FEED_GRACE_OVER'));
  });

  test('with keep, serves also a new session from the state directory until the grace time is over', async () => {
    const now = () => new Date(Date.now() + HOUR / 2);
    await publish(tools, { onStale: 'keep', ...grace });
    const { client, stateDir } = await openSession({ feed });
    await client.close();
    feed.outage = 503;
    const later = await openSession({ feed, stateDir, now });
    expect((await later.client.listTools()).tools).toHaveLength(tools.length);
  });
});
