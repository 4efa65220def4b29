import type { AnswerKind, AnswerParty, AnswerView } from '#lib/scans/answers/types.ts';

/** A word for the state of a finding, beside its severity. */
export const ANSWER_WORD: Record<AnswerKind, string> = {
  accepted: 'accepted',
  disputed: 'disputed',
  fixed: 'said to be fixed',
  cleared: 'taken back',
  upheld: 'upheld',
  withdrawn: 'withdrawn',
};

const WHO: Record<AnswerParty, string> = {
  publisher: ', the publisher,',
  organization: ', for itself alone,',
  admin: ', an admin of this catalog,',
};

const SAYS: Record<AnswerKind, string> = {
  accepted: 'knows the risk and takes it.',
  disputed: 'disputes this.',
  fixed: 'says that it is fixed.',
  cleared: 'took back what was answered before.',
  upheld: 'looked at it and upholds it.',
  withdrawn: 'withdrew it. It does not count for the grade.',
};

/** What follows the name of who answered: `, the publisher, disputes this.` */
export const answerSentence = ({ party, kind }: Pick<AnswerView, 'party' | 'kind'>): string =>
  `${WHO[party]} ${SAYS[kind]}`;

/** Answers to choose from, with what each means. */
export const ANSWER_OPTIONS = {
  disputed: ['Dispute', 'It is wrong. An admin of this catalog decides.'],
  accepted: ['Accept', 'It is right, the risk is known and taken.'],
  fixed: ['Fixed', 'It is right and repaired; the next scan will tell.'],
  cleared: ['Take back', 'What was answered before does not hold any more.'],
} as const;

export const DECISION_OPTIONS = {
  upheld: ['Uphold', 'The finding is right and goes on counting.'],
  withdrawn: ['Withdraw', 'The finding is wrong. It stays here with this reason and does not count, in any version.'],
  cleared: ['Take back', 'No decision holds any more.'],
} as const;
