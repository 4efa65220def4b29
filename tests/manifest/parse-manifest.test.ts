import { describe, expect, it } from 'vitest';
import {
  ISSUE_REFERENCES,
  type IssueReference,
  type JsonObject,
  type JsonValue,
  LIMITS,
  parseManifest,
  parseStrictJson,
  validateManifest,
} from '#lib/manifest/index.ts';
import { change, encode, issuesOf, PACKAGE, type Path, provided, REMOTE, shortly, validManifest } from './manifests.ts';

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
