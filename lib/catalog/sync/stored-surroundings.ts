import type { Tx } from '#lib/db/db.ts';
import { namespaceOf } from '#lib/manifest/index.ts';
import type { StoredServer, StoredVersion } from './decide-item.ts';

type Key = { name: string; version: string };

export const keyOf = ({ name, version }: Key): string => `${name}\n${version}`;

/** What this registry has of the items of a page, in four statements however many they are. */
export type StoredSurroundings = {
  versions: Map<string, StoredVersion>;
  servers: Map<string, StoredServer>;
  /** Display names of holders by namespace in lower case: case makes no other namespace to a person. */
  holders: Map<string, string>;
  /** Names of the other upstreams by base address. */
  others: Map<string, string>;
};

export async function loadSurroundings(tx: Tx, keys: Key[], sourceId: string): Promise<StoredSurroundings> {
  const names = [...new Set(keys.map(({ name }) => name))];
  const namespaces = [...new Set(names.map((name) => namespaceOf(name).toLowerCase()))];
  const versions = await tx.$queryRaw<StoredVersion[]>`
    select v.id, v."serverId", v."serverName", v.version, v."manifestSha256", v.source, v.status::text,
           v."statusMessage", v."statusChangedAt", v."publishedAt",
           exists (select 1 from "Signature" s where s."versionId" = v.id) as "isSigned",
           v.origin = 'mirrored' as "isMirrored"
    from unnest(${keys.map(({ name }) => name)}::text[], ${keys.map(({ version }) => version)}::text[])
         as wanted(name, version)
    join "Version" v on v."serverName" = wanted.name and v.version = wanted.version`;
  const servers = await tx.$queryRaw<(StoredServer & { name: string })[]>`
    select "serverName" as name, count(*)::int as versions, bool_or(origin <> 'mirrored') as "isOurs",
           coalesce(array_agg(distinct source) filter (where origin = 'mirrored' and source is not null), '{}') as sources
    from "Version" where "serverName" = any(${names}::text[]) group by "serverName"`;
  const holders = await tx.$queryRaw<{ namespace: string; holder: string }[]>`
    select lower(n.name) as namespace, p."displayName" as holder
    from "Namespace" n join "Publisher" p on p.id = n."publisherId"
    where lower(n.name) = any(${namespaces}::text[])`;
  const others = await tx.syncSource.findMany({
    where: { id: { not: sourceId } },
    select: { name: true, baseUrl: true },
  });
  return {
    versions: new Map(versions.map((row) => [keyOf({ name: row.serverName, version: row.version }), row])),
    servers: new Map(servers.map(({ name, ...server }) => [name, server])),
    holders: new Map(holders.map(({ namespace, holder }) => [namespace, holder])),
    others: new Map(others.map(({ baseUrl, name }) => [baseUrl, name])),
  };
}
