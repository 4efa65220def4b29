import { describe, expect, it } from 'vitest';
import { formatOciReference, ociReferenceOf, parseOciReference } from '#lib/manifest/index.ts';

const DIGEST = `sha256:${'0f'.repeat(32)}`;

describe('image references', () => {
  it.each([
    ['debian', 'docker.io/library/debian'],
    ['debian:12', 'docker.io/library/debian:12'],
    ['acme/weather', 'docker.io/acme/weather'],
    ['docker.io/debian', 'docker.io/library/debian'],
    ['docker.io/ghcr.io/acme/weather', 'docker.io/ghcr.io/acme/weather'],
    ['ghcr.io/acme/team/weather:1', 'ghcr.io/acme/team/weather:1'],
    ['localhost/weather', 'localhost/weather'],
    ['localhost:5000/weather:1', 'localhost:5000/weather:1'],
    [`acme/weather:1@${DIGEST}`, `docker.io/acme/weather:1@${DIGEST}`],
    [`quay.io/a__b/c-d.e@sha512:${'a'.repeat(128)}`, `quay.io/a__b/c-d.e@sha512:${'a'.repeat(128)}`],
  ])('%s is %s', (text, full) => {
    expect(formatOciReference(parseOciReference(text)!)).toBe(full);
  });

  it.each([
    ...[
      '',
      '/',
      'a/',
      '/a',
      'a//b',
      'A/b',
      'a b',
      '-rm',
      '--privileged',
      'a:',
      'a:-x',
      'a:b:c',
      'a@b',
      `a@${DIGEST}@${DIGEST}`,
    ],
    ...[
      'a@sha256:ABC',
      `a@sha1:${'a'.repeat(40)}`,
      'https://ghcr.io/a/b',
      '../a',
      'a/../b',
      'a\n',
      `a:${'t'.repeat(129)}`,
    ],
    'a'.repeat(513),
  ])('%j is none', (text) => {
    expect(parseOciReference(text)).toBeNull();
  });
});

describe('images of packages, older manifests included', () => {
  const full = (...parts: [identifier: string, version?: string, registryBaseUrl?: string]) => {
    const [identifier, version, registryBaseUrl] = parts;
    const reference = ociReferenceOf({ identifier, version, registryBaseUrl });
    return reference && formatOciReference(reference);
  };

  it.each([
    [full('acme/weather', '1.0'), 'docker.io/acme/weather:1.0'],
    [full('acme/weather', DIGEST), `docker.io/acme/weather@${DIGEST}`],
    [full('acme/weather:2', '1.0'), 'docker.io/acme/weather:2'],
    [full('acme/weather', '1.0', 'https://ghcr.io'), 'ghcr.io/acme/weather:1.0'],
    [full('weather', undefined, 'https://docker.io'), 'docker.io/library/weather'],
    [full('ghcr.io/acme/weather', undefined, 'https://ghcr.io'), 'ghcr.io/acme/weather'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });

  it('are none where the parts contradict each other or make no reference', () => {
    expect(full('ghcr.io/acme/weather', undefined, 'https://quay.io')).toBeNull();
    expect(full('docker.io/acme/weather', undefined, 'https://ghcr.io')).toBeNull();
    expect(full('acme/weather', undefined, 'ghcr')).toBeNull();
    expect(full('acme/weather', '1.0 --privileged')).toBeNull();
  });
});
