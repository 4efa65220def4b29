import { appendEvent } from '#lib/audit/append-event.ts';
import type { Grant } from '#lib/auth/grants.ts';
import { requirePublish } from '#lib/auth/permissions.ts';
import { config } from '#lib/config/config.ts';
import { db, isUniqueViolation, type Prisma, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { limitConcurrency } from '#lib/http/limit-concurrency.ts';
import { enqueuePackageRecheck, enqueueScan } from '#lib/jobs/enqueue.ts';
import { type Definitions, type Manifest, type ManifestIssue, namespaceOf } from '#lib/manifest/index.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';
import { type Outbound, outbound } from '#lib/outbound/index.ts';
import { checkPackages, packageSettings, requireOwnership, storePackageChecks } from '#lib/packages/index.ts';
import { requireNotBlocked } from '#lib/publishers/namespace-names.ts';
import { indexServers, noteOverdue } from '#lib/search/index-server.ts';
import { type VerificationResult, verifyManifestBundle } from '#lib/signing/index.ts';
import {
  boundIdentities,
  evaluateSignatures,
  lockNamespaces,
  type SignatureEvaluation,
  signatureRow,
} from './evaluate-signatures.ts';
import { parsePublishable } from './parse-publishable.ts';
import { requireHolder, requireNotMoved } from './publish-rights.ts';
import { lockServerName, recalculateLatest } from './recalculate-latest.ts';
import { remoteUrlsOf, requireFreeRemotes } from './remote-urls.ts';
import { noteSignerChange, type SignerChange } from './signer-change.ts';
import { loadTrustRoots } from './trust-roots.ts';
import type { VersionOrigin } from './views.ts';

/** The registry's own limit; a server with more versions is a mistake in a release script. */
export const MAX_VERSIONS_PER_SERVER = 10_000;
/** Bytes of all manifests of a server: `GET …/versions` has them in one answer. */
const MAX_BYTES_PER_SERVER = 32 * 1024 * 1024;

export type Publication = {
  /** Exactly what was uploaded. */
  manifestBytes: Uint8Array;
  /** A Sigstore bundle, parsed. */
  bundle?: unknown;
  /** Tool definitions that came along; used where the server cannot be run. */
  declared?: Definitions;
  /** Who publishes, and what they may. */
  grant: Grant;
  origin: Extract<VersionOrigin, 'published' | 'example'>;
  category?: string;
  now?: Date;
  /** With which the packages are asked about; the process's own unless told. */
  outbound?: Outbound;
};

export type Published = {
  versionId: string;
  name: string;
  version: string;
  signatureState: SignatureEvaluation['signatureState'];
  signatureMessage: string | null;
  /** How its signer differs from the one of the version before; null where it does not. */
  signerChange: SignerChange | null;
  issues: ManifestIssue[];
};

/**
 * Publishes a version: strict parsing, the right to the namespace, the signature where there is one, then one
 * transaction with version, evidence, scan order and audit event. A version is immutable once published, so a bundle
 * that does not verify refuses the publication instead of marking the version for ever.
 *
 * Throws MANIFEST_INVALID (`details.issues`), NAMESPACE_FORBIDDEN, VERSION_EXISTS, SIGNATURE_REFUSED
 * (`details.signature` = code of the verification).
 */
export async function publishVersion(publication: Publication): Promise<Published> {
  const now = publication.now ?? new Date();
  const { manifest, digests, issues } = parsePublishable(publication.manifestBytes);
  const namespace = namespaceOf(manifest.name);
  requirePublish(publication.grant.permissions, manifest.name);
  requireNotBlocked(namespace);

  const verification = publication.bundle === undefined ? null : await verify(publication, digests, namespace);
  if (verification && !verification.ok) {
    await recordRefusal(publication, manifest, verification, now);
    throw new DomainError(
      'SIGNATURE_REFUSED',
      `The signature was refused, so ${manifest.name} ${manifest.version} was not published. ${verification.message}`,
      { signature: verification.code },
    );
  }

  const checks = await askPackages(publication, manifest, now);
  const result = await db().$transaction(async (tx) => {
    await lockNamespaces(tx, [namespace]);
    await requireHolder(tx, { namespace, grant: publication.grant, now });
    await requireNotMoved(tx, manifest.name);
    const urls = remoteUrlsOf(manifest);
    if (publication.origin === 'published') await requireFreeRemotes(tx, { serverName: manifest.name, urls });
    const evaluation = evaluateSignatures(
      verification ? [verification] : [],
      await boundIdentities(tx, namespace),
      manifest,
    );
    const serverId = await upsertServer(tx, { name: manifest.name, namespace, category: publication.category, now });
    const versionId = await insertVersion(tx, { publication, manifest, digests, serverId, evaluation, now });
    if (verification)
      await tx.signature.create({
        data: { versionId, ...signatureRow(publication.bundle, verification, evaluation.identity, now) },
      });
    if (checks.length > 0) {
      await storePackageChecks(tx, { versionId, results: checks, actor: publication.grant.actor, now });
    }
    const signerChange = await noteSignerChange(tx, { versionId, actor: publication.grant.actor, now });
    if (publication.declared) {
      await tx.declaredDefinitions.create({
        data: {
          versionId,
          definitions: publication.declared as unknown as Prisma.InputJsonValue,
          source: 'publisher',
          createdAt: now,
        },
      });
    }
    const scan = await tx.scan.create({ data: { versionId, reason: 'published', createdAt: now } });
    await recalculateLatest(tx, manifest.name, now);
    await noteOverdue(tx, [serverId]);
    await enqueuePolicyTasks(tx, { versionIds: [versionId], occasion: 'publication', now });
    await appendEvent(tx, {
      orgId: null,
      kind: 'version.published',
      actor: publication.grant.actor,
      subject: { server: manifest.name, version: manifest.version },
      data: { signature: evaluation.signatureState, manifestSha256: digests.manifestSha256 },
      now,
    });
    return { versionId, serverId, scanId: scan.id, evaluation, signerChange };
  });

  // Both repeat what the committed rows say; a worker that starts later finds them too.
  await enqueueScan(result.scanId);
  if (checks.length === 0 && manifest.packages?.length) await enqueuePackageRecheck();
  await indexServers([result.serverId]);
  return {
    versionId: result.versionId,
    name: manifest.name,
    version: manifest.version,
    signatureState: result.evaluation.signatureState,
    signatureMessage: result.evaluation.message,
    signerChange: result.signerChange,
    issues,
  };
}

/** Each may download bundles of hundreds of megabytes. */
const limitedChecks = limitConcurrency(4);

/**
 * What the registries of the packages say, where a package that is not the server's refuses the publication. Elsewhere
 * nothing is asked while somebody waits: the worker asks about every version that nobody asked about yet.
 */
async function askPackages({ origin, outbound: given }: Publication, manifest: Manifest, now: Date) {
  if (origin !== 'published' || config().HALLMARK_PACKAGE_OWNERSHIP === 'record') return [];
  const [settings, roots] = await Promise.all([packageSettings(), loadTrustRoots()]);
  const results = await limitedChecks(() =>
    checkPackages({ manifest, outbound: given ?? outbound(), settings, roots, now }),
  );
  requireOwnership(results);
  return results;
}

async function verify(
  { manifestBytes, bundle }: Publication,
  digests: { manifestSha256: string; manifestJcsSha256: string },
  namespace: string,
): Promise<VerificationResult> {
  return verifyManifestBundle({ bundle, manifestBytes, digests, namespace, roots: await loadTrustRoots() });
}

async function recordRefusal(
  publication: Publication,
  manifest: Manifest,
  verification: Extract<VerificationResult, { ok: false }>,
  now: Date,
) {
  await db().$transaction((tx) =>
    appendEvent(tx, {
      orgId: null,
      kind: 'version.refused',
      actor: publication.grant.actor,
      subject: { server: manifest.name, version: manifest.version },
      data: { code: verification.code, message: verification.message, bundleSha256: verification.bundleSha256 },
      now,
    }),
  );
}

/**
 * The server's id; its row is made where it is missing. A publisher may not take a name that differs from another one
 * only in case: to a person they are the same server. Mirrored catalogs have such twins, and they are taken over.
 */
export async function upsertServer(
  tx: Tx,
  {
    name,
    namespace,
    category,
    tags,
    isMirrored = false,
    now,
  }: {
    name: string;
    namespace: string;
    category?: string | null;
    tags?: string[];
    isMirrored?: boolean;
    now: Date;
  },
): Promise<string> {
  await lockServerName(tx, name);
  const exact = await tx.server.findUnique({ where: { name }, select: { id: true } });
  if (exact) {
    if (category !== undefined || tags !== undefined) {
      await tx.server.update({ where: { id: exact.id }, data: { category, tags } });
    }
    return exact.id;
  }
  // Not Prisma's `insensitive`: that is a pattern, in which the "_" of a name stands for any character.
  const [twin] = isMirrored
    ? []
    : await tx.$queryRaw<{ name: string }[]>`select name from "Server" where lower(name) = lower(${name}) limit 1`;
  if (twin) {
    throw new DomainError(
      'NAME_TAKEN',
      `There is already a server named ${twin.name}; names that differ only in case are refused.`,
    );
  }
  const server = await tx.server.create({ data: { name, namespace, category, tags, createdAt: now } });
  return server.id;
}

async function requireRoom(
  tx: Tx,
  { serverId, manifest, bytes }: { serverId: string; manifest: Manifest; bytes: number },
): Promise<void> {
  const [held] = await tx.$queryRaw<{ versions: number; bytes: number }[]>`
    select count(*)::int as versions, coalesce(sum(octet_length("manifestBytes")), 0)::float8 as bytes
    from "Version" where "serverId" = ${serverId}`;
  if (held!.versions >= MAX_VERSIONS_PER_SERVER) {
    throw new DomainError(
      'BAD_REQUEST',
      `${manifest.name} has ${MAX_VERSIONS_PER_SERVER} versions, which is the limit.`,
    );
  }
  if (held!.bytes + bytes > MAX_BYTES_PER_SERVER) {
    throw new DomainError(
      'BAD_REQUEST',
      `The manifests of ${manifest.name} would have more than ${MAX_BYTES_PER_SERVER} bytes together, which is the limit.`,
    );
  }
}

async function insertVersion(
  tx: Tx,
  {
    publication,
    manifest,
    digests,
    serverId,
    evaluation,
    now,
  }: {
    publication: Publication;
    manifest: Manifest;
    digests: { manifestSha256: string; manifestJcsSha256: string };
    serverId: string;
    evaluation: SignatureEvaluation;
    now: Date;
  },
): Promise<string> {
  await requireRoom(tx, { serverId, manifest, bytes: publication.manifestBytes.length });
  try {
    const row = await tx.version.create({
      data: {
        serverId,
        serverName: manifest.name,
        version: manifest.version,
        manifestBytes: Buffer.from(publication.manifestBytes),
        manifest: manifest as unknown as Prisma.InputJsonValue,
        ...digests,
        origin: publication.origin,
        remoteUrls: remoteUrlsOf(manifest),
        signatureState: evaluation.signatureState,
        provenanceState: evaluation.provenanceState,
        publishedAt: now,
        updatedAt: now,
        statusChangedAt: now,
      },
    });
    return row.id;
  } catch (error) {
    if (isUniqueViolation(error)) {
      throw new DomainError('VERSION_EXISTS', 'invalid version: cannot publish duplicate version');
    }
    throw error;
  }
}
