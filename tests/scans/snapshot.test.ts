import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definitions, Manifest, Package } from '#lib/manifest/types.ts';
import { type AcquireSnapshotOptions, acquireSnapshot } from '#lib/scans/acquire/snapshot.ts';
import type { UnavailableSandbox } from '#lib/scans/sandbox/types.ts';
import { hostileServers, SANDBOX_MODES, sandboxOrSkip } from './hostile.ts';
import { startRegistry, type TestPackage, type TestRegistry } from './registry.ts';

const fixture = (name: string) => readFileSync(join(hostileServers, name));
const server = (name: string, file: string, manifest: Record<string, unknown> = {}): TestPackage => ({
  name,
  version: '1.0.0',
  files: { 'index.mjs': fixture(file), 'protocol.mjs': fixture('protocol.mjs') },
  manifest: { bin: 'index.mjs', ...manifest },
});

let registry: TestRegistry;
let workDir: string;

beforeAll(async () => {
  workDir = mkdtempSync(join(tmpdir(), 'hallmark-snapshot-'));
  registry = await startRegistry(() => [
    server('pages', 'pages.mjs'),
    server('hangs', 'hangs.mjs'),
    server('exits', 'exits.mjs', { scripts: { install: 'node-gyp rebuild' } }),
    server('needs-key', 'exits-without-key.mjs'),
    server('needs-directory', 'exits-without-directory.mjs'),
    server('wrong-types', 'wrong-types.mjs'),
    server('hangs-on-prompts', 'hangs-on-prompts.mjs'),
  ]);
});

afterAll(async () => {
  await registry.close();
  rmSync(workDir, { recursive: true, force: true });
});

const npm = (identifier: string, parts: Partial<Package> = {}): Package => ({
  registryType: 'npm',
  identifier,
  version: '1.0.0',
  transport: { type: 'stdio' },
  ...parts,
});
const manifest = (parts: Partial<Manifest>): Manifest => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'com.example/server',
  description: 'A server.',
  version: '1.0.0',
  ...parts,
});
const declared: Definitions = {
  tools: [{ name: 'declared', inputSchema: {} }],
  prompts: null,
  resources: null,
  resourceTemplates: null,
  instructions: null,
};
const noSandbox: UnavailableSandbox = {
  available: false,
  code: 'BUBBLEWRAP_MISSING',
  reason: 'bubblewrap (bwrap) is not installed.',
  fix: 'Install it.',
};

const acquire = (options: Partial<AcquireSnapshotOptions> & { manifest: Manifest }) =>
  acquireSnapshot({
    sandbox: noSandbox,
    registry: registry.url,
    workDir,
    limits: { introspect: { initializeMs: 4_000, requestMs: 1_000 } },
    ...options,
  });

describe('a version that cannot be run', () => {
  it.each([
    [
      { packages: [npm('x', { registryType: 'nuget' })] },
      'Only npm, PyPI, MCPB and OCI packages are run; this version is a NuGet package.',
    ],
    [
      { packages: [npm('x', { registryType: 'nuget' }), npm('y', { registryType: 'cargo' })] },
      'Only npm, PyPI, MCPB and OCI packages are run; this version is a NuGet package and a Rust crate.',
    ],
    [
      { remotes: [{ type: 'sse' as const, url: 'https://example.com' }] },
      'Only npm, PyPI, MCPB and OCI packages are run; this version is a remote server.',
    ],
    [{}, 'The manifest names neither a package nor a remote.'],
    [
      { packages: [npm('x', { transport: { type: 'streamable-http', url: 'http://localhost:3000' } })] },
      'Only servers on standard input and output are run; this package speaks streamable-http.',
    ],
    [
      { packages: [npm('x', { registryBaseUrl: 'http://169.254.169.254' })] },
      'npm packages come from the configured registry only, not from http://169.254.169.254.',
    ],
    [
      { packages: [npm('x', { version: undefined as never })] },
      'The npm package has no version, so there is nothing exact to fetch.',
    ],
  ])('%j says why', async (parts, reason) => {
    registry.requests.length = 0;
    const snapshot = await acquire({ manifest: manifest(parts) });
    expect(snapshot.coverage).toEqual({
      manifest: { covered: true },
      tools: { covered: false, reason: 'The server was not run, and no tool definitions came with the manifest.' },
      package: { covered: false, reason },
      live: { covered: false, reason },
    });
    expect(snapshot).toMatchObject({ definitions: null, definitionsOrigin: null, packageFacts: null });
    expect(registry.requests).toEqual([]);
  });

  it('is scanned by its declared definitions', async () => {
    const snapshot = await acquire({ manifest: manifest({}), declared });
    expect(snapshot).toMatchObject({
      definitions: declared,
      definitionsOrigin: 'declared',
      coverage: { tools: { covered: true } },
    });
  });

  it('is fetched but not run where there is no sandbox, and the reason says what to do', async () => {
    const snapshot = await acquire({ manifest: manifest({ packages: [npm('pages')] }), declared });
    expect(snapshot.coverage.live).toEqual({
      covered: false,
      reason: 'There is no sandbox: bubblewrap (bwrap) is not installed. Install it.',
    });
    expect(snapshot.coverage.package).toEqual({ covered: true, integrity: expect.stringMatching(/^sha512-/) });
    expect(snapshot).toMatchObject({ definitions: declared, definitionsOrigin: 'declared', attempts: [] });
    expect(readdirSync(workDir)).toEqual([]);
  });

  it('is not even fetched when that is switched off', async () => {
    registry.requests.length = 0;
    const snapshot = await acquire({ manifest: manifest({ packages: [npm('pages')] }), live: false });
    expect(snapshot.coverage.live).toEqual({
      covered: false,
      reason: 'Running the server was switched off for this scan.',
    });
    expect(registry.requests).toEqual([]);
  });

  it('whose package is not in the registry keeps code and reason', async () => {
    const snapshot = await acquire({ manifest: manifest({ packages: [npm('gone')] }) });
    expect(snapshot).toMatchObject({
      acquireError: { code: 'PACKAGE_NOT_FOUND' },
      coverage: { package: { covered: false, reason: 'The registry has no package gone.' }, live: { covered: false } },
    });
  });
});

describe.each(SANDBOX_MODES)('a version that is run, sandbox in mode %s', (mode) => {
  it('has live definitions and the facts of its package, without paths of this host', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const snapshot = await acquire({ manifest: manifest({ packages: [npm('pages')] }), declared, sandbox });
    expect(snapshot.definitions?.tools?.map(({ name }) => name)).toEqual(['tool-0', 'tool-1', 'tool-2']);
    expect(snapshot).toMatchObject({
      definitionsOrigin: 'live',
      coverage: { tools: { covered: true }, package: { covered: true }, live: { covered: true } },
      packageFacts: {
        identifier: 'pages',
        version: '1.0.0',
        server: { name: 'hostile', protocolVersion: '2025-11-25' },
        configuration: 'manifest',
      },
    });
    expect(JSON.stringify(snapshot)).not.toContain(workDir);
    expect(readdirSync(workDir)).toEqual([]);
  });

  it('says where its system calls could not be logged', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const snapshot = await acquire({
      manifest: manifest({ packages: [npm('pages')] }),
      sandbox: { ...sandbox, tracing: { available: false, reason: 'strace is not installed.' } },
    });
    expect(snapshot.coverage.live).toEqual({
      covered: true,
      reason: 'What it opened was not logged: strace is not installed.',
    });
    expect(snapshot.packageFacts?.observed?.trace).toBeNull();
  });

  it('is the same snapshot a second time', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const options = { manifest: manifest({ packages: [npm('pages')] }), sandbox };
    expect(await acquire(options)).toEqual(await acquire(options));
  });

  it.for([
    {
      identifier: 'needs-key',
      parts: { environmentVariables: [{ name: 'ACME_API_KEY', isRequired: true }] },
      configuration: 'manifest',
      tool: 'key-is-placeholder',
    },
    {
      identifier: 'needs-key',
      parts: { environmentVariables: [{ name: 'ACME_API_KEY' }] },
      configuration: 'every-input',
      tool: 'key-is-placeholder',
    },
    { identifier: 'needs-directory', parts: {}, configuration: 'directory-argument', tool: 'list_files' },
  ])(
    '$identifier starts in the configuration $configuration',
    async ({ identifier, parts, configuration, tool }, ctx) => {
      const sandbox = await sandboxOrSkip(ctx, mode);
      const snapshot = await acquire({ manifest: manifest({ packages: [npm(identifier, parts)] }), sandbox });
      expect(snapshot.packageFacts?.configuration).toBe(configuration);
      expect(snapshot.definitions?.tools?.map(({ name }) => name)).toEqual([tool]);
      expect(snapshot.attempts.at(-1)).toMatchObject({ configuration, code: 'OK' });
    },
  );

  it('says what a user would have to provide when no configuration works', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const snapshot = await acquire({ manifest: manifest({ packages: [npm('needs-key')] }), sandbox });
    expect(snapshot.attempts.map(({ code }) => code)).toEqual(['MISSING_CONFIGURATION', 'MISSING_CONFIGURATION']);
    expect(snapshot.attempts[0]?.stderr).toEqual(['Error: ACME_API_KEY environment variable is required']);
    expect(snapshot.coverage.live.reason).toMatch(/asks for configuration that only a user has/);
    expect(snapshot.definitions).toBeNull();
  });

  it('does not start a hanging server again', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const snapshot = await acquire({
      manifest: manifest({ packages: [npm('hangs')] }),
      sandbox,
      limits: { introspect: { initializeMs: 1_000 } },
    });
    expect(snapshot.attempts.map(({ code }) => code)).toEqual(['SERVER_HANGS']);
    expect(snapshot.coverage.tools).toEqual(snapshot.coverage.live);
  });

  it('mentions install scripts that were not run when the server does not start', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const snapshot = await acquire({ manifest: manifest({ packages: [npm('exits')] }), sandbox });
    expect(snapshot.coverage.live.reason).toBe(
      'The server ended with code 7 before it answered initialize. Install scripts are never run; exits@1.0.0 would have had one.',
    );
  });

  it('does not call the tools covered when a definition had to be left out', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const snapshot = await acquire({ manifest: manifest({ packages: [npm('wrong-types')] }), sandbox });
    expect(snapshot.coverage.tools).toEqual({
      covered: false,
      reason:
        '7 tool definitions are not usable and were left out (invalid tool definition at index 1: is not an object).',
    });
    expect(snapshot.packageFacts?.issues.length).toBeGreaterThan(7);
  });

  it('names a list that could not be read beside the tools that could', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const snapshot = await acquire({ manifest: manifest({ packages: [npm('hangs-on-prompts')] }), sandbox });
    expect(snapshot.coverage).toMatchObject({
      tools: { covered: true },
      live: { covered: true, reason: 'The server did not answer the request for its prompts within 1 s.' },
    });
    expect(snapshot.definitions?.prompts).toBeNull();
  });

  it('rejects when it is aborted, so that half a snapshot is not stored', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const controller = new AbortController();
    const running = acquire({
      manifest: manifest({ packages: [npm('hangs')] }),
      sandbox,
      limits: { introspect: { initializeMs: 20_000 } },
      signal: controller.signal,
      onProgress: ({ message }) => {
        if (message.startsWith('starting')) setTimeout(() => controller.abort(), 200);
      },
    });
    await expect(running).rejects.toThrow(/abort/i);
    expect(readdirSync(workDir)).toEqual([]);
  });
});
