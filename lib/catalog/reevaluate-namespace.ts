import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { db, Prisma, type Tx } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';
import { indexServers } from '#lib/search/index-server.ts';
import { matchSigner, type VerificationResult } from '#lib/signing/index.ts';
import { boundIdentities, evaluateSignatures } from './evaluate-signatures.ts';

/**
 * Decides the signature signal of every version of a namespace again after its bound signers changed. The results of
 * verification stay as they are; only whose signature counts is new. Returns how many versions
 * got another signal; with `note` each of them gets an event.
 */
export async function reevaluateNamespace(
  tx: Tx,
  namespace: string,
  note?: { actor: Actor; now: Date },
): Promise<number> {
  const identities = await boundIdentities(tx, namespace);
  const versions = await tx.version.findMany({
    where: { server: { namespace }, signatures: { some: {} } },
    select: {
      id: true,
      serverName: true,
      version: true,
      manifest: true,
      signatureState: true,
      provenanceState: true,
      signatures: { orderBy: { verifiedAt: 'asc' }, select: { id: true, result: true } },
    },
  });
  const changed: string[] = [];
  for (const version of versions) {
    const results = version.signatures.map(({ result }) => result as unknown as VerificationResult);
    const { signatureState, provenanceState } = evaluateSignatures(
      results,
      identities,
      version.manifest as unknown as Manifest,
    );
    for (const [i, { id }] of version.signatures.entries()) {
      const result = results[i]!;
      const matched = result.ok ? matchSigner(result.signer, identities) : null;
      await tx.signature.update({ where: { id }, data: { matched: matched ? { ...matched } : Prisma.DbNull } });
    }
    if (signatureState === version.signatureState && provenanceState === version.provenanceState) continue;
    await tx.version.update({ where: { id: version.id }, data: { signatureState, provenanceState } });
    changed.push(version.id);
    if (!note || signatureState === version.signatureState) continue;
    await appendEvent(tx, {
      orgId: null,
      kind: 'signature.state-changed',
      actor: note.actor,
      subject: { server: version.serverName, version: version.version },
      data: { signature: signatureState, from: version.signatureState },
      now: note.now,
    });
  }
  await enqueuePolicyTasks(tx, { versionIds: changed, occasion: 'signature', now: note?.now ?? new Date() });
  return changed.length;
}

/** Brings the search index up to date with every server of these namespaces, e.g. after one got a holder. */
export async function reindexNamespaces(namespaces: string[]): Promise<void> {
  const servers = await db().server.findMany({ where: { namespace: { in: namespaces } }, select: { id: true } });
  await indexServers(servers.map(({ id }) => id));
}
