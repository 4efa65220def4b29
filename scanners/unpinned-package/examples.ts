import type { Argument, Package } from '#lib/manifest/types.ts';
import { examplesOf, ofManifest } from '../example-snapshots.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import { MUTABLE_IMAGE, NO_FILE_HASH, UNPINNED, UNPINNED_ARGUMENT } from './rules.ts';

const ofPackage = (parts: Partial<Package>): InputSnapshot =>
  ofManifest({
    packages: [{ registryType: 'npm', identifier: 'weather-mcp', transport: { type: 'stdio' }, ...parts }],
  });

const ofImage = (identifier: string): InputSnapshot => ofPackage({ registryType: 'oci', identifier });

const ofArguments = (runtimeHint: string, ...runtimeArguments: Argument[]): InputSnapshot =>
  ofPackage({ version: '1.0.0', runtimeHint, runtimeArguments });

const DIGEST = `sha256:${'a1'.repeat(32)}`;

export const EXAMPLES: readonly RuleExample[] = [
  ...examplesOf(UNPINNED, {
    finds: [
      ['no version', ofPackage({})],
      ['the tag latest', ofPackage({ version: 'latest' })],
      ['a caret range', ofPackage({ version: '^1.2.0' })],
      ['a bare major version of npm', ofPackage({ version: '1' })],
      ['a Python lower bound', ofPackage({ registryType: 'pypi', version: '>=2.0' })],
      ['a wildcard', ofPackage({ version: '1.2.x' })],
    ],
    leaves: [
      ['an exact version', ofPackage({ version: '1.2.3' })],
      ['a prerelease with build metadata', ofPackage({ version: '2.0.0-rc.1+build.5' })],
      ['a Python version of two parts', ofPackage({ registryType: 'pypi', version: '2.0' })],
      ['a calendar version', ofPackage({ registryType: 'pypi', version: '2026.7.8.post1' })],
    ],
  }),
  ...examplesOf(MUTABLE_IMAGE, {
    finds: [
      ['no tag', ofImage('ghcr.io/example/weather')],
      ['the tag latest', ofImage('ghcr.io/example/weather:latest')],
      ['a version as a tag', ofImage('ghcr.io/example/weather:1.2.3')],
      ['a registry with a port', ofImage('registry.example.com:5000/weather')],
    ],
    leaves: [
      ['a digest', ofImage(`ghcr.io/example/weather@${DIGEST}`)],
      ['a tag and a digest', ofImage(`ghcr.io/example/weather:1.2.3@${DIGEST}`)],
      ['no image at all', ofPackage({ version: '1.2.3' })],
    ],
  }),
  ...examplesOf(UNPINNED_ARGUMENT, {
    finds: [
      ['npx with the tag latest', ofArguments('npx', { type: 'positional', value: 'other-tool@latest' })],
      [
        'npx --package without a version',
        ofArguments('npx', { type: 'named', name: '--package', value: '@example/helper' }),
      ],
      ['uvx --from with a range', ofArguments('uvx', { type: 'named', name: '--from', value: 'weather-mcp>=1.0' })],
    ],
    leaves: [
      ['npx with an exact version', ofArguments('npx', { type: 'positional', value: 'other-tool@2.1.0' })],
      [
        'uvx --from with an exact version',
        ofArguments('uvx', { type: 'named', name: '--from', value: 'weather-mcp==1.0.2' }),
      ],
      ['a switch', ofArguments('npx', { type: 'named', name: '-y' }, { type: 'positional', value: '--quiet' })],
      ['the package itself, pinned by its version', ofArguments('npx', { type: 'positional', value: 'weather-mcp' })],
    ],
  }),
  ...examplesOf(NO_FILE_HASH, {
    finds: [
      [
        'a bundle without a checksum',
        ofPackage({
          registryType: 'mcpb',
          identifier: 'https://github.com/example/weather/releases/download/v1/w.mcpb',
        }),
      ],
      [
        'also with a version',
        ofPackage({ registryType: 'mcpb', version: '1.0.0', identifier: 'https://example.com/w.mcpb' }),
      ],
      [
        'also from another forge',
        ofPackage({
          registryType: 'mcpb',
          identifier: 'https://gitlab.com/example/weather/-/releases/v1/downloads/w.mcpb',
        }),
      ],
    ],
    leaves: [
      [
        'a bundle with its checksum',
        ofPackage({ registryType: 'mcpb', identifier: 'https://example.com/w.mcpb', fileSha256: 'a1'.repeat(32) }),
      ],
      ['an npm package', ofPackage({ version: '1.0.0' })],
      ['an image', ofImage(`ghcr.io/example/weather@${DIGEST}`)],
    ],
  }),
];
