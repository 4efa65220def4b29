import type { Outcome } from '#lib/orgs/policy/evaluate-policy.ts';

export const MODE_WORDS: Record<string, { label: string; text: string }> = {
  off: { label: 'Off', text: 'People decide, and the policy says nothing.' },
  suggest: { label: 'Suggest', text: 'Reviewers are shown its verdict and decide themselves.' },
  automatic: { label: 'Automatic', text: 'What it permits is approved without a person; everything else waits.' },
};

export const SCOPE_WORDS: Record<string, { label: string; text: string }> = {
  requested: { label: 'What is asked for', text: 'Requests, and new versions of servers that are approved.' },
  catalog: { label: 'The whole catalog', text: 'Also the latest version of every other server.' },
};

export const OUTCOME_WORDS: Record<Outcome, string> = {
  approve: 'Approve',
  deny: 'Deny',
  review: 'A person decides',
};

export const OCCASION_WORDS: Record<string, string> = {
  publication: 'it was published',
  scan: 'its scan ended',
  request: 'somebody asked',
  'policy-change': 'the policy changed',
  'cool-down': 'it was old enough',
  status: 'its status changed',
  signature: 'a signature was added',
};
