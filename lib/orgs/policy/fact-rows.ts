import { Prisma, type Tx } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import type { VerificationResult } from '#lib/signing/types.ts';

/** What of a version, its scan and its signatures facts are made from. */
export type FactRow = {
  id: string;
  serverId: string;
  serverName: string;
  namespace: string;
  version: string;
  status: string;
  origin: 'published' | 'mirrored' | 'example';
  isLatest: boolean;
  publishedAt: Date;
  license: string | null;
  category: string | null;
  tags: string[];
  signatureState: string;
  provenanceState: string;
  hasSignerChange: boolean;
  manifest: Manifest;
  scan: {
    finishedAt: string | null;
    origin: 'live' | 'declared' | null;
    grade: string | null;
    activeGrade: string | null;
    risk: string | null;
    coverage: Record<string, { covered: boolean }> | null;
    fetched: { registryType?: string; identifier?: string; version?: string; integrity?: string } | null;
    toolsDigest: string | null;
    rulesetVersion: string | null;
  } | null;
  /** `[class, severity, ruleId, fingerprint]` */
  findings: [string, string, string, string][];
  permissions: string[];
  tools: { name: string; readOnly: boolean; destructive: boolean }[] | null;
  /** Result of the newest signature by a signer that the publisher bound. */
  signer: VerificationResult | null;
  checks: { packageIndex: number; kind: string; state: string }[];
};

/**
 * Loads what facts are made from, for any number of versions at once. Of findings, permissions and tools only what a
 * policy can ask for leaves the database: the whole of them is hundreds of times as much.
 */
export async function factRows(tx: Tx, versionIds: readonly string[]): Promise<FactRow[]> {
  const rows = await tx.$queryRaw<FactRow[]>(Prisma.sql`
    select v.id, v."serverId", v."serverName", s.namespace, v.version, v.status::text, v.origin::text, v."isLatest",
      v."publishedAt", v.license, s.category, s.tags, v."signatureState"::text, v."provenanceState"::text,
      v."signerChange" is not null as "hasSignerChange", v.manifest,
      case when sc.id is null then null else jsonb_build_object(
        'finishedAt', to_char(sc."finishedAt" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'origin', sc."definitionsOrigin", 'grade', sc.grade, 'activeGrade', sc."activeGrade",
        'risk', sc.risk, 'coverage', sc.coverage,
        'toolsDigest', sc."toolsDigest", 'rulesetVersion', sc."rulesetVersion",
        'fetched', case when jsonb_typeof(sc."packageFacts") = 'object' then jsonb_build_object(
          'registryType', sc."packageFacts"->'registryType', 'identifier', sc."packageFacts"->'identifier',
          'version', sc."packageFacts"->'version', 'integrity', sc."packageFacts"->'integrity') end
      ) end as scan,
      coalesce((select jsonb_agg(jsonb_build_array(f->>'class', f->>'severity', f->>'ruleId', f->>'fingerprint'))
        from jsonb_array_elements(case when jsonb_typeof(sc.findings) = 'array' then sc.findings else '[]' end) f
      ), '[]') as findings,
      coalesce((select jsonb_agg(distinct p->>'kind')
        from jsonb_array_elements(case when jsonb_typeof(sc.permissions) = 'array' then sc.permissions else '[]' end) p
      ), '[]') as permissions,
      case when jsonb_typeof(sc.definitions->'tools') = 'array' then coalesce((select jsonb_agg(jsonb_build_object(
          'name', t->>'name',
          'readOnly', coalesce(t->'annotations'->'readOnlyHint' = 'true', false),
          'destructive', coalesce(t->'annotations'->'readOnlyHint' = 'true', false) is false
            and coalesce(t->'annotations'->'destructiveHint' = 'false', false) is false))
        from jsonb_array_elements(sc.definitions->'tools') t), '[]') end as tools,
      (select g.result from "Signature" g where g."versionId" = v.id and g."isValid" and jsonb_typeof(g.matched) = 'object'
        order by g."verifiedAt" desc, g.id desc limit 1) as signer,
      coalesce((select jsonb_agg(jsonb_build_object('packageIndex', c."packageIndex", 'kind', c.kind, 'state', c.state))
        from "PackageCheck" c where c."versionId" = v.id), '[]') as checks
    from "Version" v
    join "Server" s on s.id = v."serverId"
    left join "Scan" sc on sc.id = v."currentScanId"
    where v.id = any(${[...versionIds]})`);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return versionIds.flatMap((id) => byId.get(id) ?? []);
}
