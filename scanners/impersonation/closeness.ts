import { latinLookAlike } from '../text/confusables.ts';

/** How one name resembles another. `doubled` is also a pair of letters that changed places. */
export type Closeness = 'homoglyph' | 'hyphens' | 'swapped-letters' | 'one-letter' | 'two-letters';

const MAX_CHARS = 100;

const DIGITS: Record<string, string> = { '0': 'o', '1': 'l', '3': 'e', '5': 's', i: 'l', '|': 'l' };

/** What a name looks like at a glance: other scripts, digits and pairs of letters become the letter that they pass for. */
export function skeleton(name: string): string {
  const letters = [...name.slice(0, MAX_CHARS).normalize('NFKC')].map((letter) => latinLookAlike(letter) ?? letter);
  return letters
    .join('')
    .toLowerCase()
    .replace(/[0135i|]/g, (letter) => DIGITS[letter] as string)
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

const bare = (name: string): string => name.replace(/[-_.]/g, '');

/**
 * How `name` resembles `known`, or null. Short names have many honest neighbours, so the closer ones only count for long
 * ones: a letter more or less from eight letters on, two from fourteen. The same name is no look-alike.
 */
export function closenessOf(name: string, known: string): Closeness | null {
  const [a, b] = [name.slice(0, MAX_CHARS).toLowerCase(), known.slice(0, MAX_CHARS).toLowerCase()];
  if (a === b || b.length < 5) return null;
  if (skeleton(a) === skeleton(b)) return 'homoglyph';
  if (bare(a) === bare(b)) return b.length >= 8 ? 'hyphens' : null;
  const allowed = b.length >= 14 ? 2 : b.length >= 5 ? 1 : 0;
  const distance = editDistance(a, b, allowed);
  if (distance > allowed) return null;
  if (distance === 1 && b.length < 8) return isSlip(a, b) ? 'swapped-letters' : null;
  // Another number is another thing: v1 and v2, s3 and s4. So is the plural.
  if (differsInDigitOrPlural(a, b)) return null;
  return distance === 1 ? 'one-letter' : 'two-letters';
}

/** A doubled letter, a letter that should be double, or two that changed places. */
function isSlip(a: string, b: string): boolean {
  if (a.length === b.length) {
    const at = [...a].findIndex((letter, i) => letter !== b[i]);
    return a[at] === b[at + 1] && a[at + 1] === b[at];
  }
  return a.replace(/(.)\1+/g, '$1') === b.replace(/(.)\1+/g, '$1');
}

const differsInDigitOrPlural = (a: string, b: string): boolean =>
  a.replace(/\d/g, '') === b.replace(/\d/g, '') || a.replace(/s$/, '') === b.replace(/s$/, '');

/**
 * Damerau-Levenshtein distance (optimal string alignment): letters added, left out, exchanged, or changed in place with
 * their neighbour. Anything above `limit` is told as limit + 1, so that the work is bounded by its width.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] as number) + 1);
      }
      next.push(best);
    }
    if (Math.min(...next) > limit) return limit + 1;
    [before, row] = [row, next];
  }
  return Math.min(row[b.length] as number, limit + 1);
}

const MCP_AFFIX = /^(?:mcps?|mcp-?servers?|servers?)$/;
const TRUST_AFFIX = /^(?:official|verified|team|inc|corp|hq|support|security|real|original)$/;

/** What was put before or behind a known name: a word that claims trust, or one of the trade. Null where neither. */
export function affixOf(name: string, known: string): 'trust' | 'trade' | null {
  const [a, b] = [name.toLowerCase(), known.toLowerCase()];
  if (b.length < 4) return null;
  const affix =
    a.startsWith(`${b}-`) || a.startsWith(`${b}_`) || a.startsWith(`${b}.`)
      ? a.slice(b.length + 1)
      : a.endsWith(`-${b}`) || a.endsWith(`_${b}`)
        ? a.slice(0, -b.length - 1)
        : null;
  if (affix === null) return null;
  return TRUST_AFFIX.test(affix) ? 'trust' : MCP_AFFIX.test(affix) ? 'trade' : null;
}
