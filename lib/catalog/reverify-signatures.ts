import { createHash } from 'node:crypto';
import { appendEvent } from '#lib/audit/append-event.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import { canonicalJson } from '#lib/manifest/index.ts';
import type { JsonValue } from '#lib/manifest/types.ts';
import { VERIFIER_VERSION, verifyManifestBundle } from '#lib/signing/index.ts';
import { lockNamespaces } from './evaluate-signatures.ts';
import { reevaluateNamespace, reindexNamespaces } from './reevaluate-namespace.ts';
import { loadTrustRoots } from './trust-roots.ts';

const SETTING = 'signatures-verified-with';

/**
 * Verifies every stored bundle again when the trust roots or the verifying code changed since the last time: a signature
 * under a root that is no longer trusted must not stay "signed". About ten milliseconds a bundle; nothing where nothing
 * changed. Returns how many bundles it verified.
 */
export async function reverifySignatures({
  onProgress = () => {},
  now = new Date(),
}: {
  onProgress?: (text: string) => void;
  now?: Date;
} = {}): Promise<number> {
  const roots = await loadTrustRoots();
  const fingerprint = createHash('sha256')
    .update(VERIFIER_VERSION)
    .update(canonicalJson(roots as unknown as JsonValue))
    .digest('hex');
  const setting = await db().instanceSetting.findUnique({ where: { key: SETTING } });
  if ((setting?.value as { fingerprint?: string } | undefined)?.fingerprint === fingerprint) return 0;

  const namespaces = await namespacesWithSignatures();
  let [verified, changed] = [0, 0];
  for (const namespace of namespaces) {
    onProgress(`Verifying signatures again (${verified} done)`);
    const outcome = await db().$transaction(
      async (tx) => {
        await lockNamespaces(tx, [namespace]);
        const signatures = await tx.signature.findMany({
          where: { version: { server: { namespace } } },
          include: {
            version: { select: { manifestBytes: true, manifestSha256: true, manifestJcsSha256: true } },
          },
        });
        for (const { id, bundle, version } of signatures) {
          const { manifestBytes, ...digests } = version;
          const result = verifyManifestBundle({ bundle, manifestBytes, digests, namespace, roots });
          await tx.signature.update({
            where: { id },
            data: { result: result as unknown as Prisma.InputJsonValue, isValid: result.ok, verifiedAt: now },
          });
        }
        return { verified: signatures.length, changed: await reevaluateNamespace(tx, namespace) };
      },
      { timeout: 300_000 },
    );
    verified += outcome.verified;
    changed += outcome.changed;
  }
  await db().$transaction(async (tx) => {
    const value = { fingerprint, roots: roots.map(({ name }) => name) };
    await tx.instanceSetting.upsert({ where: { key: SETTING }, create: { key: SETTING, value }, update: { value } });
    const actor = { type: 'system', name: 'Hallmark' } as const;
    const names = roots.map(({ name }) => name).join(', ');
    await appendEvent(tx, { orgId: null, kind: 'trust-roots.changed', actor, subject: { roots: names }, now });
    if (verified > 0) {
      const data = { signatures: verified, changed };
      await appendEvent(tx, { orgId: null, kind: 'signatures.reverified', actor, subject: {}, data, now });
    }
  });
  await reindexNamespaces(namespaces);
  return verified;
}

async function namespacesWithSignatures(): Promise<string[]> {
  const rows = await db().server.findMany({
    where: { versions: { some: { signatures: { some: {} } } } },
    select: { namespace: true },
    distinct: ['namespace'],
    orderBy: { namespace: 'asc' },
  });
  return rows.map(({ namespace }) => namespace);
}
