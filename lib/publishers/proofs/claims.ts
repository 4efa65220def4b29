import { randomBytes } from 'node:crypto';
import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { domainOf } from '#lib/manifest/index.ts';
import { requireFree, requireOwnLooks } from '../hold-namespace.ts';
import { lockPublisher } from '../members.ts';
import { methodsFor, requireNamespaceCase, requireNamespaceForm, requireNotBlocked } from '../namespace-names.ts';
import { claimView } from './claim-view.ts';
import type { ClaimView, ProofKind } from './types.ts';

const CLAIM_DAYS = 7;
const MAX_CLAIMS = 20;

/**
 * Begins to claim a namespace for a publisher, by one way of proof: tells what to show. Asked again it gives the same
 * claim, so that a record that is on its way stays right. Throws UNPROCESSABLE, FORBIDDEN, NOT_FOUND, CONFLICT, NAME_TAKEN
 * with who holds it, NAMESPACE_CASE, NAMESPACE_LOOKALIKE, NAMESPACE_BLOCKED.
 */
export async function startClaim({
  viewer,
  publisherSlug,
  namespace,
  method,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  namespace: string;
  method: ProofKind;
  now?: Date;
}): Promise<ClaimView> {
  requireNamespaceForm(namespace);
  requireNamespaceCase(namespace);
  requireNotBlocked(namespace);
  requireMethod(namespace, method);
  const publisher = await requirePublisher(viewer, publisherSlug, 'namespace.claim');
  const where = { publisherId_namespace_method: { publisherId: publisher.id, namespace, method } };
  return db().$transaction(async (tx) => {
    // Asked twice at once, the second one finds the claim of the first.
    await lockPublisher(tx, publisher.id);
    await requireFree(tx, { namespace, publisherId: publisher.id });
    const domain = method === 'github' ? null : domainOf(namespace);
    await requireOwnLooks(tx, { namespace, publisherId: publisher.id, ...(domain ? { domain } : {}) });
    await tx.namespaceClaim.deleteMany({ where: { publisherId: publisher.id, expiresAt: { lte: now } } });
    const existing = await tx.namespaceClaim.findUnique({ where });
    if (existing) return claimView(existing);
    if ((await tx.namespaceClaim.count({ where: { publisherId: publisher.id } })) >= MAX_CLAIMS) {
      throw new DomainError('CONFLICT', `${MAX_CLAIMS} claims are open already. Finish or cancel one first.`);
    }
    const row = await tx.namespaceClaim.create({
      data: {
        publisherId: publisher.id,
        namespace,
        method,
        nonce: randomBytes(16).toString('hex'),
        createdById: viewer.id,
        createdAt: now,
        expiresAt: new Date(now.getTime() + CLAIM_DAYS * 86_400_000),
      },
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'namespace.claimed',
      actor: actorOf(viewer),
      subject: { namespace, publisher: publisherSlug },
      data: { proof: method },
      now,
    });
    return claimView(row);
  });
}

function requireMethod(namespace: string, method: ProofKind): void {
  const methods = methodsFor(namespace);
  if (methods.includes(method)) return;
  throw new DomainError(
    'UNPROCESSABLE',
    methods.length > 0
      ? `${namespace} is proven by ${methods.join(' or ')}, not by ${method}.`
      : `${namespace} cannot be proven: its domain is none that anybody could show something at.`,
  );
}

/** Ends a claim. What was shown for it is of no use any more. Throws NOT_FOUND, FORBIDDEN. */
export async function cancelClaim({ viewer, claimId }: { viewer: Viewer; claimId: string }): Promise<void> {
  const { row } = await requireClaim(viewer, claimId);
  await db().namespaceClaim.deleteMany({ where: { id: row.id } });
}

/** The claims of a publisher that are not expired, newest first. */
export async function listClaims(publisherId: string, now = new Date()): Promise<ClaimView[]> {
  const rows = await db().namespaceClaim.findMany({
    where: { publisherId, expiresAt: { gt: now } },
    orderBy: { createdAt: 'desc' },
  });
  return rows.map(claimView);
}

/** The claim, when the viewer may act for its publisher. Throws NOT_FOUND, FORBIDDEN. */
export async function requireClaim(viewer: Viewer, claimId: string) {
  const row = await db().namespaceClaim.findUnique({ where: { id: claimId }, include: { publisher: true } });
  if (!row) throw new DomainError('NOT_FOUND', 'There is no such claim any more. Start it again.');
  const publisher = await requirePublisher(viewer, row.publisher.slug, 'namespace.claim');
  return { row, publisher };
}
