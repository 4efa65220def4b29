import { describe, expect, it } from 'vitest';
import { safeReturnPath, serverPath } from '#app/paths.ts';

describe('serverPath', () => {
  it('keeps the slash of the name and encodes the rest', () => {
    expect(serverPath('io.github.acme/weather')).toBe('/servers/io.github.acme/weather');
    expect(serverPath('a/b', { version: '1.0.0+x y', tab: 'tools' })).toBe(
      '/servers/a/b?version=1.0.0%2Bx+y&tab=tools',
    );
  });
});

describe('safeReturnPath', () => {
  it('keeps a path of this site', () => {
    expect(safeReturnPath('/orgs/acme?tab=feed')).toBe('/orgs/acme?tab=feed');
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '',
    undefined,
    ['/a', '/b'],
  ])('sends %j home', (value) => {
    expect(safeReturnPath(value)).toBe('/');
  });
});
