export { type LookUpRun, runLookUpAgain } from './run-look-up.ts';
