import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { FeedServerVersion, FeedTool } from '#lib/feed/documents.ts';
import { checkPackage } from '#lib/gateway/upstreams/check-package.ts';
import { type Caller, type ServerCredentials, sessionCredentials } from '#lib/gateway/upstreams/credentials.ts';
import { createOutbound } from '#lib/outbound/index.ts';
import { tempDir } from '#tests/feed/support/temp-dir.ts';
import { version } from '#tests/feed/support/test-feed.ts';
import { connectHttp, openHttpGateway, plan, startRemote } from './support/http-gateway.ts';
import { feed, notesFeed } from './support/notes-feed.ts';
import { approved, call, fixtureCommand, liveTools, openSession, refusal, SERVER } from './support/session.ts';

notesFeed();

const BUSY = fixtureCommand('busy');
let busyTools: FeedTool[];
beforeAll(async () => {
  busyTools = await liveTools(BUSY);
});

const publishRemote = (url: string, overrides: Partial<FeedServerVersion> = {}) =>
  feed.publish({
    servers: [
      {
        name: SERVER,
        versions: [version({ tools: { default: 'deny', allow: busyTools }, remotes: [url], ...overrides })],
      },
    ],
  });

describe('a remote server', () => {
  test('is served over stdio, its tools compared as any', async () => {
    const remote = await startRemote();
    await publishRemote(remote.url, {
      tools: { default: 'deny', allow: busyTools.filter(({ name }) => name === 'echo') },
    });
    const { client, audit } = await openSession({
      feed,
      reach: { remote: true },
      settings: { trustedOrigins: [remote.origin] },
    });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo']);
    expect(await call(client, 'echo', { say: 'hi' })).toBe('hi');
    await expect(call(client, 'whoami')).rejects.toMatchObject(refusal('TOOL_NOT_ALLOWED'));
    remote.stop();
    await expect(call(client, 'echo', { say: 'hi' })).rejects.toMatchObject({
      data: { hallmark: { code: 'UPSTREAM_FAILED' } },
    });
    expect(audit).toContainEqual(expect.objectContaining({ event: 'result', tool: 'echo', isError: true }));
  });

  test('gets the credentials of the gateway from a file, and nobody else sees them', async () => {
    const remote = await startRemote('Bearer upstream-secret');
    await publishRemote(remote.url, { credentialMode: 'shared' });
    const file = path.join(await tempDir(), 'secret');
    await writeFile(file, 'upstream-secret\n');
    const credentials = { shared: { Authorization: { file, prefix: 'Bearer ' } }, personal: {} };
    const { url, audit } = await openHttpGateway({
      feed,
      plans: [plan('busy', SERVER, { credentials })],
      settings: { trustedOrigins: [remote.origin] },
    });
    const client = await connectHttp(url('/servers/busy/mcp'), { headers: { authorization: 'Bearer mine' } });
    expect(JSON.parse(await call(client, 'whoami')).headers.authorization).toBe('Bearer upstream-secret');
    expect(JSON.stringify(audit)).not.toContain('upstream-secret');
  });

  test('gets the credentials of each caller, and a session belongs to them', async () => {
    const remote = await startRemote();
    await publishRemote(remote.url, { credentialMode: 'personal' });
    const credentials = { shared: {}, personal: { 'x-busy-authorization': 'authorization' } };
    const { url } = await openHttpGateway({
      feed,
      plans: [plan('busy', SERVER, { credentials })],
      settings: { trustedOrigins: [remote.origin] },
    });
    const at = url('/servers/busy/mcp');
    const client = await connectHttp(at, { headers: { 'x-busy-authorization': 'Bearer ann' } });
    expect(JSON.parse(await call(client, 'whoami')).headers.authorization).toBe('Bearer ann');
    const id = (client.transport as unknown as { sessionId: string }).sessionId;
    const stolen = await fetch(at, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-session-id': id,
        'x-busy-authorization': 'Bearer bob',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/list' }),
    });
    expect(stolen.status).toBe(404);
    await expect(connectHttp(at)).rejects.toMatchObject(refusal('CREDENTIALS_MISSING'));
  });

  test('that refuses the credentials is told to the client as its error', async () => {
    const remote = await startRemote('Bearer right');
    await publishRemote(remote.url);
    const session = openSession({ feed, reach: { remote: true }, settings: { trustedOrigins: [remote.origin] } });
    await expect(session).rejects.toMatchObject({ data: { hallmark: { code: 'UPSTREAM_FAILED' } } });
  });

  test.each([
    ['an address that is not approved', 'https://evil.example/mcp'],
    ['the approved one with a slash', 'https://approved.example/mcp/'],
  ])('is not asked at %s', async (_name, remote) => {
    await publishRemote('https://approved.example/mcp');
    await expect(openSession({ feed, reach: { remote } })).rejects.toMatchObject(refusal('REMOTE_NOT_ALLOWED'));
  });

  test('is not asked at a private address, though approved, unless the operator vouches for it', async () => {
    const remote = await startRemote();
    await publishRemote(remote.url.replace('http:', 'https:'));
    const error = await openSession({ feed, reach: { remote: true } }).catch((thrown) => thrown);
    expect(error.message).toContain('not a public address');
  });

  test('does not lead the gateway elsewhere by a redirect', async () => {
    const reached: string[] = [];
    const elsewhere = await listen((request, response) => {
      reached.push(String(request.headers.authorization));
      response.writeHead(200).end();
    });
    const remote = await listen((_request, response) =>
      response.writeHead(307, { location: `${elsewhere}/mcp` }).end(),
    );
    await publishRemote(`${remote}/mcp`);
    const options = { reach: { remote: true as const }, settings: { trustedOrigins: [remote, elsewhere] } };
    await expect(openSession({ feed, ...options })).rejects.toMatchObject({
      data: { hallmark: { code: 'UPSTREAM_FAILED' } },
    });
    expect(reached).toEqual([]);
  });

  test('that answers too much is cut off', async () => {
    const remote = await startRemote();
    await publishRemote(remote.url);
    const settings = { trustedOrigins: [remote.origin], callTimeoutMs: 2000 };
    const { client } = await openSession({ feed, reach: { remote: true }, settings, rules: { callTimeoutMs: 2500 } });
    await expect(call(client, 'giant')).rejects.toThrow();
    expect(await call(client, 'echo', { say: 'still here' })).toBe('still here');
  });
});

describe('credentials of a session', () => {
  const anyone: Caller = { headers: {}, isLocal: false };
  const ann: Caller = { headers: { 'x-auth': 'ann' }, isLocal: false };
  const shared: ServerCredentials = { shared: { TOKEN: { env: 'SECRET' } }, personal: {} };
  const personal: ServerCredentials = { shared: {}, personal: { 'x-auth': 'TOKEN' } };
  const both: ServerCredentials = { shared: shared.shared, personal: personal.personal };
  const ask = (configured: ServerCredentials, caller: Caller, mode?: 'shared' | 'personal', secret = 'ours') =>
    sessionCredentials({
      entry: version(mode ? { credentialMode: mode } : {}),
      configured,
      caller,
      env: { SECRET: secret } as never,
    });

  test.each([
    ["the gateway's", shared, anyone, undefined, 'ours'],
    ["the gateway's, as the list wants", shared, ann, 'shared', 'ours'],
    ["the caller's", personal, ann, 'personal', 'ann'],
    ["the caller's before the gateway's", both, ann, undefined, 'ann'],
    ["the gateway's where the caller has none", both, anyone, undefined, 'ours'],
  ] as const)('are %s', async (_name, configured, caller, mode, expected) => {
    expect(await ask(configured, caller, mode)).toEqual({ TOKEN: expected });
  });

  test.each([
    ["the gateway's for a list that wants each person's", shared, anyone, 'personal', 'CREDENTIAL_MODE', 'ours'],
    ["both for a list that wants each person's", both, ann, 'personal', 'CREDENTIAL_MODE', 'ours'],
    ["the caller's for a list that wants the gateway's", personal, ann, 'shared', 'CREDENTIAL_MODE', 'ours'],
    ['none of the caller', personal, anyone, 'personal', 'CREDENTIALS_MISSING', 'ours'],
    ['an empty secret', shared, anyone, undefined, 'CREDENTIALS_MISSING', '  '],
    ['a secret of two lines', shared, anyone, undefined, 'CREDENTIALS_MISSING', 'a\r\nx-evil: 1'],
  ] as const)('are refused: %s', async (_name, configured, caller, mode, code, secret) => {
    await expect(ask(configured, caller, mode, secret)).rejects.toMatchObject({ code });
  });

  test('reach a package as variables', async () => {
    await feed.publish({
      servers: [{ name: SERVER, versions: [approved(BUSY, busyTools, { credentialMode: 'personal' })] }],
    });
    const credentials = { shared: {}, personal: { 'x-busy-token': 'BUSY_TOKEN' } };
    const { url } = await openHttpGateway({ feed, plans: [plan('busy', SERVER, { credentials })] });
    const client = await connectHttp(url('/servers/busy/mcp'), { headers: { 'x-busy-token': 'ann' } });
    expect(JSON.parse(await call(client, 'whoami')).env).toBe('ann');
  });
});

describe('the package of a server', () => {
  const integrity = 'sha512-AAAA';
  const npm = (overrides: object = {}) =>
    version({
      packages: [
        {
          registryType: 'npm',
          identifier: '@acme/a',
          version: '1.0.0',
          purl: null,
          digest: integrity,
          command: ['npx', '-y', '@acme/a@1.0.0'],
          ...overrides,
        },
      ],
    });
  /** A registry that answers for one version. */
  const registry = (dist: unknown, status = 200) =>
    listen((request, response) => {
      const isAsked = request.url === '/@acme%2fa/1.0.0';
      response.writeHead(isAsked ? status : 404, { 'content-type': 'application/json' }).end(JSON.stringify({ dist }));
    });
  const look = async (entry: FeedServerVersion, base: string, mode: 'off' | 'check' | 'require' = 'check') =>
    checkPackage({ entry, mode, registry: base, outbound: createOutbound() });

  test('is the approved one', async () => {
    expect(await look(npm(), await registry({ integrity }), 'require')).toBeNull();
    expect(await look(npm(), await registry({ integrity: `sha1-x ${integrity}` }), 'require')).toBeNull();
  });

  test('is another one: it is not started', async () => {
    const base = await registry({ integrity: 'sha512-BBBB' });
    await expect(look(npm(), base)).rejects.toMatchObject({ code: 'PACKAGE_CHANGED' });
    expect(await look(npm(), base, 'off')).toBeNull();
  });

  test('that is another one ends the start of a session', async () => {
    const base = await registry({ integrity: 'sha512-BBBB' });
    await feed.publish({ servers: [{ name: SERVER, versions: [npm()] }] });
    await expect(openSession({ feed, settings: { npmRegistry: base } })).rejects.toMatchObject(
      refusal('PACKAGE_CHANGED'),
    );
  });

  test.each<[string, object, unknown, number]>([
    ['the list has no digest', { digest: null }, { integrity }, 200],
    ['the registry does not have it', {}, {}, 404],
    ['the registry names no integrity', {}, { shasum: 'x' }, 200],
    ['it comes from another kind of registry', { registryType: 'pypi' }, { integrity }, 200],
    ['it has no version', { version: null }, { integrity }, 200],
  ])('cannot be compared when %s: told, or refused where that is required', async (_name, overrides, dist, status) => {
    const base = await registry(dist, status);
    expect(await look(npm(overrides), base)).toMatch(/\.$/);
    await expect(look(npm(overrides), base, 'require')).rejects.toMatchObject({ code: 'PACKAGE_UNCHECKED' });
  });

  test('is pinned by a command that names its digest', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const image = {
      registryType: 'oci',
      identifier: 'acme/a',
      digest,
      command: ['docker', 'run', '-i', `acme/a@${digest}`],
    };
    expect(await look(npm(image), 'https://registry.example', 'require')).toBeNull();
  });
});

async function listen(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
