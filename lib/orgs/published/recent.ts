/**
 * The values made last, by key; the one that was not asked for longest goes first. A promise that fails is forgotten, so
 * that the next one to ask tries again. `weigh` says how large a value is, a promise once it is there: beyond `most` in all, the
 * oldest go, and the newest stays however large it is.
 */
export function createRecent<T>({
  limit,
  ageMs = Number.POSITIVE_INFINITY,
  weigh = () => 0,
  most = Number.POSITIVE_INFINITY,
}: {
  limit: number;
  ageMs?: number;
  weigh?: (value: Awaited<T>) => number;
  most?: number;
}) {
  type Entry = { value: T; until: number; weight: number };
  const kept = new Map<string, Entry>();
  let weight = 0;
  const drop = (key: string, entry: Entry) => {
    kept.delete(key);
    weight -= entry.weight;
  };
  const shrink = () => {
    for (const [key, entry] of kept) {
      if (kept.size <= 1 || (kept.size <= limit && weight <= most)) return;
      drop(key, entry);
    }
  };
  const settle = (key: string, entry: Entry, value: Awaited<T>) => {
    if (kept.get(key) !== entry) return;
    entry.weight = weigh(value);
    weight += entry.weight;
    shrink();
  };
  const add = (key: string, value: T, until: number) => {
    const entry: Entry = { value, until, weight: 0 };
    kept.set(key, entry);
    if (value instanceof Promise) {
      value.then(
        (made) => settle(key, entry, made),
        () => kept.get(key) === entry && drop(key, entry),
      );
    } else settle(key, entry, value as Awaited<T>);
  };
  return {
    get(key: string, make: () => T, now = Date.now()): T {
      const found = kept.get(key);
      if (found && found.until > now) {
        kept.delete(key);
        kept.set(key, found);
        return found.value;
      }
      if (found) drop(key, found);
      const value = make();
      add(key, value, now + ageMs);
      shrink();
      return value;
    },
    clear() {
      kept.clear();
      weight = 0;
    },
  };
}
