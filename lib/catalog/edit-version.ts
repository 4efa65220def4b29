import { appendEvent } from '#lib/audit/append-event.ts';
import type { Grant } from '#lib/auth/grants.ts';
import { mayAct } from '#lib/auth/permissions.ts';
import { db, type Prisma, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueuePackageRecheck, enqueueScan } from '#lib/jobs/enqueue.ts';
import { type Manifest, type ManifestDigests, namespaceOf } from '#lib/manifest/index.ts';
import { indexServers, noteOverdue } from '#lib/search/index-server.ts';
import { verifyManifestBundle } from '#lib/signing/index.ts';
import { changeStatusIn, checkStatusMessage } from './change-status.ts';
import { lockNamespaces } from './evaluate-signatures.ts';
import { parsePublishable } from './parse-publishable.ts';
import { lockServerName, recalculateLatest } from './recalculate-latest.ts';
import { reevaluateNamespace } from './reevaluate-namespace.ts';
import { remoteUrlsOf, requireFreeRemotes } from './remote-urls.ts';
import { noteSignerChange } from './signer-change.ts';
import { loadTrustRoots } from './trust-roots.ts';
import type { VersionStatus } from './views.ts';

/**
 * Replaces the manifest of a published version: for admins, to mend what a publisher cannot. The old bytes are kept as a
 * revision. Bundles are verified against the new bytes, so a signature over the old ones becomes invalid; organizations
 * that approved the version stay pinned to what they approved.
 *
 * Throws FORBIDDEN, NOT_FOUND, MANIFEST_INVALID, BAD_REQUEST (another name or version), REMOTE_TAKEN, and what a change of
 * status throws.
 */
export async function editVersion({
  serverName,
  version,
  manifestBytes,
  status,
  statusMessage,
  grant,
  now = new Date(),
}: {
  serverName: string;
  version: string;
  manifestBytes: Uint8Array;
  status?: VersionStatus;
  statusMessage?: string | null;
  grant: Grant;
  now?: Date;
}): Promise<void> {
  const exists = await db().version.count({ where: { serverName, version } });
  if (exists === 0) throw new DomainError('NOT_FOUND', 'Server version not found');
  if (!mayAct(grant.permissions, 'edit', serverName)) {
    throw new DomainError('FORBIDDEN', 'You do not have edit permissions for this server');
  }
  const { manifest, digests } = parsePublishable(manifestBytes);
  requireSame({ manifest, serverName, version });
  const message = status === undefined ? null : checkStatusMessage(status, statusMessage);
  const roots = await loadTrustRoots();

  const outcome = await db().$transaction(async (tx) => {
    await lockNamespaces(tx, [namespaceOf(serverName)]);
    await lockServerName(tx, serverName);
    const row = await tx.version.findUniqueOrThrow({
      where: { serverName_version: { serverName, version } },
      include: { signatures: true },
    });
    await requireFreeRemotes(tx, { serverName, urls: remoteUrlsOf(manifest) });
    await keepRevision(tx, { row, grant, now });
    await replaceManifest(tx, { versionId: row.id, manifestBytes, manifest, digests, now });
    for (const { id, bundle } of row.signatures) {
      const namespace = namespaceOf(serverName);
      const result = verifyManifestBundle({ bundle, manifestBytes, digests, namespace, roots });
      await tx.signature.update({
        where: { id },
        data: { result: result as unknown as Prisma.InputJsonValue, isValid: result.ok, verifiedAt: now },
      });
    }
    await reevaluateNamespace(tx, namespaceOf(serverName));
    await noteSignerChange(tx, { versionId: row.id, actor: grant.actor, now });
    if (status !== undefined)
      await changeStatusIn(tx, {
        rows: [{ ...row, remoteUrls: remoteUrlsOf(manifest) }],
        serverName,
        status,
        message,
        actor: grant.actor,
        now,
      });
    const scan = await tx.scan.create({ data: { versionId: row.id, reason: 'edited', createdAt: now } });
    await recalculateLatest(tx, serverName, now);
    await noteOverdue(tx, [row.serverId]);
    await appendEvent(tx, {
      orgId: null,
      kind: 'version.edited',
      actor: grant.actor,
      subject: { server: serverName, version },
      data: { from: row.manifestSha256, to: digests.manifestSha256 },
      now,
    });
    return { serverId: row.serverId, scanId: scan.id };
  });
  await enqueueScan(outcome.scanId);
  await enqueuePackageRecheck();
  await indexServers([outcome.serverId]);
}

function requireSame({ manifest, serverName, version }: { manifest: Manifest; serverName: string; version: string }) {
  if (manifest.name !== serverName) {
    throw new DomainError(
      'BAD_REQUEST',
      `Cannot rename server: the path says ${serverName}, the body ${manifest.name}`,
    );
  }
  if (manifest.version !== version) {
    throw new DomainError(
      'BAD_REQUEST',
      `Version in request body must match URL path parameter: the path says ${version}, the body ${manifest.version}`,
    );
  }
}

async function keepRevision(
  tx: Tx,
  {
    row,
    grant,
    now,
  }: { row: { id: string; manifestBytes: Uint8Array; manifestSha256: string }; grant: Grant; now: Date },
) {
  await tx.versionRevision.create({
    data: {
      versionId: row.id,
      manifestBytes: Buffer.from(row.manifestBytes),
      manifestSha256: row.manifestSha256,
      replacedAt: now,
      replacedBy: { ...grant.actor },
    },
  });
}

async function replaceManifest(
  tx: Tx,
  {
    versionId,
    manifestBytes,
    manifest,
    digests,
    now,
  }: { versionId: string; manifestBytes: Uint8Array; manifest: Manifest; digests: ManifestDigests; now: Date },
) {
  await tx.version.update({
    where: { id: versionId },
    data: {
      manifestBytes: Buffer.from(manifestBytes),
      manifest: manifest as unknown as Prisma.InputJsonValue,
      ...digests,
      remoteUrls: remoteUrlsOf(manifest),
      updatedAt: now,
    },
  });
  // They were about other packages; the next check makes new ones.
  await tx.packageCheck.deleteMany({ where: { versionId } });
}
