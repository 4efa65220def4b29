import { afterEach, describe, expect, it } from 'vitest';
import { resetConfig } from '#lib/config/config.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { skeletonOf } from '#lib/publishers/look-alikes.ts';
import {
  isBlocked,
  isPublicSuffix,
  methodsFor,
  provableDomain,
  requireNamespaceCase,
  requireNamespaceForm,
} from '#lib/publishers/namespace-names.ts';

describe('look-alikes have one skeleton', () => {
  it.each([
    ['io.github.acme', 'io.github.Acme'],
    ['com.google', 'com.goog1e'],
    ['com.google', 'com.g00gle'],
    ['com.paypal', 'com.paypa1'],
    ['com.paypal', 'com.paypai'],
    ['com.modern', 'com.modem'],
    ['com.wave', 'com.vvave'],
    ['com.cloud', 'com.doud'],
    ['com.docker', 'com.c1ocker'],
    ['io.github.my-org', 'io.github.myorg'],
    ['io.github.my-org', 'io.github.my--org'],
    // Cyrillic а, е and о.
    ['com.apple', 'com.xn--pple-43d'],
    ['com.google', 'com.xn--ggle-55da'],
    // Latin with a mark.
    ['com.example', 'com.xn--exmple-cua'],
    ['com.example', 'com.xn--xample-9ua'],
    ['com.ex-ample', 'com.xn--exmple-cua'],
    ['com.example', 'com.xn--example-606c'],
  ])('%s and %s', (a, b) => {
    expect(skeletonOf(a)).toBe(skeletonOf(b));
  });

  it.each([
    ['com.example', 'com.sample'],
    ['com.acme', 'org.acme'],
    ['com.acme.api', 'com.acme'],
    ['com.disco', 'com.cisco'],
    ['com.a.b', 'com.ab'],
    ['com.xn--fiqs8s', 'com.xn--fiqz9s'],
  ])('%s and %s do not', (a, b) => {
    expect(skeletonOf(a)).not.toBe(skeletonOf(b));
  });

  it('and a label that is no punycode is compared as it is written', () => {
    expect(skeletonOf('com.xn--')).toBe('com.xn');
    expect(skeletonOf('com.xn--a-')).toBe('com.xna');
  });
});

describe('namespaces of many', () => {
  it.each(['com', 'io', 'uk.co', 'jp.co', 'au.com', 'io.github', 'IO.GitHub', 'io.gitlab', 'app.vercel', 'dev.pages'])(
    '%s is one',
    (namespace) => {
      expect(isPublicSuffix(namespace)).toBe(true);
      expect(() => requireNamespaceForm(namespace)).toThrow(DomainError);
    },
  );

  it.each(['com.example', 'uk.co.example', 'io.github.acme', 'io.gitlab.acme', 'com.github', 'co.t', 'ai.go'])(
    '%s is none',
    (namespace) => {
      expect(isPublicSuffix(namespace)).toBe(false);
      expect(() => requireNamespaceForm(namespace)).not.toThrow();
    },
  );

  it.each([
    '',
    'com.',
    '.com',
    'com..example',
    'com.-a',
    'com.a-',
    'com.exa_mple',
    'com.example/x',
    'com.*',
    'cöm.example',
    `com.${'a'.repeat(150)}`,
  ])('"%s" is no namespace', (namespace) => {
    expect(() => requireNamespaceForm(namespace)).toThrow(/is not a namespace|no namespace of one/);
  });
});

describe('ways of proof', () => {
  it.each([
    ['io.github.acme', ['github']],
    ['io.github.Acme-Corp', ['github']],
    ['io.github.-acme', []],
    ['io.github.acme.sub', []],
    ['com.example', ['dns', 'http']],
    ['com.example.api', ['dns', 'http']],
    ['io.gitlab.acme', ['dns', 'http']],
    ['io.gitlab', []],
    ['1.0.0.127', []],
    ['com', []],
  ])('of %s: %j', (namespace, methods) => {
    expect(methodsFor(namespace)).toEqual(methods);
  });

  it.each([
    ['EXAMPLE.com', 'example.com'],
    ['a.b.example.co.uk', 'a.b.example.co.uk'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['co.uk', null],
    ['github.io', null],
    ['acme.github.io', null],
    ['1.2.3.4', null],
    ['1.2.3', null],
    ['example.0x7f', null],
    ['example.com.', null],
    ['localhost', null],
  ])('domain %s: %s', (domain, provable) => {
    expect(provableDomain(domain)).toBe(provable);
  });

  it('a domain has no capital letters, a GitHub name has those of the account', () => {
    expect(() => requireNamespaceCase('com.Example')).toThrow('com.Example is spelled com.example');
    expect(() => requireNamespaceCase('io.github.Acme')).not.toThrow();
  });
});

describe('blocked namespaces', () => {
  afterEach(() => {
    delete process.env.HALLMARK_BLOCKED_NAMESPACES;
    resetConfig();
  });

  it('include what is under them, in any case, and nothing else', () => {
    process.env.HALLMARK_BLOCKED_NAMESPACES = 'com.evil, io.github.Spammer/*';
    resetConfig();
    const all = [
      'com.evil',
      'com.EVIL',
      'com.evil.sub',
      'io.github.spammer',
      'com.evilish',
      'com',
      'io.github.spammer2',
    ];
    expect(all.map((name) => isBlocked(name))).toEqual([true, true, true, true, false, false, false]);
  });
});
