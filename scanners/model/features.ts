import { CONCEPTS, MARKERS } from './concepts.ts';
import type { Passage } from './passages.ts';

/**
 * What the model knows of a passage. `k:` concepts, alone, next to each other (`~`) and in one sentence (`+`), with `'` where the
 * tool's own name speaks of the concept; `w:` words, `b:` pairs of words. Letters 3–5 in a row (`c:`) are features of a word.
 */
export type PassageFeatures = { concepts: ReadonlySet<string>; words: ReadonlySet<string>; pairs: ReadonlySet<string> };

/** Words in Latin letters: other scripts are known by their concepts alone. */
const LEXICAL = /^[a-z][a-z'-]{0,23}$/;

const KINDS: readonly string[] = [...CONCEPTS, ...MARKERS].flatMap((what) => [what, `${what}'`]);
const INDEX: ReadonlyMap<string, number> = new Map(KINDS.map((kind, i) => [kind, i]));
const ALONE: readonly string[] = KINDS.map((kind) => `k:${kind}`);
const named = (sign: string): readonly (readonly string[])[] =>
  KINDS.map((a) => KINDS.map((b) => (a < b ? `k:${a}${sign}${b}` : `k:${b}${sign}${a}`)));
const TOGETHER = named('+');
const ADJACENT = named('~');

export function featuresOf(passage: Passage): PassageFeatures {
  const concepts = new Set<string>();
  const words = new Set<string>();
  const pairs = new Set<string>();
  for (const sentence of passage) {
    const kinds: number[] = [];
    let previous = -1;
    for (const { what, isOwn } of sentence.mentions) {
      const kind = INDEX.get(isOwn ? `${what}'` : what) as number;
      if (previous >= 0 && previous !== kind) concepts.add((ADJACENT[previous] as string[])[kind] as string);
      previous = kind;
      if (kinds.includes(kind)) continue;
      concepts.add(ALONE[kind] as string);
      for (const other of kinds) concepts.add((TOGETHER[other] as string[])[kind] as string);
      kinds.push(kind);
    }
    if (sentence.language !== 'en') continue;
    let before = '';
    for (const word of sentence.words) {
      const isLexical = LEXICAL.test(word);
      if (isLexical) {
        words.add(word);
        if (before !== '') pairs.add(`b:${before} ${word}`);
      }
      before = isLexical ? word : '';
    }
  }
  return { concepts, words, pairs };
}

/** `w:word`, and the 3–5 letters in a row of `^word$` as `c:`. */
export function wordFeatures(word: string): string[] {
  const features = [`w:${word}`];
  const marked = `^${word}$`;
  for (let length = 3; length <= 5; length++)
    for (let at = 0; at + length <= marked.length; at++) features.push(`c:${marked.slice(at, at + length)}`);
  return features;
}

/** A passage of few words or concepts is not worth more for it. */
const MIN_WORDS = 24;
const MIN_CONCEPTS = 10;

/** The factors that give passages of any length the same weight. */
export const scalesOf = ({ concepts, words, pairs }: PassageFeatures): { concepts: number; lexical: number } => ({
  concepts: 1 / Math.sqrt(Math.max(MIN_CONCEPTS, concepts.size)),
  lexical: 1 / Math.sqrt(Math.max(MIN_WORDS, words.size + pairs.size)),
});
