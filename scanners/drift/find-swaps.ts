import type { ToolDefinition } from '#lib/manifest/types.ts';
import { compareText } from '../order.ts';
import { bodyOf, isTelling, pairsAlike, wordsOf } from './find-renames.ts';
import type { Pairing } from './pair-entries.ts';

/** Words that a tool may keep of its own (Dice) and still be another one. */
const OTHER = 0.5;

export type Swap = { from: string; to: string };

/**
 * Tools that kept their names and became what another tool of the server was, which itself is that no more: whoever approved
 * `list_files` would call `delete_files` by it. A tool copied under a second name is none of these.
 */
export function findSwaps({ both, removed }: Pairing<ToolDefinition>): Swap[] {
  const changed = both.filter(({ before, after }) => bodyOf(before) !== bodyOf(after));
  if (changed.length === 0) return [];
  const own = new Map(changed.map(({ before, after }) => [after, before]));
  const left = [...changed.map(({ before }) => before), ...removed].filter(isTelling);
  const turned = changed
    .filter(({ before, after }) => isTelling(after) && likeness(before, after) < OTHER)
    .map(({ after }) => after);
  return pairsAlike(left, turned)
    .filter(({ before, after }) => before !== own.get(after) && before.name !== after.name)
    .map(({ before, after }) => ({ from: before.name, to: after.name }))
    .sort((a, b) => compareText(a.to, b.to));
}

function likeness(a: ToolDefinition, b: ToolDefinition): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const shared = [...left].filter((word) => right.has(word)).length;
  return (2 * shared) / Math.max(1, left.size + right.size);
}
