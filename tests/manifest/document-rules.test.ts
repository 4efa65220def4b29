import type { JsonValue } from '#lib/manifest/index.ts';
import { type Expected, issue, PACKAGE, type Path, provided, REMOTE, table } from './manifests.ts';

table('schema date', [
  [['$schema'], undefined, issue('schema-field-required', '$schema')],
  [['$schema'], 7, issue('schema-type', '$schema')],
  [
    ['$schema'],
    'https://static.modelcontextprotocol.io/schemas/2025-01-27/server.schema.json',
    issue('schema-version-unknown', '$schema'),
  ],
  [
    ['$schema'],
    'https://evil.example/schemas/2025-12-11/server.schema.json',
    issue('schema-version-unknown', '$schema'),
  ],
  ...['2025-07-09', '2025-09-16', '2025-09-29', '2025-10-17'].map((date): [Path, string, Expected] => [
    ['$schema'],
    `https://static.modelcontextprotocol.io/schemas/${date}/server.schema.json`,
    issue('schema-version-outdated', '$schema'),
  ]),
]);

table('name', [
  [['name'], 'com.example.api/my_server.v2'],
  [['name'], 'Io.GitHub.Acme/Weather'],
  [['name'], 'ab/cd'],
  [['name'], undefined, issue('schema-required', 'name')],
  [['name'], null, issue('schema-type', 'name')],
  [['name'], '', issue('schema-too-short', 'name')],
  [['name'], 'weather', issue('invalid-server-name', 'name')],
  [['name'], 'a/b/c', issue('invalid-server-name', 'name')],
  [['name'], '/weather', issue('invalid-server-name', 'name')],
  [['name'], 'acme/', issue('invalid-server-name', 'name')],
  [['name'], 'a/weather', issue('invalid-server-name', 'name')],
  [['name'], 'acme/w', issue('invalid-server-name', 'name')],
  [['name'], '.acme/weather', issue('invalid-server-name', 'name')],
  [['name'], 'acme-/weather', issue('invalid-server-name', 'name')],
  [['name'], 'acme/_weather', issue('invalid-server-name', 'name')],
  [['name'], 'acme_corp/weather', issue('invalid-server-name', 'name')],
  [['name'], 'acme/weather app', issue('invalid-server-name', 'name')],
  [['name'], 'acme/wеather', issue('invalid-server-name', 'name')], // Cyrillic е
  [['name'], 'acme/weather\n', issue('invisible-characters', 'name')],
  [['name'], 'acme/wea\u200bther', issue('invisible-characters', 'name')],
  [['name'], 'acme/\u202ewe ather', issue('invisible-characters', 'name'), issue('invalid-server-name', 'name')],
  [['name'], `${'a'.repeat(100)}/${'b'.repeat(99)}`],
  [['name'], `${'a'.repeat(100)}/${'b'.repeat(100)}`, issue('schema-too-long', 'name')],
]);

table('version', [
  [['version'], '2025-06-18'],
  [['version'], '1.0.0-next.1'],
  [['version'], 'release candidate 3'],
  [['version'], '', issue('schema-too-short', 'version')],
  [['version'], 3, issue('schema-type', 'version')],
  [['version'], 'latest', issue('reserved-version-string', 'version')],
  [['version'], '^1.2.3', issue('version-looks-like-range', 'version')],
  [['version'], '1.0.0\u200b', issue('invisible-characters', 'version')],
  [['version'], 'x'.repeat(256), issue('schema-too-long', 'version')],
]);

table('title and description', [
  [['title'], undefined],
  [['title'], '👩‍💻 Wetter für Ärzte ❤️'],
  [['title'], '', issue('schema-too-short', 'title')],
  [['title'], '  ', issue('title-whitespace-only', 'title')],
  [['title'], 'x'.repeat(101), issue('schema-too-long', 'title')],
  [['title'], 'Weather\u202egnp.exe', issue('invisible-characters-in-text', 'title')],
  [['title'], 'a\u200db', issue('invisible-characters-in-text', 'title')],
  [['description'], '😀'.repeat(100)],
  [['description'], '😀'.repeat(101), issue('schema-too-long', 'description')],
  [['description'], 'two\nlines'],
  [['description'], '\t ', issue('description-whitespace-only', 'description')],
  [['description'], 'tags \u{e0041}\u{e0042}', issue('invisible-characters-in-text', 'description')],
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
    ...(isValid ? [] : [issue('invalid-repository-url', 'repository.url')]),
  ]),
  [['repository', 'source'], 'bitbucket', issue('unsupported-repository-source', 'repository.source')],
  [['repository', 'source'], 'toString', issue('unsupported-repository-source', 'repository.source')],
  [['repository'], {}, issue('schema-required', 'repository.url'), issue('schema-required', 'repository.source')],
  [['repository'], 'https://github.com/acme/weather', issue('schema-type', 'repository')],
  ...['src', 'src/everything', 'a.b/c-d_e', '.config/x'].map((path): [Path, string] => [
    ['repository', 'subfolder'],
    path,
  ]),
  ...['/src', 'src/', 'src//a', '../src', 'src/..', './src', 'a b', 'src\\a', 'src%2f', 'sré'].map(
    (path): [Path, string, Expected] => [
      ['repository', 'subfolder'],
      path,
      issue('invalid-subfolder-path', 'repository.subfolder'),
    ],
  ),
]);

table('website', [
  [['websiteUrl'], 'https://bücher.example/'],
  [['websiteUrl'], 'HTTPS://acme.example'],
  [['websiteUrl'], 'acme.example', issue('website-url-must-be-absolute', 'websiteUrl')],
  [['websiteUrl'], '//acme.example', issue('website-url-must-be-absolute', 'websiteUrl')],
  [['websiteUrl'], '', issue('website-url-must-be-absolute', 'websiteUrl')],
  [['websiteUrl'], 'http://acme.example', issue('website-url-invalid-scheme', 'websiteUrl')],
  [['websiteUrl'], 'javascript:alert(1)', issue('website-url-invalid-scheme', 'websiteUrl')],
  [['websiteUrl'], 'data:text/html,x', issue('website-url-invalid-scheme', 'websiteUrl')],
  [['websiteUrl'], 'https://', issue('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://acme.example/"onclick=x', issue('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://acme.example/<b>', issue('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://acme.example/a b', issue('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https:\\\\evil.example', issue('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://acme.example/\u202e', issue('invalid-website-url', 'websiteUrl')],
  [['websiteUrl'], 'https://github.com@evil.example/', issue('url-has-credentials', 'websiteUrl')],
]);

table('icons', [
  [['icons', 0, 'src'], 'icon.png', issue('icon-src-not-absolute', 'icons[0].src')],
  [['icons', 0, 'src'], 'http://acme.example/i.png', issue('icon-src-invalid-scheme', 'icons[0].src')],
  [['icons', 0, 'src'], 'data:image/png;base64,AA==', issue('icon-src-invalid-scheme', 'icons[0].src')],
  [['icons', 0, 'src'], 'https://', issue('icon-src-invalid-url', 'icons[0].src')],
  [['icons', 0, 'src'], `https://acme.example/${'x'.repeat(255)}`, issue('schema-too-long', 'icons[0].src')],
  [['icons', 0, 'mimeType'], 'image/gif', issue('schema-enum', 'icons[0].mimeType')],
  [['icons', 0, 'sizes'], ['48'], issue('schema-pattern', 'icons[0].sizes[0]')],
  [['icons', 0, 'theme'], 'blue', issue('schema-enum', 'icons[0].theme')],
  [['icons', 0], {}, issue('schema-required', 'icons[0].src')],
]);

const PROVIDED = '_meta["io.modelcontextprotocol.registry/publisher-provided"]';
table('_meta and unknown keys', [
  [['_meta'], provided(4096)],
  [['_meta'], provided(4098), issue('publisher-meta-too-large', PROVIDED)],
  [['_meta'], { 'io.modelcontextprotocol.registry/publisher-provided': [] }, issue('schema-type', PROVIDED)],
  [['_meta'], { 'com.example/x': 1 }, issue('meta-key-ignored', '_meta["com.example/x"]')],
  [['_meta'], 'x', issue('schema-type', '_meta')],
  [['descripton'], 'x', issue('unknown-key', 'descripton')],
  [[...PACKAGE, 'registry_type'], 'npm', issue('unknown-key', 'packages[0].registry_type')],
  [[...PACKAGE, 'transport', 'variables'], {}, issue('unknown-key', 'packages[0].transport.variables')],
  [[...REMOTE, 'variables', 'tenant', 'secret'], true, issue('unknown-key', 'remotes[0].variables.tenant.secret')],
  [['repository', 'a b'], 1, issue('unknown-key', 'repository["a b"]')],
]);
