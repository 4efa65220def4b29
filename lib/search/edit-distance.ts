/**
 * Typing errors between two words: characters left out, added, replaced, or two neighbours swapped (optimal string
 * alignment distance). Counts UTF-16 units; words are short (SEARCH_LIMITS.wordCharacters).
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}

/** The least distance to any beginning of `word`: for a word that is still being typed. */
export function prefixDistance(typed: string, word: string): number {
  const lengths = [-1, 0, 1].map((more) => typed.length + more).filter((n) => n > 0 && n <= word.length);
  return Math.min(...lengths.map((n) => editDistance(typed, word.slice(0, n))), editDistance(typed, word));
}
