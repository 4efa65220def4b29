import { actorOf, type Viewer } from '#lib/auth/viewer.ts';
import { reindexNamespaces } from '#lib/catalog/reevaluate-namespace.ts';
import type { NamespaceClaim } from '#lib/db/client/client.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { outbound as defaultOutbound, type Outbound } from '#lib/outbound/index.ts';
import { holdNamespace } from '../hold-namespace.ts';
import { boundValue, findBoundRecord } from './bound-record.ts';
import { requireDomain } from './challenge.ts';
import { claimView } from './claim-view.ts';
import { requireClaim } from './claims.ts';
import { proveGithubOwner } from './github-owner.ts';
import { checkProof, ProofFailure } from './proof-check.ts';
import type { Proof, ProofCheck, Seen } from './types.ts';

/**
 * "Check now": looks for what the claim asked to show and says exactly what was seen. When it is there, the publisher holds
 * the namespace from then on and the claim is over. A GitHub token is asked with and forgotten. Throws NOT_FOUND,
 * FORBIDDEN, and as holdNamespace when the namespace may not be held after all.
 */
export async function checkClaim({
  viewer,
  claimId,
  githubToken = null,
  now = new Date(),
  outbound = defaultOutbound(),
}: {
  viewer: Viewer;
  claimId: string;
  githubToken?: string | null;
  now?: Date;
  outbound?: Outbound;
}): Promise<ProofCheck> {
  const { row, publisher } = await requireClaim(viewer, claimId);
  let proof: Proof | null = null;
  const check = await checkProof(now, async () => {
    const found = await prove({ row, viewer, githubToken, now, outbound });
    proof = found.proof;
    return { message: `${row.namespace} is proven for ${publisher.displayName}.`, seen: found.seen };
  });
  const lastCheck = check as unknown as Prisma.InputJsonObject;
  if (proof === null) {
    await db().namespaceClaim.updateMany({ where: { id: row.id }, data: { lastCheck } });
    return check;
  }
  const proven: Proof = proof;
  await db().$transaction(async (tx) => {
    // Two that check at once: the claim is there for one of them.
    const { count } = await tx.namespaceClaim.deleteMany({ where: { id: row.id } });
    if (count === 0) throw new DomainError('CONFLICT', 'This claim was finished or cancelled meanwhile.');
    await holdNamespace(tx, {
      namespace: row.namespace,
      proof: proven,
      publisherId: publisher.id,
      actor: actorOf(viewer),
      now,
    });
    await tx.namespace.update({ where: { name: row.namespace }, data: { lastCheck } });
    // Other ways to prove the same are not needed any more.
    await tx.namespaceClaim.deleteMany({ where: { publisherId: publisher.id, namespace: row.namespace } });
  });
  await reindexNamespaces([row.namespace]);
  return check;
}

async function prove({
  row,
  viewer,
  githubToken,
  now,
  outbound,
}: {
  row: NamespaceClaim;
  viewer: Viewer;
  githubToken: string | null;
  now: Date;
  outbound: Outbound;
}): Promise<{ proof: Proof; seen: Seen[] }> {
  const { namespace, method, domain: given } = claimView(row);
  if (row.expiresAt <= now) {
    throw new ProofFailure('CHALLENGE_EXPIRED', 'This claim is older than seven days. Start it again.');
  }
  if (method === 'github') return proveGithubOwner({ namespace, userId: viewer.id, githubToken, outbound });
  const domain = requireDomain(given ?? '');
  const expected = boundValue(row);
  const { seen } = await findBoundRecord(method, { domain, expected, outbound });
  return { proof: { kind: method, form: 'bound', domain, expected }, seen };
}
