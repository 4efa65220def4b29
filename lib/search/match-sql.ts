import { Prisma } from '#lib/db/db.ts';
import type { KnownWords, Lexemes, WordGroup } from './known-words.ts';
import { SEARCH_LIMITS } from './limits.ts';

/** Turns looked-up words into tsquery texts and SQL. Values are always parameters; see `lexeme` for the tsquery syntax. */

/** Weights of ts_rank for D, C, B, A. What a server says of itself, and what its tools are called and say. */
const SELF = Prisma.sql`'{0, 0.4, 0, 1}'::float4[]`;
const TOOLS = Prisma.sql`'{0.1, 0, 0.5, 0}'::float4[]`;
/**
 * A server with hundreds of tools mentions everything. Like BM25's length normalisation, but for tools alone, so that a
 * large server still answers to its name. 500 bytes are about ten tools.
 */
const FOCUS = Prisma.sql`(1 / (1 + ln(greatest(1, octet_length("toolNames") / 500.0)::float8)))`;

/**
 * Words come out of splitWords and so hold nothing that tsquery or a pattern would read as syntax; this is checked
 * again here, where a wrong one would do harm.
 */
function lettersOf(word: string): string {
  if (!/^[\p{L}\p{M}\p{N}]+$/u.test(word))
    throw new TypeError('A search word may only hold letters, marks and digits.');
  return word;
}

/** A quoted lexeme of tsquery syntax. */
const lexeme = (word: string) => `'${lettersOf(word)}'`;

const lexemes = (entries: Lexemes[]) => [...new Set(entries.flatMap(({ word, stem }) => [word, stem]))].map(lexeme);
const beginning = (prefix: string | null, weight = '') => (prefix === null ? [] : [`${lexeme(prefix)}:*${weight}`]);
const both = (pair: [string, string] | null, weight = '') =>
  pair === null ? [] : [`(${pair.map((word) => `${lexeme(word)}${weight && `:${weight}`}`).join(' & ')})`];

const alternatives = ({ words, synonyms, prefix, split }: WordGroup) => [
  ...lexemes([...words, ...synonyms]),
  ...beginning(prefix),
  ...both(split),
];

const groupQuery = (group: WordGroup) => `(${alternatives(group).join(' | ')})`;

/** The word in a name. What only begins like it counts where no document has the word itself: "time" is not Timestream. */
function inNames({ words, synonyms, prefix, split }: WordGroup): string {
  const certain = [...lexemes([...words, ...synonyms]).map((word) => `${word}:A`), ...both(split, 'A')];
  return `(${(certain.length > 0 ? certain : beginning(prefix, 'A')).join(' | ')})`;
}

/** Every word; or every word where two neighbours are written as one. */
function allWith({ groups, joined }: KnownWords, query: (group: WordGroup) => string): string {
  const ways = [groups.map(query)];
  for (const { at, group } of joined) {
    ways.push([...groups.slice(0, at).map(query), query(group), ...groups.slice(at + 2).map(query)]);
  }
  return ways.map((way) => `(${way.join(' & ')})`).join(' | ');
}

export const allWords = (known: KnownWords): string => allWith(known, groupQuery);
export const allWordsInNames = (known: KnownWords): string => allWith(known, inNames);

export const anyWord = ({ groups, joined }: KnownWords): string =>
  [...groups, ...joined.map(({ group }) => group)].map(groupQuery).join(' | ');

/** How much a word tells: rare ones more. After BM25's inverse document frequency (Robertson, Zaragoza 2009). */
const rarityOf = (group: WordGroup, total: number) =>
  Math.log(1 + (Math.max(total, group.documents) - group.documents + 0.5) / (group.documents + 0.5));

/** A word that only begins like the asked one counts this much of it, unless no document has the asked one itself. */
const PREFIX_SHARE = 0.15;
const SYNONYM_SHARE = 0.6;
/** A name that has the word inside another one ("openweather"). */
const INSIDE_SHARE = 0.3;
/** Two words of the text that a document writes as one are worth this much more than the two alone. */
const JOINED_SHARE = 0.5;

/**
 * Sum over the words of rarity times ts_rank. ts_rank divides by the number of lexemes: a word and its stem together
 * count once, so that the word as it is written tells twice what another form of it tells; but corrections and
 * synonyms are alternatives, one of which is enough, so that the division by their number is taken back.
 */
export function scoreSql({ groups, joined, totalDocuments }: KnownWords): Prisma.Sql {
  const rarity = groups.map((group) => rarityOf(group, totalDocuments));
  const parts = groups.flatMap(({ asked, words, synonyms, prefix, split }, i) => [
    rank([...lexemes(words), ...both(split)], rarity[i]! * (words.length + (split ? 1 : 0))),
    rank(lexemes(synonyms), rarity[i]! * synonyms.length * SYNONYM_SHARE),
    rank(beginning(prefix), rarity[i]! * (words.length > 0 ? PREFIX_SHARE : 1)),
    asked.length >= SEARCH_LIMITS.oneTypoFrom
      ? Prisma.sql`case when names ~ ${`[^ ]${lettersOf(asked)}`} then ${rarity[i]! * INSIDE_SHARE}::float8 else 0 end`
      : null,
  ]);
  for (const { at, group } of joined) {
    parts.push(rank(lexemes(group.words), JOINED_SHARE * Math.min(rarity[at]!, rarity[at + 1]!)));
  }
  return Prisma.join(
    parts.filter((part) => part !== null),
    ' + ',
  );
}

function rank(queries: string[], factor: number): Prisma.Sql | null {
  if (queries.length === 0) return null;
  const query = queries.join(' | ');
  return Prisma.sql`${factor}::float8 *
    (ts_rank(${SELF}, vector, ${query}::tsquery) + ts_rank(${TOOLS}, vector, ${query}::tsquery) * ${FOCUS})`;
}

/** Of what the text tells, so much must match where not every word does: a common word alone is too little. */
const LEAST_SHARE = 0.4;

/** True for documents whose matching words tell enough of the text. */
export function tellsEnoughSql({ groups, joined, totalDocuments }: KnownWords): Prisma.Sql {
  const joinedAt = new Map(joined.map(({ at, group }) => [at, group]));
  const parts = groups.map((group, i) => {
    const together = [joinedAt.get(i), joinedAt.get(i - 1)].filter((g) => g !== undefined);
    const query = [group, ...together].map(groupQuery).join(' | ');
    return Prisma.sql`case when vector @@ ${query}::tsquery then ${rarityOf(group, totalDocuments)}::float8 else 0 end`;
  });
  const whole = groups.reduce((sum, group) => sum + rarityOf(group, totalDocuments), 0);
  return Prisma.sql`${Prisma.join(parts, ' + ')} >= ${whole * LEAST_SHARE}::float8`;
}

/** A phrase as it is written, or with the same stems. */
const phraseQuery = (words: string[]) => {
  const text = words.join(' ');
  return Prisma.sql`(phraseto_tsquery('pg_catalog.simple', ${text}) || phraseto_tsquery('pg_catalog.english', ${text}))`;
};

export const phrasesSql = (phrases: string[][]): Prisma.Sql[] =>
  phrases.map((words) => Prisma.sql`vector @@ ${phraseQuery(words)}`);

export const exclusionsSql = (excluded: string[][]): Prisma.Sql[] =>
  excluded.map((words) => Prisma.sql`not vector @@ ${phraseQuery(words)}`);
