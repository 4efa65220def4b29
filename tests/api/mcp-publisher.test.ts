import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { createRequestListener } from '#lib/http/node-server.ts';
import { manifestOf, testInstance } from '../instance.ts';
import { startDnsServer, type TestDnsServer } from '../support/dns-server.ts';

/** The official command, where somebody has built it: `go install github.com/modelcontextprotocol/registry/cmd/publisher@latest`. */
const COMMAND = process.env.MCP_PUBLISHER;

testInstance();

describe('the official mcp-publisher', () => {
  beforeEach(({ skip }) => skip(!COMMAND, 'MCP_PUBLISHER names no mcp-publisher program'));
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'mcp-publisher-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url').toString('hex');
  let dns: TestDnsServer;
  let server: http.Server;
  let registry: string;

  beforeAll(async () => {
    const x = createPublicKey(privateKey).export({ format: 'jwk' }).x!;
    dns = await startDnsServer();
    dns.set('weather.test', { TXT: [`v=MCPv1; k=ed25519; p=${Buffer.from(x, 'base64url').toString('base64')}`] });
    server = http.createServer(createRequestListener(async (_, response) => response.writeHead(404).end()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.HALLMARK_DNS_SERVERS = dns.address;
    process.env.HALLMARK_ANONYMOUS_PUBLISHING = 'true';
    process.env.HALLMARK_URL = registry;
    resetConfig();
  });
  afterAll(async () => {
    server.close();
    await dns.close();
    fs.rmSync(home, { recursive: true, force: true });
  });

  /** Exit code and everything that it printed. */
  const run = (...args: string[]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      execFile(COMMAND!, args, { cwd: home, env: { ...process.env, HOME: home } }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
      );
    });
  const write = (manifest: object) => fs.writeFileSync(path.join(home, 'server.json'), JSON.stringify(manifest));
  const statusOf = async (version: string) =>
    (await db().version.findFirstOrThrow({ where: { serverName: 'test.weather/forecast', version } })).status;

  it('logs in by DNS, validates, publishes, and says why it was refused', async () => {
    expect(await run('login', 'none', '--registry', registry)).toMatchObject({ code: 0 });
    const login = await run('login', 'dns', '--domain', 'weather.test', '--private-key', seed, '--registry', registry);
    expect(login).toMatchObject({ code: 0, output: expect.stringContaining('Successfully logged in') });
    write(manifestOf('test.weather/forecast', '1.0.0'));
    expect(await run('validate')).toMatchObject({ code: 0, output: expect.stringContaining('is valid') });
    expect(await run('publish')).toMatchObject({ code: 0, output: expect.stringContaining('Successfully published') });
    const again = await run('publish');
    expect(again.code).not.toBe(0);
    expect(again.output).toContain('cannot publish duplicate version');
    write(manifestOf('com.other/forecast', '1.0.0'));
    const foreign = await run('publish');
    expect(foreign.output).toContain('You have permission to publish: test.weather/*, test.weather.*');
    expect(await db().namespace.findUnique({ where: { name: 'test.weather' } })).toMatchObject({ isProven: true });
  });

  it('changes the status of one version and of all', async () => {
    write(manifestOf('test.weather/forecast', '1.1.0'));
    expect((await run('publish')).code).toBe(0);
    const deprecate = ['status', '--status', 'deprecated', '--message', 'use 1.1.0', 'test.weather/forecast', '1.0.0'];
    expect(await run(...deprecate)).toMatchObject({ code: 0, output: expect.stringContaining('active → deprecated') });
    expect(await statusOf('1.0.0')).toBe('deprecated');
    expect((await run('status', '--status', 'deleted', 'test.weather/forecast', '1.1.0')).code).toBe(0);
    expect(await statusOf('1.1.0')).toBe('deleted');
    expect((await run('status', '--status', 'active', 'test.weather/forecast', '1.1.0')).code).toBe(0);
    expect(await statusOf('1.1.0')).toBe('active');
  });

  it('lists every issue of a manifest', async () => {
    write({ ...manifestOf('test.weather/forecast', '2.0.0'), description: '', websiteUrl: 'ftp://example.com' });
    const { code, output } = await run('validate');
    expect(code).not.toBe(0);
    for (const text of ['description', 'websiteUrl', 'website-url-invalid-scheme']) expect(output).toContain(text);
  });
});
