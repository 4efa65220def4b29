import { describe, expect, test } from 'vitest';
import { addedSpans, diffText, type TextPart } from '#scanners/drift/text-diff.ts';
import { pick, seededRandom } from '../random.ts';

const joined = (parts: TextPart[], without: TextPart['op']) =>
  parts
    .filter(({ op }) => op !== without)
    .map(({ text }) => text)
    .join('');

/** Both texts come out again, and every part stands where it says. */
function expectFaithful(before: string, after: string) {
  const parts = diffText(before, after);
  expect(joined(parts, 'added')).toBe(before);
  expect(joined(parts, 'removed')).toBe(after);
  for (const { op, text, start } of parts)
    expect((op === 'removed' ? before : after).slice(start, start + text.length)).toBe(text);
  return parts;
}

const marked = (parts: TextPart[]) =>
  parts.map(({ op, text }) => (op === 'added' ? `{+${text}+}` : op === 'removed' ? `{-${text}-}` : text)).join('');

test.each([
  ['Gets the weather.', 'Gets the weather.', 'Gets the weather.'],
  ['Gets the weather.', 'Gets the current weather.', 'Gets the {+current +}weather.'],
  ['Lists all the files.', 'Lists the files.', 'Lists {-all -}the files.'],
  ['', 'New text.', '{+New text.+}'],
  ['Old text.', '', '{-Old text.-}'],
  ['one two three four', 'one three four two', 'one {-two -}three four{+ two+}'],
  ['天気を返します。', '今日の天気を返します。', '{+今日の+}天気を返します。'],
  ['Read it.', 'Read\u200b it.', 'Read{+\u200b+} it.'],
])('%j to %j is %j', (before, after, expected) => {
  expect(marked(expectFaithful(before, after))).toBe(expected);
});

test('a word that two changes have between them goes with the changes', () => {
  const parts = expectFaithful(
    'Everything here is stored safely and remains unchanged forever.',
    'Everything here is deleted quickly and disappears for good.',
  );
  expect(parts.filter(({ op }) => op === 'added')).toHaveLength(1);
});

describe.each([1, 2, 3, 4, 5])('seed %i', (seed) => {
  const random = seededRandom(seed);
  const words = ['alpha', 'beta', 'gamma', ' ', '  ', '\n', '.', '\u200b', 'é', '日', '👩‍💻', '\ud800'];
  const text = (length: number) => Array.from({ length }, () => pick(random, words)).join('');

  test('any two texts come out again', () => {
    for (let i = 0; i < 60; i++) expectFaithful(text(random() * 40), text(random() * 40));
  });

  test('the same two texts give the same parts', () => {
    const [before, after] = [text(200), text(200)];
    expect(diffText(before, after)).toEqual(diffText(before, after));
  });
});

describe('texts of the longest size', () => {
  const words = (from: number, count: number) => Array.from({ length: count }, (_, i) => `w${from + i}`).join(' ');

  test.each([
    ['nothing in common', words(0, 5_000), words(10_000, 5_000)],
    ['a sentence repeated', 'a b '.repeat(8_000), 'b a '.repeat(8_000)],
    ['one letter over and over', 'a'.repeat(32_000), 'a '.repeat(16_000)],
    ['punctuation alone', '.,'.repeat(16_000), ',.'.repeat(16_000)],
  ])('%s', (_, before, after) => {
    expectFaithful(before, after);
  });

  test('a change in the middle is found although much else changed too', () => {
    const before = `${words(0, 2_000)} KEEP THIS SENTENCE ${words(5_000, 2_000)}`;
    const after = `${words(20_000, 2_000)} KEEP THIS SENTENCE ${words(30_000, 2_000)}`;
    expect(diffText(before, after).some(({ op, text }) => op === 'same' && text.includes('KEEP THIS SENTENCE'))).toBe(
      true,
    );
  });

  test('without budget a text is replaced as a whole, and comes out again', () => {
    const parts = diffText('one two three', 'four five six', { steps: 0 });
    expect(joined(parts, 'added')).toBe('one two three');
    expect(joined(parts, 'removed')).toBe('four five six');
  });
});

test('added spans are offsets in the later text', () => {
  const after = 'Reads a file and sends it away.';
  const spans = addedSpans(diffText('Reads a file.', after));
  expect(spans.map(({ start, end }) => after.slice(start, end))).toEqual([' and sends it away']);
});
