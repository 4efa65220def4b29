import type { Grant } from '#lib/auth/grants.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { holdNamespace } from '#lib/publishers/hold-namespace.ts';
import { movedTo } from './server-moves.ts';

/**
 * The namespace may have changed hands since the token was read: whoever speaks for a publisher must speak for the one
 * that holds it now. A proof of the namespace itself makes a holder where there is none.
 */
export async function requireHolder(tx: Tx, { namespace, grant, now }: { namespace: string; grant: Grant; now: Date }) {
  await requireCurrentHolder(tx, { namespace, ...grant });
  const proof = grant.authority?.proof;
  if (proof) await holdNamespace(tx, { namespace, proof, actor: grant.actor, now });
}

/**
 * The same for what is published already: its status and its signatures. Nobody becomes a holder by it. Call it with the
 * namespace locked. Throws NAMESPACE_FORBIDDEN.
 */
export async function requireCurrentHolder(
  tx: Tx,
  { namespace, publisherIds, authority }: { namespace: string } & Pick<Grant, 'publisherIds' | 'authority'>,
): Promise<void> {
  const held = await tx.namespace.findUnique({ where: { name: namespace }, select: { publisherId: true } });
  if (publisherIds && !(held && publisherIds.includes(held.publisherId))) {
    throw new DomainError('NAMESPACE_FORBIDDEN', `Your publisher does not hold ${namespace} any more.`);
  }
  if (authority?.proof && held) await requireNotGivenAway(tx, namespace);
}

/**
 * Whoever gave a namespace away mostly still has the domain or the account, and could log in with it. Until the new
 * holder has proven it anew, only that holder's tokens publish. Throws NAMESPACE_FORBIDDEN.
 */
async function requireNotGivenAway(tx: Tx, namespace: string) {
  const [row, transfer] = await Promise.all([
    tx.namespace.findUniqueOrThrow({ where: { name: namespace }, select: { provenAt: true } }),
    tx.namespaceTransfer.findFirst({
      where: { namespace, state: 'accepted' },
      orderBy: { decidedAt: 'desc' },
      include: { to: { select: { displayName: true } } },
    }),
  ]);
  if (!transfer?.decidedAt || row.provenAt > transfer.decidedAt) return;
  throw new DomainError(
    'NAMESPACE_FORBIDDEN',
    `${namespace} was transferred to ${transfer.to.displayName}. It is published with a token of that publisher, or after it has proven the namespace itself.`,
  );
}

/** Throws SERVER_MOVED for the old name of a server that goes on under another. */
export async function requireNotMoved(tx: Tx, name: string) {
  const to = await movedTo(tx, name);
  if (to === null) return;
  throw new DomainError('SERVER_MOVED', `${name} goes on as ${to}: publish new versions under that name.`, {
    movedTo: to,
  });
}
