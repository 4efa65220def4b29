/**
 * The values made last, by key; the one that was not asked for longest goes first. A promise that fails is forgotten, so
 * that the next one to ask tries again.
 */
export function createRecent<T>({ limit, ageMs = Number.POSITIVE_INFINITY }: { limit: number; ageMs?: number }) {
  const kept = new Map<string, { value: T; until: number }>();
  return {
    get(key: string, make: () => T, now = Date.now()): T {
      const found = kept.get(key);
      kept.delete(key);
      const entry = found && found.until > now ? found : { value: make(), until: now + ageMs };
      kept.set(key, entry);
      if (entry.value instanceof Promise && entry !== found) {
        entry.value.catch(() => {
          if (kept.get(key) === entry) kept.delete(key);
        });
      }
      if (kept.size > limit) kept.delete(kept.keys().next().value!);
      return entry.value;
    },
    clear: () => kept.clear(),
  };
}
