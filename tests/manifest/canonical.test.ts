import { describe, expect, it } from 'vitest';
import { CanonicalJsonError, canonicalJson, type JsonValue, manifestDigests, sha256Hex } from '#lib/manifest/index.ts';

const canonical = (value: JsonValue) => new TextDecoder().decode(canonicalJson(value));

describe('canonicalJson (RFC 8785)', () => {
  it('sorts keys by UTF-16 code units, as the example of §3.2.3 does', () => {
    const value = JSON.parse(
      String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
    );
    expect(Object.values(JSON.parse(canonical(value)))).toHaveLength(7);
    expect([...canonical(value).matchAll(/:"([^"]*)"/g)].map(([, text]) => text)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each<[JsonValue, string]>([
    [[333333333.3333333, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,4.5,0.002,1e-27,0]'],
    [{ b: [{}, []], a: null }, '{"a":null,"b":[{},[]]}'],
    ['€$\u000f\nA\'B"\\\\"/', String.raw`"€$\u000f\nA'B\"\\\\\"/"`],
  ])('%j', (value, text) => {
    expect(canonical(value)).toBe(text);
  });

  it('does not take NFC and NFD for the same', () => {
    expect(canonical('é')).not.toBe(canonical('e\u0301'));
  });

  it('keeps a __proto__ member', () => {
    expect(canonical(JSON.parse('{"b":1,"__proto__":2}'))).toBe('{"__proto__":2,"b":1}');
  });

  it.each<[string, unknown]>([
    ['a lone surrogate', { a: ['\ud800'] }],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['infinity', Number.POSITIVE_INFINITY],
    ['NaN', [Number.NaN]],
    ['undefined', undefined],
  ])('%s has no canonical form', (_name, value) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(CanonicalJsonError);
  });
});

describe('digests', () => {
  it('sha256Hex is the standard one', () => {
    expect(sha256Hex(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('of a manifest are over its bytes and over its canonical form', () => {
    const bytes = new TextEncoder().encode('{ "b": 1, "a": 1e0 }');
    expect(manifestDigests(bytes, { b: 1, a: 1 })).toEqual({
      manifestSha256: sha256Hex(bytes),
      manifestJcsSha256: sha256Hex(new TextEncoder().encode('{"a":1,"b":1}')),
    });
  });
});
