import type { Rule } from '../types.ts';

export const SENSITIVE_PATH: Rule = {
  id: 'text.sensitive-path',
  class: 'accusation',
  severity: 'low',
  confidence: 'tentative',
  title: 'Names a file that holds secrets',
  finds:
    'Places such as ~/.ssh/id_rsa, ~/.aws/credentials, /etc/shadow or .env in the texts of a tool whose name gives no reason for them. Medium for private keys and password files; high when another sign of an instruction stands with it.',
  matters:
    'Poisoned descriptions send the model to such files. An honest text may mention them too, so alone this weighs little.',
  remediation: 'Name the file only where the tool needs it, and say what for.',
  references: { owaspMcp: ['MCP03', 'MCP10'], safeMcp: ['SAFE-T1502'], cwe: ['CWE-200'] },
};

export const RULES: readonly Rule[] = [SENSITIVE_PATH];
