export { checkAsk } from './check-ask.ts';
export { CHECKED_CLIENTS, type CheckedClient, checkClient, isCheckedClient } from './check-client.ts';
export { CHECK_PROBLEMS, type CheckProblem, type CheckProblemCode } from './problems.ts';
export type { CheckAnswer, CheckAsk, CheckFailure, CheckRequest, CheckStep, ClientCheck } from './types.ts';
