import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readNpmSettings, settingsOrigins } from '#lib/scans/acquire/npm-settings.ts';
import { splitNameAndVersion, unscopedName } from '#lib/scans/acquire/package-name.ts';

const home = mkdtempSync(join(tmpdir(), 'hallmark-npmrc-'));
afterAll(() => rmSync(home, { recursive: true }));

const settings = (npmrc: string, env: Record<string, string> = {}) => {
  writeFileSync(join(home, '.npmrc'), npmrc);
  return readNpmSettings({ env: env as unknown as NodeJS.ProcessEnv, home });
};

describe("npm's settings", () => {
  it('are the public registry where nothing is set', async () => {
    expect(await settings('')).toEqual({ registry: 'https://registry.npmjs.org/', options: {} });
  });

  it('come from the npmrc: registry, scopes and credentials of a host, nothing else', async () => {
    const npmrc = [
      '# a comment',
      '; another',
      'registry = "https://npm.example.com"',
      '@acme:registry=https://acme.example.com/npm/',
      `//acme.example.com/npm/:_authToken=\${ACME_TOKEN}`,
      'ignore-scripts=false',
      'script-shell=/bin/evil',
      'strict-ssl=false',
    ].join('\n');
    expect(await settings(npmrc, { ACME_TOKEN: 'secret' })).toEqual({
      registry: 'https://npm.example.com/',
      options: {
        '@acme:registry': 'https://acme.example.com/npm/',
        '//acme.example.com/npm/:_authToken': 'secret',
        strictSSL: false,
      },
    });
  });

  it('prefer npm_config_ variables, in either case', async () => {
    const npmrc = 'registry=https://from-file.example.com/';
    expect((await settings(npmrc, { npm_config_registry: 'https://a.example.com' })).registry).toBe(
      'https://a.example.com/',
    );
    expect((await settings(npmrc, { NPM_CONFIG_REGISTRY: 'https://b.example.com' })).registry).toBe(
      'https://b.example.com/',
    );
    expect((await settings('', { npm_config_https_proxy: 'http://proxy:3128' })).options).toEqual({
      httpsProxy: 'http://proxy:3128',
    });
  });

  it('name every origin that may be contacted', async () => {
    const found = await settings('@acme:registry=https://acme.example.com:8443/npm/\nproxy=http://proxy:3128');
    expect(settingsOrigins(found)).toEqual([
      'https://registry.npmjs.org',
      'https://acme.example.com:8443',
      'http://proxy:3128',
    ]);
  });
});

it.each([
  ['acme@1.0.0', { name: 'acme', version: '1.0.0' }],
  ['@acme/weather@1.0.0-rc.1', { name: '@acme/weather', version: '1.0.0-rc.1' }],
  ['@acme/weather', { name: '@acme/weather', version: null }],
  ['acme', { name: 'acme', version: null }],
])('splits %s', (text, expected) => {
  expect(splitNameAndVersion(text)).toEqual(expected);
});

it('drops the scope of a name', () => {
  expect(unscopedName('@acme/weather')).toBe('weather');
  expect(unscopedName('weather')).toBe('weather');
});
