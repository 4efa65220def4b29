import { describe, expect, it } from 'vitest';
import type { IssueReference, JsonObject, JsonValue } from '#lib/manifest/index.ts';
import {
  change,
  type Expected,
  issue,
  issuesOf,
  PACKAGE,
  type Path,
  REMOTE,
  shortly,
  table,
  validManifest,
} from './manifests.ts';

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
      issue(reference, `packages[0].${reference === 'unsupported-registry-type' ? 'registryType' : 'identifier'}`),
    ),
  ]),
  [[...PACKAGE, 'identifier'], '', issue('schema-too-short', 'packages[0].identifier')],
  [[...PACKAGE, 'identifier'], undefined, issue('schema-required', 'packages[0].identifier')],
  [[...PACKAGE, 'transport'], undefined, issue('schema-required', 'packages[0].transport')],
  [['packages'], 'weather', issue('schema-type', 'packages')],
  [['packages', 0], 'weather', issue('schema-type', 'packages[0]')],
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
  [PACKAGE, image('ghcr.io/acme/weather:1.0'), issue('package-not-pinned', 'packages[0].identifier')],
  [PACKAGE, image('acme/weather'), issue('package-not-pinned', 'packages[0].identifier')],
  [PACKAGE, image(`registry.evil.example/w@${DIGEST}`), issue('unsupported-oci-registry', 'packages[0].identifier')],
  [PACKAGE, image(`evilpkg.dev/w@${DIGEST}`), issue('unsupported-oci-registry', 'packages[0].identifier')],
  [PACKAGE, image('ghcr.io/Acme/Weather:1'), issue('invalid-package-identifier', 'packages[0].identifier')],
  [PACKAGE, image('ghcr.io/acme/weather@sha256:abc'), issue('invalid-package-identifier', 'packages[0].identifier')],
  [
    PACKAGE,
    image(`ghcr.io/acme/weather@${DIGEST}`, { version: '1.0', registryBaseUrl: 'https://ghcr.io' }),
    issue('registry-base-url-not-used', 'packages[0].registryBaseUrl'),
    issue('oci-version-not-used', 'packages[0].version'),
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
  [PACKAGE, bundle(RELEASE.replace('https', 'http')), issue('invalid-mcpb-url', 'packages[0].identifier')],
  [PACKAGE, bundle('https://evil.example/mcp.mcpb'), issue('invalid-mcpb-url', 'packages[0].identifier')],
  [PACKAGE, bundle('https://github.com@evil.example/mcp'), issue('invalid-mcpb-url', 'packages[0].identifier')],
  [
    PACKAGE,
    bundle('https://github.com/acme/w/releases/x.zip'),
    issue('mcpb-url-without-mcp', 'packages[0].identifier'),
  ],
  [PACKAGE, bundle(RELEASE, 'A'.repeat(64)), issue('schema-pattern', 'packages[0].fileSha256')],
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
  [[...PACKAGE, 'version'], undefined, issue('package-not-pinned', 'packages[0].version')],
  [[...PACKAGE, 'version'], 'latest', issue('reserved-version-string', 'packages[0].version')],
  [[...PACKAGE, 'version'], '1.x', issue('version-looks-like-range', 'packages[0].version')],
  [[...PACKAGE, 'version'], 'next', issue('package-version-not-exact', 'packages[0].version')],
  [[...PACKAGE, 'version'], 'npm:evil@1.0.0', issue('package-version-not-exact', 'packages[0].version')],
  [[...PACKAGE, 'version'], 'https://evil.example/x.tgz', issue('package-version-not-exact', 'packages[0].version')],
  [[...PACKAGE, 'registryBaseUrl'], 'https://registry.npmjs.org/'],
  [
    [...PACKAGE, 'registryBaseUrl'],
    'https://registry.evil.example',
    issue('unsupported-registry-base-url', 'packages[0].registryBaseUrl'),
  ],
  [
    [...PACKAGE, 'registryBaseUrl'],
    'https://registry.npmjs.org.evil.example',
    issue('unsupported-registry-base-url', 'packages[0].registryBaseUrl'),
  ],
  [[...PACKAGE, 'runtimeHint'], undefined, issue('runtime-hint-missing', 'packages[0].runtimeHint')],
]);

const ARGUMENT = [...PACKAGE, 'packageArguments', 0] as const;
const AT = 'packages[0].packageArguments[0]';
table('arguments', [
  [ARGUMENT, { type: 'named', name: '--port', value: '8080' }],
  [ARGUMENT, { type: 'named', name: 'config', default: 'verbose' }],
  [ARGUMENT, { type: 'positional', value: 'start' }],
  [ARGUMENT, { type: 'positional', value: '{dir}/x', variables: { dir: { isRequired: true } } }],
  [ARGUMENT, { type: 'positional', value: '{"json": {"a": 1}}' }],
  [ARGUMENT, { type: 'named' }, issue('named-argument-name-required', `${AT}.name`)],
  [ARGUMENT, { type: 'named', name: '' }, issue('named-argument-name-required', `${AT}.name`)],
  ...['--directory <path>', '--port 8080', '--dir=$HOME', '--a\tb'].map((name): [Path, JsonValue, Expected] => [
    ARGUMENT,
    { type: 'named', name },
    issue('invalid-named-argument-name', `${AT}.name`),
  ]),
  [
    ARGUMENT,
    { type: 'named', name: '--port', value: '--port 8080', default: '--port=1' },
    issue('argument-value-starts-with-name', `${AT}.value`),
    issue('argument-default-starts-with-name', `${AT}.default`),
  ],
  [ARGUMENT, { type: 'positional' }, issue('positional-argument-value-required', AT)],
  [ARGUMENT, { type: 'flag', name: 'x' }, issue('invalid-argument-type', `${AT}.type`)],
  [ARGUMENT, { name: '--port' }, issue('schema-required', `${AT}.type`)],
  [
    ARGUMENT,
    { type: 'positional', value: '{dir}/{other}', variables: { dir: {} } },
    issue('unresolved-template-variable', `${AT}.value`),
  ],
  [
    ARGUMENT,
    { type: 'positional', valueHint: 'x', default: 'c', choices: ['a', 'b'] },
    issue('default-not-in-choices', `${AT}.default`),
  ],
  [ARGUMENT, { type: 'positional', valueHint: 'x', format: 'url' }, issue('schema-enum', `${AT}.format`)],
  [ARGUMENT, { type: 'positional', valueHint: 'x', isRequired: 'yes' }, issue('schema-type', `${AT}.isRequired`)],
]);

const VARIABLES = [...PACKAGE, 'environmentVariables'] as const;
table('environment variables', [
  [VARIABLES, [{ name: 'A' }, { name: 'app.token' }]],
  [
    VARIABLES,
    [{ name: 'A=B' }],
    issue('invalid-environment-variable-name', 'packages[0].environmentVariables[0].name'),
  ],
  [VARIABLES, [{ name: '1A' }], issue('invalid-environment-variable-name', 'packages[0].environmentVariables[0].name')],
  [VARIABLES, [{ name: '' }], issue('invalid-environment-variable-name', 'packages[0].environmentVariables[0].name')],
  [
    VARIABLES,
    [{ name: 'A' }, { name: 'A' }],
    issue('duplicate-environment-variable', 'packages[0].environmentVariables[1].name'),
  ],
  [VARIABLES, [{}], issue('schema-required', 'packages[0].environmentVariables[0].name')],
]);

const TRANSPORT = [...PACKAGE, 'transport'] as const;
table('package transports', [
  [TRANSPORT, { type: 'stdio', url: '' }],
  [TRANSPORT, { type: 'streamable-http', url: 'http://localhost:8080/mcp' }],
  [TRANSPORT, { type: 'sse', url: 'http://127.0.0.1:{WEATHER_KEY}/{directory}/{--units}' }],
  [
    TRANSPORT,
    { type: 'stdio', url: 'https://a.example' },
    issue('stdio-transport-url-not-empty', 'packages[0].transport.url'),
  ],
  [
    TRANSPORT,
    { type: 'streamable-http', url: '' },
    issue('streamable-transport-url-required', 'packages[0].transport.url'),
  ],
  [TRANSPORT, { type: 'sse' }, issue('streamable-transport-url-required', 'packages[0].transport.url')],
  [TRANSPORT, { type: 'websocket', url: 'ws://x' }, issue('unsupported-transport-type', 'packages[0].transport.type')],
  [TRANSPORT, {}, issue('schema-required', 'packages[0].transport.type')],
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
    issue('invalid-templated-url', 'packages[0].transport.url'),
  ]),
]);

const remote = (url: JsonValue, variables: JsonObject = {}): JsonObject => ({ type: 'sse', url, variables });
table('remotes', [
  [REMOTE, remote('https://mcp.acme.example/sse')],
  [REMOTE, remote('https://{host}/mcp', { host: {} })],
  [REMOTE, remote('https://acme.example:{port}/mcp', { port: {} })],
  [REMOTE, remote('http://mcp.acme.example/sse'), issue('remote-url-not-https', 'remotes[0].url')],
  [REMOTE, { type: 'sse' }, issue('remote-transport-url-required', 'remotes[0].url')],
  [REMOTE, remote(''), issue('remote-transport-url-required', 'remotes[0].url')],
  [REMOTE, remote(7), issue('schema-type', 'remotes[0].url')],
  [REMOTE, { type: 'stdio', url: 'https://a.example' }, issue('unsupported-remote-transport-type', 'remotes[0].type')],
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
    issue('invalid-remote-url', 'remotes[0].url'),
  ]),
  [REMOTE, remote('https://{host}/mcp'), issue('invalid-templated-url', 'remotes[0].url')],
  [REMOTE, remote('https://a.example/{x}/{y}', { x: {} }), issue('invalid-templated-url', 'remotes[0].url')],
  [REMOTE, remote('https://acme.example@evil.example/mcp'), issue('url-has-credentials', 'remotes[0].url')],
  [
    [...REMOTE, 'headers'],
    [{ name: 'X Y' }, { name: 'X-A', value: 'a\r\nX-B: c' }, { name: 'X-C', value: 'Bearer {token}' }],
    issue('invalid-header-name', 'remotes[0].headers[0].name'),
    issue('invalid-header-value', 'remotes[0].headers[1].value'),
    issue('unresolved-template-variable', 'remotes[0].headers[2].value'),
  ],
]);
