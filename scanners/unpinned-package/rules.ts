import type { Rule } from '../types.ts';

const SUPPLY_CHAIN = { owaspMcp: ['MCP04'], safeMcp: ['SAFE-T1002', 'SAFE-T1207'], cwe: ['CWE-829', 'CWE-494'] };

export const UNPINNED: Rule = {
  id: 'pkg.unpinned',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'certain',
  title: 'Package version not fixed',
  finds: 'Packages without a version, with `latest` or another tag, or with a range.',
  matters: 'What runs tomorrow is not what was looked at today, and nobody is told.',
  remediation: 'Name one exact version.',
  references: SUPPLY_CHAIN,
};

export const MUTABLE_IMAGE: Rule = {
  id: 'pkg.mutable-image',
  class: 'hygiene',
  severity: 'low',
  confidence: 'certain',
  title: 'Container image without a digest',
  finds: 'OCI references by tag. Medium when the tag is missing or `latest`.',
  matters: 'A tag can be moved to another image at any time.',
  remediation: 'Add the digest: `name:1.2.3@sha256:…`.',
  references: SUPPLY_CHAIN,
};

export const UNPINNED_ARGUMENT: Rule = {
  id: 'pkg.unpinned-argument',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'firm',
  title: 'Arguments fetch an unfixed package',
  finds:
    'Runtime arguments for npx, uvx, pipx, bunx, pnpm dlx or docker that name a package or image without an exact version.',
  matters: 'The manifest names one package, and the command line brings in another whose content may change.',
  remediation: 'Write the exact version into the argument.',
  references: SUPPLY_CHAIN,
};

export const NO_FILE_HASH: Rule = {
  id: 'pkg.no-file-hash',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'certain',
  title: 'Bundle without a checksum',
  finds: 'MCPB packages without fileSha256.',
  matters: 'The file behind a URL can be exchanged; without its sha256 a client cannot notice.',
  remediation: 'Add fileSha256.',
  references: SUPPLY_CHAIN,
};

export const RULES: readonly Rule[] = [UNPINNED, MUTABLE_IMAGE, UNPINNED_ARGUMENT, NO_FILE_HASH];
