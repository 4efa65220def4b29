import { beforeAll, describe, expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import type { FeedTrust } from '#lib/feed/documents.ts';
import type { Definitions } from '#lib/manifest/types.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { endLockdown, startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { reinstateEntry } from '#lib/orgs/allowlist/reinstate-entry.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { suspendEntry } from '#lib/orgs/allowlist/suspend-entry.ts';
import { type ServerFeed, serve, serverFeed } from '#tests/feed/support/server-feed.ts';
import { publishTestVersion, testInstance } from '../instance.ts';
import { connectHttp, openHttpGateway, plan } from './support/http-gateway.ts';
import { call, eventually, fixtureCommand, liveDefinitions, refusal } from './support/session.ts';

/** The registry itself, with its database, event stream and acknowledgements, and a gateway that watches it. */
testInstance();

const NOTES = fixtureCommand('busy');
let definitions: Definitions;
let made = 0;
beforeAll(async () => {
  definitions = await liveDefinitions(NOTES);
});

/** An organization that approved a server, whose scan saw what the running one says. */
async function approvedServer(): Promise<{ feed: ServerFeed; server: string; trust: FeedTrust; token: string }> {
  await serve();
  const feed = await serverFeed();
  made += 1;
  const server = `com.watch/notes-${made}`;
  await publishTestVersion(server, '1.0.0', { tools: definitions });
  await approve(feed, server);
  return { feed, server, trust: await feed.trust(), token: await feed.token() };
}

const approve = (feed: ServerFeed, serverName: string) =>
  approveVersion({
    viewer: feed.owner,
    orgSlug: feed.slug,
    serverName,
    version: '1.0.0',
    toolPolicy: { default: 'allow', rules: {} },
    reason: 'wanted',
  });

async function open({ trust, token, server }: Awaited<ReturnType<typeof approvedServer>>, options = {}) {
  const plans = [plan('notes', server, { exec: NOTES })];
  const gateway = await openHttpGateway({ feed: { trust: () => trust } as never, plans, feedToken: token, ...options });
  const client = await connectHttp(gateway.url('/servers/notes/mcp'));
  return { ...gateway, client };
}

describe('a change in the console reaches the gateway', () => {
  test.each([
    ['by the event stream, long before it would poll', { hints: true, refreshSeconds: 3600 }],
    ['by polling alone', { hints: false, refreshSeconds: 0.2 }],
  ])('%s', async (_name, options) => {
    const approved = await approvedServer();
    const { feed, server } = approved;
    const { client, audit } = await open(approved, options);
    expect(await call(client, 'echo', { say: 'hi' })).toBe('hi');
    const waiting = expect(client.callTool({ name: 'wait' })).rejects.toMatchObject(refusal('VERSION_REVOKED'));
    await eventually(() => audit.find(({ tool, event }) => event === 'call' && tool === 'wait'));
    await revokeVersion({
      viewer: feed.owner,
      orgSlug: feed.slug,
      serverName: server,
      version: null,
      reason: 'it leaks',
    });
    await waiting;
    await expect(call(client, 'echo', { say: 'hi' })).rejects.toMatchObject(refusal('VERSION_REVOKED'));
  });

  test('suspension after drift stops the running session; once reinstated, a new one starts', async () => {
    const approved = await approvedServer();
    const { feed, server } = approved;
    const { client, url } = await open(approved, { hints: true });
    const target = { viewer: feed.owner, orgSlug: feed.slug, serverName: server, version: '1.0.0' };
    await suspendEntry({ ...target, reason: 'its tools changed' });
    const refused = () =>
      call(client, 'echo', { say: 'hi' }).then(
        () => null,
        (error) => error,
      );
    expect(await eventually(refused)).toMatchObject(refusal('VERSION_REVOKED'));
    await reinstateEntry({ ...target, reason: 'reviewed' });
    const again = await eventually(() => connectHttp(url('/servers/notes/mcp')).catch(() => null));
    expect(await call(again, 'echo', { say: 'hi' })).toBe('hi');
  });

  test('lockdown and its end', async () => {
    const approved = await approvedServer();
    const { feed } = approved;
    const { client, url } = await open(approved, { hints: true });
    await startLockdown({ viewer: feed.owner, orgSlug: feed.slug, reason: 'drill' });
    const refused = () =>
      call(client, 'echo', { say: 'hi' }).then(
        () => null,
        (error) => error,
      );
    expect(await eventually(refused)).toMatchObject(refusal('LOCKDOWN'));
    await endLockdown({ viewer: feed.owner, orgSlug: feed.slug, reason: 'over' });
    await eventually(() => connectHttp(url('/servers/notes/mcp')).catch(() => null));
  });
});

test('prompts and resources that the scan saw are those that are served', async () => {
  const { client } = await open(await approvedServer());
  expect((await client.readResource({ uri: 'busy://one' })).contents).toHaveLength(1);
  await call(client, 'add_prompt');
  expect((await client.listPrompts()).prompts).toEqual([]);
});

describe('acknowledgements', () => {
  const row = (orgId: string) => db().feedGateway.findFirst({ where: { orgId } });

  test('say which serial is applied, for whom, again after each new one', async () => {
    const approved = await approvedServer();
    const { feed } = approved;
    const scope = { environment: 'production', team: null, group: null, readOnly: false };
    const { gateway } = await open(approved, { scope });
    const first = await eventually(() => row(feed.orgId));
    expect(first).toMatchObject({ serial: gateway.context.watch.current!.head.serial });
    expect(JSON.stringify(first)).toContain('production');
    const serial = await feed.publish();
    await gateway.context.watch.refresh();
    await eventually(async () => (await row(feed.orgId))?.serial === serial);
    expect(await db().feedGateway.count({ where: { orgId: feed.orgId } })).toBe(1);
  });

  test('name the problem when a newer list cannot be applied', async () => {
    const approved = await approvedServer();
    const { feed } = approved;
    let isTampered = false;
    const tampering: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!isTampered || !String(input).endsWith('/head')) return response;
      const text = await response.text();
      return new Response(text.replace(/"sig":"[^"]{4}/, '"sig":"AAAA'), response);
    };
    const { gateway } = await open(approved, { fetch: tampering });
    const before = gateway.context.watch.current!.head.serial;
    await eventually(() => row(feed.orgId));
    isTampered = true;
    await feed.publish();
    expect(await gateway.context.watch.refresh()).toMatchObject({ code: 'FEED_SIGNATURE' });
    const told = await eventually(async () => {
      const found = await row(feed.orgId);
      return JSON.stringify(found).includes('FEED_SIGNATURE') && found;
    });
    expect(told.serial).toBe(before);
  });

  test('that fail do not stop the gateway', async () => {
    const approved = await approvedServer();
    const { client, audit } = await open({ ...approved, token: 'hm_gw_nobody-knows-this-token' });
    expect(await call(client, 'echo', { say: 'hi' })).toBe('hi');
    await eventually(() => audit.find(({ event, code }) => event === 'feed' && code === 'FEED_UNREACHABLE'));
  });
});
