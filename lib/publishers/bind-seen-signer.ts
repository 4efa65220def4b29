import { requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { describeSigner, matchSigner, type SignerFacts, type VerificationResult } from '#lib/signing/index.ts';
import { pathOf, workflowOf } from '#lib/signing/source.ts';
import type { SignerIdentity } from '#lib/signing/types.ts';
import { addSignerIdentity } from './signer-identities.ts';

/** A signer of a published version whose identity nobody bound. */
export type SeenSigner = {
  signatureId: string;
  serverName: string;
  version: string;
  verifiedAt: string;
  /** Who signed, in a short phrase. */
  text: string;
  signer: SignerFacts;
  /** What binding it would store. */
  identity: SignerIdentity;
};

const GITHUB_COM = 'https://token.actions.githubusercontent.com';

/** Signatures that are looked at, newest first: more unknown signers than that are a person's work. */
const LOOKED_AT = 200;

/**
 * The identity that admits this signer again. In CI the ids of owner and repository and the workflow count, whatever the
 * tag; a person or a machine is its name in the certificate.
 */
export function identityOfSigner(signer: SignerFacts, githubIssuer: string): SignerIdentity {
  const { issuer, ownerId, repositoryId, repository, san } = signer;
  if (ownerId === null) return { kind: /^[^\s/:]+@[^\s/:]+$/.test(san) ? 'email' : 'uri', issuer, san };
  const path = repository === null ? null : pathOf(repository);
  const workflow = workflowOf(signer);
  return {
    kind: issuer === githubIssuer || issuer === GITHUB_COM ? 'github' : 'gitlab',
    issuer,
    ownerId,
    ...(repositoryId === null ? {} : { repositoryId }),
    ...(path ? { repository: path } : {}),
    ...(workflow ? { workflow: workflow.own ?? workflow.full } : {}),
  };
}

/** Signers that signed versions of these namespaces and are bound by nobody, each once, the newest first. */
export async function listSeenSigners(publisherId: string): Promise<SeenSigner[]> {
  const [rows, bound] = await Promise.all([
    db().signature.findMany({
      where: { isValid: true, version: await publishedBy(publisherId) },
      orderBy: { verifiedAt: 'desc' },
      take: LOOKED_AT,
      select: { id: true, result: true, verifiedAt: true, version: { select: { serverName: true, version: true } } },
    }),
    db().signerIdentity.findMany({ where: { publisherId }, select: { identity: true } }),
  ]);
  const identities = bound.map(({ identity }) => identity as SignerIdentity);
  const seen = new Map<string, SeenSigner>();
  for (const { id, result, verifiedAt, version } of rows) {
    const signer = signerOf(result);
    if (!signer || matchSigner(signer, identities)) continue;
    const identity = identityOfSigner(signer, config().GITHUB_OIDC_ISSUER);
    const key = JSON.stringify(identity);
    if (seen.has(key)) continue;
    seen.set(key, {
      signatureId: id,
      ...version,
      verifiedAt: verifiedAt.toISOString(),
      text: describeSigner(signer),
      signer,
      identity,
    });
  }
  return [...seen.values()];
}

/**
 * Binds the signer of a signature that was verified here: the usual way to learn the numbers of a repository. Throws
 * FORBIDDEN, NOT_FOUND, CONFLICT.
 */
export async function bindSeenSigner({
  viewer,
  publisherSlug,
  signatureId,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  signatureId: string;
  now?: Date;
}): Promise<void> {
  const { id } = await requirePublisher(viewer, publisherSlug, 'signer.manage');
  const row = await db().signature.findFirst({
    where: { id: signatureId, isValid: true, version: await publishedBy(id) },
    select: { result: true },
  });
  const signer = row ? signerOf(row.result) : null;
  if (!signer) throw new DomainError('NOT_FOUND', 'There is no such valid signature of this publisher.');
  const identity = identityOfSigner(signer, config().GITHUB_OIDC_ISSUER);
  await addSignerIdentity({ viewer, publisherSlug, identity, now });
}

async function publishedBy(publisherId: string) {
  const held = await db().namespace.findMany({ where: { publisherId }, select: { name: true } });
  return { origin: 'published' as const, server: { namespace: { in: held.map(({ name }) => name) } } };
}

function signerOf(result: unknown): SignerFacts | null {
  const verification = result as VerificationResult;
  return verification.ok ? verification.signer : null;
}
