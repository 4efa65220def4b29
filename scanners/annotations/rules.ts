import type { Rule } from '../types.ts';

export const READ_ONLY_LIE: Rule = {
  id: 'annot.read-only-lie',
  class: 'accusation',
  severity: 'medium',
  confidence: 'firm',
  title: 'Says it only reads, and is named for a change',
  finds:
    'Tools with `readOnlyHint: true` whose name begins with a verb such as delete, or whose name and description both begin with one such as create or send.',
  matters: 'Clients skip the question to the user for tools that claim only to read.',
  remediation: 'Set readOnlyHint to false, and destructiveHint as it is.',
  references: { owaspMcp: ['MCP02'], safeMcp: ['SAFE-T1104', 'SAFE-T1406'], cwe: ['CWE-451'] },
};

export const RULES: readonly Rule[] = [READ_ONLY_LIE];
