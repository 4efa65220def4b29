import type { Rule } from '../types.ts';

export const SECRET_IN_METADATA: Rule = {
  id: 'secret.in-metadata',
  class: 'hygiene',
  severity: 'critical',
  confidence: 'firm',
  title: 'A secret in plain text',
  finds:
    'Keys, tokens, private keys and passwords in URLs that stand in the manifest or in a definition. Placeholders are left alone.',
  matters: 'The manifest is public: whoever reads it has the secret.',
  remediation: 'Revoke the secret, then ask for it as a variable marked isSecret.',
  references: { owaspMcp: ['MCP01'], safeMcp: ['SAFE-T1206'], cwe: ['CWE-798', 'CWE-312'] },
};

export const SECRET_NOT_MARKED: Rule = {
  id: 'secret.not-marked',
  class: 'hygiene',
  severity: 'low',
  confidence: 'firm',
  title: 'A secret not marked as one',
  finds: 'Variables, headers and arguments whose name says secret and that lack `isSecret: true`.',
  matters: 'Clients show and store the value like any other.',
  remediation: 'Set isSecret to true.',
  references: { owaspMcp: ['MCP01'], safeMcp: ['SAFE-T1503'], cwe: ['CWE-522'] },
};

export const SECRET_AS_ARGUMENT: Rule = {
  id: 'secret.as-argument',
  class: 'hygiene',
  severity: 'low',
  confidence: 'firm',
  title: 'A secret on the command line',
  finds: 'Package and runtime arguments that carry a secret.',
  matters: 'Every process of the machine can read command lines, and shells remember them.',
  remediation: 'Take the secret from an environment variable.',
  references: { owaspMcp: ['MCP01'], safeMcp: ['SAFE-T1503'], cwe: ['CWE-214', 'CWE-522'] },
};

export const ASKS_FOR_SECRET: Rule = {
  id: 'cap.asks-for-secret',
  class: 'capability',
  severity: 'info',
  confidence: 'certain',
  title: 'Asks for a secret',
  finds: 'Variables, headers and arguments that are marked secret or named like one.',
  matters: 'The server can do with it whatever the secret allows.',
  remediation: 'Give it a secret of its own with the fewest rights that serve.',
  references: { owaspMcp: ['MCP01'], safeMcp: ['SAFE-T1503'] },
};

export const RULES: readonly Rule[] = [SECRET_IN_METADATA, SECRET_NOT_MARKED, SECRET_AS_ARGUMENT, ASKS_FOR_SECRET];
