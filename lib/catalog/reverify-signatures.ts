import { createHash } from 'node:crypto';
import { appendEvent } from '#lib/audit/append-event.ts';
import { db, type Prisma, type Tx } from '#lib/db/db.ts';
import { canonicalJson } from '#lib/manifest/index.ts';
import type { JsonValue } from '#lib/manifest/types.ts';
import { noteOverdue } from '#lib/search/index-server.ts';
import { type TrustRoot, VERIFIER_VERSION, verifyManifestBundle } from '#lib/signing/index.ts';
import { lockNamespaces } from './evaluate-signatures.ts';
import { reevaluateNamespace, reindexNamespaces } from './reevaluate-namespace.ts';
import { loadTrustRoots } from './trust-roots.ts';

const VERIFIED_WITH = 'signatures-verified-with';
const PROGRESS = 'signatures-verifying';
const BATCH = 200;
const ACTOR = { type: 'system', name: 'Hallmark' } as const;

/** How far a run has come; kept in the database, so that another one goes on after a stop. */
type Progress = {
  fingerprint: string;
  /** Namespaces up to this one are done. */
  after: string | null;
  verified: number;
  changed: number;
};

/** `isDone` is false when the run was stopped: call again to go on. */
export type Reverification = { verified: number; changed: number; isDone: boolean };

/**
 * Verifies every stored bundle again when the trust roots or the verifying code changed since the last time: a signature
 * under a root that is no longer trusted must not stay "signed". About ten milliseconds a bundle; nothing where nothing
 * changed. Goes namespace by namespace and can be stopped between two; two runs at once do the same work twice and
 * nothing worse. Versions whose signal changes get an event each.
 */
export async function reverifySignatures({
  onProgress = () => {},
  now = new Date(),
  maxMs = Number.POSITIVE_INFINITY,
  signal,
}: {
  onProgress?: (text: string) => void;
  now?: Date;
  /** Stops after the namespace during which this time is over. */
  maxMs?: number;
  signal?: AbortSignal;
} = {}): Promise<Reverification> {
  const roots = await loadTrustRoots();
  const fingerprint = createHash('sha256')
    .update(VERIFIER_VERSION)
    .update(canonicalJson(roots as unknown as JsonValue))
    .digest('hex');
  const done = await readSetting<{ fingerprint: string }>(VERIFIED_WITH);
  if (done?.fingerprint === fingerprint) return { verified: 0, changed: 0, isDone: true };

  const stored = await readSetting<Progress>(PROGRESS);
  const progress: Progress =
    stored?.fingerprint === fingerprint ? stored : { fingerprint, after: null, verified: 0, changed: 0 };
  const [atStart, startedAt] = [{ ...progress }, performance.now()];
  const outcome = (isDone: boolean) => ({
    verified: progress.verified - atStart.verified,
    changed: progress.changed - atStart.changed,
    isDone,
  });
  for (const { name, signatures } of await namespacesWithSignatures(progress.after)) {
    if (signal?.aborted || performance.now() - startedAt > maxMs) return outcome(false);
    onProgress(`Verifying signatures again: ${progress.verified} done, now ${signatures} of ${name}`);
    progress.verified += await verifyNamespace(name, roots, now);
    await db().$transaction(
      async (tx) => {
        await lockNamespaces(tx, [name]);
        progress.changed += await reevaluateNamespace(tx, name, { actor: ACTOR, now });
        await noteOverdue(tx, await serversOf(tx, name));
        progress.after = name;
        await writeSetting(tx, PROGRESS, progress);
      },
      { timeout: 300_000 },
    );
    await reindexNamespaces([name]);
  }
  await finish({ roots, progress, now });
  return outcome(true);
}

/**
 * Verifies outside of any transaction, then stores a batch at a time: publishing in the namespace waits for a moment
 * only. A bundle that comes meanwhile is verified under the new roots already.
 */
async function verifyNamespace(namespace: string, roots: TrustRoot[], now: Date): Promise<number> {
  let [verified, after] = [0, ''];
  for (;;) {
    const batch = await db().signature.findMany({
      where: { version: { server: { namespace } }, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: BATCH,
      include: { version: { select: { manifestBytes: true, manifestSha256: true, manifestJcsSha256: true } } },
    });
    if (batch.length === 0) return verified;
    const results = batch.map(({ id, bundle, bundleSha256, version }) => {
      const { manifestBytes, ...digests } = version;
      const result = verifyManifestBundle({ bundle, manifestBytes, digests, namespace, roots });
      // The digest is the identity of the row. A stored bundle may have other spacing than the one that came.
      return { id, result: { ...result, bundleSha256 }, manifestSha256: version.manifestSha256 };
    });
    await db().$transaction(async (tx) => {
      await lockNamespaces(tx, [namespace]);
      for (const { id, result, manifestSha256 } of results) {
        const data = { result: result as unknown as Prisma.InputJsonValue, isValid: result.ok, verifiedAt: now };
        // Not where the manifest was replaced meanwhile: whoever did that verified anew.
        await tx.signature.updateMany({ where: { id, version: { manifestSha256 } }, data });
      }
    });
    verified += batch.length;
    after = batch.at(-1)!.id;
  }
}

/** The events of a run are appended once, by whoever ends it first. */
async function finish({ roots, progress, now }: { roots: TrustRoot[]; progress: Progress; now: Date }): Promise<void> {
  await db().$transaction(async (tx) => {
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${VERIFIED_WITH}, 0))::text`;
    const done = await readSetting<{ fingerprint: string }>(VERIFIED_WITH, tx);
    if (done?.fingerprint === progress.fingerprint) return;
    const names = roots.map(({ name }) => name);
    await writeSetting(tx, VERIFIED_WITH, { fingerprint: progress.fingerprint, roots: names });
    await tx.instanceSetting.deleteMany({ where: { key: PROGRESS } });
    const event = { orgId: null, actor: ACTOR, now };
    await appendEvent(tx, { ...event, kind: 'trust-roots.changed', subject: { roots: names.join(', ') } });
    if (progress.verified === 0) return;
    const data = { signatures: progress.verified, changed: progress.changed };
    await appendEvent(tx, { ...event, kind: 'signatures.reverified', subject: {}, data });
  });
}

async function readSetting<T>(key: string, tx: Tx = db()): Promise<T | null> {
  const row = await tx.instanceSetting.findUnique({ where: { key } });
  return (row?.value as T | undefined) ?? null;
}

async function writeSetting(tx: Tx, key: string, value: Prisma.InputJsonObject): Promise<void> {
  await tx.instanceSetting.upsert({ where: { key }, create: { key, value }, update: { value } });
}

async function serversOf(tx: Tx, namespace: string): Promise<string[]> {
  const servers = await tx.server.findMany({ where: { namespace }, select: { id: true } });
  return servers.map(({ id }) => id);
}

async function namespacesWithSignatures(after: string | null): Promise<{ name: string; signatures: number }[]> {
  return db().$queryRaw<{ name: string; signatures: number }[]>`
    select s.namespace as name, count(*)::int as signatures
    from "Signature" g join "Version" v on v.id = g."versionId" join "Server" s on s.id = v."serverId"
    where ${after}::text is null or s.namespace collate "C" > ${after} collate "C"
    group by s.namespace order by s.namespace collate "C"`;
}
