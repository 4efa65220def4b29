import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest, Package } from '#lib/manifest/types.ts';
import { readNpmSettings } from '#lib/scans/acquire/npm-settings.ts';
import { acquireSnapshot } from '#lib/scans/acquire/snapshot.ts';
import { SANDBOX_MODES, sandboxOrSkip } from './hostile.ts';

let directory: string;
let noRegistry: string | null = null;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hallmark-real-'));
  const { registry } = await readNpmSettings();
  const answer = await fetch(new URL('@modelcontextprotocol%2fserver-everything', registry), {
    method: 'HEAD',
    signal: AbortSignal.timeout(10_000),
  }).catch((error: Error) => error);
  if (answer instanceof Error) noRegistry = `the npm registry cannot be reached: ${answer.message}`;
  else if (answer.status >= 500) noRegistry = `the npm registry answers ${answer.status}`;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const manifest = (
  pkg: Pick<Package, 'identifier' | 'version' | 'packageArguments' | 'environmentVariables'>,
): Manifest => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'io.github.modelcontextprotocol/server',
  description: 'A reference server.',
  version: '1.0.0',
  packages: [{ registryType: 'npm', transport: { type: 'stdio' }, ...pkg }],
});

describe('reference servers from npm, in the sandbox', () => {
  it.for([
    {
      pkg: {
        identifier: '@modelcontextprotocol/server-filesystem',
        version: '2026.8.31',
        packageArguments: [{ type: 'positional' as const, valueHint: 'directory', isRequired: true }],
      },
      tools: ['read_text_file', 'write_file', 'list_allowed_directories'],
      said: 'It was started with made-up values for directory.',
    },
    {
      pkg: {
        identifier: '@modelcontextprotocol/server-brave-search',
        version: '0.6.2',
        environmentVariables: [{ name: 'BRAVE_API_KEY', isRequired: true, isSecret: true }],
      },
      tools: ['brave_web_search'],
      said: 'It was started with made-up values for BRAVE_API_KEY.',
    },
    {
      pkg: { identifier: '@modelcontextprotocol/server-everything', version: '2025.9.25' },
      tools: ['echo', 'add', 'printEnv'],
      said: undefined,
    },
  ])('$pkg.identifier', { timeout: 240_000 }, async ({ pkg, tools, said }, ctx) => {
    if (noRegistry) return ctx.skip(noRegistry);
    const mode = SANDBOX_MODES[0] ?? 'user-namespace';
    const snapshot = await acquireSnapshot({
      manifest: manifest(pkg),
      sandbox: await sandboxOrSkip(ctx, mode),
      workDir: directory,
      cacheDir: join(directory, 'cache'),
    });
    expect(snapshot.acquireError).toBeNull();
    expect(snapshot.coverage).toMatchObject({
      tools: { covered: true },
      package: { covered: true },
      live: { covered: true },
    });
    expect(snapshot.coverage.live.reason?.replace(/ ?What it opened.*/, '') || undefined).toBe(said);
    expect(snapshot.definitions?.tools?.map(({ name }) => name)).toEqual(expect.arrayContaining(tools));
    expect(snapshot.packageFacts).toMatchObject({
      integrity: expect.stringMatching(/^sha512-/),
      configuration: 'manifest',
    });
  });
});
