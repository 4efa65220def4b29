import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, mayOnPublisher, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { ANSWER_LIMITS, type Answer, DISPUTABLE } from './types.ts';
import { type FindingOfVersion, findingOf, requireAnswerReason, writeAnswer } from './write-answer.ts';

/** For whom somebody answers: the holder of the server's namespace, or an organization for itself. */
export type AnswerAs = { party: 'publisher' } | { party: 'organization'; orgSlug: string };

const DAY_MS = 24 * 3_600_000;

/**
 * Answers a finding of a server: `accepted` (the risk is known, until `expiresAt` where given), `disputed` (an instance
 * admin decides), `fixed`, or `cleared` (takes the answer back). It holds for the finding's fingerprint in every version
 * and never removes the finding or changes the grade. A publisher's answer is public; an organization's is its own.
 * Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE, STATUS_UNCHANGED, and CONFLICT for a dispute that was decided in its favour.
 */
export async function answerFinding({
  viewer,
  as,
  serverName,
  version,
  fingerprint,
  answer,
  reason,
  expiresAt = null,
  now = new Date(),
}: {
  viewer: Viewer;
  as: AnswerAs;
  serverName: string;
  version: string;
  fingerprint: string;
  answer: Answer;
  reason: string;
  expiresAt?: Date | null;
  now?: Date;
}): Promise<void> {
  const why = requireAnswerReason(reason);
  requireExpiry({ answer, expiresAt, now });
  const org = as.party === 'organization' ? requireOrg(viewer, as.orgSlug, 'finding.answer') : null;
  await db().$transaction(async (tx) => {
    const found = await findingOf(tx, { serverName, version, fingerprint });
    const byName = org ? org.displayName : await holderThatAnswers(tx, found, viewer);
    if (answer === 'disputed') await requireDisputable(tx, found);
    const from = await writeAnswer(tx, {
      found,
      slot: { party: as.party, orgId: org?.id ?? null },
      kind: answer,
      reason: why,
      byName,
      answeredById: viewer.id,
      expiresAt,
      now,
    });
    await appendEvent(tx, {
      orgId: org?.id ?? null,
      kind: 'finding.answered',
      actor: actorOf(viewer),
      subject: { server: serverName, version, fingerprint },
      data: {
        party: byName,
        rule: found.finding.ruleId,
        answer,
        from,
        reason: why,
        expiresAt: expiresAt?.toISOString() ?? null,
      },
      now,
    });
  });
}

function requireExpiry({ answer, expiresAt, now }: { answer: Answer; expiresAt: Date | null; now: Date }): void {
  if (expiresAt === null) return;
  if (answer !== 'accepted') throw new DomainError('UNPROCESSABLE', 'Only an acceptance can end by itself.');
  const ahead = expiresAt.getTime() - now.getTime();
  if (!(ahead > 0 && ahead <= ANSWER_LIMITS.expiryDays * DAY_MS)) {
    throw new DomainError('UNPROCESSABLE', 'The end of an acceptance has to be a day of the next two years.');
  }
}

/** Name of the publisher that holds the namespace now, where the viewer may answer for it. Throws FORBIDDEN. */
async function holderThatAnswers(tx: Tx, { server }: FindingOfVersion, viewer: Viewer): Promise<string> {
  const held = await tx.namespace.findUnique({
    where: { name: server.namespace },
    select: { publisher: { select: { id: true, displayName: true } } },
  });
  const own = viewer.publishers.find(({ id }) => id === held?.publisher.id);
  // `isInstanceAdmin: false`: nobody answers for a publisher that they are not in.
  if (held && own && mayOnPublisher({ role: own.role, isInstanceAdmin: false }, 'finding.answer')) {
    return held.publisher.displayName;
  }
  throw new DomainError('FORBIDDEN', `Only the publisher that holds ${server.namespace} answers for ${server.name}.`);
}

async function requireDisputable(tx: Tx, { server, finding }: FindingOfVersion): Promise<void> {
  if (!DISPUTABLE.includes(finding.class)) {
    throw new DomainError(
      'UNPROCESSABLE',
      'A capability is a fact about power and does not count against the grade, so there is nothing to dispute.',
    );
  }
  const withdrawn = await tx.findingAnswer.findFirst({
    where: {
      serverId: server.id,
      fingerprint: finding.fingerprint,
      party: 'admin',
      kind: 'withdrawn',
      supersededAt: null,
    },
    select: { id: true },
  });
  if (withdrawn) throw new DomainError('CONFLICT', 'An admin withdrew this finding already. It does not count.');
}
