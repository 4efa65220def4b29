import type { Rule } from '../types.ts';

export const COLLECTS_SECRETS: Rule = {
  id: 'observed.collects-secrets',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Goes through stores of secrets when it starts',
  finds:
    'A server that, asked for nothing but its tools, opened stores of secrets that no one purpose needs: passwords of browsers or keys of wallets, and beside them SSH keys, credentials of cloud services or access tokens. Servers that open worthless documents as well are left out: they go through everything.',
  matters: 'Whoever collects these together can become the user, at every place where the user has an account.',
  remediation: 'Do not start it. Where it ran, replace the keys and passwords of that account.',
  references: { owaspMcp: ['MCP01', 'MCP04'], safeMcp: ['SAFE-T1503'], cwe: ['CWE-506', 'CWE-522'] },
};

export const RULES: readonly Rule[] = [COLLECTS_SECRETS];
