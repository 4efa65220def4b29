import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  expectAnswer,
  json,
  PRIVATE_HOST,
  type Registries,
  SERVER,
  SICK_ANSWERS,
  startRegistries,
} from './support/registries.ts';

const TOKEN = `mcp-name: ${SERVER}`;
const html = (body: string) => ({ headers: { 'content-type': 'text/html' }, body });

let registries: Registries;
beforeAll(async () => {
  registries = await startRegistries();
});
afterEach(() => registries.web.clear());
afterAll(() => registries.close());

describe('a PyPI project', () => {
  const pkg = { registryType: 'pypi', identifier: 'Acme_Weather', version: '1.2.3' };
  const VERSION_URL = 'https://pypi.org/pypi/acme-weather/1.2.3/json';
  const file = (filename: string, sha256 = 'a'.repeat(64)) => ({ filename, digests: { sha256 } });
  const publish = (description: unknown, urls: object[] = [file('w.whl')], name = 'acme-weather') =>
    registries.web.set(VERSION_URL, json({ info: { name, description }, urls }));

  test('whose description names the server, also in a comment, is its own; the digests of its files are kept', async () => {
    publish(`# Weather\n\n<!-- ${TOKEN} -->\n`, [file('w.whl'), file('w.tar.gz', 'b'.repeat(64))]);
    const { ownership, digest } = await registries.check(pkg);
    expect(ownership).toMatchObject({ state: 'proven', code: 'NAME_MATCHES', label: 'pypi Acme_Weather 1.2.3' });
    expect(digest.facts).toMatchObject({
      digests: [
        { name: 'w.whl', digest: `sha256:${'a'.repeat(64)}` },
        { name: 'w.tar.gz', digest: `sha256:${'b'.repeat(64)}` },
      ],
    });
  });

  test.each<[string, unknown, string, RegExp]>([
    [
      'nothing',
      '# Weather',
      'NAME_MISSING',
      /Add the line "mcp-name: com.example\/weather" to the project description/,
    ],
    ['no description', null, 'NAME_MISSING', /names no server/],
    ['no text', { text: TOKEN }, 'NAME_MISSING', /names no server/],
    ['another server that begins the same', `${TOKEN}2\n`, 'NAME_NOT_ENDED', /names com.example\/weather2.*goes on/],
    ['the name in another case', 'mcp-name: com.example/WEATHER', 'NAME_CASE', /compared with their case/],
    ['another server', 'mcp-name: com.example/news', 'NAME_DIFFERS', /another server: com.example\/news/],
  ])('with %s is not', async (_, description, code, sentence) => {
    publish(description);
    expectAnswer((await registries.check(pkg)).ownership, code as never, sentence);
  });

  test('that does not exist is told from a version that does not, and from an index without the JSON API', async () => {
    expectAnswer((await registries.check(pkg)).ownership, 'PACKAGE_NOT_FOUND', /no project Acme_Weather on pypi.org/);
    registries.web.set('https://pypi.org/simple/acme-weather/', html('<a href="w.whl">w.whl</a>'));
    const simple = await registries.check(pkg);
    expect(simple.all.map(({ code }) => code)).toEqual(['NOT_OFFERED', 'NOT_OFFERED', 'NOT_OFFERED']);
    expect(simple.ownership.state).toBe('not_offered');
    registries.web.set('https://pypi.org/pypi/acme-weather/json', json({ info: { name: 'acme-weather' } }));
    expectAnswer((await registries.check(pkg)).ownership, 'VERSION_NOT_FOUND', /has no version 1\.2\.3/);
  });

  describe('on a mirror that has the document of the project only', () => {
    const PROJECT_URL = 'https://pypi.org/pypi/acme-weather/json';
    const releases = { '1.2.2': [file('old.whl', 'b'.repeat(64))], '1.2.3': [file('w.whl')] };
    const project = (version: string) =>
      registries.web.set(
        PROJECT_URL,
        json({ info: { name: 'acme-weather', version, description: TOKEN }, urls: releases['1.2.3'], releases }),
      );

    test('is judged by that, if it is about this release', async () => {
      project('1.2.3');
      const { ownership, digest } = await registries.check(pkg);
      expect(ownership.code).toBe('NAME_MATCHES');
      expect(digest.facts).toMatchObject({ digests: [{ name: 'w.whl' }] });
    });

    test('is not judged by the description of another release; its files are known', async () => {
      project('1.2.3');
      const { ownership, digest } = await registries.check({ ...pkg, version: '1.2.2' });
      expectAnswer(ownership, 'NOT_OFFERED', /description of the newest release only/);
      expect(digest.facts).toMatchObject({ digests: [{ name: 'old.whl', digest: `sha256:${'b'.repeat(64)}` }] });
    });

    test('misses a release that is not listed, also where the list is longer than is read', async () => {
      project('1.2.3');
      expect((await registries.check({ ...pkg, version: '9.9' })).ownership.code).toBe('VERSION_NOT_FOUND');
      registries.web.set(PROJECT_URL, { body: 'x'.repeat(33 * 1024 * 1024) });
      expect((await registries.check(pkg)).ownership.code).toBe('VERSION_NOT_FOUND');
    });
  });

  test('is not judged by an answer about another project', async () => {
    publish(TOKEN, [], 'acme-news');
    expectAnswer((await registries.check(pkg)).ownership, 'ANSWER_UNREADABLE', /answers with acme-news/);
  });

  test('without files has no digest', async () => {
    publish(TOKEN, [{ filename: 'w.whl', digests: { sha256: 'short' } }]);
    const { digest, provenance } = await registries.check(pkg);
    expect([digest.code, provenance.code]).toEqual(['DIGEST_ABSENT', 'NOTHING_FOUND']);
  });

  test.each(SICK_ANSWERS)('is not judged by %s', async (_, answer, code, sentence) => {
    registries.web.set(VERSION_URL, answer);
    expectAnswer((await registries.check(pkg)).ownership, code, sentence);
  });

  test("on the admin's index is asked about there, and on no other", async () => {
    const settings = { pypiUrl: 'https://pypi.corp.example/root' };
    registries.web.set(
      'https://pypi.corp.example/root/pypi/acme-weather/1.2.3/json',
      json({ info: { name: 'acme-weather', description: TOKEN } }),
    );
    for (const registryBaseUrl of ['https://pypi.org', 'https://pypi.corp.example/root']) {
      expect((await registries.check({ ...pkg, registryBaseUrl }, { settings })).ownership.code).toBe('NAME_MATCHES');
    }
    const other = await registries.check({ ...pkg, registryBaseUrl: 'https://test.pypi.org' }, { settings });
    expect(other.ownership).toMatchObject({ state: 'not_offered', code: 'REGISTRY_NOT_ASKED' });
  });
});

describe('a NuGet package', () => {
  const pkg = { registryType: 'nuget', identifier: 'Acme.Weather', version: '1.2' };
  const INDEX = 'https://api.nuget.org/v3/index.json';
  const FLAT = 'https://api.nuget.org/v3-flatcontainer';
  const README = `${FLAT}/acme.weather/1.2.0/readme`;
  const flat = { '@id': `${FLAT}/`, '@type': 'PackageBaseAddress/3.0.0' };
  const readme = { '@id': `${FLAT}/{lower_id}/{lower_version}/readme`, '@type': 'ReadmeUriTemplate/6.13.0' };
  const serve = (...resources: object[]) => registries.web.set(INDEX, json({ version: '3.0.0', resources }));
  const list = (...versions: string[]) => registries.web.set(`${FLAT}/acme.weather/index.json`, json({ versions }));

  test('whose README names the server is its own; NuGet has no provenance', async () => {
    serve(flat, readme);
    registries.web.set(README, { headers: { 'content-type': 'text/markdown' }, body: `<!-- ${TOKEN} -->` });
    const { ownership, provenance } = await registries.check(pkg);
    expect(ownership).toMatchObject({ state: 'proven', code: 'NAME_MATCHES' });
    expect(provenance).toMatchObject({ state: 'not_offered', code: 'NOT_OFFERED' });
  });

  test.each([
    ['1.02.3', '1.2.3'],
    ['1.2.3.0', '1.2.3'],
    ['1.2.3.4', '1.2.3.4'],
    ['1', '1.0.0'],
    ['1.2.3-Beta.1', '1.2.3-beta.1'],
    ['1.2.3-a-b+build', '1.2.3-a-b'],
  ])('of version %s is asked about as %s', async (version, asked) => {
    serve(flat, readme);
    registries.web.set(`${FLAT}/acme.weather/${asked}/readme`, { body: TOKEN });
    expect((await registries.check({ ...pkg, version })).ownership.code).toBe('NAME_MATCHES');
  });

  test.each<[string, string, string]>([
    ['that begins the same', `${TOKEN}-pro`, 'NAME_NOT_ENDED'],
    ['in another case', 'mcp-name: com.Example/weather', 'NAME_CASE'],
    ['of another server', 'mcp-name: com.example/news', 'NAME_DIFFERS'],
    ['nowhere', 'Weather', 'NAME_MISSING'],
  ])('with a name %s is not', async (_, body, code) => {
    serve(flat, readme);
    registries.web.set(README, { body });
    expectAnswer((await registries.check(pkg)).ownership, code as never, /README of nuget Acme\.Weather 1\.2/);
  });

  test('without a README, without this version and without any version are three things', async () => {
    serve(flat, readme);
    expectAnswer((await registries.check(pkg)).ownership, 'PACKAGE_NOT_FOUND', /no package Acme\.Weather/);
    list('1.1.0');
    expectAnswer((await registries.check(pkg)).ownership, 'VERSION_NOT_FOUND', /no version 1\.2/);
    list('1.1.0', '1.2.0');
    expectAnswer((await registries.check(pkg)).ownership, 'NAME_MISSING', /Add the line/);
  });

  test('on a feed that keeps no READMEs is not known', async () => {
    serve(flat);
    list('1.2.0');
    expect((await registries.check(pkg)).ownership).toMatchObject({ state: 'not_offered', code: 'NOT_OFFERED' });
    registries.web.set(README, { body: TOKEN });
    expect((await registries.check(pkg)).ownership.code).toBe('NAME_MATCHES');
  });

  test('on a feed without package content is not known', async () => {
    serve({ '@id': 'https://x.example', '@type': 'SearchQueryService' });
    expect((await registries.check(pkg)).ownership).toMatchObject({ state: 'not_offered', code: 'NOT_OFFERED' });
  });

  test('whose index leads to a private address is not followed', async () => {
    serve(flat, { ...readme, '@id': `https://${PRIVATE_HOST}/{lower_id}` });
    expectAnswer((await registries.check(pkg)).ownership, 'ADDRESS_REFUSED', /10\.0\.0\.5/);
    serve(flat, { ...readme, '@id': 'http://api.nuget.org/{lower_id}' });
    expectAnswer((await registries.check(pkg)).ownership, 'ADDRESS_REFUSED', /only https/);
  });

  test.each(SICK_ANSWERS)('is not judged by an index with %s', async (_, answer, code, sentence) => {
    registries.web.set(INDEX, answer);
    expectAnswer((await registries.check(pkg)).ownership, code, sentence);
  });
});

describe('a crate', () => {
  const pkg = { registryType: 'cargo', identifier: 'acme-weather', version: '1.2.3' };
  const CRATE = 'https://crates.io/api/v1/crates/acme-weather';
  const README = 'https://static.crates.io/readmes/acme-weather/acme-weather-1.2.3.html';
  const publish = (body: string | null) => {
    registries.web.set(`${CRATE}/1.2.3`, json({ version: { num: '1.2.3', checksum: 'c'.repeat(64) } }));
    registries.web.set(`${CRATE}/1.2.3/readme`, json({ url: README }));
    if (body !== null) registries.web.set(README, html(body));
    else registries.web.set(README, { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' });
  };

  test('whose README shows the name is its own; its checksum is kept', async () => {
    publish(`<h1>Weather</h1><p>${TOKEN}</p>`);
    const { ownership, digest, provenance } = await registries.check(pkg);
    expect(ownership).toMatchObject({ state: 'proven', code: 'NAME_MATCHES' });
    expect(digest.facts).toMatchObject({ digests: [{ name: 'crate', digest: `sha256:${'c'.repeat(64)}` }] });
    expect(provenance.state).toBe('not_offered');
    // crates.io turns away requests that do not say whom to write to.
    expect(registries.web.requests[0]!.headers['user-agent']).toMatch(/\+https:\/\//);
  });

  test('whose README comes as a redirect or at once is read too', async () => {
    publish(`<p>${TOKEN}</p>`);
    registries.web.set(`${CRATE}/1.2.3/readme`, { status: 302, headers: { location: README } });
    expect((await registries.check(pkg)).ownership.code).toBe('NAME_MATCHES');
    registries.web.set(`${CRATE}/1.2.3/readme`, html(`<p>${TOKEN}</p>`));
    expect((await registries.check(pkg)).ownership.code).toBe('NAME_MATCHES');
  });

  test.each<[string, string | null, string, RegExp]>([
    ['in a comment', `<p>Weather</p><!-- ${TOKEN} -->`, 'NAME_HIDDEN', /only in a comment or tag/],
    ['in an attribute', `<img alt="${TOKEN} ">`, 'NAME_HIDDEN', /only in a comment or tag/],
    ['that goes on', `<p>${TOKEN}2</p>`, 'NAME_NOT_ENDED', /goes on/],
    ['in another case', '<p>mcp-name: Com.example/weather</p>', 'NAME_CASE', /case/],
    [
      'of another server, shown, and this one hidden',
      `<p>mcp-name: com.example/news</p><!-- ${TOKEN} -->`,
      'NAME_DIFFERS',
      /news/,
    ],
    ['nowhere', '<p>Weather</p>', 'NAME_MISSING', /names no server/],
    ['in no README at all', null, 'NAME_MISSING', /Add the line "mcp-name: com.example\/weather" to the README/],
  ])('with the name %s is not', async (_, body, code, sentence) => {
    publish(body);
    const { ownership, digest } = await registries.check(pkg);
    expectAnswer(ownership, code as never, sentence);
    expect(digest.state).toBe('proven');
  });

  test('that does not exist is told from a version that does not, and from a mirror without the API', async () => {
    expect((await registries.check(pkg)).ownership).toMatchObject({ state: 'not_offered', code: 'NOT_OFFERED' });
    const gone = json({ errors: [{ detail: 'Not Found' }] }, 404);
    registries.web.set(`${CRATE}/1.2.3`, gone);
    registries.web.set(CRATE, gone);
    expectAnswer((await registries.check(pkg)).ownership, 'PACKAGE_NOT_FOUND', /no crate acme-weather on crates.io/);
    registries.web.set(CRATE, json({ crate: { id: 'acme-weather' } }));
    expectAnswer((await registries.check(pkg)).ownership, 'VERSION_NOT_FOUND', /no version 1\.2\.3/);
  });

  test('whose README is at a private address is not followed, and keeps its checksum', async () => {
    publish('');
    registries.web.set(`${CRATE}/1.2.3/readme`, json({ url: `https://${PRIVATE_HOST}/readme.html` }));
    const { ownership, digest } = await registries.check(pkg);
    expectAnswer(ownership, 'ADDRESS_REFUSED', /not a public address/);
    expect(digest.state).toBe('proven');
  });

  test('whose README is larger than is read is not taken as proof', async () => {
    publish(`<p>${TOKEN}</p>`.padEnd(6 * 1024 * 1024));
    expect((await registries.check(pkg)).ownership).toMatchObject({ state: 'failed', code: 'ANSWER_TOO_LARGE' });
  });

  test.each(SICK_ANSWERS)('is not judged by %s', async (_, answer, code, sentence) => {
    registries.web.set(`${CRATE}/1.2.3`, answer);
    expectAnswer((await registries.check(pkg)).ownership, code, sentence);
  });
});
