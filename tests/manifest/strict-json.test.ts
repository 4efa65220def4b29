import { describe, expect, it } from 'vitest';
import { LIMITS, parseStrictJson } from '#lib/manifest/index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseStrictJson(bytes(text));
const references = (text: string) => {
  const result = parse(text);
  return result.ok ? [] : result.issues.map(({ reference, path }) => [reference, path]);
};

describe('documents that are accepted', () => {
  const accepted = [
    'null',
    '"text"',
    '0',
    '-0',
    '[]',
    '{}',
    ' \t\r\n[1] \n',
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    '[9007199254740991,-9007199254740991]',
    '[0.1,1.10,1e3,1E+2,123e-5,0.30000000000000004,5e-324,0e400,-0.0]',
    String.raw`["\u00e9","\ud83d\ude00","\"\\\/\b\f\n\r\t"]`,
    '["é","😀","\u202e"]',
    '{"":1," ":2}',
  ];
  for (const text of accepted) {
    it(`${JSON.stringify(text)} reads as JSON.parse reads it`, () => {
      expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
    });
  }

  it('keeps __proto__ as an ordinary member and leaves the prototype alone', () => {
    const result = parse('{"__proto__":{"isAdmin":true},"constructor":1}');
    if (!result.ok) throw new Error('refused');
    const value = result.value as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(value.isAdmin).toBeUndefined();
  });

  it('takes exactly the allowed depth and size', () => {
    const depth = LIMITS.maxDepth;
    expect(parse('['.repeat(depth) + ']'.repeat(depth)).ok).toBe(true);
    const filled = `"${'a'.repeat(LIMITS.maxBytes - 2)}"`;
    expect(parse(filled).ok).toBe(true);
  });
});

describe('a document that breaks off', () => {
  it.each([
    ['{"a":1', '1 bracket is still open'],
    ['{"a":[1', '2 brackets are still open'],
  ])('%s says how much of it is open', (text, words) => {
    expect(parse(text)).toMatchObject({ ok: false, issues: [{ message: expect.stringContaining(words) }] });
  });
});

describe('documents that are refused, with the path of the fault', () => {
  const refused: [text: string, reference: string, path: string][] = [
    // Syntax
    ['', 'json-syntax', ''],
    ['   ', 'json-syntax', ''],
    ['{', 'json-syntax', ''],
    ['{"a"', 'json-syntax', 'a'],
    ['{"a":', 'json-syntax', 'a'],
    ['{"a" 1}', 'json-syntax', 'a'],
    ['{"a":1 "b":2}', 'json-syntax', ''],
    ['{"a":1]', 'json-syntax', ''],
    ['[1}', 'json-syntax', ''],
    ['[1 2]', 'json-syntax', ''],
    ['[1]]', 'json-syntax', ''],
    ['1 2', 'json-syntax', ''],
    ['{a:1}', 'json-syntax', ''],
    ["{'a':1}", 'json-syntax', ''],
    ['{1:1}', 'json-syntax', ''],
    ['[,1]', 'json-syntax', '[0]'],
    ['[1,,2]', 'json-syntax', '[1]'],
    ['{,}', 'json-syntax', ''],
    ['{"a":,}', 'json-syntax', 'a'],
    ['01', 'json-syntax', ''],
    ['[1.]', 'json-syntax', '[0]'],
    ['[.5]', 'json-syntax', '[0]'],
    ['[+1]', 'json-syntax', '[0]'],
    ['[1e]', 'json-syntax', '[0]'],
    ['[-]', 'json-syntax', '[0]'],
    ['[0x10]', 'json-syntax', ''],
    ['[NaN]', 'json-syntax', '[0]'],
    ['[Infinity]', 'json-syntax', '[0]'],
    ['[undefined]', 'json-syntax', '[0]'],
    ['[True]', 'json-syntax', '[0]'],
    ['["a]', 'json-syntax', '[0]'],
    ['["a\nb"]', 'json-syntax', '[0]'],
    ['["a\tb"]', 'json-syntax', '[0]'],
    ['["a\u0000b"]', 'json-syntax', '[0]'],
    [String.raw`["\x41"]`, 'json-syntax', '[0]'],
    [String.raw`["\u12"]`, 'json-syntax', '[0]'],
    ['[1]\u00a0', 'json-syntax', ''],
    ['[1]\u0000', 'json-syntax', ''],
    // What JSON with comments allows
    ['[1,]', 'json-trailing-comma', ''],
    ['{"a":[{"b":1,}]}', 'json-trailing-comma', 'a[0]'],
    ['// hello\n{}', 'json-comment', ''],
    ['{"a":/* x */1}', 'json-comment', 'a'],
    ['{} // end', 'json-comment', ''],
    ['{} /* open', 'json-syntax', ''],
    // Duplicate keys
    ['{"a":1,"a":1}', 'json-duplicate-key', 'a'],
    [String.raw`{"a":1,"\u0061":2}`, 'json-duplicate-key', 'a'],
    [String.raw`{"\u00e9":1,"é":2}`, 'json-duplicate-key', '["é"]'],
    ['{"x":[{"y":{"k":1,"j":2,"k":3}}]}', 'json-duplicate-key', 'x[0].y.k'],
    ['{"__proto__":1,"__proto__":2}', 'json-duplicate-key', '__proto__'],
    ['{"":1,"":2}', 'json-duplicate-key', '[""]'],
    ['{"com.example/x":1,"com.example/x":2}', 'json-duplicate-key', '["com.example/x"]'],
    // Numbers
    ['[9007199254740992]', 'json-unsafe-integer', '[0]'],
    ['[9007199254740993]', 'json-unsafe-integer', '[0]'],
    ['[-9007199254740993]', 'json-unsafe-integer', '[0]'],
    ['{"n":1e16}', 'json-unsafe-integer', 'n'],
    ['[9007199254740993.0]', 'json-unsafe-integer', '[0]'],
    ['[1e400]', 'json-number-overflow', '[0]'],
    ['[-1e400]', 'json-number-overflow', '[0]'],
    ['[1e99999999999999999999]', 'json-number-overflow', '[0]'],
    ['[1e-400]', 'json-number-precision', '[0]'],
    ['[0.1000000000000000000001]', 'json-number-precision', '[0]'],
    ['[3.14159265358979323846]', 'json-number-precision', '[0]'],
    // Text
    [String.raw`["\ud800"]`, 'json-lone-surrogate', '[0]'],
    [String.raw`["\udc00\ud800"]`, 'json-lone-surrogate', '[0]'],
    [String.raw`{"\ud83d":1}`, 'json-lone-surrogate', '["�"]'],
    [String.raw`["a\u0000b"]`, 'json-null-character', '[0]'],
    [String.raw`{"a":{"b\u0000":1}}`, 'json-null-character', String.raw`a["b\u0000"]`],
    // Depth
    ['['.repeat(65), 'json-too-deep', '[0]'.repeat(64)],
    ['['.repeat(100_000), 'json-too-deep', '[0]'.repeat(64)],
    ['{"a":'.repeat(100_000), 'json-too-deep', Array(64).fill('a').join('.')],
  ];
  for (const [text, reference, path] of refused) {
    it(`${JSON.stringify(text).slice(0, 60)}: ${reference}`, () => {
      expect(references(text)).toEqual([[reference, path]]);
    });
  }

  it('more than 1 MiB, whatever it holds', () => {
    const result = parseStrictJson(new Uint8Array(LIMITS.maxBytes + 1));
    expect(result.ok || result.issues.map(({ reference }) => reference)).toEqual(['json-too-large']);
  });

  it('more values than the caller allows', () => {
    const result = parseStrictJson(bytes('[1,2,3]'), { maxValues: 3 });
    expect(result.ok || result.issues[0]?.reference).toBe('json-too-many-values');
    expect(parseStrictJson(bytes('[1,2]'), { maxValues: 3 }).ok).toBe(true);
  });
});

describe('bytes that are not UTF-8', () => {
  const broken: [name: string, content: number[], reference: string, place: string][] = [
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d], 'json-byte-order-mark', 'Line 1, column 1'],
    ['UTF-16 with its mark', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00], 'json-invalid-utf8', 'Line 1, column 1'],
    ['a stray continuation byte', [0x5b, 0x22, 0x80, 0x22, 0x5d], 'json-invalid-utf8', 'Line 1, column 3'],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22], 'json-invalid-utf8', 'Line 1, column 2'],
    ['a surrogate in CESU-8', [0x0a, 0x22, 0xed, 0xa0, 0x80, 0x22], 'json-invalid-utf8', 'Line 2, column 2'],
    ['beyond U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 'json-invalid-utf8', 'Line 1, column 2'],
    ['a sequence cut off at the end', [0x22, 0xe2, 0x82], 'json-invalid-utf8', 'Line 1, column 2'],
  ];
  for (const [name, content, reference, place] of broken) {
    it(name, () => {
      const result = parseStrictJson(Uint8Array.from(content));
      if (result.ok) throw new Error('accepted');
      expect(result.issues.map((issue) => issue.reference)).toEqual([reference]);
      expect(result.issues[0]?.message).toContain(place);
    });
  }
});

describe('faults are exhaustive and say where they are', () => {
  it('lists every duplicate key and number, not only the first', () => {
    expect(references('{"a":1,"a":2,"b":{"c":1,"c":[9007199254740993,1e400]},"a":3}')).toEqual([
      ['json-duplicate-key', 'a'],
      ['json-duplicate-key', 'b.c'],
      ['json-unsafe-integer', 'b.c[0]'],
      ['json-number-overflow', 'b.c[1]'],
      ['json-duplicate-key', 'a'],
    ]);
  });

  it('goes on after comments and trailing commas, and stops at broken syntax', () => {
    expect(references('{"a":[1,], // one\n"b":1,"b":2,}}')).toEqual([
      ['json-trailing-comma', 'a'],
      ['json-comment', ''],
      ['json-duplicate-key', 'b'],
      ['json-trailing-comma', ''],
      ['json-syntax', ''],
    ]);
  });

  it('names line and column, and the fix', () => {
    const result = parse('{\r\n  "cmd": "safe",\n  "cmd": "evil"\n}');
    expect(result.ok || result.issues[0]?.message).toBe(
      'Line 3, column 3: the key "cmd" appears again in the same object. Keep one of the members.',
    );
  });

  it('offers the first of duplicate keys for further checks, but no value of a broken document', () => {
    const duplicate = parse('{"cmd":"safe","cmd":"evil"}');
    expect(duplicate).toMatchObject({ ok: false, recovered: { cmd: 'safe' } });
    expect(parse('{"cmd":"safe"')).not.toHaveProperty('recovered');
  });

  it('stays small however large the keys and however many the faults', () => {
    const key = 'k'.repeat(300_000);
    const result = parse(`{"${key}":{${'"a":1,'.repeat(100_000)}"a":1}}`);
    if (result.ok) throw new Error('accepted');
    expect(result.issues).toHaveLength(LIMITS.maxIssues + 1);
    expect(result.issues.at(-1)?.reference).toBe('too-many-issues');
    expect(JSON.stringify(result.issues).length).toBeLessThan(300_000);
  });

  it('shows hostile text escaped', () => {
    const result = parse('{"\u202etxt":1,"\u202etxt":2}');
    expect(result.ok || result.issues[0]?.message).toContain(String.raw`"\u{202E}txt"`);
  });
});
