import { describe, expect, it } from 'vitest';
import {
  type IssueReference,
  type JsonObject,
  type JsonValue,
  type ManifestIssue,
  type ManifestMode,
  parseManifest,
} from '#lib/manifest/index.ts';

export type Path = readonly (string | number)[];
export type Expected = [reference: IssueReference, path: string];

export const PACKAGE = ['packages', 0] as const;
export const REMOTE = ['remotes', 0] as const;

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

export const issuesOf = (document: JsonValue, mode: ManifestMode = 'publish'): ManifestIssue[] =>
  parseManifest(encode(document), { mode }).issues;

export const shortly = (issues: ManifestIssue[]) => issues.map(({ reference, path }) => [reference, path]);

export const issue = (reference: IssueReference, path: string): Expected => [reference, path];

/** Every row: what is changed in the valid manifest, to what, and all issues that follow. */
export function table(name: string, rows: [path: Path, value: JsonValue | undefined, ...expected: Expected[]][]): void {
  describe(name, () => {
    for (const [path, value, ...expected] of rows) {
      const shown = JSON.stringify(value)?.slice(0, 70) ?? 'missing';
      it(`${path.join('.')} = ${shown}: ${expected.map(([reference]) => reference).join(', ') || 'fine'}`, () => {
        expect(shortly(issuesOf(change(validManifest(), path, value)))).toEqual(expected);
      });
    }
  });
}

/** Members for `_meta` whose publisher-provided part has this many bytes as compact JSON. */
export const provided = (size: number): JsonObject => ({
  'io.modelcontextprotocol.registry/publisher-provided': { x: 'é'.repeat((size - '{"x":""}'.length) / 2) },
});
