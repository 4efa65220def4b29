import { describe, expect, it } from 'vitest';
import {
  type ConfigEntry,
  clientFiles,
  entryManifest,
  liveManifest,
  readClientConfig,
} from '#lib/scans/client-configs/index.ts';
import { parseCommand } from '#lib/scans/client-configs/parse-command.ts';
import { NO_DEFINITIONS } from '#lib/scans/no-definitions.ts';
import { scanSnapshot } from '#scanners/run.ts';

const entriesOf = (text: string): ConfigEntry[] => {
  const read = readClientConfig(text);
  if (!read?.ok) throw new Error(read ? read.reason : 'no configuration');
  return read.entries;
};

describe('a client configuration', () => {
  it.each([
    [
      'mcpServers, with comments and trailing commas',
      '{ // mine\n "mcpServers": { "a": { "command": "x", }, }, }',
      'mcpServers.a',
    ],
    ['servers of VS Code', '{"servers": {"a": {"type": "stdio", "command": "x"}}, "inputs": []}', 'servers.a'],
    [
      'the settings of VS Code',
      '{"editor.fontSize": 12, "mcp": {"servers": {"a": {"command": "x"}}}}',
      'mcp.servers.a',
    ],
    [
      'projects of Claude Code',
      '{"projects": {"/p": {"mcpServers": {"a": {"command": "x"}}}}}',
      'projects./p.mcpServers.a',
    ],
  ])('is %s', (_, text, place) => {
    expect(entriesOf(text)).toMatchObject([{ name: 'a', place, kind: 'command', command: 'x' }]);
  });

  it.each([
    ['streamable-http', '{"url": "https://a.example/mcp"}'],
    ['streamable-http', '{"type": "http", "url": "https://a.example/sse"}'],
    ['streamable-http', '{"httpUrl": "https://a.example/mcp"}'],
    ['sse', '{"type": "sse", "url": "https://a.example/mcp"}'],
    ['sse', '{"serverUrl": "https://a.example/sse"}'],
  ])('has a remote over %s in %s', (transport, entry) => {
    expect(entriesOf(`{"mcpServers": {"a": ${entry}}}`)).toMatchObject([{ kind: 'remote', transport }]);
  });

  it('says what cannot be read', () => {
    expect(entriesOf('{"mcpServers": {"a": 5, "b": {}, "c": {"command": "x", "disabled": true}}}')).toMatchObject([
      { kind: 'unreadable' },
      { kind: 'unreadable' },
      { kind: 'command', isDisabled: true },
    ]);
    expect(readClientConfig('{"mcpServers": ')).toMatchObject({ ok: false, reason: expect.stringMatching(/line 1/) });
    expect(readClientConfig('['.repeat(100_000))).toMatchObject({ ok: false });
    expect(readClientConfig(`{"mcpServers": ${'{ "a":'.repeat(100_000)}`)).toMatchObject({ ok: false });
  });

  it.each(['{"name": "com.example/a", "packages": []}', '[]', '{"tools": []}', '5'])('is not %s', (text) => {
    expect(readClientConfig(text)).toBeNull();
  });
});

describe('the files of this machine', () => {
  it.each([
    ['linux', '/home/me', {}, '/home/me/.config/Claude/claude_desktop_config.json'],
    ['linux', '/home/me', { XDG_CONFIG_HOME: '/cfg' }, '/cfg/Code/User/mcp.json'],
    ['darwin', '/Users/me', {}, '/Users/me/Library/Application Support/Claude/claude_desktop_config.json'],
    [
      'win32',
      'C:\\Users\\me',
      { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' },
      'C:\\Users\\me\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
    ],
    ['linux', '/home/me', {}, '/home/me/.codeium/windsurf/mcp_config.json'],
    ['linux', '/home/me', {}, '/work/.vscode/mcp.json'],
  ] as const)('on %s in %s with %j hold %s', (platform, home, env, file) => {
    expect(clientFiles({ platform, home, cwd: '/work', env }).map(({ path }) => path)).toContain(file);
  });

  it('are each named once', () => {
    const paths = clientFiles({ platform: 'linux', home: '/home/me', cwd: '/home/me', env: {} }).map(
      ({ path }) => path,
    );
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('a command', () => {
  it.each([
    [
      'npx',
      ['-y', '@a/b@1.2.3', '/dir'],
      { registryType: 'npm', identifier: '@a/b', version: '1.2.3', after: ['/dir'] },
    ],
    ['npx', ['-y', 'b@latest'], { registryType: 'npm', identifier: 'b', version: 'latest' }],
    ['npx', ['--package', 'b@1.0.0', 'run-b'], { registryType: 'npm', identifier: 'b', version: '1.0.0' }],
    ['npx', ['--package=b', 'run-b'], { registryType: 'npm', identifier: 'b', version: undefined }],
    ['C:\\nodejs\\npx.cmd', ['b@1.0.0'], { registryType: 'npm', identifier: 'b', version: '1.0.0' }],
    ['cmd', ['/c', 'npx', 'b@1.0.0'], { registryType: 'npm', identifier: 'b', version: '1.0.0' }],
    ['env', ['A=1', 'npx', 'b@1.0.0'], { registryType: 'npm', identifier: 'b', before: ['A=1'] }],
    ['npm', ['exec', '--', 'b@1.0.0'], { registryType: 'npm', identifier: 'b', version: '1.0.0' }],
    ['pnpm', ['dlx', 'b'], { registryType: 'npm', identifier: 'b', version: undefined }],
    ['uvx', ['b==1.0'], { registryType: 'pypi', identifier: 'b', version: '1.0' }],
    ['uvx', ['b@1.0', '--x'], { registryType: 'pypi', identifier: 'b', version: '1.0', after: ['--x'] }],
    ['uvx', ['--from', 'b[cli]>=1', 'run-b'], { registryType: 'pypi', identifier: 'b', version: '>=1' }],
    ['uv', ['tool', 'run', 'b'], { registryType: 'pypi', identifier: 'b', version: undefined }],
    ['pipx', ['run', '--spec', 'b==2.0', 'b'], { registryType: 'pypi', identifier: 'b', version: '2.0' }],
    [
      'docker',
      ['run', '-i', '--rm', '-v', '/:/h', 'img:1', '--flag'],
      { registryType: 'oci', identifier: 'img:1', before: ['-i', '--rm', '-v', '/:/h'], after: ['--flag'] },
    ],
    ['podman', ['run', '--network=host', 'img'], { registryType: 'oci', identifier: 'img' }],
    ['docker', ['compose', 'up'], { registryType: null }],
    ['npx', [], { registryType: null }],
    ['npx', ['-y'], { registryType: null }],
    ['node', ['server.js'], { registryType: null, identifier: 'node', after: ['server.js'] }],
  ])('%s %j', (command, args, parsed) => {
    expect(parseCommand(command, args)).toMatchObject(parsed);
  });
});

/** Every place of an entry where a secret may stand. `#` is the secret. */
const PLACES: [string, string][] = [
  ['a variable named like one', '{"command": "npx", "args": ["b@1.0.0"], "env": {"API_TOKEN": "#"}}'],
  ['a flag', '{"command": "npx", "args": ["b@1.0.0", "--api-key", "#"]}'],
  ['a flag with =', '{"command": "npx", "args": ["b@1.0.0", "--token=#"]}'],
  ['a variable of a container', '{"command": "docker", "args": ["run", "-e", "DB_PASSWORD=#", "img"]}'],
  ['a variable of a container with =', '{"command": "docker", "args": ["run", "--env=DB_PASSWORD=#", "img"]}'],
  ['a variable before the command', '{"command": "env", "args": ["API_TOKEN=#", "npx", "b"]}'],
  ['a header', '{"url": "https://a.example", "headers": {"Authorization": "Bearer #"}}'],
  ['the query of an address', '{"url": "https://a.example/mcp?api_key=#"}'],
  ['the credentials of an address', '{"url": "https://me:#@a.example/mcp"}'],
  ['an address among the words', '{"command": "npx", "args": ["b@1.0.0", "--db=postgres://me:#@db.corp.example/x"]}'],
  ['a program of this machine', '{"command": "node", "args": ["s.js", "--password", "#"]}'],
];

describe('a secret', () => {
  it.each(PLACES)('in %s is found, and shown nowhere', (_, entry) => {
    const secret = 'Zx8kQ2vLp0';
    const [read] = entriesOf(`{"mcpServers": {"a": ${entry.replace('#', secret)}}}`);
    const manifest = entryManifest(read as ConfigEntry);
    const report = scanSnapshot({ manifest, definitions: NO_DEFINITIONS });
    expect(JSON.stringify({ manifest, report })).not.toContain(secret);
    const live = liveManifest(manifest as NonNullable<typeof manifest>);
    expect(JSON.stringify(live)).not.toContain(secret);
  });

  it.each(PLACES.filter(([place]) => !/before the command|among the words/.test(place)))(
    'in %s is a finding',
    (_, entry) => {
      const [read] = entriesOf(`{"mcpServers": {"a": ${entry.replace('#', 'Zx8kQ2vLp0')}}}`);
      const report = scanSnapshot({ manifest: entryManifest(read as ConfigEntry), definitions: NO_DEFINITIONS });
      expect(report.findings.map(({ ruleId }) => ruleId)).toContain('secret.fixed-value');
    },
  );

  it.each([`$\{input:key}`, `$\{env:API_TOKEN}`, '$API_TOKEN', '%API_TOKEN%', 'op://vault/item/key', ''])(
    'that is filled in from elsewhere as %j is none',
    (value) => {
      const [read] = entriesOf(
        `{"mcpServers": {"a": {"command": "npx", "args": ["b@1.0.0"], "env": {"API_TOKEN": "${value}"}}}}`,
      );
      const report = scanSnapshot({ manifest: entryManifest(read as ConfigEntry), definitions: NO_DEFINITIONS });
      expect(report.findings.map(({ ruleId }) => ruleId)).not.toContain('secret.fixed-value');
    },
  );
});

describe('looking at an entry', () => {
  const plan = (entry: string) => {
    const [read] = entriesOf(`{"mcpServers": {"a": ${entry}}}`);
    return liveManifest(entryManifest(read as ConfigEntry) as never);
  };

  it('runs one exact package with made-up values for its variables', () => {
    expect(plan('{"command": "npx", "args": ["b@1.0.0", "/dir"], "env": {"REGION": "eu"}}')).toMatchObject({
      ok: true,
      manifest: {
        packages: [
          {
            registryType: 'npm',
            identifier: 'b',
            version: '1.0.0',
            packageArguments: [{ value: '/dir' }],
            environmentVariables: [{ name: 'REGION', isRequired: true }],
          },
        ],
      },
    });
  });

  it.each([
    ['{"command": "node", "args": ["s.js"]}', /program of this machine/],
    ['{"command": "npx", "args": ["../evil"]}', /no package of a registry/],
    ['{"url": "https://a.example/mcp?token=abcdef0123456789"}', /holds a secret/],
  ])('does not start %s', (entry, reason) => {
    expect(plan(entry)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });
});
