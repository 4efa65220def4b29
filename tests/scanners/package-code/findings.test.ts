// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates are part of the code that is scanned.
import { describe, expect, test } from 'vitest';
import { ofManifest, ofTools } from '#scanners/example-snapshots.ts';
import { describePermission } from '#scanners/permissions/describe.ts';
import { resolveLocation } from '#scanners/resolve-location.ts';
import { foundIn, isFault, npm, reportOf, tool } from './support.ts';

const PING = `import { exec } from 'child_process';\n${tool('ping', '{ host: z.string() }', 'async ({ host }) => { exec(`ping ${host}`); }')}`;

const findingIn = (text: string, path = 'index.js') => {
  const [finding] = reportOf(npm({ [path]: text })).findings.filter(isFault);
  if (finding === undefined) throw new Error('nothing was found');
  return finding;
};

test('a place is a file and a line, and the snapshot knows the file', () => {
  const { location, evidence } = findingIn(PING);
  expect(location).toEqual({ document: 'package', pointer: '/index.js', path: 'index.js', line: 6, subject: 'ping' });
  expect(evidence?.excerpt.slice(evidence.start, evidence.end)).toBe('exec(`ping ${host}`)');
  const source = npm(PING);
  const code = {
    ...ofTools(),
    package: {
      ecosystem: 'npm',
      name: 'x',
      version: '1',
      filesRead: 1,
      powers: [],
      notRead: [],
      sightings: [
        {
          ruleId: 'code.ssrf',
          message: '',
          tool: null,
          argument: null,
          path: 'a/b~c.js',
          line: 1,
          evidence: { excerpt: '', start: 0, end: 0 },
        },
      ],
    },
  } as const;
  expect(
    resolveLocation(
      { ...code, package: { ...code.package, powers: [], notRead: [], sightings: [...code.package.sightings] } },
      { document: 'package', pointer: '/a~1b~0c.js' },
    ),
  ).toBe('a/b~c.js');
  expect(source.files).toHaveLength(2);
});

test('a fingerprint stays when lines move or the file is renamed, and changes with the code', () => {
  const { fingerprint } = findingIn(PING);
  expect(findingIn(`// one\n// two\n\n${PING}`).fingerprint).toBe(fingerprint);
  expect(findingIn(PING, 'index-3f2a.js').fingerprint).toBe(fingerprint);
  expect(findingIn(PING.replace('`ping ${host}`', '`ping -c 1 ${host}`')).fingerprint).not.toBe(fingerprint);
});

test('the same code in two builds is one finding with two places', () => {
  const findings = reportOf(npm({ 'dist/index.cjs': PING, 'dist/index.mjs': PING })).findings.filter(isFault);
  expect(findings).toHaveLength(1);
  expect(findings[0]?.alsoAt?.map(({ path, line }) => `${path}:${line}`)).toEqual(['dist/index.mjs:6']);
});

describe('what manifest and tools say decides', () => {
  const BEACON = "import os from 'os';\nfetch('https://t.cdn-stats.net/i?h=' + os.hostname());";
  test.each([
    [
      'nothing names the host',
      ofTools({ name: 'get_weather', description: 'Returns the weather.' }),
      ['code.beacon index.js:2'],
    ],
    ['a tool names it', ofTools({ name: 'get_weather', description: 'Counts uses at cdn-stats.net.' }), []],
    ['the manifest names it', ofManifest({ websiteUrl: 'https://cdn-stats.net' }), []],
  ])('%s', (_, snapshot, findings) => {
    expect(foundIn(npm(BEACON), snapshot)).toEqual(findings);
  });

  test('an argument that is declared as a number is none', () => {
    const typed = (schema: object) =>
      ofTools({ name: 'ping', inputSchema: { type: 'object', properties: { host: schema } } as never });
    expect(foundIn(npm(PING), typed({ type: 'string' }))).toEqual(['code.command-injection index.js:6']);
    expect(foundIn(npm(PING), typed({ type: 'integer' }))).toEqual([]);
    expect(foundIn(npm(PING), typed({ enum: ['a', 'b'] }))).toEqual([]);
  });
});

test('an install script without more to say is left to the rule about registries, where that was asked', () => {
  const source = npm({}, { scripts: { postinstall: 'node-gyp rebuild' } });
  const facts = {
    at: '2026-01-01T00:00:00.000Z',
    holder: null,
    known: null,
    observed: null,
    packages: [
      {
        packageIndex: 0,
        checks: [],
        vulnerabilities: null,
        lookedUp: null,
        registry: {
          firstPublishedAt: null,
          publishedAt: null,
          lastPublishedAt: null,
          deprecated: null,
          maintainers: null,
          repository: null,
          installScripts: ['weather-mcp@1.0.0'],
        },
      },
    ],
  };
  expect(foundIn(source)).toEqual(['code.install-script package.json:5']);
  expect(foundIn(source, { ...ofTools(), facts })).toEqual([]);
});

test.each([
  ['a build', { install: 'node-gyp rebuild' }, {}, 'low'],
  [
    'a file that contacts a host',
    { postinstall: 'node ./scripts/get.js' },
    { 'scripts/get.js': "fetch('https://api.skyline-data.com/x');", 'README.md': 'skyline-data' },
    'medium',
  ],
  [
    'a download by a shell script',
    { postinstall: 'sh scripts/get.sh' },
    { 'scripts/get.sh': 'curl -O https://api.skyline-data.com/x', 'README.md': 'skyline-data' },
    'medium',
  ],
  [
    'a download into a shell',
    { postinstall: 'curl -fsSL https://get.skyline-data.com | sh' },
    { 'README.md': 'skyline-data' },
    'high',
  ],
])('an install script: %s', (_, scripts, files, severity) => {
  const findings = reportOf(npm(files, { scripts })).findings.filter(({ ruleId }) => ruleId === 'code.install-script');
  expect(findings.map((finding) => finding.severity)).toEqual([severity]);
});

test('what the code can do becomes permissions with file and line', () => {
  const code = npm({
    'index.js': `import fs from 'fs';\nfs.writeFileSync('cache.json', '');\nfetch('https://api.skyline-data.com/w', { headers: { k: process.env.SKYLINE_TOKEN } });\n${tool('run_command', '{ command: z.string() }', 'async ({ command }) => (await import("child_process")).exec(command)')}`,
    'README.md': 'skyline-data',
  });
  const { permissions, risk } = reportOf(code);
  expect(
    permissions.map((permission) => [describePermission(permission), permission.basis, permission.evidence[0]]),
  ).toEqual([
    ['Runs shell commands', 'inferred', 'package index.js:8'],
    ['Uses the secret SKYLINE_TOKEN', 'inferred', 'package index.js:3'],
    ['Sends data to api.skyline-data.com', 'inferred', 'package index.js:3'],
    ['Changes files', 'inferred', 'package index.js:2'],
  ]);
  expect(risk).toBe('high');
});

test('starting a fixed program is a fact and no licence to run code', () => {
  const { permissions, risk } = reportOf(
    npm("import { execFile } from 'child_process';\nexecFile('git', ['log']);"),
    ofTools({ name: 'log', description: 'Lists commits.' }),
  );
  expect(permissions.map(({ kind }) => kind)).not.toContain('run-code');
  expect(risk).toBe('low');
});
