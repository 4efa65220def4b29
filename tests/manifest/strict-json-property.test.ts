import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonValue, parseStrictJson } from '#lib/manifest/index.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/** mulberry32: the same documents on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;
const pick = <T>(random: Random, choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
const KEYS = ['a', 'b', '__proto__', 'constructor', 'é', '😀', '', 'x y', '0', 'toString'];
const NUMBERS = ['0', '-0', '1', '-17', '0.5', '1e3', '12.25e-2', '9007199254740991', '1E+2', '5e-324'];
const STRINGS = ['""', '"text"', '"\u202e"', String.raw`"\u00e9\n"`, String.raw`"\ud83d\ude00"`, '"é"'];

/** JSON text that is fine, with distinct keys and every kind of white space. */
function document(random: Random, depth: number): string {
  const space = pick(random, ['', '', ' ', '\n', '\t', '\r\n']);
  const kind = depth === 0 ? random() * 0.5 : random();
  if (kind < 0.2) return space + pick(random, NUMBERS);
  if (kind < 0.4) return space + pick(random, STRINGS) + space;
  if (kind < 0.5) return pick(random, ['null', 'true', 'false']) + space;
  const length = Math.floor(random() * 4);
  if (kind < 0.75) return `[${space}${Array.from({ length }, () => document(random, depth - 1)).join(',')}]`;
  const keys = new Set(Array.from({ length }, () => pick(random, KEYS)));
  const members = Array.from(keys, (key) => `${space}${JSON.stringify(key)}:${document(random, depth - 1)}`);
  return `{${members.join(',')}${space}}`;
}

const ALPHABET = [...'{}[]:,"\\/ \n01-+.eEaun', 'null', '"a":', String.raw`\u0061`, '//', '\u00a0'];

/** One character deleted, inserted, replaced or moved. */
function mutated(text: string, random: Random): string {
  const at = Math.floor(random() * (text.length + 1));
  const removed = pick(random, [0, 1, 1, 2]);
  return (text.slice(0, at) + pick(random, ['', pick(random, ALPHABET)]) + text.slice(at + removed)).toWellFormed();
}

function parsesAsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// What is refused although JSON.parse takes it. Everything else must be refused by both or read alike by both.
const STRICTER = new Set([
  'json-duplicate-key',
  'json-unsafe-integer',
  'json-number-overflow',
  'json-number-precision',
  'json-lone-surrogate',
  'json-null-character',
]);

describe('the strict parser against JSON.parse on generated documents', () => {
  it('reads every clean document alike, and its canonical form is read back the same', () => {
    const random = seeded(1);
    for (let run = 0; run < 3000; run++) {
      const text = document(random, 5);
      const result = parseStrictJson(encode(text));
      expect(result, text).toEqual({ ok: true, value: JSON.parse(text) });
      const canonical = canonicalJson((result as { value: JsonValue }).value);
      const again = parseStrictJson(canonical);
      if (!again.ok) throw new Error(`the canonical form of ${text} was refused`);
      expect(canonicalJson(again.value)).toEqual(canonical);
    }
  });

  it('agrees on broken documents, save for what it refuses by intent', () => {
    const random = seeded(2);
    const counts = { accepted: 0, refusedByBoth: 0, stricter: 0 };
    for (let run = 0; run < 12_000; run++) {
      let text = document(random, 4);
      for (let times = pick(random, [1, 1, 2, 3]); times > 0; times--) text = mutated(text, random);
      const result = parseStrictJson(encode(text));
      const isJson = parsesAsJson(text);
      if (result.ok) {
        counts.accepted++;
        expect(isJson && JSON.parse(text), text).toEqual(result.value);
      } else if (isJson) {
        counts.stricter++;
        expect(
          result.issues.filter(({ reference }) => !STRICTER.has(reference)),
          text,
        ).toEqual([]);
      } else {
        counts.refusedByBoth++;
      }
    }
    // Each outcome must have come up often, or the test says nothing.
    expect(counts.accepted).toBeGreaterThan(1000);
    expect(counts.refusedByBoth).toBeGreaterThan(1000);
    expect(counts.stricter).toBeGreaterThan(20);
  });
});
