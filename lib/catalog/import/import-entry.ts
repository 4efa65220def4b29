import type { Prisma, Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type Manifest, type ManifestDigests, namespaceOf, parseManifest } from '#lib/manifest/index.ts';
import { requireNotBlocked } from '#lib/publishers/namespace-names.ts';
import { storeStaticScan } from '#lib/scans/store-scan.ts';
import { upsertServer } from '../publish-version.ts';
import { recalculateLatest } from '../recalculate-latest.ts';
import type { SourceEntry, SourceStatus } from './read-source.ts';

export type ImportedEntry = { serverId: string; outcome: 'imported' | 'updated' | 'unchanged' };

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
 * changes at most the status, where the other catalog has another one by now. Throws CONFLICT for other bytes under a
 * version that is already here, since versions are immutable, and for a namespace that a publisher holds here.
 */
export async function importEntry(
  tx: Tx,
  { entry, manifest, digests }: CheckedEntry,
  now: Date,
): Promise<ImportedEntry> {
  const namespace = namespaceOf(manifest.name);
  requireNotBlocked(namespace);
  await requireUnheld(tx, namespace);
  const existing = await tx.version.findUnique({
    where: { serverName_version: { serverName: manifest.name, version: manifest.version } },
    select: {
      id: true,
      serverId: true,
      manifestSha256: true,
      origin: true,
      status: true,
      statusMessage: true,
      statusChangedAt: true,
    },
  });
  if (existing && existing.manifestSha256 !== digests.manifestSha256) {
    throw new DomainError(
      'CONFLICT',
      `${manifest.name} ${manifest.version} is already here with other content; published versions do not change`,
    );
  }
  if (existing) {
    const { id, serverId, origin } = existing;
    const { official } = entry;
    if (origin !== 'mirrored' || !official || !hasNewStatus(existing, official)) {
      return { serverId, outcome: 'unchanged' };
    }
    const { status, statusMessage, statusChangedAt } = official;
    await tx.version.update({
      where: { id },
      data: { status, statusMessage, statusChangedAt: statusChangedAt ?? now, updatedAt: now },
    });
    await recalculateLatest(tx, manifest.name, now);
    return { serverId, outcome: 'updated' };
  }

  const publishedAt = entry.official?.publishedAt ?? now;
  const serverId = await upsertServer(tx, {
    name: manifest.name,
    namespace,
    // A line that says nothing about them takes nothing away.
    category: entry.category ?? undefined,
    tags: entry.tags.length > 0 ? entry.tags : undefined,
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
      status: entry.official?.status,
      statusMessage: entry.official?.statusMessage,
      publishedAt,
      updatedAt: now,
      statusChangedAt: firstStatusChange(entry.official) ?? publishedAt,
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

/** A mirror may not put words into the mouth of somebody who publishes here, in whatever case their name is written. */
async function requireUnheld(tx: Tx, namespace: string): Promise<void> {
  const held = await tx.namespace.findFirst({
    where: { name: { equals: namespace, mode: 'insensitive' } },
    select: { publisher: { select: { displayName: true } } },
  });
  if (!held) return;
  throw new DomainError(
    'CONFLICT',
    `${namespace} is held by ${held.publisher.displayName} on this registry; only they publish under it`,
  );
}

type StoredStatus = { status: SourceStatus['status']; statusMessage: string | null; statusChangedAt: Date };

/** Whether the other catalog has another status by now; a page that was saved before the last change is too old to say. */
function hasNewStatus(stored: StoredStatus, official: SourceStatus): boolean {
  if (official.status === stored.status && official.statusMessage === stored.statusMessage) return false;
  return official.statusChangedAt === null || official.statusChangedAt >= stored.statusChangedAt;
}

/** An active version got its status when it was published, whenever its entry changed since. */
const firstStatusChange = (official: SourceStatus | null) =>
  official && official.status !== 'active' ? official.statusChangedAt : null;
