import { randomUUID } from 'node:crypto';
import type { Prisma, Tx } from '#lib/db/db.ts';
import { type Manifest, type ManifestDigests, namespaceOf } from '#lib/manifest/index.ts';
import { noteOrgDrift } from '#lib/orgs/drift/org-drift.ts';
import { type ScanResult, scanColumns } from '#lib/scans/store-scan.ts';
import { remoteUrlsOf } from '../remote-urls.ts';
import type { StoredVersion } from './decide-item.ts';
import type { PageItem, UpstreamFacts } from './read-item.ts';

/** An item whose manifest was parsed and scanned. */
export type CheckedItem = { item: PageItem; manifest: Manifest; digests: ManifestDigests; scan: ScanResult };

export type Write = { source: string; now: Date };

/** The columns of the version itself. */
const manifestColumns = ({ item, manifest, digests }: CheckedItem) => ({
  manifestBytes: item.manifestBytes,
  manifest: manifest as unknown as Prisma.InputJsonValue,
  ...digests,
  remoteUrls: remoteUrlsOf(manifest),
});

/** Adds versions with their static scans; with their servers where those are new. Returns their ids. */
export async function insertVersions(
  tx: Tx,
  items: CheckedItem[],
  { source, now }: Write,
): Promise<{ serverIds: string[]; versionIds: string[] }> {
  if (items.length === 0) return { serverIds: [], versionIds: [] };
  const serverIds = await serverIdsOf(tx, [...new Set(items.map(({ item }) => item.name))], now);
  const rows = items.map((checked) => ({ ...checked, id: randomUUID(), scanId: randomUUID() }));
  await tx.version.createMany({
    data: rows.map((row) => ({
      id: row.id,
      serverId: serverIds.get(row.item.name)!,
      serverName: row.item.name,
      version: row.item.version,
      ...manifestColumns(row),
      origin: 'mirrored' as const,
      source,
      ...firstFacts(row.item.facts, now),
      updatedAt: now,
    })),
  });
  await insertScans(tx, rows, now);
  return { serverIds: [...serverIds.values()], versionIds: rows.map(({ id }) => id) };
}

async function serverIdsOf(tx: Tx, names: string[], now: Date): Promise<Map<string, string>> {
  await tx.server.createMany({
    data: names.map((name) => ({ name, namespace: namespaceOf(name), createdAt: now })),
    skipDuplicates: true,
  });
  const servers = await tx.server.findMany({ where: { name: { in: names } }, select: { id: true, name: true } });
  return new Map(servers.map(({ id, name }) => [name, id]));
}

/** The facts of a version that is new here. An active one got its status when it was published. */
function firstFacts(facts: UpstreamFacts, now: Date) {
  const publishedAt = facts.publishedAt ?? now;
  const ofStatus = facts.status === 'active' ? null : facts.updatedAt;
  return {
    status: facts.status,
    statusMessage: facts.statusMessage,
    publishedAt,
    statusChangedAt: facts.statusChangedAt ?? ofStatus ?? publishedAt,
  };
}

async function insertScans(tx: Tx, rows: { id: string; scanId: string; scan: ScanResult }[], now: Date): Promise<void> {
  await tx.scan.createMany({
    data: rows.map(({ id, scanId, scan }) => ({
      id: scanId,
      versionId: id,
      reason: 'mirrored',
      createdAt: now,
      startedAt: now,
      ...scanColumns(scan, now),
    })),
  });
  await tx.$executeRaw`
    update "Version" v set "currentScanId" = s."scanId"
    from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ scanId }) => scanId)}::text[]) as s(id, "scanId")
    where v.id = s.id`;
  await noteOrgDrift(tx, { versionIds: rows.map(({ id }) => id), now });
}

/** Takes over what the upstream says by now of versions that are here. */
export async function updateFacts(
  tx: Tx,
  updates: { existing: StoredVersion; facts: UpstreamFacts; hasNewStatus: boolean }[],
  { source, now }: Write,
): Promise<void> {
  if (updates.length === 0) return;
  const rows = updates.map(({ existing, facts, hasNewStatus }) => {
    const status = hasNewStatus ? facts : existing;
    const isOtherStatus = facts.status !== existing.status;
    const changedAt = facts.statusChangedAt ?? (isOtherStatus ? (facts.updatedAt ?? now) : existing.statusChangedAt);
    return {
      id: existing.id,
      status: status.status,
      statusMessage: status.statusMessage,
      statusChangedAt: hasNewStatus ? changedAt : existing.statusChangedAt,
      publishedAt: facts.publishedAt ?? existing.publishedAt,
    };
  });
  await tx.$executeRaw`
    update "Version" v set status = new.status::"VersionStatus", "statusMessage" = new."statusMessage",
      "statusChangedAt" = new."statusChangedAt", "publishedAt" = new."publishedAt",
      source = ${source}, "updatedAt" = ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new(id text, status text, "statusMessage" text,
      "statusChangedAt" timestamptz, "publishedAt" timestamptz)
    where v.id = new.id`;
}

/**
 * Replaces the manifest of a version and keeps the old bytes as a revision. What was found out about the old bytes does
 * not hold for the new ones: the current scan is a new one, and declared definitions and package checks go.
 */
export async function replaceManifest(
  tx: Tx,
  {
    checked,
    versionId,
    actor,
    now,
  }: { checked: CheckedItem; versionId: string; actor: Prisma.InputJsonObject; now: Date },
): Promise<void> {
  const { manifestBytes, manifestSha256 } = await tx.version.findUniqueOrThrow({
    where: { id: versionId },
    select: { manifestBytes: true, manifestSha256: true },
  });
  await tx.versionRevision.create({
    data: { versionId, manifestBytes, manifestSha256, replacedAt: now, replacedBy: actor },
  });
  await tx.version.update({ where: { id: versionId }, data: { ...manifestColumns(checked), updatedAt: now } });
  await tx.declaredDefinitions.deleteMany({ where: { versionId } });
  await tx.packageCheck.deleteMany({ where: { versionId } });
  await insertScans(tx, [{ id: versionId, scanId: randomUUID(), scan: checked.scan }], now);
}
