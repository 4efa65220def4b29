import { describe, expect, it } from 'vitest';
import { type Package, packagePurl } from '#lib/manifest/index.ts';

const SHA = 'a'.repeat(64);
const RELEASE = 'https://github.com/acme/weather/releases/download/v1/weather%20mcp.mcpb';

describe('packagePurl', () => {
  const rows: [registryType: string, identifier: string, more: Partial<Package>, purl: string | null][] = [
    ['npm', 'weather', { version: '1.2.3' }, 'pkg:npm/weather@1.2.3'],
    ['npm', '@acme/weather', { version: '1.2.3' }, 'pkg:npm/%40acme/weather@1.2.3'],
    ['npm', '@acme/weather', {}, 'pkg:npm/%40acme/weather'],
    ['npm', 'weather', { version: '1.0.0+a b' }, 'pkg:npm/weather@1.0.0%2Ba%20b'],
    ['npm', 'weather', { registryBaseUrl: 'https://registry.npmjs.org/' }, 'pkg:npm/weather'],
    [
      'npm',
      'weather',
      { version: '1.0.0', registryBaseUrl: 'https://npm.acme.example/x' },
      'pkg:npm/weather@1.0.0?repository_url=https:%2F%2Fnpm.acme.example%2Fx',
    ],
    ['npm', '--package=evil', {}, null],
    ['npm', 'https://github.com/acme/weather', {}, null],
    ['pypi', 'My.PyPI_.--._Package', { version: '1.11.1.dev1' }, 'pkg:pypi/my-pypi-package@1.11.1.dev1'],
    ['pypi', '--python', { version: '3.10' }, null],
    ['nuget', 'Acme.Weather', { version: '1.0.0-beta' }, 'pkg:nuget/Acme.Weather@1.0.0-beta'],
    ['cargo', 'weather-mcp', { version: '0.3.0' }, 'pkg:cargo/weather-mcp@0.3.0'],
    [
      'oci',
      `docker.io/library/debian:latest@sha256:${SHA}`,
      {},
      `pkg:oci/debian@sha256:${SHA}?repository_url=docker.io%2Flibrary%2Fdebian&tag=latest`,
    ],
    ['oci', 'ghcr.io/acme/weather:1.0', {}, 'pkg:oci/weather?repository_url=ghcr.io%2Facme%2Fweather&tag=1.0'],
    ['oci', 'acme/weather', { version: '1.0' }, 'pkg:oci/weather?repository_url=docker.io%2Facme%2Fweather&tag=1.0'],
    ['oci', 'ghcr.io/Acme/Weather', {}, null],
    [
      'mcpb',
      RELEASE,
      { fileSha256: SHA, version: '1' },
      `pkg:generic/weather%20mcp.mcpb@1?checksum=sha256:${SHA}&download_url=https:%2F%2Fgithub.com%2Facme%2Fweather%2Freleases%2Fdownload%2Fv1%2Fweather%2520mcp.mcpb`,
    ],
    ['mcpb', 'https://github.com/', {}, null],
    ['go', 'github.com/acme/weather', {}, null],
  ];
  it.each(rows)('%s %s %j', (registryType, identifier, more, purl) => {
    expect(packagePurl({ registryType, identifier, transport: { type: 'stdio' }, ...more })).toBe(purl);
  });
});
