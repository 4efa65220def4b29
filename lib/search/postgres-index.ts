import type { SearchFilters, SearchRequest } from '#lib/catalog/views.ts';
import { type Db, Prisma, type Tx } from '#lib/db/db.ts';
import { documentWords } from './document-words.ts';
import { clampPage, FACETS } from './facets.ts';
import { type KnownWords, lookUpWords } from './known-words.ts';
import { SEARCH_LIMITS } from './limits.ts';
import {
  allWords,
  allWordsInNames,
  anyWord,
  exclusionsSql,
  phrasesSql,
  scoreSql,
  tellsEnoughSql,
} from './match-sql.ts';
import { isEmptyText, parseSearchText, type SearchText } from './parse-text.ts';
import type { SearchHits, SearchIndex, SearchRecord } from './types.ts';

/**
 * Search in the catalog's own database. Three attempts, the first that finds servers answers: every word (typing
 * errors, stems and synonyms included); most of the text; names like the text. Which one is decided by the text alone,
 * so that filters and pages of one text belong together.
 */
export function createPostgresIndex(db: Db): SearchIndex {
  return {
    kind: 'postgres',
    upsert: (records) => db.$transaction((tx) => writeDocuments(tx, records)),
    remove: (serverIds) => db.$transaction((tx) => removeDocuments(tx, serverIds)),
    search: (request) => search(db, request),
    facets: (request) => countFacets(db, request),
  };
}

/**
 * Writers of the index go one after the other: two that add the same words in another order would wait for each other.
 * Whoever takes it first and then reads the catalog writes what is newest. Any constant that nothing else uses.
 */
const WRITE_LOCK = 7_246_031_989;

export async function lockSearchWrites(tx: Tx): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${WRITE_LOCK}::int8)`;
}

/** Adds or replaces documents, and counts their words. Needs a transaction. */
export async function writeDocuments(tx: Tx, records: SearchRecord[]): Promise<void> {
  if (records.length === 0) return;
  await lockSearchWrites(tx);
  const unique = [...new Map(records.map((record) => [record.serverId, record])).values()];
  const rows = unique.map((record) => ({
    serverId: record.serverId,
    name: record.name,
    ...documentWords(record),
    facets: record.facets,
    updatedAt: record.updatedAt.toISOString(),
  }));
  await tx.$executeRaw`
    with removed as (
      select vector from "SearchDocument" where "serverId" = any(${unique.map((r) => r.serverId)}::text[])
    ), added as (
      insert into "SearchDocument"
        ("serverId", name, "nameKey", "titleKey", names, "toolNames", description, "toolDescriptions", facets, "updatedAt")
      select "serverId", name, "nameKey", "titleKey", names, "toolNames", description, "toolDescriptions", facets, "updatedAt"
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row("serverId" text, name text, "nameKey" text,
        "titleKey" text, names text, "toolNames" text, description text, "toolDescriptions" text, facets jsonb,
        "updatedAt" timestamptz)
      on conflict ("serverId") do update set name = excluded.name, "nameKey" = excluded."nameKey",
        "titleKey" = excluded."titleKey", names = excluded.names, "toolNames" = excluded."toolNames",
        description = excluded.description, "toolDescriptions" = excluded."toolDescriptions",
        facets = excluded.facets, "updatedAt" = excluded."updatedAt"
      returning vector
    ), changes as (
      select word, 1 as change from added, unnest(tsvector_to_array(vector)) as word
      union all
      select word, -1 from removed, unnest(tsvector_to_array(vector)) as word
    )
    insert into "SearchWord" as known (word, documents)
    select word, sum(change) from changes group by word having sum(change) <> 0
    on conflict (word) do update set documents = known.documents + excluded.documents`;
}

/** Removes documents and takes their words away. Needs a transaction. */
export async function removeDocuments(tx: Tx, serverIds: string[]): Promise<void> {
  if (serverIds.length === 0) return;
  await lockSearchWrites(tx);
  await tx.$executeRaw`
    with removed as (
      delete from "SearchDocument" where "serverId" = any(${serverIds}::text[]) returning vector
    ), changes as (
      select word, count(*) as documents from removed, unnest(tsvector_to_array(vector)) as word group by word
    )
    update "SearchWord" as known set documents = known.documents - changes.documents
    from changes where changes.word = known.word`;
}

/** Counts all words anew. A server that was deleted with its document leaves its words behind until then. */
export async function recountWords(tx: Tx): Promise<void> {
  await lockSearchWrites(tx);
  await tx.$executeRaw`delete from "SearchWord"`;
  await tx.$executeRaw`
    insert into "SearchWord" (word, documents)
    select word, count(*) from "SearchDocument", unnest(tsvector_to_array(vector)) as word group by word`;
}

async function search(db: Db, request: SearchRequest): Promise<SearchHits> {
  const { limit, offset } = clampPage(request);
  const { where, order } = await findMatches(db, parseSearchText(request.text));
  const conditions = Prisma.join([...where, ...filtersSql(request.filters), ...withinSql(request.within)], ' and ');
  const rows = await db.$queryRaw<{ total: number; ids: string[] }[]>`
    with hits as (select "serverId", ${order} from "SearchDocument" where ${conditions})
    select (select count(*)::int from hits) as total, array(
      select "serverId" from hits order by tier desc, level desc, score desc, name limit ${limit} offset ${offset}
    ) as ids`;
  return { serverIds: rows[0]?.ids ?? [], total: rows[0]?.total ?? 0 };
}

async function countFacets(
  db: Db,
  request: { text: string; filters: SearchFilters; within?: readonly string[] | undefined },
): Promise<Record<keyof SearchFilters, Record<string, number>>> {
  const { where } = await findMatches(db, parseSearchText(request.text));
  const conditions = Prisma.join([...where, ...filtersSql(request.filters), ...withinSql(request.within)], ' and ');
  const rows = await db.$queryRaw<{ facet: keyof SearchFilters; value: string; servers: number }[]>`
    select facet, item #>> '{}' as value, count(*)::int as servers
    from "SearchDocument", jsonb_each(facets) as facets(facet, entry),
      jsonb_array_elements(case jsonb_typeof(entry) when 'array' then entry else jsonb_build_array(entry) end) as item
    where ${conditions} and facet = any(${[...FACETS]}::text[]) and item <> 'null'
    group by 1, 2 order by 1, 3 desc, 2`;
  const counted = Object.fromEntries(FACETS.map((facet) => [facet, {} as Record<string, number>]));
  for (const { facet, value, servers } of rows) counted[facet]![value] = servers;
  return counted as Record<keyof SearchFilters, Record<string, number>>;
}

type Matches = { where: Prisma.Sql[]; order: Prisma.Sql };

const BY_NAME = Prisma.sql`0 as tier, 0 as level, 0::float8 as score, name`;

async function findMatches(db: Db, text: SearchText): Promise<Matches> {
  if (isEmptyText(text)) return { where: [Prisma.sql`true`], order: BY_NAME };
  const always = [...phrasesSql(text.phrases), ...exclusionsSql(text.excluded)];
  if (text.words.length === 0) return { where: always, order: BY_NAME };

  const known = await lookUpWords(db, text.words);
  if (known.groups.length > 0) {
    const all = [Prisma.sql`vector @@ ${allWords(known)}::tsquery`, ...always];
    const enough = known.groups.length > 1 ? SEARCH_LIMITS.completeHits : 1;
    if (await hasAtLeast(db, enough, all)) return { where: all, order: rankingSql(text, known, Prisma.sql`0`) };
    const most = [Prisma.sql`vector @@ ${anyWord(known)}::tsquery`, tellsEnoughSql(known), ...always];
    if (await hasAtLeast(db, 1, most)) {
      const isComplete = Prisma.sql`case when vector @@ ${allWords(known)}::tsquery then 10 else 0 end`;
      return { where: most, order: rankingSql(text, known, isComplete) };
    }
  }
  return similarNames(text, always);
}

async function hasAtLeast(db: Db, count: number, where: Prisma.Sql[]): Promise<boolean> {
  const rows = await db.$queryRaw<{ found: number }[]>`
    select count(*)::int as found
    from (select 1 from "SearchDocument" where ${Prisma.join(where, ' and ')} limit ${count}) as first_ones`;
  return (rows[0]?.found ?? 0) >= count;
}

/**
 * Exact names first, then names and titles that begin with the text, then those that have every word, then the rest. Among servers of the same name the
 * publisher's level decides: whoever searches "stripe" should meet Stripe before its namesakes.
 */
function rankingSql(text: SearchText, known: KnownWords, firstTier: Prisma.Sql): Prisma.Sql {
  const meant = known.groups.map((group) => group.asked);
  const keys = [...new Set([text.key, meant.join('')])];
  const beginning = `${meant.join(' ')} `;
  return Prisma.sql`
    ${firstTier} + case
      when lower(name) = ${text.fullName} then 4
      when replace("nameKey", ' ', '') = any(${keys}::text[]) or replace("titleKey", ' ', '') = any(${keys}::text[]) then 3
      when starts_with("nameKey", ${beginning}) or starts_with("titleKey", ${beginning}) then 2
      when vector @@ ${allWordsInNames(known)}::tsquery then 1
      else 0 end as tier,
    case when replace("nameKey", ' ', '') = any(${keys}::text[]) or replace("titleKey", ' ', '') = any(${keys}::text[])
      then ${LEVEL} else 0 end as level,
    (${scoreSql(known)}) * (1 + 0.1 * ${LEVEL}) as score,
    name`;
}

const LEVEL = Prisma.sql`case facets->>'publisher' when 'official' then 2 when 'verified' then 1 else 0 end`;

/**
 * Names that contain a word or one like it ("gresql", "postgresexplorer"), and tool names that contain one. Likeness to
 * tool names is not asked for: they are long, and their words are known words, which lookUpWords has compared already.
 */
function similarNames({ words }: SearchText, always: Prisma.Sql[]): Matches {
  const long = words.map(({ word }) => word).filter((word) => word.length >= SEARCH_LIMITS.oneTypoFrom);
  if (long.length === 0 || words.some(({ isExact }) => isExact)) return { where: [Prisma.sql`false`], order: BY_NAME };
  const matches = long.map((word) => {
    const inside = `%${word}%`;
    return Prisma.sql`${word} <% names or names like ${inside} or "toolNames" like ${inside}`;
  });
  const likeness = long.map((word) => Prisma.sql`word_similarity(${word}, names)`);
  return {
    where: [Prisma.sql`(${Prisma.join(matches, ' or ')})`, ...always],
    order: Prisma.sql`0 as tier, 0 as level, (${Prisma.join(likeness, ' + ')})::float8 as score, name`,
  };
}

const withinSql = (serverIds: readonly string[] | undefined): Prisma.Sql[] =>
  serverIds === undefined ? [] : [Prisma.sql`"serverId" = any(${[...serverIds]}::text[])`];

/** Any of the values of each filter. A filter with an empty list asks for nothing. */
function filtersSql(filters: SearchFilters): Prisma.Sql[] {
  return FACETS.flatMap((facet) => {
    const values = filters[facet];
    if (!values || values.length === 0) return [];
    const isList = facet === 'runsAs';
    const any = values.map(
      (value) => Prisma.sql`facets @> ${JSON.stringify({ [facet]: isList ? [value] : value })}::jsonb`,
    );
    return [Prisma.sql`(${Prisma.join(any, ' or ')})`];
  });
}
