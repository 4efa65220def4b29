import type { ToolDefinition } from '#lib/manifest/types.ts';
import { nameWords } from '../manifest-inputs.ts';
import { DRIFT_LIMITS } from './limits.ts';
import type { Pairing } from './pair-entries.ts';
import { sha256, stableText } from './same-json.ts';

/** Shared words, counted twice, over all words of both (Dice), from which on two definitions are one tool. */
const ALIKE = 0.75;
/** Fewer words than these say too little to recognise a tool by. */
const MIN_WORDS = 6;

/**
 * Takes the tools that only changed their names out of what was added and removed: first those whose definition is the same,
 * then those whose description and parameters are alike. Each tool is used once; the most alike go first.
 */
export function findRenames(pairing: Pairing<ToolDefinition>): Pairing<ToolDefinition> & {
  renamed: { before: ToolDefinition; after: ToolDefinition }[];
} {
  if (pairing.added.length === 0 || pairing.removed.length === 0) return { ...pairing, renamed: [] };
  const renamed: { before: ToolDefinition; after: ToolDefinition }[] = [];
  const byBody = Map.groupBy(pairing.removed.filter(isTelling), bodyOf);
  const added = pairing.added.filter((after) => {
    const before = isTelling(after) ? byBody.get(bodyOf(after))?.shift() : undefined;
    if (before !== undefined) renamed.push({ before, after });
    return before === undefined;
  });
  const used = new Set(renamed.map(({ before }) => before));
  const removed = pairing.removed.filter((tool) => !used.has(tool));
  const alike = pairsAlike(removed, added);
  const gone = new Set(alike.map(({ before }) => before));
  const found = new Set(alike.map(({ after }) => after));
  return {
    both: pairing.both,
    added: added.filter((tool) => !found.has(tool)),
    removed: removed.filter((tool) => !gone.has(tool)),
    renamed: [...renamed, ...alike],
  };
}

export const bodyOf = ({ description, inputSchema, outputSchema, annotations }: ToolDefinition): string =>
  sha256(stableText({ description, inputSchema, outputSchema, annotations }));

/** Whether a definition says enough that another with the same is no accident. */
export const isTelling = (tool: ToolDefinition): boolean => wordsOf(tool).size >= MIN_WORDS;

export function wordsOf({ description, inputSchema }: ToolDefinition): Set<string> {
  const properties = inputSchema?.properties;
  const parameters =
    typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? Object.keys(properties) : [];
  return new Set(
    [
      ...nameWords((description ?? '').slice(0, 4_000)),
      ...parameters.slice(0, 100).map((parameter) => `parameter ${parameter}`),
    ].slice(0, DRIFT_LIMITS.renameWords),
  );
}

/** Pairs that share enough rare words; found by the words, so that time does not grow with the number of possible pairs. */
export function pairsAlike(removed: readonly ToolDefinition[], added: readonly ToolDefinition[]) {
  const earlier = removed.map((tool) => ({ tool, words: wordsOf(tool) }));
  const postings = new Map<string, number[]>();
  for (const [i, { words }] of earlier.entries()) {
    for (const word of words) {
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [i]);
      else if (list.length <= DRIFT_LIMITS.renamePostings) list.push(i);
    }
  }
  const candidates = added.flatMap((after, j) => {
    const words = wordsOf(after);
    if (words.size < MIN_WORDS) return [];
    const near = new Set<number>();
    for (const word of words) {
      const list = postings.get(word) ?? [];
      if (list.length <= DRIFT_LIMITS.renamePostings) for (const i of list) near.add(i);
      if (near.size > DRIFT_LIMITS.renamePostings) break;
    }
    return [...near].flatMap((i) => {
      const before = earlier[i] as (typeof earlier)[number];
      if (before.words.size < MIN_WORDS) return [];
      const shared = [...words].filter((word) => before.words.has(word)).length;
      const score = (2 * shared) / (words.size + before.words.size);
      return score >= ALIKE ? [{ i, j, score, before: before.tool, after }] : [];
    });
  });
  candidates.sort((a, b) => b.score - a.score || a.i - b.i || a.j - b.j);
  const [usedBefore, usedAfter] = [new Set<number>(), new Set<number>()];
  return candidates.filter(({ i, j }) => {
    if (usedBefore.has(i) || usedAfter.has(j)) return false;
    usedBefore.add(i);
    usedAfter.add(j);
    return true;
  });
}
