import type { Concept } from './concepts.ts';
import { conceptsOf, dictionary, languageOf, phraseAt } from './lookup.ts';

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’.-][\p{L}\p{M}\p{N}]+)*/gu;

/** The concepts that some words of one language speak of, without looking at who says what of whom. */
export function conceptsIn(text: string): ReadonlySet<Concept> {
  const words = Array.from(text.matchAll(WORD), ([word]) => word.toLowerCase().replaceAll('’', "'"));
  const known = dictionary(languageOf(text, words));
  const found = new Set<Concept>();
  const { anywhere, exact } = known;
  if (anywhere !== null) {
    for (const [entry] of text.matchAll(anywhere)) for (const concept of exact.get(entry) ?? []) found.add(concept);
    return found;
  }
  words.forEach((word, i) => {
    const phrase = phraseAt(words, i, known);
    if (phrase !== null) found.add(phrase.concept);
    for (const concept of conceptsOf(word, known)) found.add(concept);
  });
  return found;
}
