import { db } from '#lib/db/db.ts';
import { revokedFacts, versionFacts } from '#lib/exports/index.ts';
import type { RevokedFacts, VersionFacts } from '#lib/exports/types.ts';
import type { DefinitionDigests, Manifest } from '#lib/manifest/types.ts';
import type { PublishedList } from './published-list.ts';

/**
 * What the catalog knows of the versions of a list: words and variables of those whose manifest is still the approved one,
 * and how the revoked ones were started.
 */
export async function exportFacts(
  orgId: string,
  { allowlist, revocations }: PublishedList,
): Promise<{ facts: Record<string, VersionFacts>; revoked: Record<string, RevokedFacts> }> {
  const rows = await db().allowlistVersion.findMany({
    where: { entry: { orgId } },
    select: {
      version: {
        select: {
          serverName: true,
          version: true,
          manifest: true,
          manifestSha256: true,
          currentScan: { select: { digests: true } },
        },
      },
    },
  });
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
  for (const { version: row } of rows) {
    const key = `${row.serverName}@${row.version}`;
    const manifest = row.manifest as unknown as Manifest;
    const tools = (row.currentScan?.digests as DefinitionDigests | null | undefined)?.tools;
    if (approved.get(key) === row.manifestSha256) {
      found.facts[key] = versionFacts(manifest, tools ? Object.keys(tools).length : null);
    }
    if (withdrawn.has(key) || withdrawn.has(`${row.serverName}@`)) found.revoked[key] = revokedFacts(manifest);
  }
  return found;
}
