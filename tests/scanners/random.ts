/** A small generator of pseudo-random numbers (mulberry32), so that a failing case can be repeated by its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** The entries in another order (Fisher–Yates). */
export function shuffled<T>(random: () => number, entries: readonly T[]): T[] {
  const result = [...entries];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** The value with the keys of every object in another order. */
export function withShuffledKeys<T>(random: () => number, value: T): T {
  if (Array.isArray(value)) return value.map((entry) => withShuffledKeys(random, entry)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    shuffled(random, Object.entries(value)).map(([key, child]) => [key, withShuffledKeys(random, child)]),
  ) as T;
}
