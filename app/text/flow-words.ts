import type { FlowFact } from '#scanners/flows/index.ts';

/** Heading of a step. */
export const FLOW_FACT_WORDS: Record<FlowFact, string> = {
  'untrusted-content': 'A stranger’s words come in',
  'private-data': 'Private data is read',
  'way-out': 'Something goes out',
};
