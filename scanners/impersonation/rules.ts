import type { Rule } from '../types.ts';

const IMPERSONATION = { owaspMcp: ['MCP04', 'MCP09'], safeMcp: ['SAFE-T1004', 'SAFE-T1003'], cwe: ['CWE-1007'] };

export const LOOKALIKE_NAMESPACE: Rule = {
  id: 'id.lookalike-namespace',
  class: 'accusation',
  severity: 'medium',
  confidence: 'firm',
  title: 'Namespace looks like somebody else’s',
  finds:
    'Accounts and domains that differ from those of a well-known or verified publisher by a look-alike letter (high), a letter or a hyphen (medium), or an added word such as official (medium) or mcp (low).',
  matters: 'Who reads the name in passing takes the server for the publisher’s own.',
  remediation:
    'Publish under a name that cannot be taken for another; if it is the publisher’s, prove the namespace under the same publisher.',
  references: IMPERSONATION,
};

export const BORROWED_DOMAIN: Rule = {
  id: 'id.borrowed-domain',
  class: 'accusation',
  severity: 'low',
  confidence: 'tentative',
  title: 'Named after a domain that nobody outside can hold',
  finds:
    'Namespaces such as com.github.alice: subdomains of a forge, where accounts are written io.github.alice. Medium where the account is that of a well-known publisher.',
  matters: 'The name cannot be proven, and reads as if the forge or the publisher stood behind it.',
  remediation: 'Use the namespace of your account, io.github.NAME, or your own domain.',
  references: IMPERSONATION,
};

export const LOOKALIKE_PACKAGE: Rule = {
  id: 'pkg.lookalike',
  class: 'accusation',
  severity: 'medium',
  confidence: 'firm',
  title: 'Package looks like a well-known one',
  finds:
    'Packages whose scope or name differs from that of a well-known or verified server’s by a look-alike letter (high), a letter, a hyphen, or by a scope written as part of the name.',
  matters: 'Packages that wait for a slip of the fingers are a common way to spread malware.',
  remediation: 'Compare the package with the one that was meant; rename it if it is yours.',
  references: { ...IMPERSONATION, safeMcp: ['SAFE-T1002', 'SAFE-T1004'] },
};

export const LOOKALIKE_TITLE: Rule = {
  id: 'id.lookalike-title',
  class: 'accusation',
  severity: 'high',
  confidence: 'firm',
  title: 'Title imitates another with letters of another script',
  finds:
    'Titles that look like the name of a well-known publisher or the title of a verified server, with letters that are none of the Latin alphabet.',
  matters: 'Nobody writes a name this way by accident: filters and searches do not see what people see.',
  remediation: 'Write the title with the letters that it seems to have.',
  references: IMPERSONATION,
};

export const SAME_TITLE: Rule = {
  id: 'id.same-title',
  class: 'accusation',
  severity: 'info',
  confidence: 'tentative',
  title: 'Same title as a verified server of somebody else',
  finds: 'Titles that a server of a verified publisher of this catalog has already.',
  matters: 'In a list the two can only be told apart by their publisher.',
  remediation: 'Choose a title that says what is different.',
  references: IMPERSONATION,
};

export const RULES: readonly Rule[] = [
  LOOKALIKE_NAMESPACE,
  BORROWED_DOMAIN,
  LOOKALIKE_PACKAGE,
  LOOKALIKE_TITLE,
  SAME_TITLE,
];
