import { type Db, Prisma } from '#lib/db/db.ts';
import { editDistance, prefixDistance } from './edit-distance.ts';
import { SEARCH_LIMITS } from './limits.ts';
import type { SearchWordAsked } from './parse-text.ts';
import { synonymsOf } from './synonyms.ts';

/** A word as it is written and its stem, which may be the same. */
export type Lexemes = { word: string; stem: string };

/** What the index knows of an asked word. */
export type WordGroup = {
  asked: string;
  /** Any of these is a match: the word, or what was probably meant. */
  words: Lexemes[];
  /** A match as well, worth less. */
  synonyms: Lexemes[];
  /** Words that begin so are a match too. */
  prefix: string | null;
  /** Both of these together are a match: two words that were written as one. */
  split: [string, string] | null;
  /** Documents that have the most frequent of the lexemes; how rare the word is follows from it. */
  documents: number;
};

export type KnownWords = {
  /** In the order of the text; a word that nothing resembles is missing. */
  groups: WordGroup[];
  /** Neighbours that documents write as one word, by the index of the first in `groups`. */
  joined: { at: number; group: WordGroup }[];
  totalDocuments: number;
};

type Entry = Lexemes & { documents: number };

/** Most corrections of one word that are searched for, and most words like it that are compared. */
const MAX_CORRECTIONS = 5;
const MAX_CANDIDATES = 60;
const SHORTEST_SPLIT = 3;

/** Looks asked words up in the table of known words: exact, stemmed, as prefix, by synonym, then by likeness. */
export async function lookUpWords(db: Db, asked: SearchWordAsked[]): Promise<KnownWords> {
  const last = asked.at(-1);
  const pairs = asked.slice(1).map(({ word }, i) => `${asked[i]!.word}${word}`);
  const [entries, prefixDocuments, totalDocuments] = await Promise.all([
    findEntries(db, [...asked.flatMap(({ word }) => [word, ...synonymsOf(word)]), ...pairs]),
    last?.isPrefix ? countPrefix(db, last.word) : 0,
    db.searchDocument.count(),
  ]);
  const found = await Promise.all(
    asked.map(async ({ word, isPrefix, isExact }): Promise<WordGroup | null> => {
      const itself = entries.get(word);
      const others = isExact ? [] : synonymsOf(word).flatMap((w) => entries.get(w) ?? []);
      const documents = Math.max(
        0,
        ...[itself, ...others].map((e) => e?.documents ?? 0),
        isPrefix ? prefixDocuments : 0,
      );
      if (documents === 0) return isExact ? null : guess(db, word, isPrefix);
      return {
        asked: word,
        words: itself && itself.documents > 0 ? [itself] : [],
        synonyms: others.filter((other) => other.documents > 0),
        prefix: isPrefix ? word : null,
        split: null,
        documents,
      };
    }),
  );
  const groups = found.filter((group) => group !== null);
  const joined = groups.slice(1).flatMap((group, at) => {
    const entry = entries.get(`${groups[at]!.asked}${group.asked}`);
    if (!entry || entry.documents === 0) return [];
    const { word: asked, documents } = entry;
    return [{ at, group: { asked, words: [entry], synonyms: [], prefix: null, split: null, documents } }];
  });
  return { groups, joined, totalDocuments };
}

/** What somebody meant who wrote a word that no document has: corrected, or taken apart in two. */
async function guess(db: Db, word: string, isPrefix: boolean): Promise<WordGroup | null> {
  const allowed = word.length >= SEARCH_LIMITS.twoTyposFrom ? 2 : word.length >= SEARCH_LIMITS.oneTypoFrom ? 1 : 0;
  const halves = Array.from({ length: Math.max(0, word.length - 2 * SHORTEST_SPLIT + 1) }, (_, i): [string, string] => [
    word.slice(0, i + SHORTEST_SPLIT),
    word.slice(i + SHORTEST_SPLIT),
  ]);
  const [alike, others] = await Promise.all([
    allowed > 0 ? findAlike(db, word, isPrefix) : [],
    findEntries(db, [...(allowed > 0 ? swaps(word) : []), ...halves.flat()]),
  ]);
  const swapped = swaps(word).flatMap((w) => others.get(w) ?? []);
  const near = [...new Map([...alike, ...swapped].map((entry) => [entry.word, entry])).values()]
    .filter((entry) => entry.documents > 0)
    .map((entry) => ({
      entry,
      distance: isPrefix ? prefixDistance(word, entry.word) : editDistance(word, entry.word),
    }))
    .filter(({ distance }) => distance <= allowed);
  const nearest = Math.min(...near.map(({ distance }) => distance));
  const corrections = near
    .filter(({ distance }) => distance === nearest)
    .map(({ entry }) => entry)
    .sort((a, b) => b.documents - a.documents || (a.word < b.word ? -1 : 1))
    .slice(0, MAX_CORRECTIONS);
  const weakest = ([a, b]: [string, string]) => Math.min(others.get(a)?.documents ?? 0, others.get(b)?.documents ?? 0);
  const split = halves.filter((pair) => weakest(pair) > 0).sort((a, b) => weakest(b) - weakest(a))[0] ?? null;
  const documents = Math.max(0, ...corrections.map((c) => c.documents), split ? weakest(split) : 0);
  if (documents === 0) return null;
  return { asked: corrections[0]?.word ?? word, words: corrections, synonyms: [], prefix: null, split, documents };
}

/** Trigrams miss swapped neighbours in short words ("jria"), so these are looked up themselves. */
const swaps = (word: string) =>
  Array.from(
    { length: Math.max(0, word.length - 1) },
    (_, i) => `${word.slice(0, i)}${word[i + 1]}${word[i]}${word.slice(i + 2)}`,
  );

const STEM = Prisma.sql`coalesce((ts_lexize('pg_catalog.english_stem', word))[1], word)`;

async function findEntries(db: Db, words: string[]): Promise<Map<string, Entry>> {
  if (words.length === 0) return new Map();
  const rows = await db.$queryRaw<Entry[]>`
    select asked.word, asked.stem, greatest(coalesce(exact.documents, 0), coalesce(stemmed.documents, 0)) as documents
    from (select distinct word, ${STEM} as stem from unnest(${words}::text[]) as word) as asked
    left join "SearchWord" as exact on exact.word = asked.word
    left join "SearchWord" as stemmed on stemmed.word = asked.stem`;
  return new Map(rows.map((row) => [row.word, row]));
}

async function countPrefix(db: Db, word: string): Promise<number> {
  // Only letters, marks and digits are in a word: nothing that LIKE would read as a wildcard.
  const rows = await db.$queryRaw<{ documents: number }[]>`
    select coalesce(max(documents), 0)::int as documents
    from (select documents from "SearchWord" where word like ${`${word}%`} limit 500) as words`;
  return rows[0]?.documents ?? 0;
}

function findAlike(db: Db, word: string, isPrefix: boolean): Promise<Entry[]> {
  const beginsAlike = isPrefix ? Prisma.sql`or ${word} <% word` : Prisma.empty;
  return db.$queryRaw<Entry[]>`
    select word, ${STEM} as stem, documents from "SearchWord"
    where (word % ${word} ${beginsAlike}) and documents > 0
    order by greatest(similarity(word, ${word}), word_similarity(${word}, word)) desc, word
    limit ${MAX_CANDIDATES}`;
}
