import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeEvent } from '#lib/audit/events.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import {
  checkPackages,
  getPackageChecks,
  packageSettings,
  recheckPackages,
  requireOwnership,
  storePackageChecks,
} from '#lib/packages/index.ts';
import { publishTestVersion, testInstance } from '../instance.ts';
import { json, manifestWith, NOW, type Registries, SERVER, startRegistries } from './support/registries.ts';

testInstance();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const later = (ms: number) => new Date(NOW.getTime() + ms);
const actor = { type: 'system', name: 'test' } as const;

let registries: Registries;
beforeAll(async () => {
  registries = await startRegistries();
});
beforeEach(async () => {
  await db().packageCheck.deleteMany();
  await db().version.updateMany({ data: { status: 'deleted' } });
});
afterEach(() => registries.web.clear());
afterAll(() => registries.close());

let count = 0;
/** A version of a server of its own, whose npm package has the server's name. */
async function publish(extra: JsonObject = {}) {
  const version = `1.0.${++count}`;
  const name = `com.example/weather-${count}`;
  const { versionId } = await publishTestVersion(name, version, { now: later(count), extra });
  return { versionId, name, version };
}
const serve = ({ name, version }: { name: string; version: string }, mcpName = name) =>
  registries.web.set(
    `https://registry.npmjs.org/@acme%2fweather/${version}`,
    json({ name: '@acme/weather', version, mcpName, dist: { shasum: 'a'.repeat(40) } }),
  );
const recheck = (now: Date, options: { limit?: number } = {}) =>
  recheckPackages({ now, outbound: registries.outbound, settings: registries.settings, ...options });
const events = () => db().auditEvent.findMany({ where: { kind: 'package.check-changed' }, orderBy: { seq: 'asc' } });

describe('checks of packages', () => {
  test('of a new version are made by the next run, kept, and shown in order', async () => {
    const published = await publish();
    serve(published);
    expect(await getPackageChecks(published.versionId)).toEqual([]);
    expect(await recheck(NOW)).toEqual({ checked: 1, changed: [], failed: 0 });
    const views = await getPackageChecks(published.versionId);
    expect(views.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'ownership proven',
      'digest proven',
      'provenance not_offered',
    ]);
    expect(views[0]).toEqual({
      packageIndex: 0,
      label: `npm @acme/weather ${published.version}`,
      kind: 'ownership',
      state: 'proven',
      code: 'NAME_MATCHES',
      message: expect.any(String),
      facts: { seen: published.name },
      checkedAt: NOW.toISOString(),
      since: NOW.toISOString(),
      failedTry: null,
    });
  });

  test('come again when they are due, not before', async () => {
    const published = await publish();
    serve(published);
    await recheck(NOW);
    expect((await recheck(later(6 * DAY))).checked).toBe(0);
    expect((await recheck(later(7 * DAY))).checked).toBe(1);
    serve(published, 'com.example/news');
    await recheck(later(14 * DAY));
    expect((await recheck(later(15 * DAY))).checked).toBe(1);
  });

  test('write an event when a state changes, and none when it stays', async () => {
    const published = await publish();
    serve(published);
    await recheck(NOW);
    await recheck(later(7 * DAY));
    const before = (await events()).length;
    serve(published, 'com.example/news');
    expect((await recheck(later(14 * DAY))).changed).toEqual([published.versionId]);
    const [event, ...others] = (await events()).slice(before);
    expect(others).toEqual([]);
    const fields = { ...(event!.subject as JsonObject), ...(event!.data as JsonObject) };
    expect(describeEvent(event!.kind, fields)).toBe(
      `Package npm @acme/weather ${published.version} of ${published.name} ${published.version}: ownership is failed, was proven`,
    );
    expect(fields).toMatchObject({ code: 'NAME_DIFFERS' });
  });

  test('stay as they were while the registry is down, and are tried again every hour at first', async () => {
    const published = await publish();
    serve(published);
    await recheck(NOW);
    const before = (await events()).length;
    registries.web.set(`https://registry.npmjs.org/@acme%2fweather/${published.version}`, { status: 503 });
    await recheck(later(7 * DAY));
    const [ownership] = await getPackageChecks(published.versionId);
    expect(ownership).toMatchObject({
      state: 'proven',
      checkedAt: NOW.toISOString(),
      failedTry: { code: 'REGISTRY_FAILED', count: 1 },
    });
    expect((await events()).length).toBe(before);
    expect((await recheck(later(7 * DAY + HOUR))).checked).toBe(1);
    serve(published);
    await recheck(later(8 * DAY));
    expect((await getPackageChecks(published.versionId))[0]).toMatchObject({ state: 'proven', failedTry: null });
  });

  test('of packages that are gone from the manifest go too', async () => {
    const published = await publish();
    const two = manifestWith([
      { registryType: 'npm', identifier: '@acme/weather', version: published.version },
      { registryType: 'nuget', identifier: 'Acme.Weather', version: '1.0.0' },
    ]);
    const store = async (packages: typeof two) => {
      const results = await checkPackages({
        manifest: packages,
        outbound: registries.outbound,
        settings: registries.settings,
        roots: [],
        now: NOW,
      });
      const stored = { versionId: published.versionId, results, actor, now: NOW };
      await db().$transaction((tx) => storePackageChecks(tx, stored));
      return (await getPackageChecks(published.versionId)).map(({ packageIndex, kind }) => `${packageIndex} ${kind}`);
    };
    expect(await store(two)).toEqual(['0 ownership', '0 digest', '0 provenance', '1 ownership', '1 provenance']);
    expect(await store({ ...two, packages: two.packages!.slice(1) })).toEqual(['0 ownership', '0 provenance']);
  });

  test('begin with what was published here, then the latest of what was mirrored', async () => {
    const mirrored = async (isLatest: boolean, ageMs: number) => {
      const { versionId } = await publish();
      const data = { origin: 'mirrored', isLatest, publishedAt: new Date(NOW.getTime() - ageMs) } as const;
      await db().version.update({ where: { id: versionId }, data });
      return versionId;
    };
    const old = await mirrored(false, 0);
    const latest = await mirrored(true, DAY);
    const newer = await mirrored(true, HOUR);
    const own = (await publish()).versionId;
    const order: string[] = [];
    for (let i = 0; i < 4; i++) {
      await recheck(NOW, { limit: 1 });
      const rows = await db().packageCheck.findMany({ distinct: ['versionId'], select: { versionId: true } });
      order.push(...rows.map(({ versionId }) => versionId).filter((id) => !order.includes(id)));
    }
    expect(order).toEqual([own, newer, latest, old]);
  });

  test('leave servers without packages and deleted versions alone', async () => {
    await publish({ packages: [], remotes: [{ type: 'streamable-http', url: 'https://weather.example/mcp' }] });
    const { versionId } = await publish();
    await db().version.update({ where: { id: versionId }, data: { status: 'deleted' } });
    expect(await recheck(NOW)).toEqual({ checked: 0, changed: [], failed: 0 });
    expect(registries.web.requests).toEqual([]);
  });

  test('stop when the worker stops', async () => {
    await publish();
    const signal = AbortSignal.abort();
    const { outbound, settings } = registries;
    expect(await recheckPackages({ now: NOW, outbound, settings, signal })).toEqual({
      checked: 0,
      changed: [],
      failed: 0,
    });
  });
});

describe('checking all packages of a manifest', () => {
  const check = (packages: Parameters<typeof manifestWith>[0]) =>
    checkPackages({
      manifest: manifestWith(packages),
      outbound: registries.outbound,
      settings: registries.settings,
      roots: [],
      now: NOW,
    });
  const npm = (version: string) => ({ registryType: 'npm', identifier: '@acme/weather', version });

  test('gives nothing where there are none', async () => {
    const { packages: _, ...manifest } = manifestWith([]);
    const { outbound, settings } = registries;
    expect(await checkPackages({ manifest, outbound, settings, roots: [], now: NOW })).toEqual([]);
  });

  test('asks about four at a time and answers in the order of the manifest', async () => {
    const waiting: (() => void)[] = [];
    const seen: number[] = [];
    const versions = Array.from({ length: 12 }, (_, i) => `1.0.${i}`);
    for (const version of versions) {
      registries.web.set(`https://registry.npmjs.org/@acme%2fweather/${version}`, (_, response) => {
        waiting.push(() => response.end(JSON.stringify({ name: '@acme/weather', version, mcpName: SERVER })));
        if (waiting.length !== 4) return;
        // Time for a fifth one to come, if there were one.
        setTimeout(() => {
          seen.push(waiting.length);
          for (const answer of waiting.splice(0)) answer();
        }, 50);
      });
    }
    const results = await check(versions.map(npm));
    expect(results.filter(({ kind }) => kind === 'ownership').map(({ label }) => label)).toEqual(
      versions.map((version) => `npm @acme/weather ${version}`),
    );
    expect(seen).toEqual([4, 4, 4]);
  });

  test('asks about twenty at most', async () => {
    const results = await check(Array.from({ length: 21 }, () => npm('1.0.0')));
    expect(results.filter(({ code }) => code === 'TOO_MANY_PACKAGES')).toMatchObject([
      { packageIndex: 20, kind: 'ownership', state: 'failed' },
    ]);
  });

  test('says of types that it does not know that it does not', async () => {
    expect(await check([{ registryType: 'maven', identifier: 'com.example:weather' }])).toMatchObject([
      { kind: 'ownership', state: 'not_offered', code: 'TYPE_NOT_CHECKED' },
    ]);
  });

  test('ends when it is told to', async () => {
    const controller = new AbortController();
    registries.web.set('https://registry.npmjs.org/@acme%2fweather/1.0.0', () => controller.abort(new Error('stop')));
    const { outbound, settings } = registries;
    const manifest = manifestWith([npm('1.0.0')]);
    const checking = checkPackages({ manifest, outbound, settings, roots: [], now: NOW, signal: controller.signal });
    await expect(checking).rejects.toThrow('stop');
  });
});

describe('a publication that needs its packages to be its own', () => {
  const requirement = async (packages: Parameters<typeof manifestWith>[0]) => {
    const { outbound, settings } = registries;
    const manifest = manifestWith(packages);
    const results = await checkPackages({ manifest, outbound, settings, roots: [], now: NOW });
    try {
      requireOwnership(results);
      return null;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  };
  const npm = { registryType: 'npm', identifier: '@acme/weather', version: '1.0.0' };
  const url = 'https://registry.npmjs.org/@acme%2fweather/1.0.0';
  const bundle = {
    registryType: 'mcpb',
    identifier: 'https://github.com/acme/weather/releases/download/v1/weather-mcp.mcpb',
    fileSha256: 'a'.repeat(64),
  };

  test('is let through where they are, and where nobody could be asked', async () => {
    registries.web.set(url, json({ name: '@acme/weather', version: '1.0.0', mcpName: SERVER }));
    expect(await requirement([npm])).toBeNull();
    registries.web.set(url, { status: 500 });
    expect(await requirement([npm])).toBeNull();
    expect(await requirement([])).toBeNull();
  });

  test.each<[string, string, object[], () => void]>([
    [
      'names another server',
      'PACKAGE_NOT_OWNED',
      [npm],
      () => registries.web.set(url, json({ name: '@acme/weather', version: '1.0.0', mcpName: 'com.example/news' })),
    ],
    [
      'names no server',
      'PACKAGE_NOT_OWNED',
      [npm],
      () => registries.web.set(url, json({ name: '@acme/weather', version: '1.0.0' })),
    ],
    [
      'is more than is read',
      'PACKAGE_NOT_OWNED',
      [npm],
      () => registries.web.set(url, { body: 'x'.repeat(9 * 1024 * 1024) }),
    ],
    ['has no version', 'PACKAGE_NOT_OWNED', [{ ...npm, version: undefined }], () => {}],
    ['does not exist', 'PACKAGE_NOT_FOUND', [npm], () => {}],
    ['has another hash', 'PACKAGE_HASH_MISMATCH', [bundle], () => registries.web.set(bundle.identifier, { body: 'x' })],
    [
      'leads to a private address',
      'ADDRESS_REFUSED',
      [bundle],
      () => registries.web.set(bundle.identifier, { status: 302, headers: { location: 'https://10.0.0.5/' } }),
    ],
  ])('is refused where a package %s', async (_, code, packages, serve) => {
    serve();
    expect(await requirement(packages as never)).toMatchObject({ code });
  });

  test('is refused for the first of several packages, and told of all', async () => {
    registries.web.set(url, json({ name: '@acme/weather', version: '1.0.0', mcpName: 'com.example/news' }));
    const error = await requirement([{ registryType: 'maven', identifier: 'x' }, npm, bundle]);
    expect(error).toMatchObject({ code: 'PACKAGE_NOT_OWNED', message: expect.stringMatching(/Add "mcpName"/) });
    expect(error!.details.checks).toMatchObject([
      { path: 'packages[1]', kind: 'ownership', code: 'NAME_DIFFERS' },
      { path: 'packages[2]', kind: 'integrity', code: 'PACKAGE_NOT_FOUND' },
    ]);
  });
});

test('where packages are asked about is what the admin configured', async () => {
  expect(await packageSettings()).toMatchObject({
    pypiUrl: 'https://pypi.org',
    nugetUrl: 'https://api.nuget.org',
    cargoUrl: 'https://crates.io',
    userAgent: 'hallmark-registry (+http://hallmark.test)',
  });
});
