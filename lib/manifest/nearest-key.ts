// Longer keys are compared by their spelling alone: distance costs the product of both lengths.
const MAX_COMPARED_LENGTH = 40;

/**
 * The known key that an unknown one probably means: another case or snake_case of it, or at most two characters away.
 * Null where none is close.
 */
export function nearestKey(key: string, knownKeys: readonly string[]): string | null {
  if (key.length > MAX_COMPARED_LENGTH) return null;
  const folded = fold(key);
  const sameSpelling = knownKeys.find((known) => fold(known) === folded);
  if (sameSpelling !== undefined) return sameSpelling;
  const allowed = Math.min(2, Math.floor(key.length / 3));
  let nearest: string | null = null;
  let nearestDistance = allowed + 1;
  for (const known of knownKeys) {
    const distance = editDistance(folded, fold(known));
    if (distance < nearestDistance) [nearest, nearestDistance] = [known, distance];
  }
  return nearest;
}

function fold(key: string): string {
  return key.replaceAll(/[_-]/g, '').toLowerCase();
}

/** Insertions, deletions and replacements from one text to the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
