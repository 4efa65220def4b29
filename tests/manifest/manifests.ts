import type { JsonObject, JsonValue } from '#lib/manifest/index.ts';

/** A manifest without any issue; tests change one thing at a time. */
export function validManifest(): JsonObject {
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: 'io.github.acme/weather',
    title: 'Weather',
    description: 'Forecasts for any place.',
    version: '1.2.3',
    websiteUrl: 'https://acme.example/weather',
    repository: { url: 'https://github.com/acme/weather', source: 'github', id: '42', subfolder: 'packages/server' },
    icons: [{ src: 'https://acme.example/icon.png', mimeType: 'image/png', sizes: ['48x48', 'any'], theme: 'dark' }],
    packages: [
      {
        registryType: 'npm',
        registryBaseUrl: 'https://registry.npmjs.org',
        identifier: '@acme/weather',
        version: '1.2.3',
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        runtimeArguments: [{ type: 'named', name: '--prefer-offline' }],
        packageArguments: [
          { type: 'positional', valueHint: 'directory', description: 'Where to keep the cache', isRequired: true },
          { type: 'named', name: '--units', default: 'metric', choices: ['metric', 'imperial'] },
        ],
        environmentVariables: [{ name: 'WEATHER_KEY', description: 'API key', isRequired: true, isSecret: true }],
      },
    ],
    remotes: [
      {
        type: 'streamable-http',
        url: 'https://{tenant}.acme.example/mcp',
        headers: [{ name: 'X-Key', isSecret: true }],
        variables: { tenant: { description: 'Your tenant', isRequired: true } },
      },
    ],
    _meta: { 'io.modelcontextprotocol.registry/publisher-provided': { tool: 'ci' } },
  };
}

export const encode = (value: JsonValue) => new TextEncoder().encode(JSON.stringify(value));

/** Sets the value at a path, or removes it where the value is undefined. */
export function change(
  target: JsonObject,
  path: readonly (string | number)[],
  value: JsonValue | undefined,
): JsonObject {
  let owner: JsonValue = target;
  for (const segment of path.slice(0, -1)) owner = (owner as JsonObject)[segment]!;
  const last = path.at(-1)!;
  if (value === undefined) delete (owner as JsonObject)[last];
  else (owner as JsonObject)[last] = value;
  return target;
}
