import { describe, expect, it } from 'vitest';
import {
  ISSUE_REFERENCES,
  type IssueReference,
  type JsonObject,
  type JsonValue,
  LIMITS,
  type ManifestIssue,
  type ManifestMode,
  parseManifest,
  parseStrictJson,
  validateManifest,
} from '#lib/manifest/index.ts';
import { change, encode, validManifest } from './manifests.ts';

type Path = readonly (string | number)[];
type Expected = [reference: IssueReference, path: string];

const PACKAGE = ['packages', 0] as const;
const REMOTE = ['remotes', 0] as const;

const issuesOf = (document: JsonValue, mode: ManifestMode = 'publish'): ManifestIssue[] =>
  parseManifest(encode(document), { mode }).issues;
const shortly = (issues: ManifestIssue[]) => issues.map(({ reference, path }) => [reference, path]);

/** Every row: what is changed, to what, and all issues that follow. */
function table(name: string, rows: [path: Path, value: JsonValue | undefined, ...expected: Expected[]][]): void {
  describe(name, () => {
    for (const [path, value, ...expected] of rows) {
      const shown = JSON.stringify(value)?.slice(0, 70) ?? 'missing';
      it(`${path.join('.')} = ${shown}: ${expected.map(([reference]) => reference).join(', ') || 'fine'}`, () => {
        expect(shortly(issuesOf(change(validManifest(), path, value)))).toEqual(expected);
      });
    }
  });
}

const error = (reference: IssueReference, path: string): Expected => [reference, path];

describe('a valid manifest', () => {
  it('has no issue and keeps its value and both digests', () => {
    const document = validManifest();
    const parsed = parseManifest(encode(document));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    expect(parsed.issues).toEqual([]);
    expect(parsed.manifest).toEqual(document);
    expect(parsed.digests.manifestSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has one canonical digest and two byte digests in pretty and compact form', () => {
    const compact = parseManifest(encode(validManifest()));
    const pretty = parseManifest(new TextEncoder().encode(`${JSON.stringify(validManifest(), null, 2)}\n`));
    if (!compact.ok || !pretty.ok) throw new Error('refused');
    expect(pretty.digests.manifestJcsSha256).toBe(compact.digests.manifestJcsSha256);
    expect(pretty.digests.manifestSha256).not.toBe(compact.digests.manifestSha256);
  });

  it('may be as small as name, description and version under a schema', () => {
    const { $schema, name, description, version } = validManifest();
    const issues = issuesOf({ $schema, name, description, version } as JsonObject);
    expect(shortly(issues)).toEqual([['no-packages-or-remotes', '']]);
  });
});

table('schema date', [
  [['$schema'], undefined, error('schema-field-required', '$schema')],
  [['$schema'], 7, error('schema-type', '$schema')],
  [
    ['$schema'],
    'https://static.modelcontextprotocol.io/schemas/2025-01-27/server.schema.json',
    error('schema-version-unknown', '$schema'),
  ],
  [
    ['$schema'],
    'https://evil.example/schemas/2025-12-11/server.schema.json',
    error('schema-version-unknown', '$schema'),
  ],
  ...['2025-07-09', '2025-09-16', '2025-09-29', '2025-10-17'].map((date): [Path, string, Expected] => [
    ['$schema'],
    `https://static.modelcontextprotocol.io/schemas/${date}/server.schema.json`,
    error('schema-version-outdated', '$schema'),
  ]),
]);

table('name', [
  [['name'], 'com.example.api/my_server.v2'],
  [['name'], 'Io.GitHub.Acme/Weather'],
  [['name'], 'ab/cd'],
  [['name'], undefined, error('schema-required', 'name')],
  [['name'], null, error('schema-type', 'name')],
  [['name'], '', error('schema-too-short', 'name')],
  [['name'], 'weather', error('invalid-server-name', 'name')],
  [['name'], 'a/b/c', error('invalid-server-name', 'name')],
  [['name'], '/weather', error('invalid-server-name', 'name')],
  [['name'], 'acme/', error('invalid-server-name', 'name')],
  [['name'], 'a/weather', error('invalid-server-name', 'name')],
  [['name'], 'acme/w', error('invalid-server-name', 'name')],
  [['name'], '.acme/weather', error('invalid-server-name', 'name')],
  [['name'], 'acme-/weather', error('invalid-server-name', 'name')],
  [['name'], 'acme/_weather', error('invalid-server-name', 'name')],
  [['name'], 'acme_corp/weather', error('invalid-server-name', 'name')],
  [['name'], 'acme/weather app', error('invalid-server-name', 'name')],
  [['name'], 'acme/wеather', error('invalid-server-name', 'name')], // Cyrillic е
  [['name'], 'acme/weather\n', error('invisible-characters', 'name')],
  [['name'], 'acme/wea\u200bther', error('invisible-characters', 'name')],
  [['name'], 'acme/\u202ewe ather', error('invisible-characters', 'name'), error('invalid-server-name', 'name')],
  [['name'], `${'a'.repeat(100)}/${'b'.repeat(99)}`],
  [['name'], `${'a'.repeat(100)}/${'b'.repeat(100)}`, error('schema-too-long', 'name')],
]);

table('version', [
  [['version'], '2025-06-18'],
  [['version'], '1.0.0-next.1'],
  [['version'], 'release candidate 3'],
  [['version'], '', error('schema-too-short', 'version')],
  [['version'], 3, error('schema-type', 'version')],
  [['version'], 'latest', error('reserved-version-string', 'version')],
  [['version'], '^1.2.3', error('version-looks-like-range', 'version')],
  [['version'], '1.0.0\u200b', error('invisible-characters', 'version')],
  [['version'], 'x'.repeat(256), error('schema-too-long', 'version')],
]);

table('title and description', [
  [['title'], undefined],
  [['title'], '👩‍💻 Wetter für Ärzte ❤️'],
  [['title'], '', error('schema-too-short', 'title')],
  [['title'], '  ', error('title-whitespace-only', 'title')],
  [['title'], 'x'.repeat(101), error('schema-too-long', 'title')],
  [['title'], 'Weather\u202egnp.exe', error('invisible-characters-in-text', 'title')],
  [['title'], 'a\u200db', error('invisible-characters-in-text', 'title')],
  [['description'], '😀'.repeat(100)],
  [['description'], '😀'.repeat(101), error('schema-too-long', 'description')],
  [['description'], 'two\nlines'],
  [['description'], '\t ', error('description-whitespace-only', 'description')],
  [['description'], 'tags \u{e0041}\u{e0042}', error('invisible-characters-in-text', 'description')],
]);

const REPOSITORY_URLS: [url: string, source: string, isValid: boolean][] = [
  ['https://github.com/acme/weather', 'github', true],
  ['https://www.github.com/acme/weather.git', 'github', true],
  ['http://github.com/acme/weather/', 'github', true],
  ['https://gitlab.com/group/sub/group/project', 'gitlab', true],
  ['https://github.com/acme', 'github', false],
  ['https://github.com/acme/weather/tree/main', 'github', false],
  ['https://github.com/../weather', 'github', false],
  ['https://github.com.evil.example/acme/weather', 'github', false],
  ['https://evil.example/https://github.com/acme/weather', 'github', false],
  ['https://github.com@evil.example/acme/weather', 'github', false],
  ['git@github.com:acme/weather.git', 'github', false],
  ['https://github.com/acme/weather', 'gitlab', false],
  ['https://gitlab.com/project', 'gitlab', false],
  ['https://github.com/acme/weather?x=1', 'github', false],
];
table('repository', [
  ...REPOSITORY_URLS.map(([url, source, isValid]): [Path, JsonValue, ...Expected[]] => [
    ['repository'],
    { url, source },
    ...(isValid ? [] : [error('invalid-repository-url', 'repository.url')]),
  ]),
  [['repository', 'source'], 'bitbucket', error('unsupported-repository-source', 'repository.source')],
  [['repository', 'source'], 'toString', error('unsupported-repository-source', 'repository.source')],
  [['repository'], {}, error('schema-required', 'repository.url'), error('schema-required', 'repository.source')],
  [['repository'], 'https://github.com/acme/weather', error('schema-type', 'repository')],
  ...['src', 'src/everything', 'a.b/c-d_e', '.config/x'].map((path): [Path, string] => [
    ['repository', 'subfolder'],
    path,
  ]),
  ...['/src', 'src/', 'src//a', '../src', 'src/..', './src', 'a b', 'src\\a', 'src%2f', 'sré'].map(
    (path): [Path, string, Expected] => [
      ['repository', 'subfolder'],
      path,
      error('invalid-subfolder-path', 'repository.subfolder'),
    ],
  ),
]);

table('website', [
  [['websiteUrl'], 'https://bücher.example/'],
  [['websiteUrl'], 'HTTPS://acme.example'],
  [['websiteUrl'], 'acme.example', error('website-url-must-be-absolute', 'websiteUrl')],
  [['websiteUrl'], '//acme.example', error('website-url-must-be-absolute', 'websiteUrl')],
  [['websiteUrl'], '', error('website-url-must-be-absolute', 'websiteUrl')],
  [['websiteUrl'], 'http://acme.example', error('website-url-invalid-scheme', 'websiteUrl')],
  [['websiteUrl'], 'javascript:alert(1)', error('website-url-invalid-scheme', 'websiteUrl')],
  [['websiteUrl'], 'data:text/html,x', error('website-url-invalid-scheme', 'websiteUrl')],
  [['websiteUrl'], 'https://', error('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://acme.example/"onclick=x', error('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://acme.example/<b>', error('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://acme.example/a b', error('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https:\\\\evil.example', error('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://acme.example/\u202e', error('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://github.com@evil.example/', error('url-has-credentials', 'websiteUrl')],
]);

table('icons', [
  [['icons', 0, 'src'], 'icon.png', error('icon-src-not-absolute', 'icons[0].src')],
  [['icons', 0, 'src'], 'http://acme.example/i.png', error('icon-src-invalid-scheme', 'icons[0].src')],
  [['icons', 0, 'src'], 'data:image/png;base64,AA==', error('icon-src-invalid-scheme', 'icons[0].src')],
  [['icons', 0, 'src'], 'https://', error('icon-src-invalid-url', 'icons[0].src')],
  [['icons', 0, 'src'], `https://acme.example/${'x'.repeat(255)}`, error('schema-too-long', 'icons[0].src')],
  [['icons', 0, 'mimeType'], 'image/gif', error('schema-enum', 'icons[0].mimeType')],
  [['icons', 0, 'sizes'], ['48'], error('schema-pattern', 'icons[0].sizes[0]')],
  [['icons', 0, 'theme'], 'blue', error('schema-enum', 'icons[0].theme')],
  [['icons', 0], {}, error('schema-required', 'icons[0].src')],
]);

const IDENTIFIERS: [type: string, identifier: string, ...references: IssueReference[]][] = [
  ['npm', 'weather'],
  ['npm', 'JSONStream'],
  ['npm', '@acme/weather'],
  ['npm', 'weather@1.0.0', 'invalid-package-identifier'],
  ['npm', '-g', 'invalid-package-identifier'],
  ['npm', '--package=evil', 'invalid-package-identifier'],
  ['npm', './local', 'invalid-package-identifier'],
  ['npm', 'https://github.com/acme/weather', 'invalid-package-identifier'],
  ['npm', 'acme/weather', 'invalid-package-identifier'],
  ['npm', 'file:weather', 'invalid-package-identifier'],
  ['npm', 'weather evil', 'package-name-has-spaces'],
  ['pypi', 'Weather_Server.py'],
  ['pypi', '--python', 'invalid-package-identifier'],
  ['pypi', 'weather[extra]', 'invalid-package-identifier'],
  ['pypi', 'weather==1', 'invalid-package-identifier'],
  ['nuget', 'Acme.Weather'],
  ['nuget', 'Acme/Weather', 'invalid-package-identifier'],
  ['cargo', 'acme-weather'],
  ['cargo', '1weather', 'invalid-package-identifier'],
  ['go', 'github.com/acme/weather', 'unsupported-registry-type'],
  ['NPM', 'weather', 'unsupported-registry-type'],
];
table('package identifiers', [
  ...IDENTIFIERS.map(([registryType, identifier, ...references]): [Path, JsonValue, ...Expected[]] => [
    PACKAGE,
    { registryType, identifier, version: '1.0.0', transport: { type: 'stdio' } },
    ...references.map((reference) =>
      error(reference, `packages[0].${reference === 'unsupported-registry-type' ? 'registryType' : 'identifier'}`),
    ),
  ]),
  [[...PACKAGE, 'identifier'], '', error('schema-too-short', 'packages[0].identifier')],
  [[...PACKAGE, 'identifier'], undefined, error('schema-required', 'packages[0].identifier')],
  [[...PACKAGE, 'transport'], undefined, error('schema-required', 'packages[0].transport')],
  [['packages'], 'weather', error('schema-type', 'packages')],
  [['packages', 0], 'weather', error('schema-type', 'packages[0]')],
]);

const DIGEST = `sha256:${'a'.repeat(64)}`;
const image = (identifier: string, more: JsonObject = {}): JsonObject => ({
  registryType: 'oci',
  identifier,
  transport: { type: 'stdio' },
  ...more,
});
table('images', [
  [PACKAGE, image(`ghcr.io/acme/weather@${DIGEST}`)],
  [PACKAGE, image(`europe-docker.pkg.dev/p/r/weather:1@${DIGEST}`)],
  [PACKAGE, image('ghcr.io/acme/weather:1.0'), error('package-not-pinned', 'packages[0].identifier')],
  [PACKAGE, image('acme/weather'), error('package-not-pinned', 'packages[0].identifier')],
  [PACKAGE, image(`registry.evil.example/w@${DIGEST}`), error('unsupported-oci-registry', 'packages[0].identifier')],
  [PACKAGE, image(`evilpkg.dev/w@${DIGEST}`), error('unsupported-oci-registry', 'packages[0].identifier')],
  [PACKAGE, image('ghcr.io/Acme/Weather:1'), error('invalid-package-identifier', 'packages[0].identifier')],
  [PACKAGE, image('ghcr.io/acme/weather@sha256:abc'), error('invalid-package-identifier', 'packages[0].identifier')],
  [
    PACKAGE,
    image(`ghcr.io/acme/weather@${DIGEST}`, { version: '1.0', registryBaseUrl: 'https://ghcr.io' }),
    error('registry-base-url-not-used', 'packages[0].registryBaseUrl'),
    error('oci-version-not-used', 'packages[0].version'),
  ],
]);

const bundle = (identifier: string, fileSha256: JsonValue | undefined = 'a'.repeat(64)): JsonObject => ({
  registryType: 'mcpb',
  identifier,
  transport: { type: 'stdio' },
  ...(fileSha256 === undefined ? {} : { fileSha256 }),
});
const RELEASE = 'https://github.com/acme/weather/releases/download/v1/weather.mcpb';
table('bundles', [
  [PACKAGE, bundle(RELEASE)],
  [PACKAGE, bundle('https://gitlab.com/acme/mcp/-/releases/v1/downloads/w.zip')],
  [PACKAGE, bundle(RELEASE.replace('https', 'http')), error('invalid-mcpb-url', 'packages[0].identifier')],
  [PACKAGE, bundle('https://evil.example/mcp.mcpb'), error('invalid-mcpb-url', 'packages[0].identifier')],
  [PACKAGE, bundle('https://github.com@evil.example/mcp'), error('invalid-mcpb-url', 'packages[0].identifier')],
  [
    PACKAGE,
    bundle('https://github.com/acme/w/releases/x.zip'),
    error('mcpb-url-without-mcp', 'packages[0].identifier'),
  ],
  [PACKAGE, bundle(RELEASE, 'A'.repeat(64)), error('schema-pattern', 'packages[0].fileSha256')],
]);
describe('bundles without a digest', () => {
  it('are refused', () => {
    const document = change(validManifest(), [...PACKAGE], bundle(RELEASE));
    expect(shortly(issuesOf(change(document, [...PACKAGE, 'fileSha256'], undefined)))).toEqual([
      ['mcpb-file-sha256-required', 'packages[0].fileSha256'],
    ]);
  });
});

table('package versions and registries', [
  [[...PACKAGE, 'version'], undefined, error('package-not-pinned', 'packages[0].version')],
  [[...PACKAGE, 'version'], 'latest', error('reserved-version-string', 'packages[0].version')],
  [[...PACKAGE, 'version'], '1.x', error('version-looks-like-range', 'packages[0].version')],
  [[...PACKAGE, 'version'], 'next', error('package-version-not-exact', 'packages[0].version')],
  [[...PACKAGE, 'version'], 'npm:evil@1.0.0', error('package-version-not-exact', 'packages[0].version')],
  [[...PACKAGE, 'version'], 'https://evil.example/x.tgz', error('package-version-not-exact', 'packages[0].version')],
  [[...PACKAGE, 'registryBaseUrl'], 'https://registry.npmjs.org/'],
  [
    [...PACKAGE, 'registryBaseUrl'],
    'https://registry.evil.example',
    error('unsupported-registry-base-url', 'packages[0].registryBaseUrl'),
  ],
  [
    [...PACKAGE, 'registryBaseUrl'],
    'https://registry.npmjs.org.evil.example',
    error('unsupported-registry-base-url', 'packages[0].registryBaseUrl'),
  ],
  [[...PACKAGE, 'runtimeHint'], undefined, error('runtime-hint-missing', 'packages[0].runtimeHint')],
]);

const ARGUMENT = [...PACKAGE, 'packageArguments', 0] as const;
const AT = 'packages[0].packageArguments[0]';
table('arguments', [
  [ARGUMENT, { type: 'named', name: '--port', value: '8080' }],
  [ARGUMENT, { type: 'named', name: 'config', default: 'verbose' }],
  [ARGUMENT, { type: 'positional', value: 'start' }],
  [ARGUMENT, { type: 'positional', value: '{dir}/x', variables: { dir: { isRequired: true } } }],
  [ARGUMENT, { type: 'positional', value: '{"json": {"a": 1}}' }],
  [ARGUMENT, { type: 'named' }, error('named-argument-name-required', `${AT}.name`)],
  [ARGUMENT, { type: 'named', name: '' }, error('named-argument-name-required', `${AT}.name`)],
  ...['--directory <path>', '--port 8080', '--dir=$HOME', '--a\tb'].map((name): [Path, JsonValue, Expected] => [
    ARGUMENT,
    { type: 'named', name },
    error('invalid-named-argument-name', `${AT}.name`),
  ]),
  [
    ARGUMENT,
    { type: 'named', name: '--port', value: '--port 8080', default: '--port=1' },
    error('argument-value-starts-with-name', `${AT}.value`),
    error('argument-default-starts-with-name', `${AT}.default`),
  ],
  [ARGUMENT, { type: 'positional' }, error('positional-argument-value-required', AT)],
  [ARGUMENT, { type: 'flag', name: 'x' }, error('invalid-argument-type', `${AT}.type`)],
  [ARGUMENT, { name: '--port' }, error('schema-required', `${AT}.type`)],
  [
    ARGUMENT,
    { type: 'positional', value: '{dir}/{other}', variables: { dir: {} } },
    error('unresolved-template-variable', `${AT}.value`),
  ],
  [
    ARGUMENT,
    { type: 'positional', valueHint: 'x', default: 'c', choices: ['a', 'b'] },
    error('default-not-in-choices', `${AT}.default`),
  ],
  [ARGUMENT, { type: 'positional', valueHint: 'x', format: 'url' }, error('schema-enum', `${AT}.format`)],
  [ARGUMENT, { type: 'positional', valueHint: 'x', isRequired: 'yes' }, error('schema-type', `${AT}.isRequired`)],
]);

const VARIABLES = [...PACKAGE, 'environmentVariables'] as const;
table('environment variables', [
  [VARIABLES, [{ name: 'A' }, { name: 'app.token' }]],
  [
    VARIABLES,
    [{ name: 'A=B' }],
    error('invalid-environment-variable-name', 'packages[0].environmentVariables[0].name'),
  ],
  [VARIABLES, [{ name: '1A' }], error('invalid-environment-variable-name', 'packages[0].environmentVariables[0].name')],
  [VARIABLES, [{ name: '' }], error('invalid-environment-variable-name', 'packages[0].environmentVariables[0].name')],
  [
    VARIABLES,
    [{ name: 'A' }, { name: 'A' }],
    error('duplicate-environment-variable', 'packages[0].environmentVariables[1].name'),
  ],
  [VARIABLES, [{}], error('schema-required', 'packages[0].environmentVariables[0].name')],
]);

const TRANSPORT = [...PACKAGE, 'transport'] as const;
table('package transports', [
  [TRANSPORT, { type: 'stdio', url: '' }],
  [TRANSPORT, { type: 'streamable-http', url: 'http://localhost:8080/mcp' }],
  [TRANSPORT, { type: 'sse', url: 'http://127.0.0.1:{WEATHER_KEY}/{directory}/{--units}' }],
  [
    TRANSPORT,
    { type: 'stdio', url: 'https://a.example' },
    error('stdio-transport-url-not-empty', 'packages[0].transport.url'),
  ],
  [
    TRANSPORT,
    { type: 'streamable-http', url: '' },
    error('streamable-transport-url-required', 'packages[0].transport.url'),
  ],
  [TRANSPORT, { type: 'sse' }, error('streamable-transport-url-required', 'packages[0].transport.url')],
  [TRANSPORT, { type: 'websocket', url: 'ws://x' }, error('unsupported-transport-type', 'packages[0].transport.type')],
  [TRANSPORT, {}, error('schema-required', 'packages[0].transport.type')],
  ...[
    'http://localhost:{port}/mcp',
    '{WEATHER_KEY}/mcp',
    'ftp://localhost/mcp',
    'http://localhost:8080/{{WEATHER_KEY}}',
    'http://localhost:8080/{WEATHER_KEY',
    'http://localhost:8080/{}',
    'http://local host/',
    'http:///mcp',
  ].map((url): [Path, JsonValue, Expected] => [
    TRANSPORT,
    { type: 'streamable-http', url },
    error('invalid-templated-url', 'packages[0].transport.url'),
  ]),
]);

const remote = (url: JsonValue, variables: JsonObject = {}): JsonObject => ({ type: 'sse', url, variables });
table('remotes', [
  [REMOTE, remote('https://mcp.acme.example/sse')],
  [REMOTE, remote('https://{host}/mcp', { host: {} })],
  [REMOTE, remote('https://acme.example:{port}/mcp', { port: {} })],
  [REMOTE, remote('http://mcp.acme.example/sse'), error('remote-url-not-https', 'remotes[0].url')],
  [REMOTE, { type: 'sse' }, error('remote-transport-url-required', 'remotes[0].url')],
  [REMOTE, remote(''), error('remote-transport-url-required', 'remotes[0].url')],
  [REMOTE, remote(7), error('schema-type', 'remotes[0].url')],
  [REMOTE, { type: 'stdio', url: 'https://a.example' }, error('unsupported-remote-transport-type', 'remotes[0].type')],
  ...[
    '{base}/mcp',
    'acme.example/mcp',
    'ftp://acme.example',
    'https://',
    'https://localhost/mcp',
    'https://LOCALHOST./mcp',
    'https://api.localhost/mcp',
    'https://127.0.0.1/mcp',
    'https://127.1/mcp',
    'https://2130706433/mcp',
    'https://0x7f.0.0.1/mcp',
    'https://0.0.0.0/mcp',
    'https://[::1]/mcp',
    'https://[::ffff:127.0.0.1]/mcp',
    'https://acme.example/a b',
    'https:\\\\acme.example',
  ].map((url): [Path, JsonValue, Expected] => [
    REMOTE,
    remote(url, { base: {} }),
    error('invalid-remote-url', 'remotes[0].url'),
  ]),
  [REMOTE, remote('https://{host}/mcp'), error('invalid-templated-url', 'remotes[0].url')],
  [REMOTE, remote('https://a.example/{x}/{y}', { x: {} }), error('invalid-templated-url', 'remotes[0].url')],
  [REMOTE, remote('https://acme.example@evil.example/mcp'), error('url-has-credentials', 'remotes[0].url')],
  [
    [...REMOTE, 'headers'],
    [{ name: 'X Y' }, { name: 'X-A', value: 'a\r\nX-B: c' }, { name: 'X-C', value: 'Bearer {token}' }],
    error('invalid-header-name', 'remotes[0].headers[0].name'),
    error('invalid-header-value', 'remotes[0].headers[1].value'),
    error('unresolved-template-variable', 'remotes[0].headers[2].value'),
  ],
]);

const PROVIDED = '_meta["io.modelcontextprotocol.registry/publisher-provided"]';
const provided = (size: number) => ({
  'io.modelcontextprotocol.registry/publisher-provided': { x: 'é'.repeat((size - '{"x":""}'.length) / 2) },
});
table('_meta and unknown keys', [
  [['_meta'], provided(4096)],
  [['_meta'], provided(4098), error('publisher-meta-too-large', PROVIDED)],
  [['_meta'], { 'io.modelcontextprotocol.registry/publisher-provided': [] }, error('schema-type', PROVIDED)],
  [['_meta'], { 'com.example/x': 1 }, error('meta-key-ignored', '_meta["com.example/x"]')],
  [['_meta'], 'x', error('schema-type', '_meta')],
  [['descripton'], 'x', error('unknown-key', 'descripton')],
  [[...PACKAGE, 'registry_type'], 'npm', error('unknown-key', 'packages[0].registry_type')],
  [[...PACKAGE, 'transport', 'variables'], {}, error('unknown-key', 'packages[0].transport.variables')],
  [[...REMOTE, 'variables', 'tenant', 'secret'], true, error('unknown-key', 'remotes[0].variables.tenant.secret')],
  [['repository', 'a b'], 1, error('unknown-key', 'repository["a b"]')],
]);

describe('messages', () => {
  const messageOf = (path: Path, value: JsonValue) => issuesOf(change(validManifest(), path, value))[0]?.message;

  it('suggest the key that was probably meant', () => {
    expect(messageOf(['descripton'], 'x')).toContain('Did you mean "description"?');
    expect(messageOf(['website_url'], 'x')).toContain('Did you mean "websiteUrl"?');
    expect(messageOf([...PACKAGE, 'enviromentVariables'], [])).toContain('Did you mean "environmentVariables"?');
    expect(messageOf(['status'], 'active')).toContain('the registry keeps the status');
    expect(messageOf(['somethingElse'], 1)).not.toContain('Did you mean');
  });

  it('name the variables that a URL may mention', () => {
    const message = messageOf([...PACKAGE, 'transport'], { type: 'sse', url: 'http://localhost:{port}' });
    expect(message).toContain('mentions "port"; defined are "WEATHER_KEY", "--prefer-offline", "directory", "--units"');
  });

  it('end with the fix of their rule, and every rule has words', () => {
    expect(messageOf(['version'], 'latest')).toBe('"latest" is reserved. Name the exact version, such as 1.2.3.');
    for (const { explanation, fix } of Object.values(ISSUE_REFERENCES)) {
      expect(explanation).toMatch(/^[A-Z$"].*\.$/);
      expect(fix).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('exhaustive issues', () => {
  it('schema, meaning and unknown keys are all reported in one pass', () => {
    const document = validManifest();
    change(document, ['name'], 'weather');
    change(document, ['description'], 'x'.repeat(101));
    change(document, ['version'], '>=1');
    change(document, ['titel'], 'x');
    change(document, [...PACKAGE, 'transport'], { type: 'stdio', url: 'https://a.example' });
    change(document, ['remotes', 1], { type: 'http', url: 'https://localhost' });
    expect(shortly(issuesOf(document)).sort()).toEqual([
      ['invalid-remote-url', 'remotes[1].url'],
      ['invalid-server-name', 'name'],
      ['schema-too-long', 'description'],
      ['stdio-transport-url-not-empty', 'packages[0].transport.url'],
      ['unknown-key', 'titel'],
      ['unsupported-remote-transport-type', 'remotes[1].type'],
      ['version-looks-like-range', 'version'],
    ]);
  });

  it('faults of the JSON text come with those of the manifest where its syntax is complete', () => {
    const text = JSON.stringify({ ...validManifest(), name: 'weather' }).replace('{', '{ // mine\n"title":"Other",');
    const { valid, issues } = validateManifest(new TextEncoder().encode(text));
    expect(valid).toBe(false);
    expect(shortly(issues)).toEqual([
      ['json-comment', ''],
      ['json-duplicate-key', 'title'],
      ['invalid-server-name', 'name'],
    ]);
  });

  it('a document that is no object is one issue', () => {
    for (const value of [[], 'text', 7, null, true]) {
      expect(shortly(issuesOf(value))).toEqual([['schema-type', '']]);
    }
  });

  it('warnings alone leave a manifest valid', () => {
    const result = validateManifest(encode({ ...validManifest(), extra: 1 }));
    expect(result.valid).toBe(true);
    expect(result.issues.map(({ severity }) => severity)).toEqual(['warning']);
  });
});

describe('options', () => {
  it('allowedSchemas narrows the dates', () => {
    const { issues } = parseManifest(encode(validManifest()), { allowedSchemas: ['2025-10-17'] });
    expect(shortly(issues)).toEqual([['schema-version-unknown', '$schema']]);
  });

  it.each<[path: Path, value: JsonValue | undefined]>([
    [['$schema'], undefined],
    [['$schema'], 'https://static.modelcontextprotocol.io/schemas/2024-01-01/server.schema.json'],
    [['name'], 'a/b'],
    [['name'], '-acme/weather-'],
    [['description'], 'x'.repeat(300)],
    [['title'], ''],
    [['version'], '1.x'],
    [['websiteUrl'], 'http://acme.example'],
    [['repository'], {}],
    [['icons', 0], {}],
    [[...PACKAGE, 'identifier'], 'https://github.com/acme/weather'],
    [[...PACKAGE, 'registryType'], 'maven'],
    [[...PACKAGE, 'version'], 'latest'],
    [[...REMOTE, 'url'], '{base}/mcp'],
    [['_meta'], provided(8000)],
  ])('mirror mode takes %j = %j with a warning', (path, value) => {
    const parsed = parseManifest(encode(change(validManifest(), path, value)), { mode: 'mirror' });
    expect(parsed.ok).toBe(true);
    expect(parsed.issues.length).toBeGreaterThan(0);
    expect(validateManifest(encode(change(validManifest(), path, value))).valid).toBe(false);
  });

  it.each<[path: Path, value: JsonValue | undefined]>([
    [['name'], undefined],
    [['name'], ''],
    [['name'], 'weather'],
    [['name'], 'acme/wea\u200bther'],
    [['name'], `${'a'.repeat(200)}/b`],
    [['description'], ''],
    [['description'], undefined],
    [['version'], ''],
    [['version'], 'latest'],
    [['version'], 'x'.repeat(256)],
    [['packages'], {}],
    [[...PACKAGE, 'identifier'], undefined],
    [[...PACKAGE, 'identifier'], ''],
    [PACKAGE, { registryType: 'mcpb', identifier: '', transport: { type: 'stdio' } }],
    [[...PACKAGE, 'packageArguments'], [{ type: 'named' }]],
    [[...PACKAGE, 'environmentVariables'], [{}]],
    [[...PACKAGE, 'transport'], { type: 'websocket' }],
    [[...REMOTE, 'url'], undefined],
    [[...REMOTE, 'type'], 'stdio'],
  ])('mirror mode refuses %j = %j, which readers could not use', (path, value) => {
    expect(parseManifest(encode(change(validManifest(), path, value)), { mode: 'mirror' }).ok).toBe(false);
  });
});

describe('hostile documents', () => {
  const megabyteOf = (unit: string, wrap: (inner: string) => string) => {
    const room = LIMITS.maxBytes - wrap('').length - 1;
    return new TextEncoder().encode(wrap(unit.repeat(Math.floor(room / Buffer.byteLength(unit)))));
  };

  it.each<[name: string, bytes: Uint8Array, reference: IssueReference]>([
    ['half a million packages', megabyteOf('1,', (inner) => `{"packages":[${inner}1]}`), 'json-too-many-values'],
    ['one key of a megabyte', megabyteOf('k', (inner) => `{"${inner}":1}`), 'unknown-key'],
    ['a name of a megabyte', megabyteOf('a/', (inner) => `{"name":"${inner}"}`), 'schema-too-long'],
    ['a version of spaces', megabyteOf(' ', (inner) => `{"version":"^${inner}x"}`), 'schema-too-long'],
    [
      'a URL of braces',
      megabyteOf('{', (inner) => `{"remotes":[{"type":"sse","url":"https://${inner}"}]}`),
      'invalid-templated-url',
    ],
    ['a title of bidi marks', megabyteOf('\u202e', (inner) => `{"title":"${inner}"}`), 'invisible-characters-in-text'],
  ])('%s are refused with short issues', (_name, bytes, reference) => {
    const parsed = parseManifest(bytes);
    expect(parsed.ok).toBe(false);
    expect(parsed.issues.map((issue) => issue.reference)).toContain(reference);
    expect(JSON.stringify(parsed.issues).length).toBeLessThan(10_000);
  });

  it('stops counting at the limit of issues', () => {
    const extra = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`extra${index}`, 1]));
    const parsed = parseManifest(encode({ ...validManifest(), ...extra }), { mode: 'mirror' });
    expect(parsed.ok).toBe(false);
    expect(parsed.issues).toHaveLength(LIMITS.maxIssues + 1);
  });

  it('members named like those of every object are ordinary unknown keys', () => {
    const text = JSON.stringify(validManifest()).replace(
      '{',
      '{"__proto__":{"name":1},"constructor":1,"hasOwnProperty":1,',
    );
    const parsed = parseManifest(new TextEncoder().encode(text));
    expect(parsed.ok).toBe(true);
    expect(shortly(parsed.issues)).toEqual([
      ['unknown-key', '__proto__'],
      ['unknown-key', 'constructor'],
      ['unknown-key', 'hasOwnProperty'],
    ]);
  });

  it('what is not there is not taken from the prototype', () => {
    const text = '{"__proto__":{"name":"acme/weather","description":"x","version":"1.0.0"}}';
    const strict = parseStrictJson(new TextEncoder().encode(text));
    expect(strict.ok).toBe(true);
    expect(parseManifest(new TextEncoder().encode(text), { mode: 'mirror' }).ok).toBe(false);
  });
});
