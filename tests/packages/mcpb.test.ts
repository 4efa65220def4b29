import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BUNDLE_LIMITS } from '#lib/packages/limits.ts';
import {
  expectAnswer,
  PRIVATE_HOST,
  type Registries,
  redirect,
  SICK_ANSWERS,
  startRegistries,
} from './support/registries.ts';
import { MANIFEST, zip } from './support/zip.ts';

const URL = 'https://github.com/acme/weather/releases/download/v1.2.3/weather-mcp.mcpb';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const GOOD = zip([MANIFEST, { name: 'server/index.js', content: 'console.log("weather");\n'.repeat(100) }]);

let registries: Registries;
beforeAll(async () => {
  registries = await startRegistries();
});
afterEach(() => registries.web.clear());
afterAll(() => registries.close());

const pkg = (file: Uint8Array | null, identifier = URL) => ({
  registryType: 'mcpb',
  identifier,
  ...(file ? { fileSha256: sha256(file) } : {}),
});
/** What is said about a bundle that is there, under its own hash. */
async function judge(file: Uint8Array) {
  registries.web.set(URL, { body: file });
  return (await registries.check(pkg(file))).integrity;
}

describe('an MCP bundle', () => {
  test('with the hash of the manifest is that file; nothing of it is left behind', async () => {
    const temporary = () => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('hallmark-bundle-'));
    const before = temporary();
    const integrity = await judge(GOOD);
    expectAnswer(integrity, 'HASH_MATCHES', /has the sha256 that the manifest gives, and is an MCP bundle \(2 files\)/);
    expect(integrity).toMatchObject({
      state: 'proven',
      facts: { sha256: sha256(GOOD), size: GOOD.length, entries: 2, name: 'weather', version: '1.0.0' },
    });
    expect(temporary()).toEqual(before);
  });

  test('of a release is found where the release redirects to', async () => {
    registries.web.set(URL, redirect('https://objects.example/1?sig=x'));
    registries.web.set('https://objects.example/1?sig=x', { body: GOOD });
    expect((await registries.check(pkg(GOOD))).integrity.code).toBe('HASH_MATCHES');
  });

  test('with another hash is not, and both are told', async () => {
    registries.web.set(URL, { body: GOOD });
    const { integrity } = await registries.check({ ...pkg(null), fileSha256: 'a'.repeat(64) });
    expectAnswer(integrity, 'HASH_MISMATCH', new RegExp(`has sha256 ${sha256(GOOD)}; the manifest says a{64}`));
    expect(integrity.state).toBe('failed');
  });

  test('without a hash in the manifest is told its own', async () => {
    registries.web.set(URL, { body: GOOD });
    const { integrity } = await registries.check(pkg(null));
    expectAnswer(integrity, 'HASH_NOT_NAMED', new RegExp(`Add "fileSha256": "${sha256(GOOD)}"`));
    expect(integrity.state).toBe('absent');
  });

  test('that is not there is not found', async () => {
    expectAnswer((await registries.check(pkg(GOOD))).integrity, 'PACKAGE_NOT_FOUND', /status 404/);
  });

  test.each([
    `https://${PRIVATE_HOST}/weather-mcp.mcpb`,
    'https://evil.example/weather-mcp.mcpb',
    'https://github.com.evil.example/weather-mcp.mcpb',
    'https://github.com:8443/weather-mcp.mcpb',
  ])('at %s is not asked for', async (identifier) => {
    const { integrity } = await registries.check(pkg(GOOD, identifier));
    expect(integrity).toMatchObject({ state: 'not_offered', code: 'REGISTRY_NOT_ASKED' });
    expect(registries.web.requests).toEqual([]);
  });

  test("on a host of the admin's is", async () => {
    const identifier = 'https://files.corp.example/weather-mcp.mcpb';
    registries.web.set(identifier, { body: GOOD });
    const settings = { hosts: new Set(['files.corp.example']) };
    expect((await registries.check(pkg(GOOD, identifier), { settings })).integrity.code).toBe('HASH_MATCHES');
  });

  const failures = SICK_ANSWERS.filter(([, , code]) => code !== 'ANSWER_UNREADABLE' && code !== 'ANSWER_TOO_LARGE');
  test.each(failures)('is not judged by %s', async (_, answer, code, sentence) => {
    registries.web.set(URL, answer);
    expectAnswer((await registries.check(pkg(GOOD))).integrity, code, sentence);
  });
});

describe('an archive that is a bomb', () => {
  const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * 1024 * 1024);
  const content = 'x';

  test('by what its directory says is refused before anything is unpacked', async () => {
    const claims = { unpacked: BUNDLE_LIMITS.unpackedBytes + 1 };
    expectAnswer(
      await judge(zip([MANIFEST, { name: 'a', content, claims }])),
      'ZIP_BOMB',
      /unpacks to more than 1024 MiB/,
    );
  });

  test('by the sum of what its directory says', async () => {
    const files = Array.from({ length: 5 }, (_, i) => ({ name: `${i}`, content, claims: { unpacked: 2 ** 28 } }));
    expect(await judge(zip([MANIFEST, ...files]))).toMatchObject({ state: 'failed', code: 'ZIP_BOMB' });
  });

  test('by its ratio', async () => {
    const bomb = zip([MANIFEST, { name: 'zeros', content: zeros(65) }]);
    expectAnswer(await judge(bomb), 'ZIP_BOMB', /unpacks from 1 MiB to 66 MiB, more than 50 times its size/);
  });

  test('by files that lie on top of each other', async () => {
    const kernel = { name: 'a', content: Buffer.from('weather '.repeat(200_000)) };
    const files = Array.from({ length: 39 }, (_, i) => ({ ...kernel, name: `b${i}`, on: 1 }));
    expectAnswer(await judge(zip([MANIFEST, kernel, ...files])), 'ZIP_BOMB', /on top of each other/);
  });

  test('by the number of its files', async () => {
    const files = Array.from({ length: BUNDLE_LIMITS.entries }, (_, i) => ({ name: `${i}`, content: '' }));
    expectAnswer(await judge(zip([MANIFEST, ...files])), 'ZIP_BOMB', /holds 50001 files; at most 50000/);
  });

  test('by a file that is more than its directory says', async () => {
    const bomb = zip([MANIFEST, { name: 'zeros', content: zeros(8), claims: { unpacked: 100 } }]);
    expectAnswer(await judge(bomb), 'ZIP_BOMB', /zeros in mcpb .* unpacks to more than the archive's directory says/);
  });

  test('by its manifest.json', async () => {
    const bomb = zip([{ ...MANIFEST, content: zeros(8), claims: { unpacked: 100 } }]);
    expect((await judge(bomb)).code).toBe('ZIP_BOMB');
  });

  test('of ordinary files is none', async () => {
    expect((await judge(zip([MANIFEST, { name: 'zeros', content: zeros(20) }]))).code).toBe('HASH_MATCHES');
  });
});

describe('a file that is no MCP bundle', () => {
  const other = { name: 'index.js', content: 'x' };
  test.each<[string, Uint8Array, RegExp]>([
    ['is empty', new Uint8Array(), /not a readable ZIP/],
    ['is a page', Buffer.from('<!doctype html>'), /not a readable ZIP/],
    ['is cut off', GOOD.subarray(0, GOOD.length - 30), /not a readable ZIP/],
    ['has no manifest.json', zip([other]), /no manifest\.json at its top/],
    ['has it in a folder', zip([{ ...MANIFEST, name: 'weather/manifest.json' }]), /no manifest\.json at its top/],
    ['has it twice', zip([MANIFEST, MANIFEST]), /more than one manifest\.json/],
    ['has one that is no JSON', zip([{ ...MANIFEST, content: '{' }]), /not usable JSON/],
    ['has one that is no object', zip([{ ...MANIFEST, content: '[]' }]), /not usable JSON/],
    ['has one with a key twice', zip([{ ...MANIFEST, content: '{"name":"a","name":"b"}' }]), /not usable JSON/],
    ['has one that is too deep', zip([{ ...MANIFEST, content: '['.repeat(1000) }]), /not usable JSON/],
    [
      'has one of two megabytes',
      zip([{ ...MANIFEST, content: `{"a":"${'x'.repeat(2 ** 21)}"}` }]),
      /at most 1048576 are read/,
    ],
    ['climbs out of its folder', zip([MANIFEST, { name: '../../evil', content: 'x' }]), /invalid relative path/],
    ['has a file with an absolute path', zip([MANIFEST, { name: '/etc/passwd', content: 'x' }]), /absolute path/],
    ['is encrypted', zip([MANIFEST, { ...other, claims: { flags: 1 } }]), /encrypted/],
    ['is packed in an unusual way', zip([MANIFEST, { ...other, claims: { method: 14 } }]), /unusual way/],
    [
      'has a file that is less than its directory says',
      zip([MANIFEST, { ...other, claims: { unpacked: 100 } }]),
      /not enough bytes/,
    ],
  ])('because it %s is refused', async (_, file, sentence) => {
    const integrity = await judge(file);
    expectAnswer(integrity, 'NOT_A_BUNDLE', sentence);
    expect(integrity.state).toBe('failed');
  });
});
