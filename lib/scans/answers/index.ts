export { type AnswerAs, answerFinding } from './answer-finding.ts';
export { decideFinding } from './decide-finding.ts';
export { getAnswers } from './get-answers.ts';
export { listDisputes, type OpenDispute } from './list-disputes.ts';
export { reportAnswers } from './report-answers.ts';
export { ANSWER_LIMITS, ANSWERS, type AnswerView, DECISIONS, DISPUTABLE, type FindingAnswers } from './types.ts';
