/** Limits of one definition. Real schemas nest about a dozen levels and have a few thousand values. */
export const DEFINITION_LIMITS = { depth: 64, values: 100_000 };

/**
 * Says what makes a JSON value unfit for a canonical form and for bounded scanning, or null: nested too deeply, too many
 * values, a number beyond IEEE 754, a string with half a surrogate pair (RFC 8785 §3.2.2) or with U+0000, which
 * PostgreSQL's JSON does not hold. Does not recurse.
 */
export function valueFault(value: unknown, limits = DEFINITION_LIMITS): string | null {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  let count = 0;
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    count += 1;
    if (count > limits.values) return `has more than ${limits.values} values`;
    if (typeof item.value === 'string' && !item.value.isWellFormed()) return 'has a text that is not valid Unicode';
    if (typeof item.value === 'string' && item.value.includes('\0')) return 'has a text with the character U+0000';
    if (typeof item.value === 'number' && !Number.isFinite(item.value)) return 'has a number that is out of range';
    if (typeof item.value !== 'object' || item.value === null) continue;
    if (item.depth > limits.depth) return `is nested more than ${limits.depth} levels deep`;
    for (const [key, child] of Object.entries(item.value)) {
      if (!key.isWellFormed() || key.includes('\0')) return 'has a key that is not valid Unicode';
      open.push({ value: child, depth: item.depth + 1 });
    }
  }
  return null;
}
