import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import { describeSigner, type SignerFacts, type VerificationResult, workflowOf } from '#lib/signing/index.ts';

/** What of a signer stays the same from one release to the next. */
export type SignerSummary = {
  issuer: string;
  /** The subject name, with the ref of this release. */
  san: string;
  repository: string | null;
  repositoryId: string | null;
  ownerId: string | null;
  /** Path of the workflow without its ref; with its repository where that is another one. */
  workflow: string | null;
  /** For reading, as `describeSigner` has it. */
  text: string;
};

/** How a version's signer differs from the one of an earlier version. Stored as `Version.signerChange`. */
export type SignerChange = {
  kind: 'signer-changed' | 'signature-disappeared';
  previousVersion: string;
  from: SignerSummary | null;
  to: SignerSummary | null;
};

/** A version with the signers that count for it, the most telling one first; empty when nobody signed. */
export type SignedVersion = { version: string; signers: SignerFacts[] };

/**
 * What changed between two versions, or null: nothing did, or the earlier one was not signed, so that nothing can be
 * missing. Any signer in common is the same signer. Repositories and owners are compared by their numeric ids: a name
 * can be given up and registered by somebody else.
 */
export function compareSigners(previous: SignedVersion, current: SignedVersion): SignerChange | null {
  const [from, to] = [previous.signers[0], current.signers[0]];
  if (!from) return null;
  const both = { previousVersion: previous.version, from: summaryOf(from), to: to ? summaryOf(to) : null };
  if (!to) return { kind: 'signature-disappeared', ...both };
  const isSame = current.signers.some((now) => previous.signers.some((before) => isSameSigner(before, now)));
  return isSame ? null : { kind: 'signer-changed', ...both };
}

function isSameSigner(before: SignerFacts, now: SignerFacts): boolean {
  if (before.issuer !== now.issuer) return false;
  if (before.repository === null || now.repository === null) {
    return before.repository === now.repository && before.san === now.san;
  }
  const isSameRepository =
    before.repositoryId !== null && now.repositoryId !== null
      ? before.repositoryId === now.repositoryId && before.ownerId === now.ownerId
      : before.repository === now.repository;
  return isSameRepository && workflowPath(before) === workflowPath(now);
}

function workflowPath(signer: SignerFacts): string | null {
  const workflow = workflowOf(signer);
  return workflow?.own ?? workflow?.full ?? null;
}

function summaryOf(signer: SignerFacts): SignerSummary {
  const { issuer, san, repository, repositoryId, ownerId } = signer;
  return {
    issuer,
    san,
    repository,
    repositoryId,
    ownerId,
    workflow: workflowPath(signer),
    text: describeSigner(signer),
  };
}

/**
 * Compares a version with the newest one before it that a bound signer signed, stores the difference with the version
 * and, when it was not known yet, appends the event. Unsigned versions and those of strangers in between do not count:
 * a stranger's release must not become what the next one is compared with. Only where no bound signer ever signed, it is
 * the newest signed one. A version that differs as the one before it did keeps the mark (a person who looks at it must
 * see it) and makes no further event. Deleted versions count: deleting must not be a way around this.
 */
export async function noteSignerChange(
  tx: Tx,
  { versionId, actor, now }: { versionId: string; actor: Actor; now: Date },
): Promise<SignerChange | null> {
  const current = await tx.version.findUniqueOrThrow({ where: { id: versionId }, select: SIGNED_VERSION });
  const newestBefore = (signatures?: Prisma.SignatureListRelationFilter) =>
    tx.version.findFirst({
      where: {
        serverId: current.serverId,
        id: { not: versionId },
        publishedAt: { lte: current.publishedAt },
        signatures,
      },
      orderBy: [{ publishedAt: 'desc' }, { id: 'desc' }],
      select: SIGNED_VERSION,
    });
  const before = await newestBefore();
  const signed =
    (await newestBefore({ some: { isValid: true, matched: { not: Prisma.AnyNull } } })) ??
    (await newestBefore({ some: { isValid: true } }));
  // Of the earlier version only bound signers count where there are some: a stranger's signature that was added to it
  // must not make that stranger's next version look familiar.
  const change =
    signed &&
    compareSigners(
      { version: signed.version, signers: signersOf(signed, { isBoundOnly: true }) },
      { version: current.version, signers: signersOf(current, { isBoundOnly: false }) },
    );
  const known = current.signerChange as SignerChange | null;
  if (change === null && known === null) return null;
  await tx.version.update({
    where: { id: versionId },
    data: { signerChange: change === null ? Prisma.DbNull : (change as unknown as Prisma.InputJsonValue) },
  });
  if (change !== null && change.kind !== known?.kind && !isRepeat(change, { before, current }))
    await report(tx, { serverName: current.serverName, version: current.version, change, actor, now });
  return change;
}

/** Whether the version right before differs from the same version in the same way, by the same signer where there is one. */
function isRepeat(
  change: SignerChange,
  { before, current }: { before: SignedRow | null; current: SignedRow },
): boolean {
  const last = before?.signerChange as SignerChange | null | undefined;
  if (!before || last?.kind !== change.kind || last.previousVersion !== change.previousVersion) return false;
  const [earlier, now] = [before, current].map((row) => ({
    version: row.version,
    signers: signersOf(row, { isBoundOnly: false }),
  })) as [SignedVersion, SignedVersion];
  return compareSigners(earlier, now) === null;
}

const SIGNED_VERSION = {
  id: true,
  serverId: true,
  serverName: true,
  version: true,
  publishedAt: true,
  signerChange: true,
  signatures: {
    where: { isValid: true },
    orderBy: [{ verifiedAt: 'asc' }, { id: 'asc' }],
    select: { result: true, matched: true },
  },
} satisfies Prisma.VersionSelect;

type SignedRow = Prisma.VersionGetPayload<{ select: typeof SIGNED_VERSION }>;
type SignatureRow = { result: unknown; matched: unknown };

function signersOf({ signatures }: { signatures: SignatureRow[] }, { isBoundOnly }: { isBoundOnly: boolean }) {
  const bound = signatures.filter(({ matched }) => matched !== null);
  const others = signatures.filter(({ matched }) => matched === null);
  const counting = isBoundOnly && bound.length > 0 ? bound : [...bound, ...others];
  return counting.flatMap(({ result }) => {
    const verified = result as VerificationResult;
    return verified.ok ? [verified.signer] : [];
  });
}

async function report(
  tx: Tx,
  {
    serverName,
    version,
    change,
    actor,
    now,
  }: { serverName: string; version: string; change: SignerChange; actor: Actor; now: Date },
): Promise<void> {
  const event = { orgId: null, actor, subject: { server: serverName, version }, now };
  if (change.kind === 'signature-disappeared') {
    const data = { previous: change.previousVersion, from: change.from?.text ?? null };
    await appendEvent(tx, { ...event, kind: 'signature.disappeared', data });
    return;
  }
  const data = { previous: change.previousVersion, from: change.from?.text ?? null, to: change.to?.text ?? null };
  await appendEvent(tx, { ...event, kind: 'signer.changed', data });
}
