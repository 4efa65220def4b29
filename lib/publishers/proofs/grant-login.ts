import { appendEvent } from '#lib/audit/append-event.ts';
import { issueRegistryToken, type RegistryToken } from '#lib/auth/registry-token.ts';
import { db } from '#lib/db/db.ts';
import { requireNotBlocked } from '../namespace-names.ts';
import { type OneTime, spendProof } from './spend-proof.ts';
import type { ProvenAuthority } from './types.ts';

/**
 * A registry token for a proof that holds. Throws PROOF_REPLAYED for one that was exchanged before, and NAMESPACE_BLOCKED
 * when the proof is of a namespace that this registry blocks.
 */
export async function grantLogin({
  authority,
  oneTime,
  now,
}: {
  authority: ProvenAuthority;
  oneTime: OneTime | null;
  now: Date;
}): Promise<RegistryToken> {
  const namespaces = [...new Set(authority.permissions.map(({ resource }) => resource))];
  for (const resource of namespaces) if (resource.endsWith('/*')) requireNotBlocked(resource.slice(0, -2));
  await db().$transaction(async (tx) => {
    if (oneTime) await spendProof(tx, oneTime);
    await appendEvent(tx, {
      orgId: null,
      kind: 'auth.exchanged',
      actor: { type: 'system', name: 'Registry login' },
      subject: { namespaces: namespaces.join(', '), subject: authority.subject, method: authority.method },
      now,
    });
  });
  return issueRegistryToken({ authority, now });
}
