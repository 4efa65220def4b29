import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AcquireNpmOptions, acquireNpmPackage } from '#lib/scans/acquire/npm-package.ts';
import type { AcquireErrorCode } from '#lib/scans/acquire/types.ts';
import { processesWith } from './hostile.ts';
import { hostilePackages, SCRIPT } from './hostile-packages.ts';
import { startRegistry, type TestRegistry } from './registry.ts';

let registry: TestRegistry;
/** A host that no package may make us contact. */
let canary: TestRegistry;
let workDir: string;

beforeAll(async () => {
  canary = await startRegistry(() => []);
  registry = await startRegistry((url) => hostilePackages(url, canary.url));
  workDir = mkdtempSync(join(tmpdir(), 'hallmark-acquire-'));
});

afterAll(async () => {
  await Promise.all([registry.close(), canary.close()]);
  rmSync(workDir, { recursive: true, force: true });
});

beforeEach(() => {
  canary.requests.length = 0;
  registry.requests.length = 0;
});

const acquire = (identifier: string, options: Partial<AcquireNpmOptions> = {}) =>
  acquireNpmPackage({ identifier, version: '1.0.0', workDir, registry: registry.url, ...options });

describe('an npm package', () => {
  it('is fetched with its dependencies, and says how to start it', async () => {
    const phases: string[] = [];
    const result = await acquire('honest', { version: '1.2.3', onProgress: ({ phase }) => phases.push(phase) });
    if (!result.ok) throw new Error(result.message);
    expect(result.entry).toEqual({
      command: ['node', join(result.dir, 'node_modules/honest/index.js')],
      cwd: result.dir,
    });
    expect(result.metadata).toEqual({
      name: 'honest',
      version: '1.2.3',
      bin: { honest: './index.js', other: 'other.js' },
      mcpName: 'io.github.acme/honest',
      license: 'MIT',
      repository: 'git+https://github.com/acme/honest.git',
      hasInstallScript: false,
      installScripts: ['helper@1.4.0'],
      deprecated: 'use something else',
      publishedAt: '2026-05-04T03:02:01.000Z',
      firstPublishedAt: '2026-05-04T03:02:01.000Z',
      lastPublishedAt: '2026-05-04T03:02:01.000Z',
      maintainers: null,
    });
    expect(result.tree).toEqual([
      { name: 'honest', version: '1.2.3', parent: null },
      { name: 'helper', version: '1.4.0', parent: 0 },
    ]);
    expect(result).toMatchObject({ packages: 2, source: 'registry', integrity: expect.stringMatching(/^sha512-/) });
    expect(result.sizeBytes).toBeGreaterThan(100);
    expect(phases).toContain('resolve');
    expect(phases.at(-1)).toBe('done');
    expect(registry.requests).not.toContain('/never-fetched');
    rmSync(result.dir, { recursive: true });
  });

  it.each([
    { name: '@acme/scoped', command: ['node', 'node_modules/@acme/scoped/index.js'] },
    { name: 'with-options', command: ['node', '--no-warnings', 'node_modules/with-options/index.js'] },
    { name: 'shell-script', command: ['sh', 'node_modules/shell-script/start.sh'] },
  ])('$name is started by its first line', async ({ name, command }) => {
    const result = await acquire(name);
    if (!result.ok) throw new Error(result.message);
    expect(result.entry.command.map((word) => word.replace(`${result.dir}/`, ''))).toEqual(command);
  });

  it('never has a script run', async () => {
    const result = await acquire('installs');
    if (!result.ok) throw new Error(result.message);
    expect(result.metadata).toMatchObject({ hasInstallScript: true, installScripts: ['installs@1.0.0'] });
    expect(readdirSync(join(result.dir, 'node_modules/installs')).sort()).toEqual([
      'index.js',
      'install.js',
      'package.json',
    ]);
  });

  it('cannot choose another source for a dependency by a shrinkwrap file', async () => {
    expect(await acquire('shrinkwrapped')).toMatchObject({ ok: true, packages: 2 });
    expect(registry.requests).toContain('/helper/-/1.4.0.tgz');
    expect(canary.requests).toEqual([]);
  });

  it('is fetched several times at once, sharing a cache', async () => {
    const cacheDir = join(workDir, 'cache');
    const results = await Promise.all(
      Array.from({ length: 3 }, () => acquire('honest', { version: '1.2.3', cacheDir })),
    );
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(new Set(results.map((result) => result.ok && result.dir)).size).toBe(3);
    registry.requests.length = 0;
    expect((await acquire('honest', { version: '1.2.3', cacheDir })).ok).toBe(true);
    expect(registry.requests.filter((path) => path.endsWith('.tgz'))).toEqual([]);
  });
});

type Refusal = {
  identifier: string;
  version?: string;
  code: AcquireErrorCode;
  message: RegExp;
  options?: Partial<AcquireNpmOptions>;
};

const REFUSALS: Refusal[] = [
  { identifier: 'not-there', code: 'PACKAGE_NOT_FOUND', message: /no package not-there/ },
  { identifier: '@acme/not-there', code: 'PACKAGE_NOT_FOUND', message: /no package @acme\/not-there/ },
  { identifier: 'honest', version: '9.9.9', code: 'VERSION_NOT_FOUND', message: /no version 9\.9\.9 of honest/ },
  { identifier: 'honest', version: '^1.0.0', code: 'VERSION_NOT_EXACT', message: /one exact version/ },
  { identifier: 'honest', version: 'latest', code: 'VERSION_NOT_EXACT', message: /one exact version/ },
  { identifier: 'honest', version: 'npm:other@1.0.0', code: 'VERSION_NOT_EXACT', message: /one exact version/ },
  { identifier: '../../etc', code: 'IDENTIFIER_INVALID', message: /not the name of an npm package/ },
  { identifier: '--registry=http://evil', code: 'IDENTIFIER_INVALID', message: /not the name/ },
  { identifier: 'git+https://github.com/acme/x', code: 'IDENTIFIER_INVALID', message: /not the name/ },
  { identifier: 'git-dependency', code: 'DEPENDENCY_REFUSED', message: /outside the registry/ },
  { identifier: 'url-dependency', code: 'DEPENDENCY_REFUSED', message: /outside the registry/ },
  { identifier: 'own-url-dependency', code: 'DEPENDENCY_REFUSED', message: /outside the registry/ },
  { identifier: 'file-dependency', code: 'DEPENDENCY_REFUSED', message: /outside the registry/ },
  { identifier: 'tarball-elsewhere', code: 'DEPENDENCY_REFUSED', message: /outside the registry/ },
  { identifier: 'redirects', code: 'DEPENDENCY_REFUSED', message: /points outside the registry/ },
  { identifier: 'missing-dependency', code: 'DEPENDENCY_NOT_FOUND', message: /not-there/ },
  { identifier: 'missing-version', code: 'DEPENDENCY_NOT_FOUND', message: /helper/ },
  { identifier: 'wrong-integrity', code: 'INTEGRITY_MISMATCH', message: /not the one that the registry lists/ },
  { identifier: 'other-platform', code: 'UNSUPPORTED_PLATFORM', message: /does not support this system/ },
  {
    identifier: 'slow-tarball',
    code: 'TIMEOUT',
    message: /longer than 2 s/,
    options: { limits: { timeoutMs: 2_000 } },
  },
  {
    identifier: 'bomb',
    code: 'TOO_LARGE',
    message: /unpacks to far more/,
  },
  {
    identifier: 'large',
    code: 'TOO_LARGE',
    message: /larger than 8 MiB/,
    options: { limits: { unpackedBytes: 8 * 1024 * 1024 } },
  },
  { identifier: 'confetti', code: 'TOO_LARGE', message: /more than 500 files/, options: { limits: { files: 500 } } },
  { identifier: 'crowd', code: 'TOO_LARGE', message: /brings 4 packages/, options: { limits: { packages: 2 } } },
  { identifier: 'library', code: 'NO_EXECUTABLE', message: /has no executable/ },
  { identifier: 'two-faces', code: 'NO_EXECUTABLE', message: /several executables .*: one, two/ },
  { identifier: 'escapes', code: 'NO_EXECUTABLE', message: /is not in the package/ },
  { identifier: 'absent-file', code: 'NO_EXECUTABLE', message: /is not in the package/ },
  { identifier: 'links-out', code: 'NO_EXECUTABLE', message: /is not in the package/ },
  { identifier: 'needs-bun', code: 'UNSUPPORTED_RUNTIME', message: /"bun"/ },
  {
    identifier: 'honest',
    code: 'REGISTRY_UNREACHABLE',
    message: /could not be reached/,
    options: { registry: 'http://127.0.0.1:9' },
  },
];

describe('a package that cannot be had', () => {
  it.each(REFUSALS)('$identifier: $code', async ({ identifier, version, code, message, options }) => {
    const before = readdirSync(workDir);
    const result = await acquire(identifier, { ...(version ? { version } : {}), ...options });
    expect(result).toMatchObject({ ok: false, code, message: expect.stringMatching(message) });
    expect(result).not.toMatchObject({ message: expect.stringContaining(workDir) });
    expect(canary.requests).toEqual([]);
    expect(readdirSync(workDir)).toEqual(before);
    expect(processesWith('install-child').filter((line) => line.includes(workDir))).toEqual([]);
  });

  it('is given up at once when the signal aborts', async () => {
    const controller = new AbortController();
    const running = acquire('slow-tarball', { signal: controller.signal });
    await expect.poll(() => registry.requests, { timeout: 15_000 }).toContain('/hang/tarball.tgz');
    controller.abort();
    expect(await running).toMatchObject({ ok: false, code: 'ABORTED' });
  });
});

describe('a package that ships with Hallmark', () => {
  const local = (directory: string) => new Map([['honest', directory]]);

  it('is copied without asking the registry', async () => {
    const source = mkdtempSync(join(workDir, 'local-'));
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'honest', version: '1.0.0', bin: 'index.js' }));
    writeFileSync(join(source, 'index.js'), SCRIPT);
    const result = await acquire('honest', { localPackages: local(source) });
    expect(result).toMatchObject({ ok: true, source: 'bundled', integrity: null, packages: 1 });
    expect(registry.requests).toEqual([]);
    if (result.ok) expect(readFileSync(result.entry.command[1] ?? '', 'utf8')).toBe(SCRIPT);
  });

  it('gets its dependencies from the registry', async () => {
    const source = mkdtempSync(join(workDir, 'local-'));
    const dependencies = { helper: '^1.0.0' };
    writeFileSync(
      join(source, 'package.json'),
      JSON.stringify({ name: 'honest', version: '1.0.0', bin: 'index.js', dependencies }),
    );
    writeFileSync(join(source, 'index.js'), SCRIPT);
    const result = await acquire('honest', { localPackages: local(source) });
    if (!result.ok) throw new Error(result.message);
    expect(existsSync(join(result.dir, 'node_modules/helper/main.js'))).toBe(true);
    expect(result.packages).toBe(2);
  });

  it('is not replaced by another version', async () => {
    const source = mkdtempSync(join(workDir, 'local-'));
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'honest', version: '1.0.0', bin: 'index.js' }));
    const result = await acquire('honest', { version: '2.0.0', localPackages: local(source) });
    expect(result).toMatchObject({
      ok: false,
      code: 'VERSION_NOT_FOUND',
      message: expect.stringMatching(/ships version 1\.0\.0/),
    });
  });
});
