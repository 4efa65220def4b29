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
};

const SELECT = Prisma.sql`
  select v."serverName", v.version, v."manifestBytes", v."manifestSha256", v."manifestJcsSha256",
         v.status::text, v."statusMessage", v."statusChangedAt", v."publishedAt", v."updatedAt", v."isLatest",
         v.origin::text, v."signatureState"::text, v."provenanceState"::text,
         p.slug as "holderSlug", ${HOLDER_LEVEL} as "holderLevel", n."proofKind"::text as "holderProof",
         coalesce(c."activeGrade", c.grade) as grade, c.risk, c.coverage, c."finishedAt" as "scannedAt", c."rulesetVersion", c."toolsDigest",
         m."toName" as "movedTo", v."signerChange",
         (select jsonb_agg(jsonb_build_object('packageIndex', k."packageIndex", 'kind', k.kind, 'state', k.state,
                  'code', k.result->>'code', 'checkedAt', k."checkedAt") order by k."packageIndex", k.kind)
          from "PackageCheck" k where k."versionId" = v.id) as "packageChecks"
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

/** A page in byte order of (name, version), starting after a row. */
export function listByName({
  query,
  after,
  limit,
}: {
  query: ListQuery;
  after: [string, string] | null;
  limit: number;
}): Promise<RegistryRow[]> {
  const where = [
    ...conditions(query),
    ...(after ? [Prisma.sql`(v."serverName", v.version) > (${after[0]} collate "C", ${after[1]} collate "C")`] : []),
  ];
  return db().$queryRaw<RegistryRow[]>`${SELECT}
    ${where.length > 0 ? Prisma.sql`where ${Prisma.join(where, ' and ')}` : Prisma.empty}
    order by v."serverName", v.version limit ${limit}`;
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
}): Promise<RegistryRow[]> {
  if (serverIds.length === 0) return Promise.resolve([]);
  const where = [Prisma.sql`v."serverId" = any(${serverIds})`, ...conditions(query)];
  return db().$queryRaw<RegistryRow[]>`${SELECT}
    where ${Prisma.join(where, ' and ')}
    order by array_position(${serverIds}, v."serverId"), v.version limit ${limit} offset ${offset}`;
}

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
  return db().$queryRaw<RegistryRow[]>`${SELECT}
    where ${Prisma.join([Prisma.sql`v."serverName" = ${name}`, ...conditions(query)], ' and ')}
    order by v."publishedAt" desc, v.version desc`;
}
