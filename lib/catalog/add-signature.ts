import { appendEvent } from '#lib/audit/append-event.ts';
import type { Grant } from '#lib/auth/grants.ts';
import { requirePublish } from '#lib/auth/permissions.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type Manifest, namespaceOf } from '#lib/manifest/index.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';
import { indexServers, noteOverdue } from '#lib/search/index-server.ts';
import { type VerificationResult, verifyManifestBundle } from '#lib/signing/index.ts';
import { boundIdentities, evaluateSignatures, lockNamespaces, signatureRow } from './evaluate-signatures.ts';
import { requireCurrentHolder } from './publish-rights.ts';
import { lockServerName } from './recalculate-latest.ts';
import { noteSignerChange } from './signer-change.ts';
import { loadTrustRoots } from './trust-roots.ts';
import type { SignatureState } from './views.ts';

/** Bundles that one version keeps. */
export const MAX_SIGNATURES = 20;

/**
 * Adds a bundle to a version that is published already. Unlike at publication, a bundle that does not verify is kept
 * and shown as what it is: "invalid" is a fact about the version that people should see.
 * Throws NOT_FOUND, NAMESPACE_FORBIDDEN, CONFLICT (the version has `MAX_SIGNATURES` others, or its manifest was replaced at
 * this moment), TOO_LARGE, BAD_REQUEST.
 */
export async function addSignature({
  serverName,
  version,
  bundle,
  grant,
  now = new Date(),
}: {
  serverName: string;
  version: string;
  bundle: unknown;
  grant: Grant;
  now?: Date;
}): Promise<{ signatureState: SignatureState; signatureMessage: string | null; result: VerificationResult }> {
  const namespace = namespaceOf(serverName);
  const row = await db().version.findUnique({ where: { serverName_version: { serverName, version } } });
  if (!row) throw new DomainError('NOT_FOUND', 'Server version not found');
  requirePublish(grant.permissions, serverName);

  const result = verifyManifestBundle({
    bundle,
    manifestBytes: row.manifestBytes,
    digests: row,
    namespace,
    roots: await loadTrustRoots(),
  });
  const { bundleSha256 } = result;
  // What is too large or no JSON at all is not kept.
  if (bundleSha256 === null) throw unkept(result);
  const evaluation = await db().$transaction(async (tx) => {
    await lockNamespaces(tx, [namespace]);
    await lockServerName(tx, serverName);
    await requireCurrentHolder(tx, { namespace, ...grant });
    await requireSameBytes(tx, row);
    await requireRoom(tx, row.id, bundleSha256);
    const identities = await boundIdentities(tx, namespace);
    const alone = evaluateSignatures([result], identities, row.manifest as unknown as Manifest);
    const data = signatureRow(bundle, result, alone.identity, now);
    await tx.signature.upsert({
      where: { versionId_bundleSha256: { versionId: row.id, bundleSha256 } },
      create: { versionId: row.id, ...data },
      update: data,
    });
    const all = await tx.signature.findMany({ where: { versionId: row.id }, orderBy: { verifiedAt: 'asc' } });
    const together = evaluateSignatures(
      all.map((signature) => signature.result as unknown as VerificationResult),
      identities,
      row.manifest as unknown as Manifest,
    );
    await tx.version.update({
      where: { id: row.id },
      data: { signatureState: together.signatureState, provenanceState: together.provenanceState },
    });
    await noteSignerChange(tx, { versionId: row.id, actor: grant.actor, now });
    await noteOverdue(tx, [row.serverId]);
    await enqueuePolicyTasks(tx, { versionIds: [row.id], occasion: 'signature', now });
    await appendEvent(tx, {
      orgId: null,
      kind: 'signature.added',
      actor: grant.actor,
      subject: { server: serverName, version },
      data: { signature: together.signatureState, bundleSha256 },
      now,
    });
    return { ...together, message: alone.message };
  });
  await indexServers([row.serverId]);
  return { signatureState: evaluation.signatureState, signatureMessage: evaluation.message, result };
}

/** The bundle was verified before the locks: an edit or a sync meanwhile makes it a signature over other bytes. */
async function requireSameBytes(tx: Tx, { id, manifestSha256 }: { id: string; manifestSha256: string }): Promise<void> {
  const now = await tx.version.findUniqueOrThrow({ where: { id }, select: { manifestSha256: true } });
  if (now.manifestSha256 === manifestSha256) return;
  throw new DomainError(
    'CONFLICT',
    'The manifest of this version was replaced at this moment. Sign what is there now.',
  );
}

/** Asked under the namespace's lock, so that two at once cannot both take the last place. */
async function requireRoom(tx: Tx, versionId: string, bundleSha256: string): Promise<void> {
  const others = await tx.signature.count({ where: { versionId, bundleSha256: { not: bundleSha256 } } });
  if (others < MAX_SIGNATURES) return;
  throw new DomainError('CONFLICT', `A version keeps ${MAX_SIGNATURES} signatures, and this one has them.`);
}

function unkept(result: VerificationResult): DomainError {
  const { code, message } = result.ok ? { code: 'BUNDLE_MALFORMED', message: 'The bundle has no digest.' } : result;
  return new DomainError(code === 'BUNDLE_TOO_LARGE' ? 'TOO_LARGE' : 'BAD_REQUEST', message, { signature: code });
}
