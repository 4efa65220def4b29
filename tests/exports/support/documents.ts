import { versionFacts } from '#lib/exports/index.ts';
import type { ExportOptions } from '#lib/exports/types.ts';
import type { AllowlistDocument, FeedServerVersion, FeedTool, RevocationsDocument } from '#lib/feed/documents.ts';
import { packageCommand } from '#lib/manifest/index.ts';
import type { Manifest } from '#lib/manifest/types.ts';

export const AT = '2026-11-21T08:00:00Z';
const digest = (letter: string) => letter.repeat(64);
export const DIGEST = `sha256:${digest('a')}`;

export const tool = (name: string, extra: Partial<FeedTool> = {}): FeedTool => ({
  name,
  digest: digest('d'),
  ...extra,
});

export const allowlistOf = (
  servers: AllowlistDocument['servers'],
  extra: Partial<AllowlistDocument> = {},
): AllowlistDocument => ({
  v: 1,
  org: 'acme',
  epoch: 1,
  serial: 7,
  generatedAt: AT,
  mode: 'allowlist',
  default: 'deny',
  onStale: 'block_new',
  graceSeconds: 86_400,
  servers,
  ...extra,
});

export const revocationsOf = (...revocations: RevocationsDocument['revocations']): RevocationsDocument => ({
  v: 1,
  org: 'acme',
  epoch: 1,
  serial: 7,
  generatedAt: AT,
  revocations,
});

export const entryOf = (version: string, extra: Partial<FeedServerVersion> = {}): FeedServerVersion => ({
  version,
  manifestSha256: digest('1'),
  manifestJcsSha256: digest('2'),
  toolsDigest: digest('3'),
  tools: {
    default: 'deny',
    allow: [tool('get_forecast', { readOnly: true }), tool('list_places', { readOnly: true })],
  },
  packages: [],
  remotes: [],
  signer: null,
  ...extra,
});

export const npm = (identifier: string, version: string, ...args: string[]): FeedServerVersion['packages'][number] => ({
  registryType: 'npm',
  identifier,
  version,
  purl: `pkg:npm/${identifier}@${version}`,
  digest: null,
  command: ['npx', '-y', `${identifier}@${version}`, ...args],
});

/** A feed entry as an approval pins it, with the facts of its manifest. */
function pinned(manifest: Manifest, allow: FeedTool[], extra: Partial<FeedServerVersion> = {}): FeedServerVersion {
  return entryOf(manifest.version, {
    tools: { default: 'deny', allow },
    packages: (manifest.packages ?? []).map((pkg) => {
      const command = packageCommand(pkg);
      return {
        registryType: pkg.registryType,
        identifier: pkg.identifier,
        version: pkg.version ?? null,
        purl: null,
        digest: pkg.registryType === 'oci' ? DIGEST : null,
        command: command && [command.command, ...command.args],
      };
    }),
    remotes: (manifest.remotes ?? []).map(({ url }) => url),
    ...extra,
  });
}

const weather = (version: string): Manifest => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'io.github.acme/weather',
  title: 'Weather',
  description: 'Forecasts for places',
  version,
  repository: { url: 'https://github.com/acme/weather', source: 'github' },
  packages: [
    {
      registryType: 'npm',
      identifier: '@acme/weather',
      version,
      transport: { type: 'stdio' },
      environmentVariables: [
        { name: 'WEATHER_KEY', description: 'Key of the weather service', isRequired: true, isSecret: true },
        { name: 'WEATHER_UNITS', value: 'metric' },
      ],
    },
  ],
});

const notes: Manifest = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'com.example/notes',
  description: 'Notes of a team',
  version: '2.0.0',
  websiteUrl: 'https://notes.example.com',
  remotes: [
    {
      type: 'streamable-http',
      url: 'https://mcp.notes.example.com/mcp',
      headers: [{ name: 'X-Api-Key', description: 'Key', isRequired: true, isSecret: true }],
    },
  ],
};

const search: Manifest = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'com.example/search',
  title: 'Search',
  description: 'Searches the handbook',
  version: '3.1.0',
  remotes: [
    { type: 'sse', url: 'https://search.example.com:8443/sse' },
    { type: 'streamable-http', url: 'https://{tenant}.search.example.com/mcp' },
  ],
};

const scanner: Manifest = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'org.tools/scanner',
  title: 'Scanner',
  description: 'Scans images',
  version: '1.4.0',
  packages: [
    {
      registryType: 'oci',
      identifier: `ghcr.io/tools/scanner@${DIGEST}`,
      transport: { type: 'stdio' },
      environmentVariables: [{ name: 'SCANNER_TOKEN', isRequired: true, isSecret: true }],
    },
  ],
};

const python: Manifest = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'io.github.acme/tables',
  description: 'Reads tables',
  version: '0.9.1',
  packages: [{ registryType: 'pypi', identifier: 'acme-tables', version: '0.9.1', transport: { type: 'stdio' } }],
};

const SIGNER = {
  issuer: 'https://token.actions.githubusercontent.com',
  san: 'https://github.com/tools/scanner/.github/workflows/release.yml@refs/tags/v1.4.0',
};

/**
 * What the golden files are made from: two versions of a package with a secret, a remote server with a tool to ask about,
 * a signed image, a Python package that ends and has conditions, one locked to an environment, and a revoked version.
 */
export const allowlist = allowlistOf([
  {
    name: 'com.example/notes',
    versions: [
      pinned(notes, [tool('add_note', { ask: true }), tool('read_notes', { readOnly: true })], {
        credentialMode: 'personal',
      }),
    ],
  },
  { name: 'com.example/search', versions: [pinned(search, [tool('search', { readOnly: true })])] },
  {
    name: 'io.github.acme/tables',
    versions: [
      pinned(python, [tool('read_table', { readOnly: true })], {
        expiresAt: '2027-02-01T00:00:00Z',
        conditions: 'Only tables without personal data.',
      }),
    ],
  },
  {
    name: 'io.github.acme/weather',
    versions: ['1.2.3', '1.3.0'].map((version) =>
      pinned(weather(version), [tool('get_forecast', { readOnly: true }), tool('list_places', { readOnly: true })]),
    ),
  },
  {
    name: 'org.locked/deploy',
    versions: [entryOf('1.0.0', { packages: [npm('@locked/deploy', '1.0.0')], environments: ['ci'] })],
  },
  { name: 'org.tools/scanner', versions: [pinned(scanner, [tool('scan_image')], { signer: SIGNER })] },
]);

export const revocations = revocationsOf({
  name: 'io.github.acme/weather',
  version: '1.1.0',
  reason: 'Sends places elsewhere.',
  at: AT,
});

export const options: ExportOptions = {
  facts: {
    'com.example/notes@2.0.0': versionFacts(notes, 2),
    'com.example/search@3.1.0': versionFacts(search, 1),
    'io.github.acme/tables@0.9.1': versionFacts(python, 3),
    'io.github.acme/weather@1.2.3': versionFacts(weather('1.2.3'), 2),
    'io.github.acme/weather@1.3.0': versionFacts(weather('1.3.0'), 2),
    'org.tools/scanner@1.4.0': versionFacts(scanner, 1),
  },
  revoked: { 'io.github.acme/weather@1.1.0': { commands: [['npx', '-y', '@acme/weather@1.1.0']], remotes: [] } },
};
