import type { Rule } from '../types.ts';

export const HTTP_REMOTE: Rule = {
  id: 'net.http-remote',
  class: 'hygiene',
  severity: 'high',
  confidence: 'certain',
  title: 'Remote without encryption',
  finds: 'Remote URLs with plain http.',
  matters: 'Everyone on the way can read the tokens and change the answers.',
  remediation: 'Serve the remote over https.',
  references: { owaspMcp: ['MCP07'], safeMcp: ['SAFE-T1005'], cwe: ['CWE-319'] },
};

export const PRIVATE_REMOTE: Rule = {
  id: 'net.private-remote',
  class: 'hygiene',
  severity: 'high',
  confidence: 'firm',
  title: 'Remote inside a private network',
  finds: 'Remote URLs that name this machine, a private or link-local address, or a local domain.',
  matters:
    'In a public manifest such an address reaches whatever runs there in the network of the person who connects.',
  remediation: 'Publish a public address, or describe a local server as a package.',
  references: { owaspMcp: ['MCP07'], safeMcp: ['SAFE-T1005'], cwe: ['CWE-918'] },
};

export const RULES: readonly Rule[] = [HTTP_REMOTE, PRIVATE_REMOTE];
