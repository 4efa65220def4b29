/**
 * Whether a tool's name fits a pattern: `*` stands for any run of characters, also an empty one, and `?` for exactly
 * one; nothing else is special. Unlike a shell's patterns these also match a leading dot, a slash and a line feed: a
 * hostile name must not slip past a rule that denies. Compares code points; at most pattern × name steps.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  const [wanted, given] = [[...pattern], [...name]];
  let [at, i] = [0, 0];
  let [starAt, starI] = [-1, 0];
  while (i < given.length) {
    if (wanted[at] === '*') {
      [starAt, starI] = [at, i];
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[i])) {
      at += 1;
      i += 1;
    } else if (starAt >= 0) {
      // The last star takes one character more, and the rest is tried again behind it.
      starI += 1;
      [at, i] = [starAt + 1, starI];
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((character) => character === '*');
}
