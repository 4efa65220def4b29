import { describe, expect, it } from 'vitest';
import {
  domainOf,
  githubNamespace,
  githubOwnerOf,
  isPublishableServerName,
  namespaceOf,
  splitServerName,
} from '#lib/manifest/index.ts';

describe('server names', () => {
  it('split into namespace and name', () => {
    expect(splitServerName('io.github.Acme/weather_v2')).toEqual({ namespace: 'io.github.Acme', name: 'weather_v2' });
    expect(namespaceOf('com.example/x')).toBe('com.example');
  });

  it.each(['', 'weather', '/', 'a/', '/a', 'a/b/c', 'a b/c', 'a_b/c', 'a/b c', `${'a'.repeat(200)}/b`, 'a/b\n'])(
    '%j is none',
    (name) => {
      expect(splitServerName(name)).toBeNull();
      expect(isPublishableServerName(name)).toBe(false);
    },
  );

  it('without a slash have no namespace', () => {
    expect(namespaceOf('weather')).toBe('');
  });

  it.each(['a/b', 'acme/-x', 'acme./x1', '-a/x1'])('%j can be mirrored but not published', (name) => {
    expect(splitServerName(name)).not.toBeNull();
    expect(isPublishableServerName(name)).toBe(false);
  });
});

describe('GitHub namespaces', () => {
  it('name their owner in its own spelling, and back', () => {
    expect(githubOwnerOf('io.github.Acme-Corp')).toBe('Acme-Corp');
    expect(githubNamespace('Acme-Corp')).toBe('io.github.Acme-Corp');
  });

  it.each([
    'com.github.acme',
    'io.github',
    'io.github.',
    'io.github.a.b',
    'io.github.-a',
    'io.github.a-',
    'io.github.a--b',
    'IO.GITHUB.acme',
    `io.github.${'a'.repeat(40)}`,
  ])('%s names none', (namespace) => {
    expect(githubOwnerOf(namespace)).toBeNull();
  });

  it.each(['', 'a/b', '-a', 'a_b', 'a.b'])('%j is no owner', (owner) => {
    expect(githubNamespace(owner)).toBeNull();
  });
});

describe('domains', () => {
  it.each([
    ['com.example', 'example.com'],
    ['com.Example.api', 'api.example.com'],
    ['uk.co.x-y', 'x-y.co.uk'],
  ])('%s is proved by %s', (namespace, domain) => {
    expect(domainOf(namespace)).toBe(domain);
  });

  it.each(['com', 'com..example', 'com.-a', 'com.example.', 'io.github.acme', `com.${'a'.repeat(64)}`])(
    '%s by none',
    (namespace) => {
      expect(domainOf(namespace)).toBeNull();
    },
  );
});
