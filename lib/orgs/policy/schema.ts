import type { VersionFacts } from './facts.ts';

/** Cedar types that facts have. `?` behind the name of an attribute in the schema says that it may be unknown. */
type FactType = 'String' | 'Long' | 'Bool' | 'Set<String>' | 'FindingCounts' | 'Comparison';

export type FactRule = {
  type: FactType;
  /** Absent where Hallmark does not know: a policy has to ask `resource has …` first, and unknown is never good. */
  isOptional: boolean;
  says: string;
  /** Every value that it can have. */
  values?: readonly string[];
};

const known = (type: FactType, says: string, values?: readonly string[]): FactRule => ({
  type,
  isOptional: false,
  says,
  ...(values ? { values } : {}),
});
const maybe = (type: FactType, says: string, values?: readonly string[]): FactRule => ({
  ...known(type, says, values),
  isOptional: true,
});

const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
const PERMISSIONS = ['read', 'change', 'send-out', 'run-code', 'secrets'] as const;

/** What a policy can ask about a version: the attributes of `Hallmark::ServerVersion`. */
export const VERSION_FACTS = {
  name: known('String', 'Name of the server, e.g. `io.github.acme/weather`.'),
  namespace: known('String', 'The part of the name before the slash.'),
  version: known('String', 'The version, as the manifest writes it.'),
  status: known('String', 'Status in the catalog.', ['active', 'deprecated', 'deleted']),
  origin: known('String', 'How it came into the catalog.', ['published', 'mirrored', 'example']),
  isLatest: known('Bool', 'Whether it is the latest version of the server.'),
  ageHours: known('Long', 'Whole hours since it was published.'),
  ageDays: known('Long', 'Whole days since it was published.'),
  license: maybe('String', 'The licence as its source says it, e.g. `MIT`.'),
  category: maybe('String', 'Category in the catalog.'),
  tags: known('Set<String>', 'Tags in the catalog.'),
  repository: maybe('String', 'Address of the repository that the manifest names. Nobody proved it.'),

  publisherLevel: known('String', 'How far the holder of the namespace is verified for it.', [
    'unverified',
    'verified',
    'official',
  ]),
  publisher: maybe('String', 'Short name of the publisher that answers for the version.'),
  signature: known('String', 'What verification of its signature said.', [
    'none',
    'invalid',
    'unknown_signer',
    'signed',
  ]),
  signerIssuer: maybe('String', 'Issuer of the signer, where `signature` is `signed`.'),
  signerIdentity: maybe('String', 'Subject name of the signer, where `signature` is `signed`.'),
  signerRepository: maybe('String', 'Repository in the certificate of the signer, where it has one.'),
  signerChanged: known('Bool', 'Whether the signer differs from that of the version published before.'),
  provenance: known('String', 'Whether the signed build came from the declared repository.', [
    'none',
    'matches',
    'mismatch',
  ]),

  scanned: known('Bool', 'Whether a scan counts for the version.'),
  scanAgeDays: maybe('Long', 'Whole days since that scan.'),
  coverage: known('Set<String>', 'Parts that the scan covered.', [
    'manifest',
    'tools',
    'package',
    'live',
    'registry',
    'vulnerabilities',
  ]),
  definitionsFrom: maybe('String', 'Whether the running server listed its tools, or the publisher declared them.', [
    'live',
    'declared',
  ]),
  grade: maybe('String', 'Grade of the scan; absent where it was not graded.', ['A', 'B', 'C', 'D', 'F']),
  gradeRank: maybe('Long', 'The grade as a number: A is 5, B 4, C 3, D 2, F 1.'),
  risk: maybe('String', 'What it could do if it turned bad.', ['low', 'medium', 'high']),
  accusations: maybe('Long', 'Findings of the class accusation, without those that an admin withdrew.'),
  openAccusations: maybe('Long', 'The same without those that this organization accepted.'),
  findings: maybe('FindingCounts', 'Accusation and hygiene findings that count, by severity.'),
  rules: maybe('Set<String>', 'Ids of all rules that found something that counts.'),
  vulnerability: maybe('String', 'Worst known vulnerability of its packages; absent where nobody looked.', [
    'none',
    ...SEVERITIES.slice(1),
  ]),
  malware: maybe('Bool', 'Whether an advisory calls one of its packages malware; absent where nobody looked.'),
  permissions: maybe('Set<String>', 'Kinds of permission that its tools and manifest ask for.', PERMISSIONS),

  tools: maybe('Set<String>', 'Names of its tools; absent where they were not seen.'),
  toolCount: maybe('Long', 'Number of its tools.'),
  readOnlyTools: maybe(
    'Bool',
    'Whether every tool says `readOnlyHint: true`. False for a server with no tools at all: there is nothing that says it.',
  ),
  writingTools: maybe('Set<String>', 'Tools that do not say `readOnlyHint: true`.'),
  destructiveTools: maybe('Set<String>', 'Tools that write and do not say `destructiveHint: false`.'),

  runsLocally: known('Bool', 'Whether it has packages, so that its code runs on the user’s machine.'),
  hasRemotes: known('Bool', 'Whether it has remote endpoints.'),
  transports: known('Set<String>', 'Transports of packages and remotes.', ['stdio', 'streamable-http', 'sse']),
  registries: known('Set<String>', 'Types of package registry, e.g. `npm`, `pypi`, `oci`.'),
  hosts: maybe(
    'Set<String>',
    'Hosts of its remotes, in lower case; absent where there is no remote, or a host is a template that the user fills in.',
  ),
  needsSecrets: known('Bool', 'Whether the manifest asks for a secret.'),
  packagesPinned: known(
    'Bool',
    'Whether every package has an exact version and a known digest. True without packages; ask `runsLocally` too.',
  ),
  ownership: maybe('String', 'The weakest answer of the package registries to whether the packages name this server.', [
    'proven',
    'absent',
    'failed',
  ]),

  hasApproved: known('Bool', 'Whether the organization has an approved version of the server.'),
  approved: maybe(
    'Comparison',
    'Difference to what was approved: to this version as it was then, else to the newest approved one. Absent where that cannot be told.',
  ),
  environments: maybe('Set<String>', 'Environments that the entry on the allowlist is limited to.'),
} as const satisfies Record<keyof VersionFacts, FactRule>;

export const FINDING_COUNTS = {
  critical: 'critical findings',
  high: 'high findings',
  medium: 'medium findings',
  low: 'low findings',
  info: 'findings for information',
} as const;

export const COMPARISON_FACTS = {
  version: { type: 'String', says: 'The version that it was compared with.' },
  newTools: { type: 'Set<String>', says: 'Tools that were not there, or had another name.' },
  changedTools: { type: 'Set<String>', says: 'Tools that are there under the same name and differ.' },
  removedTools: { type: 'Set<String>', says: 'Tools that are gone.' },
  permissionsIncreased: { type: 'Bool', says: 'Whether it can do more, or asks for more.' },
  newPermissions: { type: 'Set<String>', says: 'Kinds of permission that were added.' },
  signerChanged: { type: 'Bool', says: 'Whether it has another signer, or none any more.' },
  worst: {
    type: 'String',
    says: 'Class of the worst change, or `none`.',
    values: [
      'none',
      'removed',
      'wording',
      'interface',
      'new-tool',
      'origin',
      'permission-increase',
      'accusation',
    ] as readonly string[],
  },
} as const;

/** What made Hallmark ask, as policies see it in `context.occasion`. */
export const OCCASIONS = [
  'publication',
  'scan',
  'request',
  'policy-change',
  'cool-down',
  'status',
  'signature',
  'replay',
  'dry-run',
] as const;
export type Occasion = (typeof OCCASIONS)[number];

export const CONTEXT_FACTS = {
  occasion: { type: 'String', isOptional: false, says: 'What made Hallmark ask.', values: OCCASIONS },
  requested: { type: 'Bool', isOptional: false, says: 'Whether a person asked for this version and waits.' },
  team: { type: 'String', isOptional: true, says: 'Short name of the team that it was asked for.' },
} as const satisfies Record<string, FactRule>;

export const PERSON_FACTS = {
  role: {
    type: 'String',
    isOptional: false,
    says: 'Role of who asked.',
    values: ['owner', 'reviewer', 'requester', 'auditor'],
  },
} as const satisfies Record<string, FactRule>;

const lines = (facts: Record<string, { type: string; isOptional?: boolean; says: string }>, indent: string): string =>
  Object.entries(facts)
    .map(
      ([name, { type, isOptional, says }]) =>
        `${indent}// ${says.replaceAll('’', "'")}\n${indent}${name}${isOptional ? '?' : ''}: ${type},`,
    )
    .join('\n');

/** The Cedar schema that policies are validated against, in Cedar's own notation. */
export const POLICY_SCHEMA: string = `// Facts that an approval policy of Hallmark can ask for. An attribute with "?" may be unknown:
// test it with "resource has ..." first. Decisions: forbid = deny, permit = approve, neither = a person decides.
namespace Hallmark {
  type FindingCounts = {
${Object.entries(FINDING_COUNTS)
  .map(([name, says]) => `    // Number of ${says}.\n    ${name}: Long,`)
  .join('\n')}
  };

  type Comparison = {
${lines(COMPARISON_FACTS, '    ')}
  };

  // Asks where nobody in particular did. Its id is the short name of the organization.
  entity Organization;

  // Its id is the short name of the team.
  entity Team in [Organization];

  // Who asked for the version; in the organization and in the teams that the person belongs to.
  entity Person in [Team, Organization] {
${lines(PERSON_FACTS, '    ')}
  };

  entity ServerVersion {
${lines(VERSION_FACTS, '    ')}
  };

  action approve appliesTo {
    principal: [Organization, Person],
    resource: [ServerVersion],
    context: {
${lines(CONTEXT_FACTS, '      ')}
    },
  };
}
`;
