import type { Rule } from '../types.ts';

export const READ_ONLY_LIE: Rule = {
  id: 'annot.read-only-lie',
  class: 'accusation',
  severity: 'medium',
  confidence: 'firm',
  title: 'Annotations contradict name or description',
  finds:
    'Tools with `readOnlyHint: true` whose name begins with a verb such as delete, whose name and description both begin with one such as create or send, or whose description says that it uploads, deletes or sends something; `destructiveHint: false` on a tool that deletes by name and description.',
  matters: 'Clients skip the question to the user for tools that claim only to read.',
  remediation: 'Set readOnlyHint to false, and destructiveHint as it is.',
  references: { owaspMcp: ['MCP02'], safeMcp: ['SAFE-T1104', 'SAFE-T1406'], cwe: ['CWE-451'] },
};

export const RULES: readonly Rule[] = [READ_ONLY_LIE];
