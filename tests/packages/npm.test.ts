import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { npmSource } from '#lib/packages/npm-source.ts';
import { expectAnswer, json, type Registries, SERVER, SICK_ANSWERS, startRegistries } from './support/registries.ts';

const REGISTRY = 'https://registry.npmjs.org';
const URL = `${REGISTRY}/@acme%2fweather`;
const VERSION_URL = `${URL}/1.2.3`;
const SHA512 = createHash('sha512').update('the tarball').digest();
const dist = { integrity: `sha512-${SHA512.toString('base64')}`, shasum: 'a'.repeat(40) };
const published = (more: object = {}) => ({ name: '@acme/weather', version: '1.2.3', mcpName: SERVER, dist, ...more });
const pkg = { registryType: 'npm', identifier: '@acme/weather', version: '1.2.3' };

let registries: Registries;
beforeAll(async () => {
  registries = await startRegistries();
});
afterEach(() => registries.web.clear());
afterAll(() => registries.close());

describe('an npm package', () => {
  test('that names the server is its own; its digest is kept', async () => {
    registries.web.set(VERSION_URL, json(published()));
    const { ownership, digest, all } = await registries.check(pkg);
    expect(ownership).toMatchObject({
      packageIndex: 0,
      label: 'npm @acme/weather 1.2.3',
      state: 'proven',
      code: 'NAME_MATCHES',
    });
    expect(digest).toMatchObject({
      state: 'proven',
      facts: { digests: [{ name: 'tarball', digest: `sha512:${SHA512.toString('hex')}` }] },
    });
    expect(all.map(({ kind }) => kind)).toEqual(['ownership', 'digest', 'provenance']);
  });

  test.each<[string, unknown, string, RegExp]>([
    [
      'nothing',
      undefined,
      'NAME_MISSING',
      /Add "mcpName": "com.example\/weather" to package.json of @acme\/weather and publish a new version\.$/,
    ],
    ['an empty name', '', 'NAME_MISSING', /Add "mcpName"/],
    ['another server', 'com.example/news', 'NAME_DIFFERS', /names another server: com.example\/news/],
    ['the name with more behind it', `${SERVER}2`, 'NAME_DIFFERS', /com.example\/weather2/],
    ['the name with a space', `${SERVER} `, 'NAME_DIFFERS', /names another server/],
    ['the name in another case', 'com.example/Weather', 'NAME_CASE', /compared with their case/],
    ['the name with a hidden character', `${SERVER}\u200b`, 'NAME_DIFFERS', /\\u\{200B\}/],
    ['the name and U+0000', `${SERVER}\u0000`, 'NAME_DIFFERS', /\\u0000/],
    ['a list of names', [SERVER], 'NAME_DIFFERS', /names another server/],
    ['an object', { toString: SERVER }, 'NAME_DIFFERS', /names another server/],
    ['true', true, 'NAME_DIFFERS', /true/],
  ])('that gives %s as its mcpName is not', async (_, mcpName, code, sentence) => {
    registries.web.set(VERSION_URL, json(published({ mcpName })));
    const { ownership } = await registries.check(pkg);
    expectAnswer(ownership, code as never, sentence);
    // PostgreSQL has no place for U+0000 in a JSON column.
    expect(JSON.stringify(Object.values(ownership.facts))).not.toContain(String.raw`"\u0000`);
  });

  test('that does not exist is told from a version that does not', async () => {
    const gone = await registries.check(pkg);
    expectAnswer(gone.ownership, 'PACKAGE_NOT_FOUND', /no package @acme\/weather on registry.npmjs.org/);
    expect(gone.digest).toMatchObject({ state: 'absent', code: 'NOTHING_FOUND' });
    expect(gone.provenance).toMatchObject({ state: 'absent', code: 'NOTHING_FOUND' });

    registries.web.set(URL, json({ name: '@acme/weather', versions: { '1.2.2': published() } }));
    const old = await registries.check(pkg);
    expectAnswer(old.ownership, 'VERSION_NOT_FOUND', /has no version 1\.2\.3/);
  });

  test('on a registry that has whole documents only is found in that', async () => {
    registries.web.set(URL, json({ name: '@acme/weather', versions: { '1.2.3': published() } }));
    expect((await registries.check(pkg)).ownership).toMatchObject({ code: 'NAME_MATCHES' });
  });

  test.each([
    ['another package', { name: '@acme/news' }],
    ['another version', { version: '9.9.9' }],
    ['no name', { name: undefined }],
  ])('is not judged by an answer about %s', async (_, more) => {
    registries.web.set(VERSION_URL, json(published(more)));
    expectAnswer((await registries.check(pkg)).ownership, 'ANSWER_UNREADABLE', /when asked about npm @acme\/weather/);
  });

  test('whose registry gives a sha1 only is known by that, one without any by none', async () => {
    registries.web.set(VERSION_URL, json(published({ dist: { shasum: 'b'.repeat(40) } })));
    const old = await registries.check(pkg);
    expect(old.digest.facts).toMatchObject({ digests: [{ digest: `sha1:${'b'.repeat(40)}` }] });
    registries.web.set(VERSION_URL, json(published({ dist: { integrity: 'sha512-bm90IGEgZGlnZXN0', shasum: 'x' } })));
    expect((await registries.check(pkg)).digest).toMatchObject({ state: 'absent', code: 'DIGEST_ABSENT' });
  });

  test.each([
    ['no version', undefined],
    ['a tag', 'latest'],
    ['a range', '^1.2.0'],
    ['a path', '../@acme%2fnews/1.0.0'],
  ])('with %s in the manifest is not asked about', async (_, version) => {
    const { ownership } = await registries.check({ ...pkg, version });
    expectAnswer(ownership, 'VERSION_NOT_NAMED', /Add "version"/);
    expect(registries.web.requests).toEqual([]);
  });

  test.each([
    ['a URL', 'https://example.com/x.tgz'],
    ['a path', '../../@acme/weather'],
    ['a git reference', 'github:acme/weather'],
  ])('that is %s is not asked about', async (_, identifier) => {
    const { ownership } = await registries.check({ ...pkg, identifier });
    expectAnswer(ownership, 'IDENTIFIER_INVALID', /is no npm package/);
    expect(registries.web.requests).toEqual([]);
  });

  test.each(SICK_ANSWERS)('is not judged by %s', async (_, answer, code, sentence) => {
    registries.web.set(VERSION_URL, answer);
    const { ownership, digest } = await registries.check(pkg);
    expectAnswer(ownership, code, sentence);
    expect(ownership.state).toBe(code === 'ANSWER_TOO_LARGE' ? 'failed' : 'unreachable');
    expect(digest.state).not.toBe('proven');
  });
});

describe('where npm packages are asked about', () => {
  const elsewhere = 'https://npm.evil.example';

  test('another registry in the manifest is not asked', async () => {
    const { ownership } = await registries.check({ ...pkg, registryBaseUrl: elsewhere });
    expectAnswer(ownership, 'REGISTRY_NOT_ASKED', /npm\.evil\.example, which this instance does not ask/);
    expect(ownership.state).toBe('not_offered');
    expect(registries.web.requests).toEqual([]);
  });

  test.each([REGISTRY, `${REGISTRY}/`])('the public one in the manifest is (%s)', async (registryBaseUrl) => {
    registries.web.set(VERSION_URL, json(published()));
    expect((await registries.check({ ...pkg, registryBaseUrl })).ownership.code).toBe('NAME_MATCHES');
  });

  test("the admin's mirror stands for the public one, with a path and its credentials", async () => {
    const mirror = 'https://mirror.corp.example/npm/';
    const npm = { registry: mirror, options: { '//mirror.corp.example/npm/:_authToken': 'secret-token' } };
    registries.web.set(`${mirror}@acme%2fweather/1.2.3`, json(published()));
    for (const registryBaseUrl of [undefined, REGISTRY, mirror]) {
      const { ownership } = await registries.check({ ...pkg, registryBaseUrl }, { settings: { npm } });
      expect(ownership.code).toBe('NAME_MATCHES');
    }
    expect(registries.web.requests[0]!.headers.authorization).toBe('Bearer secret-token');
  });

  test('credentials do not follow a redirect to another host', async () => {
    const npm = { registry: `${REGISTRY}/`, options: { '//registry.npmjs.org/:_authToken': 'secret-token' } };
    registries.web.set(VERSION_URL, { status: 302, headers: { location: `${elsewhere}/x` } });
    registries.web.set(`${elsewhere}/x`, json(published()));
    await registries.check(pkg, { settings: { npm } });
    const [first, second] = registries.web.requests;
    expect(first!.headers.authorization).toBe('Bearer secret-token');
    expect(second!.url).toBe(`${elsewhere}/x`);
    expect(second!.headers.authorization).toBeUndefined();
  });

  test.each<[string, string, Record<string, string>, string, string | undefined]>([
    [
      'the registry of its scope',
      '@acme/weather',
      { '@acme:registry': 'https://acme.example' },
      'https://acme.example/',
      undefined,
    ],
    [
      'not that of another scope',
      '@other/weather',
      { '@acme:registry': 'https://acme.example' },
      `${REGISTRY}/`,
      undefined,
    ],
    [
      'a name and password',
      'weather',
      { '//registry.npmjs.org/:username': 'ann', '//registry.npmjs.org/:_password': 'cHc=' },
      `${REGISTRY}/`,
      `Basic ${Buffer.from('ann:pw').toString('base64')}`,
    ],
    ['a pair that is encoded', 'weather', { '//registry.npmjs.org/:_auth': 'abc' }, `${REGISTRY}/`, 'Basic abc'],
    ['no credentials of another host', 'weather', { '//acme.example/:_authToken': 'abc' }, `${REGISTRY}/`, undefined],
    [
      'no credentials of a path beside',
      'weather',
      { '//registry.npmjs.org/other/:_authToken': 'abc' },
      `${REGISTRY}/`,
      undefined,
    ],
  ])('npm settings give %s', (_, name, options, registry, authorization) => {
    const source = npmSource({ registry: `${REGISTRY}/`, options }, name);
    expect(source).toEqual({ registry, headers: authorization ? { authorization } : {} });
  });
});
