import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/manifest/types.ts';
import { acquireBundle } from '#lib/scans/acquire/bundle.ts';
import { sandboxPython } from '#lib/scans/acquire/python-host.ts';
import { acquireSnapshot } from '#lib/scans/acquire/snapshot.ts';
import { type ZipEntry, zip } from '../packages/support/zip.ts';
import { hostileServers, SANDBOX_MODES, sandboxOrSkip } from './hostile.ts';
import { type RemoteWorld, startRemoteWorld } from './remote-servers.ts';

const URL = 'https://files.example/server.mcpb';
let world: RemoteWorld;
let workDir: string;

beforeAll(async () => {
  workDir = mkdtempSync(join(tmpdir(), 'hallmark-mcpb-'));
  world = await startRemoteWorld(['files.example']);
});
afterAll(async () => {
  await world.close();
  rmSync(workDir, { recursive: true, force: true });
});

const fixture = (name: string) => readFileSync(join(hostileServers, name));
const manifest = (server: JsonObject, rest: JsonObject = {}) => ({
  name: 'manifest.json',
  content: JSON.stringify({ manifest_version: '0.3', name: 'pages', version: '3.0.0', server, ...rest }),
});
const FILES: ZipEntry[] = [
  { name: 'server/index.mjs', content: fixture('pages.mjs') },
  { name: 'server/protocol.mjs', content: fixture('protocol.mjs') },
];
const NODE = manifest({
  type: 'node',
  entry_point: 'server/index.mjs',
  mcp_config: { command: 'node', args: [`$\{__dirname}/server/index.mjs`, `$\{user_config.folder}`] },
});

const binary = (command: string) =>
  manifest({ type: 'binary', entry_point: 'server/other.exe', mcp_config: { command: `$\{__dirname}/${command}` } });
const MIPS = Buffer.from(`\x7fELF\x02\x01${'\0'.repeat(12)}\x08\0${'\0'.repeat(44)}`, 'latin1');

const PYTHON_SERVER = `
import json, sys, brought
for line in sys.stdin:
    message = json.loads(line)
    if 'id' not in message: continue
    result = {'tools': [{'name': brought.NAME, 'inputSchema': {'type': 'object'}}]}
    if message['method'] == 'initialize':
        result = {'protocolVersion': '2025-06-18', 'capabilities': {'tools': {}}, 'serverInfo': {'name': 'py', 'version': '1'}}
    print(json.dumps({'jsonrpc': '2.0', 'id': message['id'], 'result': result}), flush=True)
`;

function serve(entries: ZipEntry[]): string {
  const bytes = zip(entries);
  world.web.set(URL, { body: bytes });
  return createHash('sha256').update(bytes).digest('hex');
}
const acquire = (options = {}) =>
  acquireBundle({ identifier: URL, version: '1.0.0', workDir, outbound: world.outbound, ...options });

describe('an MCP bundle', () => {
  it('is fetched, compared with its hash and run in the sandbox', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, SANDBOX_MODES[0] ?? 'user-namespace');
    const fileSha256 = serve([NODE, ...FILES]);
    const snapshot = await acquireSnapshot({
      manifest: {
        $schema: '',
        name: 'com.example/pages',
        description: '',
        version: '1.0.0',
        packages: [{ registryType: 'mcpb', identifier: URL, fileSha256, transport: { type: 'stdio' } }],
      },
      sandbox,
      workDir,
      remotes: { outbound: world.outbound },
    });
    expect(snapshot).toMatchObject({
      definitionsOrigin: 'live',
      coverage: { live: { covered: true }, package: { covered: true, integrity: expect.stringMatching(/^sha256-/) } },
      packageFacts: { registryType: 'mcpb', version: '1.0.0', metadata: { name: 'pages', version: '3.0.0' } },
    });
    expect(readdirSync(workDir)).toEqual([]);
  });

  it.for<[string, ZipEntry[]]>([
    [
      'Python, with the packages that it brings',
      [
        manifest({ type: 'python', entry_point: 'server/main.py', mcp_config: { command: 'python', args: [] } }),
        { name: 'server/main.py', content: PYTHON_SERVER },
        { name: 'server/lib/brought.py', content: 'NAME = "from_a_package"' },
      ],
    ],
    [
      'a binary, with what Linux needs',
      [
        manifest({
          type: 'binary',
          entry_point: 'server/other.exe',
          mcp_config: {
            command: `$\{__dirname}/server/other.exe`,
            platform_overrides: {
              linux: { command: `$\{__dirname}/server/sh`, args: [`$\{__dirname}/server/main.sh`] },
            },
          },
        }),
        { name: 'server/sh', content: readFileSync('/bin/sh') },
        { name: 'server/main.sh', content: 'exec python3 -B /app/bundle/server/main.py' },
        { name: 'server/main.py', content: PYTHON_SERVER },
        { name: 'server/brought.py', content: 'NAME = "from_a_package"' },
      ],
    ],
  ])('of %s is run', async ([, entries], ctx) => {
    const sandbox = await sandboxOrSkip(ctx, SANDBOX_MODES[0] ?? 'user-namespace');
    if (!(await sandboxPython())) return ctx.skip('there is no python3 among the system programs');
    serve(entries);
    const { definitions, attempts } = await acquireSnapshot({
      manifest: {
        $schema: '',
        name: 'com.example/pages',
        description: '',
        version: '1.0.0',
        packages: [{ registryType: 'mcpb', identifier: URL, transport: { type: 'stdio' } }],
      },
      sandbox,
      workDir,
      remotes: { outbound: world.outbound },
    });
    expect(attempts).toMatchObject([{ code: 'OK' }]);
    expect(definitions?.tools?.map(({ name }) => name)).toEqual(['from_a_package']);
  });

  it('that is another file than the manifest says is INTEGRITY_MISMATCH', async () => {
    serve([NODE, ...FILES]);
    expect(await acquire({ fileSha256: 'a1'.repeat(32) })).toMatchObject({ ok: false, code: 'INTEGRITY_MISMATCH' });
  });

  it.each([
    ['a file outside', [NODE, ...FILES, { name: '../evil.mjs', content: '' }], 'BUNDLE_INVALID'],
    ['an absolute path', [NODE, ...FILES, { name: '/tmp/evil.mjs', content: '' }], 'BUNDLE_INVALID'],
    ['a path of Windows', [NODE, ...FILES, { name: 'a\\..\\evil.mjs', content: '' }], 'BUNDLE_INVALID'],
    ['a file twice', [NODE, ...FILES, FILES[0]], 'BUNDLE_INVALID'],
    ['a file below a file', [NODE, ...FILES, { name: 'server/index.mjs/x', content: '' }], 'BUNDLE_INVALID'],
    [
      'a file larger than it says',
      [NODE, ...FILES, { name: 'a', content: 'x'.repeat(999), claims: { unpacked: 9 } }],
      'BUNDLE_INVALID',
    ],
    ['too much', [NODE, ...FILES, { name: 'a', content: 'x'.repeat(2_000_000) }], 'TOO_LARGE'],
    ['no manifest', FILES, 'BUNDLE_INVALID'],
    ['a manifest that is no JSON', [{ name: 'manifest.json', content: '{' }, ...FILES], 'BUNDLE_INVALID'],
    [
      'a server that fetches its packages when it starts',
      [manifest({ type: 'uv', entry_point: 'server/index.mjs' }), ...FILES],
      'UNSUPPORTED_RUNTIME',
    ],
    [
      'a binary of another system',
      [manifest({ type: 'binary', entry_point: 'server/index.mjs' }), ...FILES],
      'UNSUPPORTED_PLATFORM',
    ],
    [
      'a binary for another processor',
      [binary('server/run'), { name: 'server/run', content: MIPS }],
      'UNSUPPORTED_PLATFORM',
    ],
    [
      'an entry point outside',
      [manifest({ type: 'node', entry_point: '../../etc/passwd' }), ...FILES],
      'NO_EXECUTABLE',
    ],
    [
      'an entry point that is not there',
      [manifest({ type: 'node', entry_point: 'gone.mjs' }), ...FILES],
      'NO_EXECUTABLE',
    ],
  ] as [string, ZipEntry[], string][])('with %s is refused', async (_, entries, code) => {
    serve(entries);
    expect(await acquire({ limits: { unpackedBytes: 1_000_000 } })).toMatchObject({ ok: false, code });
    expect(readdirSync(workDir)).toEqual([]);
  });

  it('with a link in it is refused', async () => {
    const bytes = zip([NODE, ...FILES, { name: 'link', content: '/etc/passwd' }]);
    // The type of the last entry, in the upper half of its external attributes (APPNOTE 4.4.15).
    const header = bytes.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    bytes.writeUInt32LE((0o120777 << 16) >>> 0, header + 38);
    world.web.set(URL, { body: bytes });
    expect(await acquire()).toMatchObject({
      ok: false,
      code: 'BUNDLE_INVALID',
      message: expect.stringMatching(/links/),
    });
  });

  it.each([
    ['nothing there', { status: 404 }, 'PACKAGE_NOT_FOUND'],
    ['no ZIP', { body: 'hello' }, 'BUNDLE_INVALID'],
    [
      'a redirect to a private address',
      { status: 302, headers: { location: 'https://10.0.0.1/x' } },
      'REGISTRY_REFUSED',
    ],
  ])('with %s is refused', async (_, answer, code) => {
    world.web.set(URL, answer as Parameters<RemoteWorld['web']['set']>[1]);
    expect(await acquire()).toMatchObject({ ok: false, code });
  });

  it('starts with the bundle for its folder, and what only a user has made up', async () => {
    serve([NODE, ...FILES]);
    const acquired = await acquire();
    if (!acquired.ok) throw new Error(acquired.message);
    expect(acquired.entry.command).toEqual(['node', `${acquired.dir}/bundle/server/index.mjs`, '/tmp/scan']);
    rmSync(acquired.dir, { recursive: true });
  });
});
