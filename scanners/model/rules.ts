import type { Rule } from '../types.ts';

export const READS_AS_INSTRUCTION: Rule = {
  id: 'text.reads-as-instruction',
  class: 'accusation',
  severity: 'medium',
  confidence: 'tentative',
  title: 'Reads like an instruction to the model',
  finds:
    'Sentences that bring together what poisoned definitions bring together (something to take, somewhere to put it, whom not to tell, what to do first), judged by a linear model whose weights are in the repository. It is never more than medium by itself.',
  matters:
    'A definition tells a model what a tool does. One that tells the model what to do with files, secrets, other tools or the user is obeyed without the user having asked.',
  remediation:
    'Describe the tool in the third person: what it does, what it takes, what it returns. If the finding is wrong, answer it: the words that weighed most are named.',
  references: {
    owaspMcp: ['MCP03', 'MCP06'],
    safeMcp: ['SAFE-T1001', 'SAFE-T1401', 'SAFE-T1501'],
    cwe: ['CWE-1427'],
  },
};

export const RULES: readonly Rule[] = [READS_AS_INSTRUCTION];
