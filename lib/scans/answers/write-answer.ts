import { lockServerName } from '#lib/catalog/recalculate-latest.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { Finding } from '#scanners/types.ts';
import { ANSWER_LIMITS, type AnswerKind, type AnswerParty } from './types.ts';

export type FindingOfVersion = {
  server: { id: string; name: string; namespace: string };
  version: string;
  finding: Finding;
};

/**
 * The finding with that fingerprint in the scan that counts of a version. Holds the server's name until the transaction
 * ends: answers to a server's findings go one after the other. Throws NOT_FOUND.
 */
export async function findingOf(
  tx: Tx,
  { serverName, version, fingerprint }: { serverName: string; version: string; fingerprint: string },
): Promise<FindingOfVersion> {
  await lockServerName(tx, serverName);
  const row = await tx.version.findUnique({
    where: { serverName_version: { serverName, version } },
    select: {
      server: { select: { id: true, name: true, namespace: true } },
      currentScan: { select: { findings: true } },
    },
  });
  if (!row) throw new DomainError('NOT_FOUND', `There is no version ${version} of ${serverName}.`);
  const findings = (row.currentScan?.findings ?? []) as unknown as Finding[];
  const finding = findings.find((one) => one.fingerprint === fingerprint);
  if (!finding) {
    throw new DomainError(
      'NOT_FOUND',
      `The scan of ${serverName} ${version} that counts now has no such finding. Reload the page.`,
    );
  }
  return { server: row.server, version, finding };
}

/** The reason, trimmed. Throws UNPROCESSABLE for one that is empty, too long, or no text that can be stored. */
export function requireAnswerReason(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed === '' || trimmed.length > ANSWER_LIMITS.reason) {
    throw new DomainError('UNPROCESSABLE', `Give a reason of 1 to ${ANSWER_LIMITS.reason} characters. It is kept.`);
  }
  if (!trimmed.isWellFormed() || trimmed.includes('\0')) {
    throw new DomainError('UNPROCESSABLE', 'The reason has characters that are no text.');
  }
  return trimmed;
}

type Slot = { party: AnswerParty; orgId: string | null };

/**
 * Stores an answer in the place of what the same party said before, which is kept as history. Returns what that was; null
 * where there was nothing. Throws STATUS_UNCHANGED when it says the same again, NOT_FOUND when there is nothing to take
 * back, CONFLICT after ANSWER_LIMITS.perFinding answers.
 */
export async function writeAnswer(
  tx: Tx,
  {
    found: { server, version, finding },
    slot,
    kind,
    reason,
    byName,
    answeredById,
    expiresAt = null,
    now,
  }: {
    found: FindingOfVersion;
    slot: Slot;
    kind: AnswerKind;
    reason: string;
    byName: string;
    answeredById: string;
    expiresAt?: Date | null;
    now: Date;
  },
): Promise<AnswerKind | null> {
  const place = { serverId: server.id, fingerprint: finding.fingerprint, ...slot };
  const last = await tx.findingAnswer.findFirst({
    where: { ...place, supersededAt: null },
    select: { kind: true, reason: true, expiresAt: true },
  });
  const before = last === null || last.kind === 'cleared' ? null : last;
  if (kind === 'cleared' && before === null) throw new DomainError('NOT_FOUND', 'There is no answer to take back.');
  const isSame = before?.kind === kind && before.reason === reason && sameTime(before.expiresAt, expiresAt);
  if (isSame) throw new DomainError('STATUS_UNCHANGED', 'This was answered already, with the same reason.');
  if ((await tx.findingAnswer.count({ where: place })) >= ANSWER_LIMITS.perFinding) {
    throw new DomainError('CONFLICT', `This finding was answered ${ANSWER_LIMITS.perFinding} times. No more is taken.`);
  }
  await tx.findingAnswer.updateMany({ where: { ...place, supersededAt: null }, data: { supersededAt: now } });
  const { ruleId, title } = finding;
  await tx.findingAnswer.create({
    data: { ...place, kind, reason, ruleId, title, version, byName, answeredById, answeredAt: now, expiresAt },
  });
  return before?.kind ?? null;
}

const sameTime = (a: Date | null, b: Date | null): boolean => (a?.getTime() ?? null) === (b?.getTime() ?? null);
