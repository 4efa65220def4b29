import { compareText } from '../order.ts';
import { isSameJson, sha256, stableText } from './same-json.ts';

export type Pairing<T> = { both: { before: T; after: T }[]; added: T[]; removed: T[] };

/**
 * Entries of two lists that have the same key, in the order of keys, whatever the order of the lists. Where a key occurs more
 * than once, equal entries are paired first and the others in the order of their contents.
 */
export function pairByKey<T>(before: readonly T[], after: readonly T[], keyOf: (entry: T) => string): Pairing<T> {
  const pairing: Pairing<T> = { both: [], added: [], removed: [] };
  const earlier = Map.groupBy(before, keyOf);
  const later = Map.groupBy(after, keyOf);
  for (const key of [...new Set([...earlier.keys(), ...later.keys()])].sort(compareText))
    pairOf(earlier.get(key) ?? [], later.get(key) ?? [], pairing);
  return pairing;
}

function pairOf<T>(before: readonly T[], after: readonly T[], pairing: Pairing<T>): void {
  if (before.length > 1 || after.length > 1) {
    const byContent = Map.groupBy(before, contentOf);
    const rest = after.filter((entry) => {
      const same = byContent.get(contentOf(entry))?.pop();
      if (same === undefined) return true;
      pairing.both.push({ before: same, after: entry });
      return false;
    });
    pairInOrder(sortedByContent([...byContent.values()].flat()), sortedByContent(rest), pairing);
    return;
  }
  pairInOrder(before, after, pairing);
}

function pairInOrder<T>(before: readonly T[], after: readonly T[], pairing: Pairing<T>): void {
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    const [was, is] = [before[i], after[i]];
    if (was === undefined) pairing.added.push(is as T);
    else if (is === undefined) pairing.removed.push(was);
    else pairing.both.push({ before: was, after: is });
  }
}

const contentOf = (value: unknown): string => sha256(stableText(value));

const sortedByContent = <T>(entries: readonly T[]): T[] =>
  entries
    .map((entry) => ({ entry, content: contentOf(entry) }))
    .sort((a, b) => compareText(a.content, b.content))
    .map(({ entry }) => entry);

/** The pairs that differ in anything. */
export const differing = <T>({ both }: Pairing<T>): { before: T; after: T }[] =>
  both.filter(({ before, after }) => !isSameJson(before, after));
