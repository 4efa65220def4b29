import { CONCEPTS, MARKERS } from './concepts.ts';
import type { Passage } from './passages.ts';

/**
 * What the model knows of a passage. `k:` concepts, alone, next to each other (`~`) and in one sentence (`+`), with `'` where the
 * tool's own name speaks of the concept; `w:` words, `b:` pairs of words. Runs of letters were tried and made it worse
 * on texts of other authors: the stems of the concepts do their work.
 */
export type PassageFeatures = { concepts: ReadonlySet<string>; words: ReadonlySet<string>; pairs: ReadonlySet<string> };

/** Words in Latin letters: other scripts are known by their concepts alone. */
const LEXICAL = /^[a-z][a-z'-]{0,23}$/;
/** Words of grammar are habits of an author; they count in pairs only. */
const GRAMMAR: ReadonlySet<string> = new Set(
  'the a an of to and in is are for with that this it by from on be as or its at has was so but if then than also there which who'.split(
    ' ',
  ),
);

const KINDS: readonly string[] = [...CONCEPTS, ...MARKERS].flatMap((what) => [what, `${what}'`]);
const INDEX: ReadonlyMap<string, number> = new Map(KINDS.map((kind, i) => [kind, i]));
const ALONE: readonly string[] = KINDS.map((kind) => `k:${kind}`);
const named = (sign: string): readonly (readonly string[])[] =>
  KINDS.map((a) => KINDS.map((b) => (a < b ? `k:${a}${sign}${b}` : `k:${b}${sign}${a}`)));
const TOGETHER = named('+');
const ADJACENT = named('~');

/** Says something only together with what it is the manner of. */
const MANNER: Record<string, true> = { describes: true, property: true, value: true };

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
      if (!(what in MANNER)) concepts.add(ALONE[kind] as string);
      for (const other of kinds) concepts.add((TOGETHER[other] as string[])[kind] as string);
      kinds.push(kind);
    }
    if (sentence.language !== 'en') continue;
    let before = '';
    for (const word of sentence.words) {
      const isLexical = LEXICAL.test(word);
      if (isLexical) {
        if (!GRAMMAR.has(word)) words.add(`w:${word}`);
        if (before !== '') pairs.add(`b:${before} ${word}`);
      }
      before = isLexical ? word : '';
    }
  }
  return { concepts, words, pairs };
}

/** A passage of few words or concepts is not worth more for it. */
const MIN_WORDS = 30;
const MIN_CONCEPTS = 16;

/** The factors that give passages of any length the same weight. */
export const scalesOf = ({ concepts, words, pairs }: PassageFeatures): { concepts: number; lexical: number } => ({
  concepts: 1 / Math.sqrt(Math.max(MIN_CONCEPTS, concepts.size)),
  lexical: 1 / Math.sqrt(Math.max(MIN_WORDS, words.size + pairs.size)),
});
