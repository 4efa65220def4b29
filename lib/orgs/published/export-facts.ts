import { db } from '#lib/db/db.ts';
import { revokedFacts, versionFacts } from '#lib/exports/index.ts';
import type { RevokedFacts, VersionFacts } from '#lib/exports/types.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import type { PublishedList } from './published-list.ts';

/**
 * What the catalog knows of the versions of a list: words and variables of those whose manifest is still the approved one,
 * and how the revoked ones were started.
 */
export async function exportFacts(
  orgId: string,
  { allowlist, revocations }: PublishedList,
): Promise<{ facts: Record<string, VersionFacts>; revoked: Record<string, RevokedFacts> }> {
  const rows = await rowsOf(orgId);
  const approved = new Map(
    allowlist.servers.flatMap(({ name, versions }) =>
      versions.map(({ version, manifestSha256 }) => [`${name}@${version}`, manifestSha256]),
    ),
  );
  const withdrawn = new Set(revocations.revocations.map(({ name, version }) => `${name}@${version ?? ''}`));
  const found: { facts: Record<string, VersionFacts>; revoked: Record<string, RevokedFacts> } = {
    facts: {},
    revoked: {},
  };
  for (const { name, version, manifest, manifestSha256, toolCount } of rows) {
    const key = `${name}@${version}`;
    if (approved.get(key) === manifestSha256) found.facts[key] = versionFacts(manifest, toolCount);
    if (withdrawn.has(key) || withdrawn.has(`${name}@`)) found.revoked[key] = revokedFacts(manifest);
  }
  return found;
}

type Row = { name: string; version: string; manifest: Manifest; manifestSha256: string; toolCount: number | null };

/** Every version that was ever approved. Tools are counted where they are: their digests are most of what a scan keeps. */
const rowsOf = (orgId: string) => db().$queryRaw<Row[]>`
  select v."serverName" as name, v.version, v.manifest, v."manifestSha256",
    case when jsonb_typeof(c.digests->'tools') = 'object'
      then (select count(*)::int from jsonb_object_keys(c.digests->'tools')) end as "toolCount"
  from "AllowlistEntry" e
  join "AllowlistVersion" a on a."entryId" = e.id
  join "Version" v on v.id = a."versionId"
  left join "Scan" c on c.id = v."currentScanId"
  where e."orgId" = ${orgId}`;
