import type { Rule } from '../types.ts';

const SUPPLY_CHAIN = { owaspMcp: ['MCP04'], safeMcp: ['SAFE-T1002'], cwe: ['CWE-1357'] };
const IDENTITY = { owaspMcp: ['MCP04', 'MCP09'], safeMcp: ['SAFE-T1003'], cwe: ['CWE-345'] };
const CHANGED = { owaspMcp: ['MCP04'], safeMcp: ['SAFE-T1207'], cwe: ['CWE-345', 'CWE-494'] };

export const NO_OWNERSHIP_PROOF: Rule = {
  id: 'pkg.no-ownership-proof',
  class: 'hygiene',
  severity: 'info',
  confidence: 'certain',
  title: 'The package names no server',
  finds: 'Packages that do not say which server they belong to.',
  matters: 'Anybody can list a package of others under a name of their own.',
  remediation: 'Put the name of the server into the package: mcpName in package.json, mcp-name in the README.',
  references: IDENTITY,
};

export const NOT_OWNED: Rule = {
  id: 'pkg.not-owned',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'certain',
  title: 'The package belongs to another server',
  finds: 'Packages that name another server, or name this one where readers do not see it. Low for a slip in the name.',
  matters: 'Who publishes the package did not publish this entry; both may change without the other knowing.',
  remediation: 'List the package under the name that it gives, or correct the name in the package.',
  references: IDENTITY,
};

export const MISSING: Rule = {
  id: 'pkg.missing',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'certain',
  title: 'The package does not exist',
  finds: 'Packages that their registry does not have. Low where only the version is missing.',
  matters:
    'A name that nobody holds can be taken by anybody, and whoever installs the server runs what they put there.',
  remediation: 'Publish the package, or correct its identifier.',
  references: { ...SUPPLY_CHAIN, cwe: ['CWE-427'] },
};

export const OTHER_REPOSITORY: Rule = {
  id: 'pkg.other-repository',
  class: 'hygiene',
  severity: 'low',
  confidence: 'firm',
  title: 'Package and manifest name repositories of different owners',
  finds: 'Packages whose own metadata names a repository of another owner than the manifest does.',
  matters: 'The code that people read is not where the package says that it comes from.',
  remediation: 'Name the same repository in both, the one that the package is built from.',
  references: IDENTITY,
};

export const NAMESPACE_REPOSITORY: Rule = {
  id: 'id.other-repository',
  class: 'hygiene',
  severity: 'info',
  confidence: 'firm',
  title: 'Repository of another account than the name',
  finds: 'Names such as io.github.alice/… whose repository belongs to another account of the same site.',
  matters: 'The name says who publishes; the code is somebody else’s. Often a team, sometimes a copy.',
  remediation: 'Publish under the account that holds the repository, or name your own repository.',
  references: IDENTITY,
};

export const OTHER_PROVENANCE: Rule = {
  id: 'pkg.other-provenance',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'certain',
  title: 'Provenance does not fit',
  finds: 'Packages whose signed provenance names another repository than the manifest, or does not verify.',
  matters: 'The package was not built from the code that is shown, or its proof was tampered with.',
  remediation: 'Name the repository that builds the package, or publish the package from there.',
  references: CHANGED,
};

export const DIGEST_CHANGED: Rule = {
  id: 'pkg.digest-changed',
  class: 'hygiene',
  severity: 'high',
  confidence: 'certain',
  title: 'Other content under the same name',
  finds:
    'Packages, files and images whose content is not what it was at the first check, or not what the manifest gives the hash of. Low for a tag of an image, which may move.',
  matters: 'What was looked at and approved is not what is installed now.',
  remediation: 'Publish a new version for new content, and give its hash.',
  references: CHANGED,
};

export const DEPRECATED: Rule = {
  id: 'pkg.deprecated',
  class: 'hygiene',
  severity: 'low',
  confidence: 'certain',
  title: 'The package is deprecated',
  finds: 'Versions that their own publisher marked as deprecated (npm) or withdrew (PyPI).',
  matters: 'The publisher says that it should not be used, and faults in it will not be repaired.',
  remediation: 'Name a version that is maintained, or the package that took its place.',
  references: { ...SUPPLY_CHAIN, cwe: ['CWE-1104'] },
};

export const YOUNG: Rule = {
  id: 'pkg.young',
  class: 'hygiene',
  severity: 'info',
  confidence: 'certain',
  title: 'Very young package',
  finds: 'Packages first published less than 30 days, and versions published less than 3 days, before the scan.',
  matters: 'Malicious packages are mostly found and removed within their first days.',
  remediation: 'Wait some days, or look at the code before you allow it.',
  references: SUPPLY_CHAIN,
};

export const ABANDONED: Rule = {
  id: 'pkg.abandoned',
  class: 'hygiene',
  severity: 'info',
  confidence: 'firm',
  title: 'No release for two years',
  finds: 'Packages whose newest version is more than two years older than the scan.',
  matters: 'Faults may stay unrepaired, and abandoned names are taken over.',
  remediation: 'Ask whether it is still maintained; prefer a server that is.',
  references: { ...SUPPLY_CHAIN, cwe: ['CWE-1104'] },
};

export const INSTALL_SCRIPT: Rule = {
  id: 'pkg.install-script',
  class: 'hygiene',
  severity: 'low',
  confidence: 'certain',
  title: 'Runs a script when it is installed',
  finds:
    'Packages of npm with a preinstall, install or postinstall script. Information where only dependencies have one.',
  matters: 'The script runs with the rights of whoever installs, before anybody has started the server.',
  remediation: 'Ship what the script makes, or install with --ignore-scripts.',
  references: { ...SUPPLY_CHAIN, cwe: ['CWE-829'] },
};

export const KNOWN_VULNERABILITY: Rule = {
  id: 'pkg.known-vulnerability',
  class: 'hygiene',
  severity: 'medium',
  confidence: 'firm',
  title: 'Known vulnerability',
  finds:
    'Advisories of the imported OSV database about the package, by their CVSS score, or about what it installs, then at most medium: whether the faulty code is reached is not known.',
  matters: 'How to attack it is public.',
  remediation: 'Update to a version that is repaired.',
  references: { ...SUPPLY_CHAIN, cwe: ['CWE-1395'] },
};

export const MALWARE: Rule = {
  id: 'pkg.malware',
  class: 'accusation',
  severity: 'critical',
  confidence: 'firm',
  title: 'Listed as malicious',
  finds: 'Packages, and packages that they install, that the imported OSV database lists as malicious.',
  matters: 'Somebody looked at the package and found it made to harm.',
  remediation: 'Do not install it. Change every secret of a machine where it was installed.',
  references: { ...SUPPLY_CHAIN, cwe: ['CWE-506'] },
};

export const RULES: readonly Rule[] = [
  NO_OWNERSHIP_PROOF,
  NOT_OWNED,
  MISSING,
  OTHER_REPOSITORY,
  NAMESPACE_REPOSITORY,
  OTHER_PROVENANCE,
  DIGEST_CHANGED,
  DEPRECATED,
  YOUNG,
  ABANDONED,
  INSTALL_SCRIPT,
  KNOWN_VULNERABILITY,
  MALWARE,
];
