import type { FindingAnswer } from '../report/types.ts';
import type { AnswerView, FindingAnswers } from './types.ts';

/**
 * What a report says beside each finding: the admin's decision, else what the publisher answered. Only a withdrawal makes
 * SARIF count a finding as suppressed: a publisher that accepts the risk of its own server, or says that it repaired it,
 * does not accept it for those who use the server.
 */
export function reportAnswers(answers: ReadonlyMap<string, FindingAnswers>): FindingAnswer[] {
  return [...answers.values()]
    .flatMap(({ fingerprint, admin, publisher, isDisputed }) => {
      const deciding = admin !== null && !isDisputed ? admin : publisher;
      return deciding === null ? [] : [{ fingerprint, ...decided(deciding) }];
    })
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

function decided({ kind, by, at, reason, expiresAt, isExpired }: AnswerView): Omit<FindingAnswer, 'fingerprint'> {
  const status = { withdrawn: 'accepted', upheld: 'rejected' } as const;
  return {
    status: kind === 'withdrawn' || kind === 'upheld' ? status[kind] : 'underReview',
    answer: kind,
    by,
    at,
    ...(expiresAt === null ? {} : { expiresAt, isExpired }),
    justification: reason,
  };
}
