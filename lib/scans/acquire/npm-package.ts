import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import semver from 'semver';
import { isExactPackageVersion, isPackageIdentifier } from '#lib/manifest/package-identifier.ts';
import { findEntryPoint, readPackageFile } from './entry-point.ts';
import { tooLarge } from './hold-to-limits.ts';
import type { RegistryFacts } from './install-messages.ts';
import { measureTree } from './measure-tree.ts';
import { type NpmSettings, readNpmSettings, settingsOrigins, withSlash } from './npm-settings.ts';
import { runInstall } from './run-install.ts';
import {
  type AcquiredPackage,
  type AcquireFailure,
  type AcquireLimits,
  type AcquireProgress,
  DEFAULT_ACQUIRE_LIMITS,
} from './types.ts';

export type AcquireNpmOptions = {
  identifier: string;
  /** Exactly one version; ranges and tags are refused. */
  version: string;
  /** Directory in which a directory of its own is made for this package. */
  workDir: string;
  /** Registry instead of npm's configured one. */
  registry?: string;
  /** Further origins that the registry redirects downloads to, e.g. `https://cdn.example.com`. */
  downloadOrigins?: readonly string[];
  /** Packages shipped with Hallmark: identifier to directory. Copied, never downloaded. */
  localPackages?: ReadonlyMap<string, string>;
  /** Shared download cache (npm's cacache format, safe for several processes). Absent: nothing is kept. */
  cacheDir?: string;
  limits?: Partial<AcquireLimits>;
  signal?: AbortSignal;
  onProgress?: (progress: AcquireProgress) => void;
};

/**
 * Fetches one exact version of an npm package with its dependencies and says how to start it. No script of any package
 * is run, only the registry is contacted, and size, number and time are limited. Safe to call concurrently. The caller
 * removes `dir`; after a failure nothing is left. Never rejects for what a package or a registry does.
 */
export async function acquireNpmPackage(options: AcquireNpmOptions): Promise<AcquiredPackage | AcquireFailure> {
  const { identifier, version, workDir, localPackages, signal } = options;
  if (!isPackageIdentifier('npm', identifier)) {
    return failure('IDENTIFIER_INVALID', `${JSON.stringify(identifier)} is not the name of an npm package.`);
  }
  const exact = isExactPackageVersion('npm', version) ? semver.valid(version) : null;
  if (exact === null) {
    return failure('VERSION_NOT_EXACT', `${JSON.stringify(version)} is not one exact version, e.g. 1.2.3.`);
  }
  if (signal?.aborted) return failure('ABORTED', 'Fetching the package was stopped.');

  await mkdir(workDir, { recursive: true });
  const dir = await mkdtemp(join(workDir, 'npm-'));
  // Root's sandbox runs as another user, who has to read what is in here.
  if (process.geteuid?.() === 0) {
    await chmod(workDir, 0o711);
    await chmod(dir, 0o755);
  }
  let result: AcquiredPackage | AcquireFailure | undefined;
  try {
    const bundled = localPackages?.get(identifier);
    result = await (bundled === undefined
      ? fetchPackage({ ...options, version: exact }, dir)
      : copyPackage({ ...options, version: exact }, dir, bundled));
    return result;
  } finally {
    if (!result?.ok) await rm(dir, { recursive: true, force: true });
  }
}

async function fetchPackage(options: AcquireNpmOptions, dir: string): Promise<AcquiredPackage | AcquireFailure> {
  const { identifier: name, version } = options;
  const installed = await install(options, dir, { target: { name, version }, dependencies: {} });
  if (!installed.ok) return installed;
  return describe(options, dir, 'registry', installed.facts);
}

async function copyPackage(
  options: AcquireNpmOptions,
  dir: string,
  source: string,
): Promise<AcquiredPackage | AcquireFailure> {
  const file = await readPackageFile(source);
  if (!file) return failure('PACKAGE_NOT_FOUND', `The bundled package ${options.identifier} has no package.json.`);
  if (file.version !== options.version) {
    const message = `Hallmark ships version ${file.version} of ${options.identifier}, not ${options.version}.`;
    return failure('VERSION_NOT_FOUND', message);
  }
  let facts: RegistryFacts = {
    integrity: null,
    deprecated: null,
    publishedAt: null,
    firstPublishedAt: null,
    lastPublishedAt: null,
    maintainers: null,
    installScripts: [],
    packages: 0,
    tree: [],
  };
  if (Object.keys(file.dependencies).length > 0) {
    const installed = await install(options, dir, { target: null, dependencies: file.dependencies });
    if (!installed.ok) return installed;
    facts = { ...installed.facts, integrity: null };
  }
  const target = packageDirectory(dir, options.identifier);
  await mkdir(dirname(target), { recursive: true });
  await cp(source, target, { recursive: true, filter: (path) => !path.endsWith('/node_modules') });
  const own = { name: options.identifier, version: options.version, parent: null };
  const brought = facts.tree.map((node) => ({ ...node, parent: node.parent === null ? 0 : node.parent + 1 }));
  return describe(options, dir, 'bundled', {
    ...facts,
    packages: facts.packages + 1,
    tree: [own, ...brought],
  });
}

async function install(
  { registry, downloadOrigins = [], cacheDir, limits: overrides, signal, onProgress }: AcquireNpmOptions,
  dir: string,
  what: { target: { name: string; version: string } | null; dependencies: Record<string, string> },
) {
  const limits = { ...DEFAULT_ACQUIRE_LIMITS, ...overrides };
  const configured = await readNpmSettings();
  const settings: NpmSettings = registry === undefined ? configured : { ...configured, registry: withSlash(registry) };
  return runInstall({
    request: {
      dir,
      ...what,
      settings,
      origins: [...settingsOrigins(settings), ...downloadOrigins],
      cacheDir: cacheDir ?? null,
      maxPackages: limits.packages,
    },
    limits,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
}

async function describe(
  { identifier, version, limits: overrides, onProgress }: AcquireNpmOptions,
  dir: string,
  source: AcquiredPackage['source'],
  facts: RegistryFacts,
): Promise<AcquiredPackage | AcquireFailure> {
  const limits = { ...DEFAULT_ACQUIRE_LIMITS, ...overrides };
  await rm(join(dir, '.npm-cache'), { recursive: true, force: true });
  const size = await measureTree(dir, { bytes: limits.unpackedBytes, files: limits.files });
  const over = tooLarge(size, limits);
  if (over) return over;
  const packageDir = packageDirectory(dir, identifier);
  const file = await readPackageFile(packageDir);
  if (!file) return failure('INSTALL_FAILED', 'The package has no readable package.json.');
  const entry = await findEntryPoint(packageDir, { ...file, name: identifier });
  if (!entry.ok) return entry;
  onProgress?.({ phase: 'done', message: 'package ready', packages: facts.packages, bytes: size.bytes });
  return {
    ok: true,
    dir,
    entry: { command: entry.command, cwd: dir },
    integrity: facts.integrity,
    metadata: {
      name: identifier,
      version,
      bin: file.bin,
      mcpName: file.mcpName,
      license: file.license,
      repository: file.repository,
      hasInstallScript: file.hasInstallScript,
      installScripts: facts.installScripts,
      deprecated: facts.deprecated,
      publishedAt: facts.publishedAt,
      firstPublishedAt: facts.firstPublishedAt,
      lastPublishedAt: facts.lastPublishedAt,
      maintainers: facts.maintainers,
    },
    sizeBytes: size.bytes,
    files: size.files,
    packages: facts.packages,
    tree: facts.tree,
    source,
  };
}

/** Where npm puts a package. The name was checked, so it cannot lead out of `dir`. */
function packageDirectory(dir: string, name: string): string {
  return join(dir, 'node_modules', name);
}

function failure(code: AcquireFailure['code'], message: string): AcquireFailure {
  return { ok: false, code, message };
}
