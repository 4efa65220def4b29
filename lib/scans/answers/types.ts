import type { FindingClass } from '#scanners/types.ts';

export type AnswerParty = 'publisher' | 'organization' | 'admin';

/** What a publisher or an organization may say to a finding; `cleared` takes it back. */
export const ANSWERS = ['accepted', 'disputed', 'fixed', 'cleared'] as const;
export type Answer = (typeof ANSWERS)[number];

/** What an instance admin may decide about it; `cleared` takes the decision back. */
export const DECISIONS = ['upheld', 'withdrawn', 'cleared'] as const;
export type Decision = (typeof DECISIONS)[number];

export type AnswerKind = Answer | Decision;

export const ANSWER_LIMITS = {
  /** UTF-16 units of a reason. */
  reason: 1000,
  /** How far ahead an acceptance may end, in days. */
  expiryDays: 2 * 366,
  /** Answers that one party may give to one finding. */
  perFinding: 50,
  /** Answers of the past that a page shows of one finding. */
  history: 20,
} as const;

/** Classes that can be disputed and decided about: the others are facts and do not count. */
export const DISPUTABLE: readonly FindingClass[] = ['accusation', 'hygiene'];

export type AnswerView = {
  party: AnswerParty;
  /** Of an organization's answer. */
  orgSlug: string | null;
  kind: AnswerKind;
  reason: string;
  /** Publisher, organization or admin, as pages name them. */
  by: string;
  at: string;
  /** Of an acceptance that ends. */
  expiresAt: string | null;
  isExpired: boolean;
  /** The version whose scan was answered. */
  version: string;
};

/** Everything that was answered to one finding of a server, as far as the viewer may see it. */
export type FindingAnswers = {
  fingerprint: string;
  publisher: AnswerView | null;
  admin: AnswerView | null;
  /** Of the viewer's organizations. */
  orgs: AnswerView[];
  /** What was said before, newest first. */
  earlier: AnswerView[];
  /** An admin withdrew the finding: it does not count. */
  isWithdrawn: boolean;
  /** The publisher disputes it and no admin has decided since. */
  isDisputed: boolean;
};
