import { describe, expect, test } from 'vitest';
import { createRecent } from '#lib/orgs/published/recent.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('values made last', () => {
  test('the heaviest allowance is kept to, the newest stays however heavy it is', async () => {
    const made: string[] = [];
    const recent = createRecent<Promise<string>>({ limit: 10, weigh: (text) => text.length, most: 6 });
    const get = async (key: string, text: string) => {
      const value = await recent.get(key, async () => {
        made.push(key);
        return text;
      });
      await settled();
      return value;
    };
    await get('a', '12');
    await get('b', '123');
    await get('a', '12');
    await get('c', '12');
    expect([await get('a', '12'), await get('c', '12'), made]).toEqual(['12', '12', ['a', 'b', 'c']]);
    await get('b', '123');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
    await get('d', '1234567');
    await get('d', '1234567');
    expect(made).toEqual(['a', 'b', 'c', 'b', 'd']);
    await get('c', '12');
    expect(made.at(-1)).toBe('c');
  });

  test('what failed or got old is made anew, and weighs nothing any more', async () => {
    const recent = createRecent<Promise<string>>({ limit: 10, ageMs: 1000, weigh: (text) => text.length, most: 6 });
    await expect(recent.get('a', () => Promise.reject(new Error('no')), 0)).rejects.toThrow('no');
    await settled();
    for (let now = 0; now < 10_000; now += 1000) {
      expect(await recent.get('a', async () => `${now}`.padStart(5), now)).toBe(`${now}`.padStart(5));
      await settled();
    }
    await recent.get('b', async () => 'b', 9000);
    await settled();
    expect(await recent.get('a', async () => 'other', 9500)).toBe(' 9000');
  });

  test('the number of values is bounded too', () => {
    const recent = createRecent<number>({ limit: 2 });
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
      recent.get(key, () => value);
    expect([recent.get('c', () => 0), recent.get('b', () => 0), recent.get('a', () => 9)]).toEqual([3, 2, 9]);
  });
});
