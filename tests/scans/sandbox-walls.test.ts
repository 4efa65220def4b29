import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { SandboxMode } from '#lib/scans/sandbox/index.ts';
import { hostileServers, runHostile, SANDBOX_MODES, sandboxOrSkip } from './hostile.ts';

let directory: string;
let secretFile: string;
let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hallmark-host-'));
  secretFile = join(directory, 'secret');
  writeFileSync(secretFile, 'secret of the host');
  process.env.HALLMARK_TEST_SECRET = 'secret of the environment';
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});

afterAll(async () => {
  delete process.env.HALLMARK_TEST_SECRET;
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

type Probes = Record<string, { ok: boolean; value: unknown }>;

const seen = new Map<SandboxMode, Probes>();

/** What the prying server found out; it is asked once a mode. */
async function probes(ctx: TestContext, mode: SandboxMode): Promise<Probes> {
  const known = seen.get(mode);
  if (known) return known;
  const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'probes-host.mjs', {
    args: [secretFile, String(port)],
    env: { ACME_API_KEY: 'placeholder' },
    limits: { requestMs: 20_000 },
  });
  if (!result.ok || !result.definitions.tools) throw new Error(JSON.stringify(result));
  const found = Object.fromEntries(
    result.definitions.tools.map(({ name, description }) => [name, JSON.parse(description ?? '')]),
  );
  seen.set(mode, found);
  return found;
}

describe.each(SANDBOX_MODES)('what a server sees inside the sandbox in mode %s', (mode) => {
  it.for([
    'read /etc/shadow',
    'read the secret of the host',
    'read /root',
    'read the docker socket',
    'connect to the internet',
    'connect to the metadata service',
    'connect to the host',
    'resolve a name',
    'send a datagram',
    'write to its package',
    'write to /usr',
    'write to /etc',
    'write a kernel setting',
    'make a namespace',
    'mount something',
  ])('it cannot %s', async (name, ctx) => {
    expect((await probes(ctx, mode))[name]).toMatchObject({ ok: false });
  });

  it.for(['write to /tmp', 'write to its home'])('it can %s', async (name, ctx) => {
    expect((await probes(ctx, mode))[name]).toMatchObject({ ok: true });
  });

  it('finds one user and no home directory but its own', async (ctx) => {
    const found = await probes(ctx, mode);
    expect(found['read /etc/passwd']?.value).toMatch(/^sandbox:x:\d+:\d+::\/home\/sandbox:\/bin\/sh\n$/);
    expect(found['read the home directories']?.value).toBe('sandbox');
    expect(JSON.parse(String(found['name the user']?.value))).toMatchObject({
      username: 'sandbox',
      home: '/home/sandbox',
    });
    expect(JSON.parse(String(found['name the user']?.value)).uid).not.toBe(0);
  });

  it('gets nothing of the environment but what it was given', async (ctx) => {
    const env = JSON.parse(String((await probes(ctx, mode))['read its environment']?.value));
    expect(env).toEqual({
      PATH: '/opt/node/bin:/usr/local/bin:/usr/bin:/bin',
      HOME: '/home/sandbox',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      ACME_API_KEY: 'placeholder',
    });
  });

  it('does not learn the name or the paths of the host', async (ctx) => {
    const found = await probes(ctx, mode);
    expect(found['name the host']?.value).toBe('sandbox');
    expect(found['name the host']?.value).not.toBe(hostname());
    expect(found['read the first process']?.value).not.toContain(hostileServers);
    expect(found['read the first process']?.value).not.toContain(process.cwd());
  });

  it('sees only its own processes, keeps no capability and cannot end the first process', async (ctx) => {
    const found = await probes(ctx, mode);
    expect(Number(found['read the processes']?.value)).toBeLessThanOrEqual(4);
    expect(found['say its capabilities']?.value).toMatch(/^0+$/);
    const kill = found['kill the first process'];
    expect(kill?.ok ? kill.value : 'refused').toMatch(/still here|refused/);
  });

  it('has no interface but loopback', async (ctx) => {
    const interfaces = String((await probes(ctx, mode))['list interfaces']?.value);
    expect(interfaces === 'lo' || interfaces === '').toBe(true);
  });

  it('never reached a port of the host', async (ctx) => {
    await probes(ctx, mode);
    expect(connections).toBe(0);
  });
});
