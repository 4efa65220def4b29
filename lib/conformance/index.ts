export { CONFORMANCE_CASES } from './cases/index.ts';
export { Unreachable } from './http-client.ts';
export { TokenRefused } from './outcome.ts';
export { junitReport } from './report/junit.ts';
export { caseLine, caseTable, reportSums, textReport } from './report/text.ts';
export { type ConformanceOptions, runConformance, selectCases } from './run-conformance.ts';
export { AREAS, type Area, type CaseResult, type ConformanceCase, LEVELS, type Level, type Report } from './types.ts';
