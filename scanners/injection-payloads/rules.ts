import type { Rule } from '../types.ts';

export const INJECTION_PAYLOAD: Rule = {
  id: 'schema.injection-payload',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'An attack string as a suggested value',
  finds:
    'Defaults, enumerated values, constants and examples that carry shell, SQL or script injection, path traversal, or the address of a cloud metadata service; active scripts in descriptions.',
  matters: 'Models fill in suggested values. A default that attacks is sent on to whatever the tool talks to.',
  remediation: 'Use a harmless value. A security tool can describe its test inputs in words.',
  references: {
    owaspMcp: ['MCP05', 'MCP03'],
    safeMcp: ['SAFE-T1501', 'SAFE-T1101'],
    cwe: ['CWE-77', 'CWE-89', 'CWE-22', 'CWE-918'],
  },
};

export const RULES: readonly Rule[] = [INJECTION_PAYLOAD];
