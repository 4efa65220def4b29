import type { Tx } from '#lib/db/db.ts';
import type { Ecosystem } from '../vulnerabilities/index.ts';

/** An import whose versions were not all looked up again, with what came before it and was not looked up either. */
export type DueImport = {
  id: string;
  ecosystem: Ecosystem;
  /** Advisories that were imported since then are news. */
  since: Date;
  lookedUpTo: string | null;
};

/** The newest finished import of each ecosystem, as far as versions are left to look up again. */
export async function dueImports(tx: Tx): Promise<DueImport[]> {
  const rows = await tx.osvImport.findMany({
    where: { finishedAt: { not: null }, lookedUpAt: null },
    orderBy: [{ finishedAt: 'desc' }, { id: 'asc' }],
    select: { id: true, ecosystem: true, startedAt: true, lookedUpTo: true },
  });
  return [...Map.groupBy(rows, ({ ecosystem }) => ecosystem)].flatMap(([ecosystem, group]) => {
    const [newest] = group;
    if (newest === undefined) return [];
    const since = group.reduce((least, { startedAt }) => (startedAt < least ? startedAt : least), newest.startedAt);
    return [{ id: newest.id, ecosystem: ecosystem as Ecosystem, since, lookedUpTo: newest.lookedUpTo }];
  });
}

/** `registryType` of the packages that an ecosystem is about. */
const REGISTRY_TYPE: Record<Ecosystem, string> = { npm: 'npm', PyPI: 'pypi' };

/**
 * Versions about which an import may say something else than their scan, in the order of ids: with a package that an advisory
 * names which came or changed since, with faults that are told of them, or that nobody looked up so far. All others stay
 * as they are.
 */
export async function versionsToLookUp(
  tx: Tx,
  { ecosystem, since, after, limit }: { ecosystem: Ecosystem; since: Date; after: string | null; limit: number },
): Promise<{ id: string; serverId: string }[]> {
  const type = REGISTRY_TYPE[ecosystem];
  return tx.$queryRaw`
    with news as materialized (
      select distinct package from "OsvAdvisory" where ecosystem = ${ecosystem} and "importedAt" >= ${since}
    )
    select v.id, v."serverId"
    from "Version" v join "Scan" c on c.id = v."currentScanId"
    where v.id > ${after ?? ''}
      and exists (
        select 1 from jsonb_array_elements(
          case when jsonb_typeof(v.manifest->'packages') = 'array' then v.manifest->'packages' else '[]'::jsonb end) p
        where p->>'registryType' = ${type})
      and (
        c."activeRules" && array['pkg.known-vulnerability', 'pkg.malware']::text[]
        or c.coverage->'vulnerabilities'->>'covered' = 'false'
        or exists (
          select 1 from jsonb_array_elements(
            case when jsonb_typeof(v.manifest->'packages') = 'array' then v.manifest->'packages' else '[]'::jsonb end) p
          join news n on n.package = case when ${type} = 'pypi'
            then lower(regexp_replace(p->>'identifier', '[-_.]+', '-', 'g')) else p->>'identifier' end)
        or exists (
          select 1 from jsonb_array_elements(
            case when jsonb_typeof(c."packageFacts"->'tree') = 'array' then c."packageFacts"->'tree' else '[]'::jsonb end) t
          join news n on n.package = case when ${type} = 'pypi'
            then lower(regexp_replace(t->>'name', '[-_.]+', '-', 'g')) else t->>'name' end)
      )
    order by v.id limit ${limit}`;
}
