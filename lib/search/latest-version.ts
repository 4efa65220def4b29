import type { MarksFacts, NamespaceHolders } from '#lib/catalog/marks.ts';
import { HOLDER_LEVEL, marksOf } from '#lib/catalog/marks.ts';
import type { Marks } from '#lib/catalog/views.ts';
import { Prisma } from '#lib/db/db.ts';

/** SQL that cards and search records share: the version of a server that is shown and searched, with its marks. */

/** The columns of LATEST_VERSION_COLUMNS. */
export type LatestVersionRow = {
  serverId: string;
  name: string;
  namespace: string;
  category: string | null;
  title: string | null;
  description: string;
  runsAs: string[];
  origin: MarksFacts['origin'];
  signatureState: MarksFacts['signatureState'];
  provenanceState: MarksFacts['provenanceState'];
  publisher: Marks['publisher'] | null;
  /** Its date stands beside it, because JSON has no dates. */
  currentScan: Omit<NonNullable<MarksFacts['currentScan']>, 'finishedAt'> | null;
  scannedAt: Date | null;
  latestScan: MarksFacts['scans'][number] | null;
};

/** An array member of a JSON document, or an empty one where it is missing or something else. */
const list = (document: string, member: string) =>
  Prisma.raw(
    `(case jsonb_typeof(${document}->'${member}') when 'array' then ${document}->'${member}' else '[]'::jsonb end)`,
  );

export const MANIFEST_PACKAGES = list('v.manifest', 'packages');
export const SCANNED_TOOLS = list('c.definitions', 'tools');

export const LATEST_VERSION_COLUMNS = Prisma.sql`
  s.id as "serverId", s.name, s.namespace, s.category, v.origin::text,
  v.manifest->>'title' as title, coalesce(v.manifest->>'description', '') as description,
  array(select distinct package->>'registryType' from jsonb_array_elements(${MANIFEST_PACKAGES}) as package
        where package->>'registryType' is not null order by 1)
    || case when jsonb_array_length(${list('v.manifest', 'remotes')}) > 0 then array['remote'] else '{}' end as "runsAs",
  v."signatureState"::text, v."provenanceState"::text,
  case when p.id is null then null
    else jsonb_build_object('slug', p.slug, 'displayName', p."displayName", 'level', ${HOLDER_LEVEL}, 'proof', n."proofKind") end as publisher,
  case when c.id is null then null
    else jsonb_build_object('grade', c.grade, 'activeGrade', c."activeGrade", 'accusations', c.accusations,
      'activeAccusations', c."activeAccusations", 'risk', c.risk, 'coverage', c.coverage) end as "currentScan",
  c."finishedAt" as "scannedAt",
  (select jsonb_build_object('status', scan.status) from "Scan" as scan
   where scan."versionId" = v.id order by scan."createdAt" desc, scan.id desc limit 1) as "latestScan"`;

/**
 * The latest version that is not deleted. While `isLatest` has not moved yet, e.g. in the transaction that deletes a
 * version, the newest of the others stands in.
 */
export const FROM_LATEST_VERSION = Prisma.sql`
  from "Server" as s
  join lateral (
    select * from "Version" where "serverId" = s.id and status <> 'deleted'
    order by "isLatest" desc, "publishedAt" desc, id desc limit 1
  ) as v on true
  left join "Scan" as c on c.id = v."currentScanId"
  left join "Namespace" as n on n.name = s.namespace
  left join "Publisher" as p on p.id = n."publisherId"`;

/** The four signals of such a row. */
export function marksOfRow(row: LatestVersionRow): Marks {
  const holders: NamespaceHolders = new Map(row.publisher ? [[row.namespace, row.publisher]] : []);
  const facts: MarksFacts = {
    origin: row.origin,
    signatureState: row.signatureState,
    provenanceState: row.provenanceState,
    server: { namespace: row.namespace },
    scans: row.latestScan ? [row.latestScan] : [],
    currentScan: row.currentScan && { ...row.currentScan, finishedAt: row.scannedAt },
  };
  return marksOf(facts, holders);
}
