import { db, Prisma } from '#lib/db/db.ts';
import { HOLDER_LEVEL } from './marks.ts';
import type { VersionOrigin } from './views.ts';

/** The question that a page of the registry answers. */
export type ListQuery = {
  search: string | null;
  /** `latest`, an exact version, or null for all. */
  version: string | null;
  /** RFC 3339 (lib/catalog/timestamp.ts). */
  updatedSince: string | null;
  includeDeleted: boolean;
};

/** What the registry API needs of a version: the uploaded bytes, the official facts and the trust facts. */
export type RegistryRow = {
  serverName: string;
  version: string;
  manifestBytes: Uint8Array;
  manifestSha256: string;
  manifestJcsSha256: string;
  status: 'active' | 'deprecated' | 'deleted';
  statusMessage: string | null;
  statusChangedAt: Date;
  publishedAt: Date;
  updatedAt: Date;
  isLatest: boolean;
  origin: VersionOrigin;
  signatureState: string;
  provenanceState: string;
  /** Where the server goes on under another name. */
  movedTo: string | null;
  signerChange: unknown;
  /** `{packageIndex, kind, state, code, checkedAt}` of each check of the packages. */
  packageChecks: unknown;
  /** Who holds the namespace, and by which proof; whether they answer for this version is for `isByHolder` to say. */
  holderSlug: string | null;
  holderLevel: string | null;
  holderProof: string | null;
  grade: string | null;
  risk: string | null;
  coverage: unknown;
  scannedAt: Date | null;
  rulesetVersion: string | null;
  toolsDigest: string | null;
  /** In an organization's view: what it decided about the version. */
  approval?: Record<string, unknown>;
};

const COLUMNS = Prisma.sql`
  v."serverName", v.version, v."manifestBytes", v."manifestSha256", v."manifestJcsSha256",
         v.status::text, v."statusMessage", v."statusChangedAt", v."publishedAt", v."updatedAt", v."isLatest",
         v.origin::text, v."signatureState"::text, v."provenanceState"::text,
         p.slug as "holderSlug", ${HOLDER_LEVEL} as "holderLevel", n."proofKind"::text as "holderProof",
         coalesce(c."activeGrade", c.grade) as grade, c.risk, c.coverage, c."finishedAt" as "scannedAt", c."rulesetVersion", c."toolsDigest",
         m."toName" as "movedTo", v."signerChange",
         (select jsonb_agg(jsonb_build_object('packageIndex', k."packageIndex", 'kind', k.kind, 'state', k.state,
                  'code', k.result->>'code', 'checkedAt', k."checkedAt") order by k."packageIndex", k.kind)
          from "PackageCheck" k where k."versionId" = v.id) as "packageChecks"`;

const FROM = Prisma.sql`
  from "Version" v
  join "Server" s on s.id = v."serverId"
  left join "Scan" c on c.id = v."currentScanId"
  left join "Namespace" n on n.name = s.namespace
  left join "Publisher" p on p.id = n."publisherId"
  left join "ServerMove" m on m."fromName" = v."serverName" and m.state = 'accepted'`;

function conditions(query: ListQuery): Prisma.Sql[] {
  return [
    ...(query.version === 'latest' ? [Prisma.sql`v."isLatest"`] : []),
    ...(query.version !== null && query.version !== 'latest' ? [Prisma.sql`v.version = ${query.version}`] : []),
    ...(query.updatedSince ? [Prisma.sql`v."updatedAt" > ${new Date(query.updatedSince)}`] : []),
    ...(query.includeDeleted ? [] : [Prisma.sql`v.status <> 'deleted'`]),
  ];
}

/** Bytes of manifests in one page: a page of the largest ones would be a hundred megabytes. The first row always comes. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

/** Rows of a page, and whether there are more behind the last of them. */
export type RegistryPage = { rows: RegistryRow[]; hasMore: boolean };

/**
 * The first `limit` versions that meet the conditions, in an order, and no more than MAX_PAGE_BYTES of them. The page is
 * chosen by the sizes alone, so that manifests that do not fit are never read.
 */
async function pageOf({
  where,
  order,
  limit,
  offset = 0,
}: {
  where: Prisma.Sql[];
  /** Columns of "Version" as v. */
  order: Prisma.Sql;
  limit: number;
  offset?: number;
}): Promise<RegistryPage> {
  const condition = where.length > 0 ? Prisma.sql`where ${Prisma.join(where, ' and ')}` : Prisma.empty;
  const rows = await db().$queryRaw<(RegistryRow & { asked: bigint })[]>`
    with asked as materialized (
      select v.id, v."serverName", v.version, v."serverId", octet_length(v."manifestBytes") as size
      from "Version" v ${condition} order by ${order} limit ${limit + 1} offset ${offset}
    ), fitting as (
      select id, place from (
        select v.id, row_number() over w as place, sum(v.size) over w as size
        from asked v window w as (order by ${order} rows unbounded preceding)
      ) as running where place <= ${limit} and (place = 1 or size <= ${MAX_PAGE_BYTES})
    )
    select ${COLUMNS}, (select count(*) from asked) as asked ${FROM}
    join fitting f on f.id = v.id order by f.place`;
  const asked = Number(rows[0]?.asked ?? 0);
  return { rows, hasMore: asked > rows.length };
}

/** A page in byte order of (name, version), starting after a row. */
export function listByName({
  query,
  after,
  limit,
}: {
  query: ListQuery;
  after: [string, string] | null;
  limit: number;
}): Promise<RegistryPage> {
  const where = [
    ...conditions(query),
    ...(after ? [Prisma.sql`(v."serverName", v.version) > (${after[0]} collate "C", ${after[1]} collate "C")`] : []),
  ];
  return pageOf({ where, order: Prisma.sql`v."serverName", v.version`, limit });
}

/** A page of the versions of these servers, in the order of the servers given. */
export function listByRank({
  query,
  serverIds,
  offset,
  limit,
}: {
  query: ListQuery;
  serverIds: string[];
  offset: number;
  limit: number;
}): Promise<RegistryPage> {
  if (serverIds.length === 0) return Promise.resolve({ rows: [], hasMore: false });
  const where = [Prisma.sql`v."serverId" = any(${serverIds})`, ...conditions(query)];
  return pageOf({ where, order: Prisma.sql`array_position(${serverIds}, v."serverId"), v.version`, limit, offset });
}

/** The versions with these ids, in their order; as many as fit into a page. */
export const listByIds = (ids: string[]): Promise<RegistryPage> =>
  ids.length === 0
    ? Promise.resolve({ rows: [], hasMore: false })
    : pageOf({
        where: [Prisma.sql`v.id = any(${ids})`],
        order: Prisma.sql`array_position(${ids}, v.id)`,
        limit: ids.length,
      });

/** Versions of one server; all of them, one, or the latest. */
export function versionsOf({
  name,
  version,
  includeDeleted,
}: {
  name: string;
  version: string | null;
  includeDeleted: boolean;
}): Promise<RegistryRow[]> {
  const query: ListQuery = { search: null, version, updatedSince: null, includeDeleted };
  return db().$queryRaw<RegistryRow[]>`select ${COLUMNS} ${FROM}
    where ${Prisma.join([Prisma.sql`v."serverName" = ${name}`, ...conditions(query)], ' and ')}
    order by v."publishedAt" desc, v.version desc`;
}
