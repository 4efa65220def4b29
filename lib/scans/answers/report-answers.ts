import type { FindingAnswer } from '../report/types.ts';
import type { AnswerView, FindingAnswers } from './types.ts';

/**
 * What a report says beside each finding: the admin's decision, else what the publisher answered. Only a withdrawal makes
 * SARIF count a finding as suppressed: a publisher that accepts the risk of its own server, or says that it repaired it,
 * does not accept it for those who use the server. An organization that accepted it does, in the report that it gets for itself:
 * `answers` then hold what it said, and nobody else's.
 */
export function reportAnswers(answers: ReadonlyMap<string, FindingAnswers>): FindingAnswer[] {
  return [...answers.values()]
    .flatMap(({ fingerprint, admin, publisher, orgs: [own], isDisputed }) => {
      const said = admin !== null && !isDisputed ? admin : publisher;
      const deciding = own !== undefined && said?.kind !== 'withdrawn' ? own : said;
      return deciding === null ? [] : [{ fingerprint, ...decided(deciding) }];
    })
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

function statusOf({
  kind,
  party,
  isExpired,
}: Pick<AnswerView, 'kind' | 'party' | 'isExpired'>): FindingAnswer['status'] {
  if (kind === 'withdrawn' || (kind === 'accepted' && party === 'organization' && !isExpired)) return 'accepted';
  return kind === 'upheld' ? 'rejected' : 'underReview';
}

function decided({
  kind,
  party,
  by,
  at,
  reason,
  expiresAt,
  isExpired,
}: AnswerView): Omit<FindingAnswer, 'fingerprint'> {
  return {
    status: statusOf({ kind, party, isExpired }),
    answer: kind,
    by,
    at,
    ...(expiresAt === null ? {} : { expiresAt, isExpired }),
    justification: reason,
  };
}
