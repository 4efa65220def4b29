import { DRIFT_LIMITS } from './limits.ts';

/** `start` is the UTF-16 offset in the later text, of what was removed in the earlier one. */
export type TextPart = { op: 'same' | 'added' | 'removed'; text: string; start: number };

/** Steps left to all text differences of one comparison. */
export type TextBudget = { steps: number };
export const textBudget = (): TextBudget => ({ steps: DRIFT_LIMITS.textSteps });

/** Words, single letters of scripts that need no blanks, runs of white space, and any other character by itself. */
const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+|\s+|[^\p{L}\p{M}\p{N}_\s]/gu;

type Span = { start: number; end: number };

/**
 * What was added and removed, by words. The parts with `same` and `added`, joined, are the later text; those with `same` and
 * `removed` the earlier one. The shortest difference (E. Myers, 1986) where few words changed; where many did, it is put
 * together from the words that occur once on each side, so that time stays near linear.
 */
export function diffText(before: string, after: string, budget: TextBudget = textBudget()): TextPart[] {
  const a = tokensOf(before);
  const b = tokensOf(after);
  const [left, right] = interned(a, b);
  const matches = matchesOf(left, right, budget);
  return partsOf(a, b, matches);
}

/** The spans of the later text that the difference added. */
export const addedSpans = (parts: readonly TextPart[]): Span[] =>
  parts.filter(({ op }) => op === 'added').map(({ start, text }) => ({ start, end: start + text.length }));

const tokensOf = (text: string): string[] => text.match(TOKEN) ?? [];

/** The same number for the same word, so that comparing words is comparing numbers. */
function interned(a: readonly string[], b: readonly string[]): [Int32Array, Int32Array] {
  const ids = new Map<string, number>();
  const idOf = (token: string): number => {
    const known = ids.get(token);
    if (known !== undefined) return known;
    ids.set(token, ids.size);
    return ids.size - 1;
  };
  return [Int32Array.from(a, idOf), Int32Array.from(b, idOf)];
}

/** For each token of the later text the token of the earlier one that it is, or -1; increasing. */
function matchesOf(a: Int32Array, b: Int32Array, budget: TextBudget): Int32Array {
  const matches = new Int32Array(b.length).fill(-1);
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) matches[from] = from++;
  let [aEnd, bEnd] = [a.length, b.length];
  while (aEnd > from && bEnd > from && a[aEnd - 1] === b[bEnd - 1]) matches[--bEnd] = --aEnd;

  if (shortest(a, b, { aFrom: from, aEnd, bFrom: from, bEnd }, matches, DRIFT_LIMITS.edits, budget)) return matches;
  let [aAt, bAt] = [from, from];
  for (const [i, j] of [...anchorsOf(a, b, { aFrom: from, aEnd, bFrom: from, bEnd }), [aEnd, bEnd] as const]) {
    shortest(a, b, { aFrom: aAt, aEnd: i, bFrom: bAt, bEnd: j }, matches, DRIFT_LIMITS.edits / 10, budget);
    if (i < aEnd) matches[j] = i;
    [aAt, bAt] = [i + 1, j + 1];
  }
  return matches;
}

type Window = { aFrom: number; aEnd: number; bFrom: number; bEnd: number };

/** Writes the matches of the shortest difference of a window; false, and nothing written, when it needs more than `maxEdits`. */
function shortest(
  a: Int32Array,
  b: Int32Array,
  { aFrom, aEnd, bFrom, bEnd }: Window,
  matches: Int32Array,
  maxEdits: number,
  budget: TextBudget,
): boolean {
  const [n, m] = [aEnd - aFrom, bEnd - bFrom];
  if (n <= 0 || m <= 0) return true;
  if (Math.abs(n - m) > maxEdits) return false;
  const limit = Math.min(n + m, maxEdits);
  const reach = new Int32Array(2 * limit + 3);
  const middle = limit + 1;
  const trace: Int32Array[] = [];
  for (let d = 0; d <= limit; d++) {
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach[middle + k - 1] as number) < (reach[middle + k + 1] as number));
      let x = down ? (reach[middle + k + 1] as number) : (reach[middle + k - 1] as number) + 1;
      const first = x;
      while (x < n && x - k < m && a[aFrom + x] === b[bFrom + x - k]) x++;
      budget.steps -= 1 + x - first;
      reach[middle + k] = x;
      if (x >= n && x - k >= m) {
        trace.push(reach.slice(middle - d - 1, middle + d + 2));
        follow(trace, n, m, (i, j) => {
          matches[bFrom + j] = aFrom + i;
        });
        return true;
      }
    }
    if (budget.steps < 0) return false;
    trace.push(reach.slice(middle - d - 1, middle + d + 2));
  }
  return false;
}

/** Walks the trace of `shortest` back and names every matched pair. `trace[d]` holds diagonals -d-1 … d+1 after d edits. */
function follow(trace: readonly Int32Array[], n: number, m: number, match: (i: number, j: number) => void): void {
  let [x, y] = [n, m];
  for (let d = trace.length - 1; d > 0; d--) {
    const earlier = trace[d - 1] as Int32Array;
    const at = (k: number): number => earlier[k + d] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const from = down ? k + 1 : k - 1;
    const fromX = at(from);
    const startX = down ? fromX : fromX + 1;
    while (x > startX) match(--x, --y);
    [x, y] = [fromX, fromX - from];
  }
  while (x > 0 && y > 0) match(--x, --y);
}

/** Tokens that occur once on each side, as far as they come in the same order (longest increasing subsequence). */
function anchorsOf(a: Int32Array, b: Int32Array, { aFrom, aEnd, bFrom, bEnd }: Window): [number, number][] {
  const once = (tokens: Int32Array, from: number, end: number): Map<number, number> => {
    const at = new Map<number, number>();
    for (let i = from; i < end; i++) at.set(tokens[i] as number, at.has(tokens[i] as number) ? -1 : i);
    return at;
  };
  const inA = once(a, aFrom, aEnd);
  const pairs: [number, number][] = [];
  for (const [token, j] of once(b, bFrom, bEnd)) {
    const i = inA.get(token) ?? -1;
    if (i >= 0 && j >= 0) pairs.push([i, j]);
  }
  pairs.sort((p, q) => p[1] - q[1]);
  return longestIncreasing(pairs);
}

function longestIncreasing(pairs: readonly [number, number][]): [number, number][] {
  const tails: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  for (const [index, [value]] of pairs.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const half = (low + high) >> 1;
      if ((pairs[tails[half] as number] as [number, number])[0] < value) low = half + 1;
      else high = half;
    }
    if (low > 0) previous[index] = tails[low - 1] as number;
    tails[low] = index;
  }
  const chain: [number, number][] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] as number) chain.push(pairs[at] as [number, number]);
  return chain.reverse();
}

/** The parts, removed before added. */
function partsOf(a: readonly string[], b: readonly string[], matches: Int32Array): TextPart[] {
  const parts: TextPart[] = [];
  let [aAt, aOffset, bOffset] = [0, 0, 0];
  let [removed, added, removedStart, addedStart] = ['', '', 0, 0];
  const flush = () => {
    if (removed !== '') parts.push({ op: 'removed', text: removed, start: removedStart });
    if (added !== '') parts.push({ op: 'added', text: added, start: addedStart });
    [removed, added] = ['', ''];
  };
  const drop = (end: number) => {
    while (aAt < end) {
      if (removed === '') removedStart = aOffset;
      removed += a[aAt];
      aOffset += (a[aAt++] as string).length;
    }
  };
  const add = (token: string) => {
    if (added === '') addedStart = bOffset;
    added += token;
    bOffset += token.length;
  };
  for (const [j, token] of b.entries()) {
    const i = matches[j] as number;
    if (i < 0) {
      add(token);
      continue;
    }
    drop(i);
    flush();
    const last = parts.at(-1);
    if (last?.op === 'same') last.text += token;
    else parts.push({ op: 'same', text: token, start: bOffset });
    aOffset += (a[i] as string).length;
    bOffset += token.length;
    aAt = i + 1;
  }
  drop(a.length);
  flush();
  return joined(parts);
}

/** Unchanged words so few between two changes that they only split them up. */
const MAX_JOINED = 8;

/** The parts with short unchanged ones between longer changes given to the changes: what people read as one is one. */
function joined(parts: readonly TextPart[]): TextPart[] {
  const result: TextPart[] = [];
  let run: { removed: string; added: string; removedStart: number; addedStart: number } | null = null;
  let [aOffset, bOffset] = [0, 0];
  const flush = () => {
    if (run?.removed) result.push({ op: 'removed', text: run.removed, start: run.removedStart });
    if (run?.added) result.push({ op: 'added', text: run.added, start: run.addedStart });
    run = null;
  };
  for (const [i, { op, text }] of parts.entries()) {
    const next = parts[i + 1]?.text.length ?? 0;
    const size = run === null ? 0 : run.removed.length + run.added.length;
    const isSplitting =
      op === 'same' && run !== null && text.length <= MAX_JOINED && Math.min(size, next) > text.length;
    if (op === 'same' && !isSplitting) {
      flush();
      result.push({ op, text, start: bOffset });
    } else {
      run ??= { removed: '', added: '', removedStart: aOffset, addedStart: bOffset };
      if (op !== 'added') run.removed += text;
      if (op !== 'removed') run.added += text;
    }
    if (op !== 'added') aOffset += text.length;
    if (op !== 'removed') bOffset += text.length;
  }
  flush();
  return result;
}
