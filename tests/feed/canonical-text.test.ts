import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText } from '#lib/feed/canonical-text.ts';
import { version } from './support/test-feed.ts';

/** What either makes of a value, a refusal included. */
const madeBy = (make: (value: unknown) => string | undefined, value: unknown): string => {
  try {
    return `text ${make(value)}`;
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
};
const expectAlike = (value: unknown): void => {
  expect(madeBy(canonicalText, value)).toBe(madeBy(canonicalize, value));
};

/** Also lone surrogates, which neither may write. */
const text = fc.string({ unit: 'binary', maxLength: 12 });
const anyText = fc.oneof(
  text,
  fc.constantFrom('\ud800', 'a\udfff', '\\ud800', '\u2028', '\u007f', '\u0000', '__proto__', '10', '9', '-1', 'toJSON'),
);
const leaf = fc.oneof(
  anyText,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, 1e21, 5e-324),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium' },
    leaf,
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.dictionary(anyText, tie('tree'), { maxKeys: 6 }),
    fc.array(fc.tuple(anyText, tie('tree')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
  ),
}));

describe('the text of a document is the one of canonicalize', () => {
  test('whatever the value', () => {
    fc.assert(fc.property(tree, expectAlike), { numRuns: 2000 });
  });

  test('for lists of servers, with their keys in any order', () => {
    const shuffled = fc.constantFrom(
      {
        ...version(),
        environments: ['prod'],
        conditions: 'Ask\u00e9 \ud83d\ude00',
        expiresAt: '2027-01-01T00:00:00.000Z',
      },
      Object.fromEntries(Object.entries(version()).reverse()),
      { conditions: '', 2: 'two', 10: 'ten', ...version() },
    );
    const servers = fc.array(fc.record({ versions: fc.array(shuffled, { maxLength: 3 }), name: anyText }));
    fc.assert(fc.property(fc.record({ servers, v: fc.constant(1), org: anyText }), expectAlike));
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = { again: cyclic };
  test.each<[string, unknown]>([
    ['a date', { at: new Date(0) }],
    ['a date deep down', { a: { b: { c: { at: new Date(0) } } } }],
    ['an object that says what it is', { a: { b: { c: { toJSON: () => 'x' } } } }],
    ['a boxed number', { a: { b: { c: Object(1) } } }],
    ['a list with holes', { a: [[Array(2)]], b: Array(2) }],
    ['not a number', { a: { b: { c: Number.NaN } } }],
    ['infinity at the top', Number.POSITIVE_INFINITY],
    ['a lone surrogate', { a: '\ud800' }],
    ['a lone surrogate as key', { a: { b: { '\udfff': 1 } } }],
    ['a big integer', { a: 1n }],
    ['a cycle', cyclic],
    ['a function', { a: () => 1, b: [() => 1, Symbol('s')] }],
    ['nothing', undefined],
    ['no prototype', Object.assign(Object.create(null), { b: 1, a: 2 })],
  ])('of %s', (_, value) => expectAlike(value));

  test('of a list in lists so deep that the stack ends', () => {
    let value: unknown = 1;
    for (let i = 0; i < 50_000; i++) value = [value];
    expectAlike(value);
  });
});
