import type { Rule } from '../types.ts';

export const FIXED_SECRET: Rule = {
  id: 'secret.fixed-value',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'firm',
  title: 'A secret written out',
  finds:
    'Variables, headers and arguments that are secret and have a fixed value: in a manifest for everybody, in a client configuration for every program that reads the file.',
  matters: 'Whoever reads the file, a backup of it or a commit has the secret.',
  remediation: 'Revoke the secret, and have the client ask for it or read it from its secret store.',
  references: { owaspMcp: ['MCP01'], safeMcp: ['SAFE-T1206'], cwe: ['CWE-798', 'CWE-312'] },
};

export const RULES: readonly Rule[] = [FIXED_SECRET];
