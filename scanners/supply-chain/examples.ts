import type { Manifest } from '#lib/manifest/types.ts';
import { examplesOf, ofManifest } from '../example-snapshots.ts';
import type { CheckFact, PackageFact, RegistryFact, ScanFacts, VulnerabilityFact } from '../facts.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import {
  ABANDONED,
  DEPRECATED,
  DIGEST_CHANGED,
  INSTALL_SCRIPT,
  KNOWN_VULNERABILITY,
  MALWARE,
  MISSING,
  NAMESPACE_REPOSITORY,
  NO_OWNERSHIP_PROOF,
  NOT_OWNED,
  OTHER_PROVENANCE,
  OTHER_REPOSITORY,
  YOUNG,
} from './rules.ts';

const REGISTRY: RegistryFact = {
  firstPublishedAt: '2025-02-01T00:00:00Z',
  publishedAt: '2026-06-01T00:00:00Z',
  lastPublishedAt: '2026-06-01T00:00:00Z',
  deprecated: null,
  maintainers: 2,
  repository: 'git+https://github.com/example/weather.git',
  installScripts: [],
};

const NOBODY_ASKED: PackageFact = {
  packageIndex: 0,
  registry: null,
  checks: [],
  vulnerabilities: null,
  lookedUp: null,
};

const withFact = (fact: Partial<PackageFact>, parts: Partial<Manifest> = {}): InputSnapshot => {
  const snapshot = ofManifest({
    repository: { url: 'https://github.com/example/weather', source: 'github' },
    packages: [{ registryType: 'npm', identifier: 'weather-mcp', version: '1.0.0', transport: { type: 'stdio' } }],
    ...parts,
  });
  const facts: ScanFacts = {
    at: '2026-11-20T00:00:00Z',
    packages: [{ ...NOBODY_ASKED, ...fact }],
    holder: null,
    known: null,
    observed: null,
  };
  return { ...snapshot, facts };
};

const registry = (parts: Partial<RegistryFact>, manifest: Partial<Manifest> = {}): InputSnapshot =>
  withFact({ registry: { ...REGISTRY, ...parts } }, manifest);

const check = (
  kind: CheckFact['kind'],
  state: CheckFact['state'],
  code: string,
  message: string,
  manifest: Partial<Manifest> = {},
): InputSnapshot => withFact({ checks: [{ kind, state, code, message }] }, manifest);

const ofImage = (identifier: string): Partial<Manifest> => ({
  packages: [{ registryType: 'oci', identifier, transport: { type: 'stdio' } }],
});

const VULNERABILITY: VulnerabilityFact = {
  id: 'GHSA-aaaa-bbbb-cccc',
  aliases: ['CVE-2026-1234'],
  summary: 'Prototype pollution in merge',
  name: 'weather-mcp',
  version: '1.0.0',
  path: ['weather-mcp@1.0.0'],
  score: 7.5,
  level: null,
  fixed: ['1.0.1'],
  isMalware: false,
};

const vulnerable = (parts: Partial<VulnerabilityFact>): InputSnapshot =>
  withFact({ vulnerabilities: [{ ...VULNERABILITY, ...parts }], lookedUp: 'tree' });

const IN_DEPENDENCY = {
  name: 'left',
  version: '1.1.0',
  path: ['weather-mcp@1.0.0', 'middle@2.0.0', 'left@1.1.0'],
};

const NO_ANSWER = [
  ['the registry was not asked', withFact({})],
  [
    'the registry could not be reached',
    check('ownership', 'unreachable', 'REGISTRY_UNREACHABLE', 'The registry could not be reached.'),
  ],
] as const;

const PROVEN = [
  'the package names this server',
  check('ownership', 'proven', 'NAME_MATCHES', 'npm weather-mcp 1.0.0 names this server.'),
] as const;

export const EXAMPLES: readonly RuleExample[] = [
  ...examplesOf(NO_OWNERSHIP_PROOF, {
    finds: [
      [
        'npm without mcpName',
        check('ownership', 'absent', 'NAME_MISSING', 'The package does not say which server it is.'),
      ],
      [
        'an image without the label',
        check(
          'ownership',
          'absent',
          'NAME_MISSING',
          'The image does not say which server it is.',
          ofImage('ghcr.io/example/weather:1.0.0'),
        ),
      ],
      [
        'PyPI without the line',
        check('ownership', 'absent', 'NAME_MISSING', 'The project description names no server.', {
          packages: [{ registryType: 'pypi', identifier: 'weather-mcp', version: '1.0', transport: { type: 'stdio' } }],
        }),
      ],
    ],
    leaves: [PROVEN, ...NO_ANSWER],
  }),
  ...examplesOf(NOT_OWNED, {
    finds: [
      ['another name', check('ownership', 'failed', 'NAME_DIFFERS', 'It names another server: com.other/weather.')],
      ['another case', check('ownership', 'failed', 'NAME_CASE', 'It names Com.Example/weather.')],
      [
        'a name that readers do not see',
        check('ownership', 'failed', 'NAME_HIDDEN', 'It names this server only in a comment.'),
      ],
    ],
    leaves: [
      PROVEN,
      ...NO_ANSWER,
      ['no name at all', check('ownership', 'absent', 'NAME_MISSING', 'The package does not say which server it is.')],
    ],
  }),
  ...examplesOf(MISSING, {
    finds: [
      ['no such package', check('ownership', 'failed', 'PACKAGE_NOT_FOUND', 'There is no package weather-mcp on npm.')],
      ['no such version', check('ownership', 'failed', 'VERSION_NOT_FOUND', 'weather-mcp has no version 1.0.0.')],
      [
        'no such image',
        check(
          'ownership',
          'failed',
          'PACKAGE_NOT_FOUND',
          'There is no image.',
          ofImage('ghcr.io/example/weather:1.0.0'),
        ),
      ],
    ],
    leaves: [
      PROVEN,
      ...NO_ANSWER,
      [
        'a registry that is not asked',
        check('ownership', 'not_offered', 'REGISTRY_NOT_ASKED', 'The package is at a registry that is not asked.'),
      ],
    ],
  }),
  ...examplesOf(OTHER_REPOSITORY, {
    finds: [
      ['another owner', registry({ repository: 'git+https://github.com/somebody/fork.git' })],
      ['npm’s short form', registry({ repository: 'somebody/weather' })],
      ['over ssh', registry({ repository: 'git+ssh://git@github.com/somebody/weather.git' })],
    ],
    leaves: [
      ['the same', registry({ repository: 'git+https://github.com/Example/weather.git#main' })],
      ['another repository of the same owner', registry({ repository: 'github:example/mono' })],
      ['none', registry({ repository: null })],
      ['a manifest without one', registry({ repository: 'somebody/weather' }, { repository: undefined })],
      ['another site, perhaps a mirror', registry({ repository: 'https://gitlab.com/somebody/weather' })],
    ],
  }),
  ...examplesOf(NAMESPACE_REPOSITORY, {
    finds: [
      'https://github.com/bob/weather',
      'https://github.com/bob/weather.git',
      'git+https://www.github.com/Bob/weather',
    ].map(
      (url) => [url, ofManifest({ name: 'io.github.alice/weather', repository: { url, source: 'github' } })] as const,
    ),
    leaves: [
      [
        'her own',
        ofManifest({
          name: 'io.github.Alice/weather',
          repository: { url: 'https://github.com/alice/weather', source: 'github' },
        }),
      ],
      [
        'a domain',
        ofManifest({
          name: 'com.example/weather',
          repository: { url: 'https://github.com/bob/weather', source: 'github' },
        }),
      ],
      [
        'another site',
        ofManifest({
          name: 'io.github.alice/weather',
          repository: { url: 'https://gitlab.com/bob/weather', source: 'gitlab' },
        }),
      ],
      ['no repository', ofManifest({ name: 'io.github.alice/weather' })],
    ],
  }),
  ...examplesOf(OTHER_PROVENANCE, {
    finds: [
      ['another repository', check('provenance', 'failed', 'PROVENANCE_MISMATCH', 'It was built from somebody/fork.')],
      [
        'a proof that does not verify',
        check('provenance', 'failed', 'PROVENANCE_INVALID', 'The provenance does not hold.'),
      ],
      [
        'of an image',
        check(
          'provenance',
          'failed',
          'PROVENANCE_MISMATCH',
          'It was built from somebody/fork.',
          ofImage('ghcr.io/example/weather:1.0.0'),
        ),
      ],
    ],
    leaves: [
      [
        'the same repository',
        check('provenance', 'proven', 'PROVENANCE_MATCHES', 'Built from the repository of the manifest.'),
      ],
      ['none', check('provenance', 'absent', 'PROVENANCE_ABSENT', 'It was published without provenance.')],
      [
        'a registry without the API',
        check('provenance', 'not_offered', 'NOT_OFFERED', 'The registry does not offer attestations.'),
      ],
    ],
  }),
  ...examplesOf(DIGEST_CHANGED, {
    finds: [
      [
        'npm gives another file',
        check('digest', 'failed', 'DIGEST_CHANGED', 'It was sha512:a at the first check and is sha512:b now.'),
      ],
      ['not what the manifest says', check('integrity', 'failed', 'HASH_MISMATCH', 'The file has another hash.')],
      [
        'an image by digest that is another',
        check(
          'digest',
          'failed',
          'DIGEST_MISMATCH',
          'The content is not what the digest says.',
          ofImage('ghcr.io/example/weather:1'),
        ),
      ],
    ],
    leaves: [
      ['the same as before', check('digest', 'proven', 'DIGEST_KNOWN', 'It is sha512:a.')],
      ['no digest', check('digest', 'absent', 'DIGEST_ABSENT', 'The registry names no digest.')],
      ['a file with its hash', check('integrity', 'proven', 'HASH_MATCHES', 'The file has the hash.')],
    ],
  }),
  ...examplesOf(DEPRECATED, {
    finds: [
      ['with a reason', registry({ deprecated: 'Use @example/weather instead.' })],
      ['without one', registry({ deprecated: '' })],
      ['withdrawn', registry({ deprecated: 'yanked: broken release' })],
    ],
    leaves: [['maintained', registry({})], ...NO_ANSWER],
  }),
  ...examplesOf(YOUNG, {
    finds: [
      ['since yesterday', registry({ firstPublishedAt: '2026-11-19T10:00:00Z', publishedAt: '2026-11-19T10:00:00Z' })],
      ['since three weeks', registry({ firstPublishedAt: '2026-10-30T00:00:00Z' })],
      ['an old package with a version of today', registry({ publishedAt: '2026-11-19T20:00:00Z' })],
    ],
    leaves: [
      ['an old package', registry({})],
      [
        'a registry that does not say when',
        registry({ firstPublishedAt: null, publishedAt: null, lastPublishedAt: null }),
      ],
      ['a date in the future', registry({ firstPublishedAt: '2027-01-01T00:00:00Z' })],
      ...NO_ANSWER,
    ],
  }),
  ...examplesOf(ABANDONED, {
    finds: ['2024-11-01T00:00:00Z', '2023-01-01T00:00:00Z', '2020-05-05T00:00:00Z'].map(
      (date) =>
        [
          `nothing since ${date.slice(0, 4)}`,
          registry({ firstPublishedAt: '2019-01-01T00:00:00Z', publishedAt: date, lastPublishedAt: date }),
        ] as const,
    ),
    leaves: [
      ['a release this year', registry({})],
      ['an old version of a package that goes on', registry({ publishedAt: '2020-01-01T00:00:00Z' })],
      ['a registry that does not say when', registry({ lastPublishedAt: null })],
    ],
  }),
  ...examplesOf(INSTALL_SCRIPT, {
    finds: [
      ['its own', registry({ installScripts: ['weather-mcp@1.0.0'] })],
      ['of a dependency', registry({ installScripts: ['native-thing@2.0.0'] })],
      ['of several', registry({ installScripts: ['weather-mcp@1.0.0', 'a@1.0.0', 'b@1.0.0'] })],
    ],
    leaves: [['none', registry({})], ['not known', registry({ installScripts: null })], ...NO_ANSWER],
  }),
  ...examplesOf(KNOWN_VULNERABILITY, {
    finds: [
      ['the package itself', vulnerable({})],
      ['what it installs', vulnerable(IN_DEPENDENCY)],
      ['without a score', vulnerable({ score: null, level: 'moderate' })],
    ],
    leaves: [
      ['no advisory', withFact({ vulnerabilities: [], lookedUp: 'tree' })],
      ['no database', withFact({})],
      ...NO_ANSWER,
    ],
  }),
  ...examplesOf(MALWARE, {
    finds: [
      ['the package itself', vulnerable({ id: 'MAL-2026-1', aliases: [], isMalware: true })],
      ['what it installs', vulnerable({ ...IN_DEPENDENCY, id: 'MAL-2026-2', isMalware: true })],
      ['under several names', vulnerable({ id: 'MAL-2026-3', aliases: ['GHSA-x'], isMalware: true })],
    ],
    leaves: [
      ['a fault that somebody made', vulnerable({ score: 9.9 })],
      ['no advisory', withFact({ vulnerabilities: [], lookedUp: 'package' })],
      ['no database', withFact({})],
    ],
  }),
];
