import type { Prisma, Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type Manifest, type ManifestDigests, namespaceOf, parseManifest } from '#lib/manifest/index.ts';
import { storeStaticScan } from '#lib/scans/store-scan.ts';
import { upsertServer } from '../publish-version.ts';
import { recalculateLatest } from '../recalculate-latest.ts';
import type { SourceEntry } from './read-source.ts';

export type ImportedEntry = { serverId: string; outcome: 'imported' | 'unchanged' };

export type CheckedEntry = { entry: SourceEntry; manifest: Manifest; digests: ManifestDigests };

/** Checks an entry without the database. A mirror takes over what another catalog accepted, so publish-only rules are warnings. */
export function checkEntry(entry: SourceEntry): CheckedEntry | { reason: string } {
  const parsed = parseManifest(entry.manifestBytes, { mode: 'mirror' });
  if (parsed.ok) return { entry, manifest: parsed.manifest, digests: parsed.digests };
  const first = parsed.issues.find((issue) => issue.severity === 'error') ?? parsed.issues[0];
  return { reason: first ? `server.${first.path || 'json'}: ${first.message}` : 'server.json is not valid' };
}

/**
 * Takes one version over as mirrored: nobody proved anything to us, and the page says so. Importing the same bytes again
 * changes nothing; other bytes under a version that is already here are refused, since versions are immutable.
 */
export async function importEntry(
  tx: Tx,
  { entry, manifest, digests }: CheckedEntry,
  now: Date,
): Promise<ImportedEntry> {
  const existing = await tx.version.findUnique({
    where: { serverName_version: { serverName: manifest.name, version: manifest.version } },
    select: { id: true, serverId: true, manifestSha256: true, origin: true },
  });
  if (existing && (existing.origin !== 'mirrored' || existing.manifestSha256 !== digests.manifestSha256)) {
    throw new DomainError(
      'CONFLICT',
      `${manifest.name} ${manifest.version} is already here with other content; published versions do not change`,
    );
  }
  if (existing) return { serverId: existing.serverId, outcome: 'unchanged' };

  const publishedAt = entry.publishedAt ?? now;
  const serverId = await upsertServer(tx, {
    name: manifest.name,
    namespace: namespaceOf(manifest.name),
    category: entry.category,
    tags: entry.tags,
    isMirrored: true,
    now,
  });
  const version = await tx.version.create({
    data: {
      serverId,
      serverName: manifest.name,
      version: manifest.version,
      manifestBytes: entry.manifestBytes,
      manifest: manifest as unknown as Prisma.InputJsonValue,
      ...digests,
      origin: 'mirrored',
      source: entry.source,
      license: entry.license,
      status: entry.status,
      statusMessage: entry.statusMessage,
      publishedAt,
      updatedAt: now,
      statusChangedAt: publishedAt,
    },
  });
  if (entry.definitions) {
    await tx.declaredDefinitions.create({
      data: {
        versionId: version.id,
        definitions: entry.definitions as unknown as Prisma.InputJsonValue,
        source: entry.source ?? 'import',
        createdAt: now,
      },
    });
  }
  await storeStaticScan(tx, {
    versionId: version.id,
    manifest,
    definitions: entry.definitions,
    reason: 'imported',
    now,
  });
  await recalculateLatest(tx, manifest.name, now);
  return { serverId, outcome: 'imported' };
}
