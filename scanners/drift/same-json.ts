import { createHash } from 'node:crypto';
import { LIMITS } from '../limits.ts';

/** Whether two JSON values are the same whatever the order of their keys; absent and undefined are one. Nothing recursive. */
export function isSameJson(a: unknown, b: unknown): boolean {
  const stack: [unknown, unknown][] = [[a, b]];
  while (stack.length > 0) {
    const [x, y] = stack.pop() as [unknown, unknown];
    if (x === y) continue;
    if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
    if (Array.isArray(x) !== Array.isArray(y)) return false;
    if (Array.isArray(x) && Array.isArray(y)) {
      if (x.length !== y.length) return false;
      for (const [i, value] of x.entries()) stack.push([value, y[i]]);
      continue;
    }
    const [left, right] = [x as Record<string, unknown>, y as Record<string, unknown>];
    const present = (record: Record<string, unknown>) => Object.keys(record).filter((key) => record[key] !== undefined);
    const keys = present(left);
    if (keys.length !== present(right).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(right, key)) return false;
      stack.push([left[key], right[key]]);
    }
  }
  return true;
}

/**
 * The value as text with sorted keys, to `LIMITS.depth` levels and `maxChars`: what lies beyond is written as `…`. For
 * showing, sorting and telling alike, not for deciding that nothing changed: that is `isSameJson`.
 */
export function stableText(value: unknown, maxChars = 100_000): string {
  let text = '';
  const write = (node: unknown, depth: number): void => {
    if (text.length > maxChars) return;
    if (typeof node !== 'object' || node === null) {
      text += JSON.stringify(node) ?? 'null';
      return;
    }
    if (depth >= LIMITS.depth) {
      text += '…';
      return;
    }
    const isList = Array.isArray(node);
    text += isList ? '[' : '{';
    const entries = isList
      ? node.map((child) => ['', child] as const)
      : Object.entries(node)
          .filter(([, child]) => child !== undefined)
          .sort(([x], [y]) => (x < y ? -1 : 1));
    for (const [i, [key, child]] of entries.entries()) {
      if (text.length > maxChars) break;
      if (i > 0) text += ',';
      if (!isList) text += `${JSON.stringify(key)}:`;
      write(child, depth + 1);
    }
    text += isList ? ']' : '}';
  };
  write(value, 0);
  return text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
