import { REF_MAX_LENGTH } from './limits.ts';

const STAR = Symbol('any but /');
const DOUBLE_STAR = Symbol('any');

/**
 * True when a Git ref matches a pattern in which `*` stands for any run of characters but `/`, `**` for any run at all,
 * and every other character for itself. The whole ref must match, with case. Longer input than `REF_MAX_LENGTH` never
 * matches.
 *
 * Walks all positions of the pattern side by side, so the work is at most pattern length × ref length whatever the
 * pattern: publishers write these, hence no regular expression and no backtracking.
 */
export function matchesRefPattern(pattern: string, ref: string): boolean {
  if (pattern.length > REF_MAX_LENGTH || ref.length > REF_MAX_LENGTH) return false;
  const tokens = tokenize(pattern);

  let reached = skipStars(tokens, new Set([0]));
  for (const character of ref) {
    const next = new Set<number>();
    for (const at of reached) {
      const token = tokens[at];
      if (token === DOUBLE_STAR || (token === STAR && character !== '/')) next.add(at);
      else if (token === character) next.add(at + 1);
    }
    if (next.size === 0) return false;
    reached = skipStars(tokens, next);
  }
  return reached.has(tokens.length);
}

function tokenize(pattern: string): (string | symbol)[] {
  const tokens: (string | symbol)[] = [];
  for (const part of pattern.split(/(\*\*|\*)/)) {
    if (part === '**') tokens.push(DOUBLE_STAR);
    else if (part === '*') tokens.push(STAR);
    else tokens.push(...part);
  }
  return tokens;
}

/** A star may stand for nothing, so the position behind it is reached too. */
function skipStars(tokens: (string | symbol)[], reached: Set<number>): Set<number> {
  for (const at of reached) {
    if (typeof tokens[at] === 'symbol') reached.add(at + 1);
  }
  return reached;
}
