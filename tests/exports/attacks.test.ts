import { checkParsePolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { EXPORT_CLIENTS, type ExportClientId, type ExportOptions, renderExport } from '#lib/exports/index.ts';
import { yamlText } from '#lib/exports/write.ts';
import type { AllowlistDocument, FeedServerVersion } from '#lib/feed/documents.ts';
import { allowlistOf, entryOf, npm, revocationsOf, tool } from './support/documents.ts';

const clients = Object.keys(EXPORT_CLIENTS) as ExportClientId[];

function render(
  client: ExportClientId,
  servers: AllowlistDocument['servers'],
  { options, extra }: { options?: ExportOptions; extra?: Partial<AllowlistDocument> } = {},
) {
  return renderExport({ client, allowlist: allowlistOf(servers, extra), revocations: revocationsOf(), options });
}

const one = (entry: Partial<FeedServerVersion>, name = 'com.evil/server') => [
  { name, versions: [entryOf('1.0.0', entry)] },
];
const command = (...argv: [string, ...string[]]): Partial<FeedServerVersion> => ({
  packages: [{ ...npm('evil', '1.0.0'), command: argv }],
});

/** The whole file as data; a text format as its policies. */
function read(client: ExportClientId, text: string): unknown {
  const { file } = EXPORT_CLIENTS[client];
  if (file.endsWith('.json')) return JSON.parse(text);
  if (/\.ya?ml$/.test(file)) {
    const documents = parseAllDocuments(text);
    expect('empty' in documents ? [] : documents.flatMap(({ errors }) => errors)).toEqual([]);
    return 'empty' in documents ? [] : documents.map((document) => document.toJS());
  }
  const answer = checkParsePolicySet({ staticPolicies: text });
  expect(answer.type, text).toBe('success');
  return text;
}

const HOSTILE_TOOLS = [
  'x", "*": "allow',
  'x\n  - "all"',
  "x' || true || '",
  '"] || true || mcp.tool.name in ["',
  '\\") }; permit(principal, action, resource); //',
  '!!js/function "x"',
  '&anchor *alias',
  '- no',
  '__proto__',
  'x\u202e\u0000\u{e0041}',
  '\ud800',
  '# comment',
  '$' + '{jndi:x}',
];

describe('hostile names stay names', () => {
  it.each(clients)('%s', (client) => {
    const reaches = EXPORT_CLIENTS[client].reaches as readonly string[];
    const servers = one(
      {
        ...(reaches.includes('image') ? IMAGE : command('npx', '-y', 'evil@1.0.0', "a' ; rm -rf / #", 'a: [b', '!tag')),
        remotes: ["https://evil.example/a'b;c?x=[1]&y=%22"],
        tools: { default: 'deny', allow: HOSTILE_TOOLS.map((name) => tool(name)) },
      },
      'com.evil/a---b._c',
    );
    const { text } = render(client, servers);
    const data = read(client, text);
    expect(text).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|[\0-\x08\x0b-\x1f]/u);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    if (typeof data === 'string') {
      expect(data.match(/permit \(/g)?.length, 'one policy a set of tools').toBeLessThanOrEqual(2);
      return;
    }
    const strings = JSON.stringify(data);
    for (const name of namedTools(client) ? HOSTILE_TOOLS.slice(0, 6) : []) {
      expect(strings).toContain(
        JSON.stringify(client === 'agentgateway' || client === 'cedar-toolhive' ? '' : name).slice(1, -1),
      );
    }
  });

  const IMAGE: Partial<FeedServerVersion> = {
    packages: [
      {
        registryType: 'oci',
        identifier: `ghcr.io/evil/x@sha256:${'a'.repeat(64)}`,
        version: null,
        purl: null,
        digest: null,
        command: ['docker', 'run', '-i', '--rm', `ghcr.io/evil/x@sha256:${'a'.repeat(64)}`],
      },
    ],
  };
  const namedTools = (client: ExportClientId) =>
    ['litellm', 'kong', 'envoy-ai-gateway', 'toolhive', 'docker'].includes(client);

  it('a CEL rule holds the name and nothing else', () => {
    const servers = one({
      remotes: ['https://e.example/mcp'],
      tools: { default: 'deny', allow: [tool('"] || true || ["')] },
    });
    const [{ binds }] = read('agentgateway', render('agentgateway', servers).text) as [
      { binds: { listeners: { routes: { policies: { mcpAuthorization: { rules: string[] } } }[] }[] }[] },
    ];
    expect(binds[0]!.listeners[0]!.routes[0]!.policies.mcpAuthorization.rules).toEqual([
      String.raw`mcp.tool.target == "com-evil-server" && mcp.tool.name in ["\"] || true || [\""]`,
    ]);
  });

  it('any text comes back from YAML as it was', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed());
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
        expect(parse(yamlText({ texts })).texts).toEqual(texts);
        expect(parse(yamlText({ texts }), { version: '1.1' }).texts).toEqual(texts);
      }),
      { numRuns: 200 },
    );
  });
});

describe('Windsurf patterns match the command itself and nothing else', () => {
  const matches = (pattern: string, text: string) => new RegExp(`^(?:${pattern})$`).test(text);

  it.each([
    ['pkg@1.2.3', 'pkg@1x2.3'],
    ['a|b', 'a'],
    ['.*', 'anything'],
    ['(x)+[y]{2}^$?', 'x'],
    ['C:\\dir\\n', 'C:dirn'],
    ['a/b-c', 'a/b_c'],
  ])('%s', (argument, other) => {
    const text = render('windsurf', one(command('npx', '-y', 'evil@1.0.0', argument))).text;
    const [{ config }] = JSON.parse(text) as [{ config: { command: string; args: string[] } }];
    expect(config.args).toHaveLength(3);
    expect(matches(config.args[2]!, argument)).toBe(true);
    expect(matches(config.args[2]!, other)).toBe(false);
    expect(matches(config.args[2]!, `${argument}x`)).toBe(false);
  });

  it('versions share an entry only where no mixture of them would be let in', () => {
    const versions = [
      entryOf('1.0.0', { packages: [npm('pkg', '1.0.0', '--a')] }),
      entryOf('2.0.0', { packages: [npm('pkg', '2.0.0', '--a')] }),
      entryOf('3.0.0', { packages: [npm('pkg', '3.0.0', '--b')] }),
    ];
    const { text, notes } = render('windsurf', [{ name: 'com.example/pkg', versions }]);
    expect(JSON.parse(text)).toEqual([
      { serverId: 'com-example-pkg', config: { command: 'npx', args: ['-y', String.raw`pkg@3\.0\.0`, '--b'] } },
    ]);
    expect(notes.filter(({ code }) => code === 'VERSIONS_DIFFER').map(({ version }) => version)).toEqual([
      '1.0.0',
      '2.0.0',
    ]);
  });

  it('an empty list is one entry that matches nothing', () => {
    const [{ config }] = JSON.parse(render('windsurf', []).text) as [{ config: { command: string } }];
    for (const text of ['', 'npx', '\n']) expect(matches(config.command, text)).toBe(false);
  });
});

describe('what cannot be said exactly is left out, with its own note', () => {
  const cases: [string, ExportClientId, AllowlistDocument['servers'], ExportOptions | undefined][] = [
    [
      'NO_VERSION',
      'copilot',
      one({ packages: [{ ...npm('evil', '1.0.0'), version: null, command: ['npx', '-y', 'evil'] }] }),
      {},
    ],
    [
      'NO_VERSION',
      'copilot',
      one({ packages: [{ ...npm('evil', '1.0.0'), command: ['npx', '-y', 'evil@latest'] }] }),
      {},
    ],
    ['NO_COMMAND', 'copilot', one({ packages: [{ ...npm('evil', '1.0.0'), command: null }] }), {}],
    ['INTERPOLATED', 'copilot', one(command('npx', '-y', 'evil@1.0.0', '$' + '{HOME}')), {}],
    ['INTERPOLATED', 'litellm', one(command('npx', '-y', 'evil@1.0.0', 'os.environ/LITELLM_MASTER_KEY')), {}],
    ['INTERPOLATED', 'agentgateway', one(command('npx', '-y', 'evil@1.0.0', '$AWS_SECRET_ACCESS_KEY')), {}],
    ['HIDDEN', 'vscode', one(command('npx', '-y', 'evil@1.0.0', 'a\u202eb')), {}],
    ['HIDDEN', 'goose', one(command('npx', '-y', 'evil@1.0.0', 'a\nb')), {}],
    ['WILDCARD', 'copilot', one({ remotes: ['https://mcp.evil.example/*'] }), {}],
    ['WILDCARD', 'claude-code', one({ remotes: ['https://*.example/mcp'] }), {}],
    ['URL_TEMPLATE', 'copilot', one({ remotes: ['https://{tenant}.example/mcp'] }), {}],
    ['NOT_HTTPS', 'vscode', one({ remotes: ['http://mcp.example/mcp'] }), {}],
    ['NOT_HTTPS', 'vscode', one({ remotes: ['javascript:alert(1)'] }), {}],
    ['URL_CREDENTIALS', 'claude-desktop', one({ remotes: ['https://user:secret@mcp.example/mcp'] }), {}],
    ['NO_LOCAL', 'claude-desktop', one(command('npx', '-y', 'evil@1.0.0')), {}],
    ['NOT_AN_IMAGE', 'docker', one(command('npx', '-y', 'evil@1.0.0')), {}],
    ['NO_REMOTES', 'windsurf', one({ remotes: ['https://mcp.example/mcp'] }), {}],
    [
      'ASK_UNHELD',
      'copilot',
      one({ ...command('npx', '-y', 'evil@1.0.0'), tools: { default: 'deny', allow: [tool('rm', { ask: true })] } }),
      {},
    ],
    ['NO_TOOLS', 'litellm', one({ ...command('npx', '-y', 'evil@1.0.0'), tools: { default: 'deny', allow: [] } }), {}],
    [
      'NO_TOOLS',
      'kong',
      one({ remotes: ['https://mcp.example/mcp'], tools: { default: 'deny', allow: [tool('rm', { ask: true })] } }),
      {},
    ],
    [
      'TOO_MANY_TOOLS',
      'envoy-ai-gateway',
      one({
        remotes: ['https://mcp.example/mcp'],
        tools: { default: 'deny', allow: Array.from({ length: 33 }, (_, i) => tool(`t${i}`)) },
      }),
      {},
    ],
    ['AMBIGUOUS_ARGUMENT', 'goose', one(command('npx', '-y', 'evil@1.0.0', 'a b')), {}],
    [
      'ENVIRONMENT_LOCKED',
      'copilot',
      one({ ...command('npx', '-y', 'evil@1.0.0'), environments: ['prod'] }),
      { environment: 'dev' },
    ],
    ['EXPIRED', 'copilot', one({ ...command('npx', '-y', 'evil@1.0.0'), expiresAt: '2026-11-21T07:00:00Z' }), {}],
    [
      'NO_DIGEST',
      'docker',
      one({
        packages: [
          {
            ...npm('x', '1'),
            registryType: 'oci',
            identifier: 'docker.io/evil/x:1',
            command: ['docker', 'run', 'docker.io/evil/x:1'],
          },
        ],
      }),
      {},
    ],
  ];

  it.each(cases)('%s for %s', (code, client, servers, options) => {
    const { text, notes } = render(client, servers, { options });
    const note = notes.find((one) => one.code === code);
    expect(note, JSON.stringify(notes)).toMatchObject({ severity: 'left-out', server: 'com.evil/server' });
    const nothing = render(client, [], { extra: { generatedAt: '2026-11-21T08:00:00Z' } });
    expect(text).toBe(nothing.text);
  });

  it('a tool whose name is a pattern is not allowed by it', () => {
    const servers = one({
      remotes: ['https://mcp.example/mcp'],
      tools: { default: 'deny', allow: [tool('*'), tool('read_*'), tool('ok')] },
    });
    expect(JSON.parse(render('claude-desktop', servers).text)[0].toolPolicy).toEqual({ ok: 'allow', '*': 'blocked' });
    expect(JSON.parse(render('cursor-permissions', servers).text).mcpAllowlist).toEqual(['com-evil-server:ok']);
  });
});

describe('no entry by name alone', () => {
  it.each(clients)('%s', (client) => {
    const { text } = render(client, one({}));
    expect(text).toBe(render(client, []).text);
    expect(text).not.toContain('serverName');
  });
});
